"""DCDC: the on-chip converter of the core voltage.

Source: RT1060 reference manual, chapter DCDC Converter; settling time from the data sheet is not
given, ours is a guess of the right order.
"""

from rt1062.block import Peripheral
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.registers_old import Field, R, Register
from rt1062.scheduler import NEVER, Event, Scheduler

SETTLE_TICKS = 50 * TICKS_PER_MICROSECOND

REG0 = Register(
    "REG0", 0x0, [Field("LOW", 0, 31), Field("STS_DC_OK", 31, access=R)], 0x1403_0111, polled=True
)
REG3 = Register("REG3", 0xC, [Field("TRG", 0, 5), Field("HIGH", 5, 27)], 0x0000_010E)


class Dcdc(Peripheral):
    """STS_DC_OK goes low while the output moves to a new target. Constructor: scheduler."""

    REGISTERS = (
        REG0,
        Register("REG1", 0x4, reset=0x111B_A29C),
        Register("REG2", 0x8, reset=0x0000_4009),
        REG3,
    )

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.scheduler = scheduler
        self._settled: Event | None = None
        self.reset()

    def reset(self, cold: bool = True) -> None:
        self.scheduler.cancel(self._settled)
        super().reset(cold)
        self._settle()

    def next_event_time(self) -> int:
        return self._settled.time if self._settled is not None else NEVER

    @property
    def millivolts(self) -> int:
        """The target of the core voltage in run mode."""
        return 800 + 25 * REG3["TRG"].get(self.value["REG3"])

    def write_reg3(self, written: int) -> None:
        before = self.millivolts
        self.store(REG3, written)
        if self.millivolts != before:
            self.value["REG0"] &= ~REG0["STS_DC_OK"].mask
            self.scheduler.cancel(self._settled)
            self._settled = self.scheduler.after(SETTLE_TICKS, self._settle)

    def _settle(self) -> None:
        self._settled = None
        self.value["REG0"] |= REG0["STS_DC_OK"].mask
