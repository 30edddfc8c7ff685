"""Clocks for the tests of timers: as the boot ROM leaves them, PERCLK on the 24 MHz crystal."""

from rt1062.blocks.ccm import Ccm
from rt1062.blocks.ccm_analog import CcmAnalog
from rt1062.blocks.clock_tree import ClockTree
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import Scheduler
from tests.rt1062.blocks.rig import Rig

CSCMR1 = 0x1C
PERIOD_24M = TICKS_PER_SECOND // 24_000_000


def make_clocks(scheduler: Scheduler) -> ClockTree:
    """CCM, CCM_ANALOG and the tree over them, interrupts left open."""

    def unused(level: bool) -> None:
        raise AssertionError(f"no interrupt of CCM is expected, not {level}")

    return ClockTree(Ccm(scheduler, unused, unused), CcmAnalog(scheduler))


class ClockRig(Rig):
    """For a block that chooses among clocks: give it `clocks`."""

    def __init__(self) -> None:
        super().__init__()
        self.clocks = make_clocks(self.scheduler)
        self.set_perclk_divider(1)

    def set_perclk_divider(self, divider: int) -> None:
        """PERCLK is the crystal's clock divided so."""
        self.write_ccm(CSCMR1, self.clocks.ccm.read(CSCMR1) & ~0x3F | 1 << 6 | divider - 1)

    def write_ccm(self, offset: int, value: int) -> None:
        """As the core writes to CCM."""
        self.clocks.ccm.write(offset, 4, value)

    def periods(self, count: int) -> None:
        """Let so many periods of the crystal go by."""
        self.pass_time(count * PERIOD_24M)
