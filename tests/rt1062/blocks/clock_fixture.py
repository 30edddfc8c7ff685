"""Clocks for the tests of timers: as the boot ROM leaves them, PERCLK on the 24 MHz crystal."""

from rt1062.blocks.ccm import Ccm
from rt1062.blocks.ccm_analog import CcmAnalog
from rt1062.blocks.clock_tree import ClockTree
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import Scheduler

CSCMR1 = 0x1C
PERIOD_24M = TICKS_PER_SECOND // 24_000_000


def make_clocks(scheduler: Scheduler) -> ClockTree:
    clocks = ClockTree(Ccm(scheduler), CcmAnalog(scheduler))
    set_perclk_divider(clocks, 1)
    return clocks


def set_perclk_divider(clocks: ClockTree, divider: int) -> None:
    clocks.ccm.write(CSCMR1, 4, clocks.ccm.read(CSCMR1) & ~0x3F | 1 << 6 | divider - 1)
