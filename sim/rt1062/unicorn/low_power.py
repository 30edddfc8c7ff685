"""WFI in the chip's low-power modes: CCM_CLPCR.LPM says what stops, the GPC what wakes.

Source: RT1060 reference manual, chapters CCM (low-power modes) and GPC. Run mode (LPM 0) leaves
all clocks on. WAIT (1, the reset value) stops the core's clock and SysTick with it; STOP (2) the
PLLs and the clocks of peripherals as well, so that only what needs none of them wakes.
"""

from collections.abc import Callable

from rt1062.unicorn.bus import AccessLog
from rt1062.unicorn.exceptions import FIRST_IRQ, SYSTICK, Exceptions
from rt1062.unicorn.systick import SysTick

RUN, WAIT, STOP = 0, 1, 2
SUSPEND, OFF = "suspend", "off"  # STOP without the core's power; SNVS alone has power
NAMES = {WAIT: "WAIT", STOP: "STOP"}


class LowPower:
    """`mode()` is CLPCR.LPM; `sources(mode)` are the interrupts that wake from it, a bit each;
    `changed(mode)` is called when the clocks of blocks have to follow; `gates_core()` is whether
    STOP takes the core's power. `kind` is what the core's sleep counts as."""

    def __init__(self, exceptions: Exceptions, systick: SysTick, log: AccessLog) -> None:
        self.mode: Callable[[], int] = lambda: RUN
        self.sources: Callable[[int], int] = lambda mode: -1
        self.changed: Callable[[int], None] = lambda mode: None
        self.gates_core: Callable[[], bool] = lambda: False
        self.kind: int | str = RUN
        self._exceptions = exceptions
        self._systick = systick
        self._diagnose = log.diagnose("CCM")
        self.entered = RUN  # the mode that the core sleeps in

    def clear(self) -> None:
        """After a reset nothing is stopped."""
        self.entered = self.kind = RUN

    def enter(self) -> None:
        """The core sleeps: stop what its mode stops."""
        mode = self.mode()
        if self.entered or mode not in NAMES:
            return
        self.entered = mode
        self.kind = SUSPEND if self.loses_core else mode
        if self._systick.interrupts:
            self._diagnose(
                f"WFI in {NAMES[mode]} mode (CCM_CLPCR.LPM {mode}): SysTick stands still and does "
                "not wake the core"
            )
        self._systick.pause()
        self.changed(mode)

    def leave(self) -> None:
        """The core runs: its clock is back."""
        if self.entered:
            self.entered = self.kind = RUN
            self._systick.resume()
            self.changed(RUN)

    @property
    def loses_core(self) -> bool:
        """This sleep ends in the boot ROM."""
        return self.entered == STOP and self.gates_core()

    def awaited(self) -> int:
        """The exceptions that could end this WFI, a bit each."""
        enabled = self._exceptions.enabled >> FIRST_IRQ
        found = (enabled & self.sources(self.entered) if self.entered else enabled) << FIRST_IRQ
        return found | (1 << SYSTICK if self._systick.interrupts and not self.entered else 0)

    def wakes(self) -> bool:
        """True if something pending ends the WFI."""
        if not self._exceptions.wakes():
            return False
        if not self.entered:
            return True
        waiting = self._exceptions.pending & self._exceptions.enabled
        own = waiting & ((1 << FIRST_IRQ) - 1)
        return bool(own or waiting >> FIRST_IRQ & self.sources(self.entered))
