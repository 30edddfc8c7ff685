"""Clocks and voltage that a board does not stand: told at the store, and the core stops.

The core stops where its own clock or that of the flash it runs from stands still or is out of
range, and where its voltage is too low by the register's target; other limits are only told.
"""

from collections.abc import Callable

from rt1062.blocks.ccm import CBCDR, CBCMR
from rt1062.blocks.ccm_analog_registers import PLL_ARM, Pll
from rt1062.blocks.clock_tree import PRE_PERIPH_FROM_PLL_ARM, ClockTree
from rt1062.blocks.dcdc import REG3, Dcdc
from rt1062.chip.clock_limits import (
    CORE_HZ,
    LIMITS,
    LIMITS_IN_USE,
    MEGAHERTZ,
    core_millivolts,
)
from rt1062.scheduler import Event
from rt1062.unicorn.processor import Processor

# What FlexSPI has read ahead (1 KB) and the caches carry the core for a moment: Teensy's start-up
# gates PFD0 of PLL3 for two stores while it runs from flash.
PREFETCH_TICKS = 64


class ClockWatch:
    """Quiet until `start`; `judge` follows each change of a clock, a gate or the voltage."""

    def __init__(self, clocks: ClockTree, dcdc: Dcdc, processor: Processor) -> None:
        self._clocks, self._dcdc, self._processor = clocks, dcdc, processor
        self._diagnose = processor.log.diagnose("CCM")
        self._on = False
        self._losing: Event | None = None

    def suspend(self) -> None:
        """The blocks are being reset one after the other."""
        self._on = False
        self._processor.scheduler.cancel(self._losing)

    def start(self) -> None:
        """The boot ROM hands over."""
        self._on = True
        self.judge()

    def judge(self) -> None:
        """Tell what is out of range now."""
        if not self._on:
            return
        self._judge_core()
        for root, (limit, blocks) in LIMITS.items():
            gates = [self._clocks.ccm.gate(block) for block in blocks]
            if any(gates) or not blocks:
                self._judge_root(root, self._clocks.hz(root), limit)
        self._judge_flash()

    def in_use(self, root: str) -> Callable[[], int]:
        """A clock for blocks, judged whenever one asks for it."""
        source, limit = self._clocks.source(root), LIMITS_IN_USE[root]

        def hz() -> int:
            value = source()
            if value > limit:
                self._judge_root(root, value, limit)
            return value

        return hz

    def _judge_root(self, root: str, hz: int, limit: int) -> None:
        if hz > limit:
            self._diagnose(
                f"{root.upper()}_CLK_ROOT runs at {hz / MEGAHERTZ:g} MHz, the manual allows "
                f"{limit / MEGAHERTZ:g} MHz"
            )

    def _judge_core(self) -> None:
        hz = self._clocks.hz("core")
        needed, target = core_millivolts(hz), self._dcdc.millivolts
        speed = f"core at {hz / MEGAHERTZ:g} MHz"
        if not hz:
            self._stop("the core's clock stands still: its PLL is off or its output gated")
        elif target < needed:
            trigger = REG3.TRG.get(self._dcdc.value["REG3"])
            self._stop(
                f"{speed} with VDD_SOC {target} mV (DCDC_REG3.TRG 0x{trigger:02X}), it takes "
                f"{needed} mV"
            )
        elif self._dcdc.reached_millivolts < needed:
            self._diagnose(f"{speed} before the DCDC has reached {needed} mV (STS_DC_OK)")
        if hz > CORE_HZ:
            self._diagnose(f"{speed}, the data sheet ends at {CORE_HZ / MEGAHERTZ:g} MHz")
        elif hz and self._on_unlocked_pll():
            self._diagnose("core on PLL_ARM before it has locked")

    def _on_unlocked_pll(self) -> bool:
        ccm, arm = self._clocks.ccm.value, self._clocks.analog.value["PLL_ARM"]
        select = CBCMR.PRE_PERIPH_CLK_SEL.get(ccm["CBCMR"])
        used = select == PRE_PERIPH_FROM_PLL_ARM and not ccm["CBCDR"] & CBCDR.PERIPH_CLK_SEL
        running = arm & Pll.ENABLE and not arm & (Pll.BYPASS | PLL_ARM.POWERDOWN)
        return bool(used and running and not arm & Pll.LOCK)

    def _judge_flash(self) -> None:
        """The flash window: lost a moment after its clock."""
        hz, limit = self._clocks.hz("flexspi"), LIMITS["flexspi"][0]
        why = ""
        if not self._clocks.ccm.gate("FLEXSPI"):
            why = "its clock gate is closed (CCM_CCGR6, CG5)"
        elif not hz:
            why = "its clock stands still: PLL or PFD off, or gated"
        elif hz > limit:
            why = f"its clock runs at {hz / MEGAHERTZ:g} MHz"
        scheduler = self._processor.scheduler
        scheduler.cancel(self._losing)
        if why:
            self._losing = scheduler.after(
                PREFETCH_TICKS, lambda: self._processor.set_flash_lost(why)
            )
        else:
            self._processor.set_flash_lost("")

    def _stop(self, why: str) -> None:
        self._diagnose(f"{why}: a board stops here")
        self._processor.halt(why)
