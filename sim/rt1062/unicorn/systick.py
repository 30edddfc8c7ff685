"""SysTick: the core's 24-bit down counter.

ARMv7-M Architecture Reference Manual (DDI 0403), B3.3; RT1060 reference manual: the external
reference clock is 100 kHz (24 MHz / 240), CALIB.TENMS 1000.
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers import Register, r, rw
from rt1062.scheduler import Event, Scheduler

EXTERNAL_HZ = 100_000


class CSR(Register, at=0x010):
    ENABLE, TICKINT, CLKSOURCE, COUNTFLAG = rw(0), rw(1), rw(2), r(16)


class RVR(Register, at=0x014):
    RELOAD = rw(0, 24)


class CVR(Register, at=0x018):
    CURRENT = rw(0, 24)


class CALIB(Register, at=0x01C):
    TENMS, SKEW, NOREF = r(0, 24, reset=1000), r(30), r(31)


class SysTick(Block):
    """Registers at offsets of the system control space (0xE000E000).

    Constructor: scheduler, `clock_hz()` of the core, `pend()` to make the exception pending.
    """

    REGISTERS = (CSR, RVR, CVR, CALIB)

    def __init__(
        self, scheduler: Scheduler, clock_hz: Callable[[], int], pend: Callable[[], None]
    ) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self._pend = pend
        self._event: Event | None = None
        self._zero_time = 0  # when the counter is or will next be at zero
        self._frozen = 0  # the counter while it does not run
        self._hz = EXTERNAL_HZ

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.scheduler.cancel(self._event)
        self._event = None
        self._frozen = 0

    def _count(self) -> int:
        if self._event is None:
            return self._frozen
        left = self._zero_time - self.scheduler.now
        return max(0, left * self._hz // TICKS_PER_SECOND) & CVR.CURRENT

    def _start(self, count: int) -> None:
        """Run down from `count`; zero means that the next clock loads RVR."""
        self.scheduler.cancel(self._event)
        self._event = None
        self._frozen = count
        reload = self.value["RVR"]
        if not self.value["CSR"] & CSR.ENABLE or (not count and not reload):
            return
        self._hz = self.clock_hz() if self.value["CSR"] & CSR.CLKSOURCE else EXTERNAL_HZ
        # From zero the counter first takes one clock to load RVR.
        periods = count or reload + 1
        self._zero_time = self.scheduler.now + -(-periods * TICKS_PER_SECOND // self._hz)
        self._watch()

    def _watch(self) -> None:
        self._event = self.scheduler.at(self._zero_time, self._reached_zero)
        self._event.apart = True

    def _reached_zero(self) -> None:
        csr = self.value["CSR"]
        self.value["CSR"] = csr | CSR.COUNTFLAG
        if csr & CSR.TICKINT:
            self._pend()
        reload = self.value["RVR"]
        if not reload:
            self._event = None
            self._frozen = 0
            return
        # From the moment of zero, not from now: a late event does not stretch the period.
        self._zero_time += (reload + 1) * TICKS_PER_SECOND // self._hz
        self._watch()

    def clock_changed(self) -> None:
        """The core's frequency changed: go on from the count reached."""
        if self._event is not None and self.value["CSR"] & CSR.CLKSOURCE:
            self._start(self._count())

    def pause(self) -> None:
        """The core's clock stops in WFI: the counter stands still."""
        self._frozen = self._count()
        self.scheduler.cancel(self._event)
        self._event = None

    def resume(self) -> None:
        """Go on from where it stood."""
        self._start(self._frozen)

    @property
    def beat(self) -> tuple[Event, int] | None:
        """The event of its next zero and the ticks from then on to the next; None where it does not
        go on and on raising its exception."""
        reload = self.value["RVR"]
        if self._event is None or not reload or not self.interrupts:
            return None
        return self._event, (reload + 1) * TICKS_PER_SECOND // self._hz

    def go_on(self, zero_time: int) -> None:
        """Some zeros have been, for which somebody else raised the exception; the next is then."""
        self.value["CSR"] |= CSR.COUNTFLAG
        self._zero_time = zero_time
        self.scheduler.cancel(self._event)
        self._watch()

    @property
    def interrupts(self) -> bool:
        """Whether the counter runs and raises its exception."""
        wanted = CSR.ENABLE | CSR.TICKINT
        return self.value["CSR"] & wanted == wanted

    def read_csr(self) -> int:
        value = self.value["CSR"]
        self.value["CSR"] = value & ~CSR.COUNTFLAG
        return value

    def write_csr(self, value: int) -> None:
        count = self._count()
        before = self.value["CSR"]
        if (before ^ self.store(CSR, value)) & (CSR.ENABLE | CSR.CLKSOURCE):
            self._start(count)

    def read_cvr(self) -> int:
        return self._count()

    def write_cvr(self, value: int) -> None:
        """Any write clears the counter and COUNTFLAG; the next clock loads RVR."""
        self.value["CSR"] &= ~CSR.COUNTFLAG
        self._start(0)

    def write_rvr(self, value: int) -> None:
        was_idle = self._event is None
        self.store(RVR, value)
        if was_idle:
            self._start(self._frozen)
