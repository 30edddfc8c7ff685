"""WDOG1 and WDOG2: watchdogs in half seconds, with a warning interrupt.

Source: RT1060 reference manual, chapter Watchdog Timer. The power-down counter (WMCR.PDE), which
would pull WDOG_B low 16 s after reset, is stopped by the boot ROM: firmware finds PDE clear. The
software reset (WCR.SRS) is seen by the 32 kHz clock: a zero that is overwritten by a one at once
has no effect, and code in use relies on it.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers import RW, Register, r, rw, w1c
from rt1062.scheduler import Event, Held, Scheduler

HALF_SECOND = TICKS_PER_SECOND // 2
LOW_FREQUENCY_CLOCK = TICKS_PER_SECOND // 32_768
SERVICE_FIRST, SERVICE_SECOND = 0x5555, 0xAAAA


class WCR(Register, at=0x0, width=16):
    WDZST, WDBG, WDE, WDT = rw(0), rw(1), rw(2), rw(3)
    SRS, WDA = rw(4, reset=1), rw(5, reset=1)
    SRE, WDW = rw(6), rw(7)
    WT = rw(8, 8)


class WSR(Register, at=0x2, width=16):
    """Service: SERVICE_FIRST, then SERVICE_SECOND."""


class WRSR(Register, at=0x4, width=16, retained=True):
    SFTW, TOUT, POR = r(0), r(1), r(4)


class WICR(Register, at=0x6, width=16):
    WICT = rw(0, 8, reset=4)
    WTIS = w1c(14)
    WIE = rw(15)


class WMCR(Register, at=0x8, width=16):
    PDE = rw(0)  # 1 at reset, cleared by the boot ROM


# Fixed by the first write after reset.
WCR_ONCE = WCR.WDZST | WCR.WDBG | WCR.WDT | WCR.SRE | WCR.WDW


class Wdog(Block):
    """Constructor: scheduler, interrupt line, `request_reset()` for a bite and for WCR.SRS."""

    REGISTERS = (WCR, WSR, WRSR, WICR, WMCR)

    def __init__(self, scheduler: Scheduler, irq: Line, request_reset: Callable[[], None]) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.request_reset = request_reset
        self._bite: Event | None = None
        self._warning: Event | None = None
        self._software_reset: Event | None = None
        self._held: Held = []  # while it is suspended
        self._wcr_written = self._wicr_written = False
        self.value["WRSR"] = WRSR.POR

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        if cold:
            self.value["WRSR"] = WRSR.POR
        self._wcr_written = self._wicr_written = False
        self.scheduler.cancel(self._software_reset)
        self._stop()

    def runs_asleep(self, gate: int, stop: bool) -> bool:
        """On its own 32 kHz, whatever the gate says; WDZST suspends it in STOP."""
        return not (stop and self.value["WCR"] & WCR.WDZST)

    def stop_clock(self) -> str:
        super().stop_clock()
        if self.value["WCR"] & WCR.WDZST:
            self._held = self.scheduler.hold(self._bite, self._warning)
        return ""

    def start_clock(self) -> None:
        super().start_clock()
        self.scheduler.release(self._held)
        self._held = []

    def next_event_time(self) -> int:
        return self.next_event(self._bite, self._warning)

    def _stop(self) -> None:
        self.scheduler.cancel(self._bite)
        self.scheduler.cancel(self._warning)
        self._bite = self._warning = None

    def _restart(self) -> None:
        """Load the time-out anew; the warning comes WICT half seconds before the bite."""
        self._stop()
        if self.value["WCR"] & WCR.WDE:
            half_seconds = WCR.WT.get(self.value["WCR"]) + 1
            end = self.scheduler.now + half_seconds * HALF_SECOND
            self._bite = self.scheduler.at(end, self._timed_out)
            self._plan_warning()

    def _plan_warning(self) -> None:
        self.scheduler.cancel(self._warning)
        self._warning = None
        if self._bite is not None and self.value["WICR"] & WICR.WIE:
            before = WICR.WICT.get(self.value["WICR"]) * HALF_SECOND
            if self._bite.time - before >= self.scheduler.now:
                self._warning = self.scheduler.at(self._bite.time - before, self._warn)

    def _warn(self) -> None:
        self._warning = None
        self.value["WICR"] |= WICR.WTIS
        self.raise_line(True)

    def _timed_out(self) -> None:
        self._bite = None
        self.value["WRSR"] = WRSR.TOUT
        self.request_reset()

    def write_wcr(self, written: int) -> None:
        old = self.value["WCR"]
        fixed = WCR_ONCE if self._wcr_written else 0
        # WDE can be set but never cleared; SRS reads as one whatever was written.
        new = written & ~fixed | old & fixed | old & WCR.WDE | WCR.SRS
        self.value["WCR"] = new
        self._wcr_written = True
        self.scheduler.cancel(self._software_reset)
        if not written & WCR.SRS:
            self._software_reset = self.scheduler.after(
                LOW_FREQUENCY_CLOCK, self._reset_by_software
            )
        if new & ~old & WCR.WDE:
            self._restart()

    def _reset_by_software(self) -> None:
        self.value["WRSR"] = WRSR.SFTW
        self.request_reset()

    def write_wsr(self, written: int) -> None:
        if written == SERVICE_SECOND and self.value["WSR"] == SERVICE_FIRST:
            self._restart()
        self.value["WSR"] = written

    def write_wicr(self, written: int) -> None:
        if written & WICR.WTIS:
            self.value["WICR"] &= ~WICR.WTIS
            self.raise_line(False)
        if not self._wicr_written:
            self._wicr_written = True
            self.value["WICR"] = self.value["WICR"] & WICR.WTIS | written & WICR.masks[RW]
            self._plan_warning()

    def write_wmcr(self, written: int) -> None:
        """PDE can only be cleared."""
        self.value["WMCR"] &= written & WMCR.PDE
