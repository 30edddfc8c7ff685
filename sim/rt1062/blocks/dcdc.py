"""DCDC: the on-chip converter of the core voltage.

Source: RT1060 reference manual, chapter DCDC Converter; settling time from the data sheet is not
given, ours is a guess of the right order.
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.registers import Register, r, register, rw
from rt1062.scheduler import Event, Scheduler

SETTLE_TICKS = 50 * TICKS_PER_MICROSECOND
LOWEST_MILLIVOLTS, STEP_MILLIVOLTS = 800, 25  # of REG3.TRG


class REG0(Register, at=0x0, reset=0x1403_0111, polled=True):
    PWD_ZCD, DISABLE_AUTO_CLK_SWITCH, SEL_CLK, PWD_OSC_INT = rw(0), rw(1), rw(2), rw(3)
    PWD_CUR_SNS_CMP, CUR_SNS_THRSH, PWD_OVERCUR_DET = rw(4), rw(5, 3), rw(8)
    OVERCUR_TRIG_ADJ, PWD_CMP_BATT_DET, RESERVED12 = rw(9, 2), rw(11), rw(12, 4)
    EN_LP_OVERLOAD_SNS, PWD_HIGH_VOLT_DET, LP_OVERLOAD_THRSH = rw(16), rw(17), rw(18, 2)
    LP_OVERLOAD_FREQ_SEL, LP_HIGH_HYS, RESERVED22 = rw(20), rw(21), rw(22, 4)
    PWD_CMP_OFFSET, XTALOK_DISABLE, CURRENT_ALERT_RESET = rw(26), rw(27), rw(28)
    XTAL_24M_OK, RESERVED30, STS_DC_OK = rw(29), rw(30), r(31)


class REG3(Register, at=0xC, reset=0x0000_010E):
    TRG, RESERVED5, TARGET_LP, RESERVED11 = rw(0, 5), rw(5, 3), rw(8, 3), rw(11, 13)
    MINPWR_DC_HALFCLK, RESERVED25, DISABLE_STEP, RESERVED31 = rw(24), rw(25, 5), rw(30), rw(31)


class Dcdc(Block):
    """STS_DC_OK goes low while the output moves to a new target. Constructor: scheduler.

    `listeners` are called when the voltage may have changed.
    """

    REGISTERS = (
        REG0,
        register("REG1", 0x4, reset=0x111B_A29C),
        register("REG2", 0x8, reset=0x0000_4009),
        REG3,
    )

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.scheduler = scheduler
        self._settled: Event | None = None
        self._before = 0
        self.listeners: list[Callable[[], None]] = []
        self._settle()

    def reset(self, cold: bool = True) -> None:
        self.scheduler.cancel(self._settled)
        super().reset(cold)
        self._settle()

    def next_event_time(self) -> int:
        return self.next_event(self._settled)

    @property
    def millivolts(self) -> int:
        """The target of the core voltage in run mode."""
        return LOWEST_MILLIVOLTS + STEP_MILLIVOLTS * REG3.TRG.get(self.value["REG3"])

    @property
    def reached_millivolts(self) -> int:
        """What the core has for certain: the lower of old and new until STS_DC_OK."""
        settled = self.value["REG0"] & REG0.STS_DC_OK
        return self.millivolts if settled else min(self._before, self.millivolts)

    def write_reg3(self, written: int) -> None:
        before, reached = self.millivolts, self.reached_millivolts
        self.store(REG3, written)
        if self.millivolts != before:
            self._before = reached
            self.value["REG0"] &= ~REG0.STS_DC_OK
            self.scheduler.cancel(self._settled)
            self._settled = self.scheduler.after(SETTLE_TICKS, self._settle)
        for listener in self.listeners:
            listener()

    def _settle(self) -> None:
        self.value["REG0"] |= REG0.STS_DC_OK
