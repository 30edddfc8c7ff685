"""Data watchpoint and trace unit: the cycle counter; ITM and the rest are plain storage.

The counter runs on the core's gated clock: it stands still in WFI.

ARMv7-M Architecture Reference Manual (DDI 0403), C1.8. One instruction is one cycle.
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers import R, Register, r, register, rw
from rt1062.scheduler import Scheduler


class CTRL(Register, at=0x000):
    CYCCNTENA, POSTPRESET, POSTINIT, CYCTAP = rw(0), rw(1, 4), rw(5, 4), rw(9)
    SYNCTAP, PCSAMPLENA, EXCTRCENA = rw(10, 2), rw(12), rw(16)
    CPIEVTENA, EXCEVTENA, SLEEPEVTENA, LSUEVTENA = (rw(bit) for bit in range(17, 21))
    FOLDEVTENA, CYCEVTENA = rw(21), rw(22)
    NOPRFCNT, NOCYCCNT, NOEXTTRIG, NOTRCPKT = (r(bit) for bit in range(24, 28))
    NUMCOMP = r(28, 4, reset=4)


class CYCCNT(Register, at=0x004, counter=True):
    CYCCNT = rw(0, 32)


class Dwt(Block):
    """The block at 0xE0001000.

    Constructor: scheduler, `clock_hz()` of the core, `trace_enabled()`: DEMCR.TRCENA, `idle()`:
    ticks that the core has slept so far.
    """

    REGISTERS = (
        CTRL,
        CYCCNT,
        register("CPICNT", 0x008),
        register("EXCCNT", 0x00C),
        register("SLEEPCNT", 0x010),
        register("LSUCNT", 0x014),
        register("FOLDCNT", 0x018),
        register("PCSR", 0x01C, access=R),
        register("COMP", 0x020, count=4, step=0x10),
        register("MASK", 0x024, count=4, step=0x10),
        register("FUNCTION", 0x028, count=4, step=0x10),
        register("LAR", 0xFB0),
        register("LSR", 0xFB4, reset=1, access=R),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        trace_enabled: Callable[[], bool],
        idle: Callable[[], int],
    ) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self._trace_enabled = trace_enabled
        self._idle = idle
        self._base_time = 0  # the count was value["CYCCNT"] at this time of `_awake`
        self._hz = TICKS_PER_SECOND

    def _awake(self) -> int:
        """Ticks that the core has been awake."""
        return self.scheduler.now - self._idle()

    def settle(self) -> None:
        """Take the count up to now into the register: before its enable or clock changes."""
        self.value["CYCCNT"] = self.read_cyccnt()
        self._base_time = self._awake()
        self._hz = self.clock_hz()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._base_time = self._awake()

    def read_cyccnt(self) -> int:
        count = self.value["CYCCNT"]
        if self.value["CTRL"] & CTRL.CYCCNTENA and self._trace_enabled():
            count += (self._awake() - self._base_time) * self._hz // TICKS_PER_SECOND
        return count & CYCCNT.CYCCNT

    def write_cyccnt(self, value: int) -> None:
        self.value["CYCCNT"] = value
        self._base_time = self._awake()

    def write_ctrl(self, value: int) -> None:
        self.settle()
        self.store(CTRL, value)
