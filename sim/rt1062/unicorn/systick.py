"""SysTick: the core's 24-bit down counter.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.3; RT1060 reference manual: the external
reference clock is 100 kHz (24 MHz / 240), CALIB.TENMS 1000.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers_old import Field, R, Register
from rt1062.scheduler import Event, Scheduler

EXTERNAL_HZ = 100_000
_ENABLE, _TICKINT, _CLKSOURCE, _COUNTFLAG = 1, 2, 4, 1 << 16


class SysTick(Peripheral):
    """Registers at offsets of the system control space (0xE000E000)."""

    REGISTERS = (
        Register(
            "CSR",
            0x010,
            [
                Field("ENABLE", 0),
                Field("TICKINT", 1),
                Field("CLKSOURCE", 2),
                Field("COUNTFLAG", 16, access=R),
            ],
        ),
        Register("RVR", 0x014, [Field("RELOAD", 0, 24)]),
        Register("CVR", 0x018),
        Register("CALIB", 0x01C, reset=1000, access=R),
    )

    def __init__(self, scheduler: Scheduler, core_hz: Callable[[], int], pend: Callable[[], None]):
        super().__init__()
        self._scheduler = scheduler
        self._core_hz = core_hz
        self._pend = pend
        self._event: Event | None = None
        self._zero_time = 0.0  # when the counter is or will next be at zero
        self._frozen = 0  # the counter while it does not run
        self._hz = EXTERNAL_HZ

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._event)
        self._event = None
        self._frozen = 0

    def _count(self) -> int:
        if self._event is None:
            return self._frozen
        left = self._zero_time - self._scheduler.now
        return max(0, left * self._hz // TICKS_PER_SECOND) & 0xFF_FFFF

    def _start(self, count: int) -> None:
        """Run down from `count`; zero means that the next clock loads RVR."""
        self._scheduler.cancel(self._event)
        self._event = None
        self._frozen = count
        reload = self.value["RVR"]
        if not self.value["CSR"] & _ENABLE or (not count and not reload):
            return
        self._hz = self._core_hz() if self.value["CSR"] & _CLKSOURCE else EXTERNAL_HZ
        # From zero the counter first takes one clock to load RVR.
        periods = count or reload + 1
        self._zero_time = self._scheduler.now + -(-periods * TICKS_PER_SECOND // self._hz)
        self._event = self._scheduler.at(self._zero_time, self._reached_zero)

    def _reached_zero(self) -> None:
        csr = self.value["CSR"]
        self.value["CSR"] = csr | _COUNTFLAG
        if csr & _TICKINT:
            self._pend()
        reload = self.value["RVR"]
        if not reload:
            self._event = None
            self._frozen = 0
            return
        # From the moment of zero, not from now: a late event does not stretch the period.
        self._zero_time += (reload + 1) * TICKS_PER_SECOND // self._hz
        self._event = self._scheduler.at(self._zero_time, self._reached_zero)

    def clock_changed(self) -> None:
        """The core's frequency changed: go on from the count reached."""
        if self._event is not None and self.value["CSR"] & _CLKSOURCE:
            self._start(self._count())

    def read_csr(self) -> int:
        value = self.value["CSR"]
        self.value["CSR"] = value & ~_COUNTFLAG
        return value

    def write_csr(self, value: int) -> None:
        count = self._count()
        before = self.value["CSR"]
        self.value["CSR"] = before & _COUNTFLAG | value & 7
        if (before ^ value) & (_ENABLE | _CLKSOURCE):
            self._start(count)

    def read_cvr(self) -> int:
        return self._count()

    def write_cvr(self, value: int) -> None:
        """Any write clears the counter and COUNTFLAG; the next clock loads RVR."""
        self.value["CSR"] &= ~_COUNTFLAG
        self._start(0)

    def write_rvr(self, value: int) -> None:
        was_idle = self._event is None
        self.value["RVR"] = value & 0xFF_FFFF
        if was_idle:
            self._start(self._frozen)
