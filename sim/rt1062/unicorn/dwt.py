"""Data watchpoint and trace unit: the cycle counter; ITM and the rest are plain storage.

ARMv7-M Architecture Reference Manual (DDI 0403), C1.8. One instruction is one cycle.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers_old import R, Register
from rt1062.scheduler import Scheduler

_CYCCNTENA = 1
_TRCENA = 1 << 24


class Dwt(Peripheral):
    """The block at 0xE0001000; `trace_enabled` asks DEMCR.TRCENA."""

    REGISTERS = (
        Register("CTRL", 0x000, reset=0x4000_0000),
        Register("CYCCNT", 0x004, counter=True),
        Register("CPICNT", 0x008),
        Register("EXCCNT", 0x00C),
        Register("SLEEPCNT", 0x010),
        Register("LSUCNT", 0x014),
        Register("FOLDCNT", 0x018),
        Register("PCSR", 0x01C, access=R),
        Register("COMP0", 0x020),
        Register("MASK0", 0x024),
        Register("FUNCTION0", 0x028),
        Register("COMP1", 0x030),
        Register("MASK1", 0x034),
        Register("FUNCTION1", 0x038),
        Register("COMP2", 0x040),
        Register("MASK2", 0x044),
        Register("FUNCTION2", 0x048),
        Register("COMP3", 0x050),
        Register("MASK3", 0x054),
        Register("FUNCTION3", 0x058),
        Register("LAR", 0xFB0),
        Register("LSR", 0xFB4, reset=1, access=R),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        core_hz: Callable[[], int],
        trace_enabled: Callable[[], bool],
    ):
        super().__init__()
        self._scheduler = scheduler
        self._core_hz = core_hz
        self._trace_enabled = trace_enabled
        self._base_time = 0  # the count was value["CYCCNT"] at this time
        self._hz = TICKS_PER_SECOND

    def settle(self) -> None:
        """Take the count up to now into the register: before its enable or clock changes."""
        self.value["CYCCNT"] = self.read_cyccnt()
        self._base_time = self._scheduler.now
        self._hz = self._core_hz()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._base_time = self._scheduler.now

    def read_cyccnt(self) -> int:
        count = self.value["CYCCNT"]
        if self.value["CTRL"] & _CYCCNTENA and self._trace_enabled():
            count += (self._scheduler.now - self._base_time) * self._hz // TICKS_PER_SECOND
        return count & 0xFFFF_FFFF

    def write_cyccnt(self, value: int) -> None:
        self.value["CYCCNT"] = value
        self._base_time = self._scheduler.now

    def write_ctrl(self, value: int) -> None:
        self.settle()
        self.value["CTRL"] = value & 0x0FFF_FFFF | 0x4000_0000
