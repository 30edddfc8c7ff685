"""GPT: a 32-bit up-counter with three compare channels.

Source: RT1060 reference manual, chapter General Purpose Timer. The counter is worked out when
somebody looks; an event is made only for a compare whose interrupt is enabled.
"""

from rt1062.block import Block, Line
from rt1062.blocks.clock_count import ClockCount
from rt1062.blocks.clock_tree import ClockTree
from rt1062.registers import R, Register, r, register, rw, w, w1c
from rt1062.scheduler import NEVER, Event, Scheduler


class CR(Register, at=0x00):
    EN, ENMOD, DBGEN, WAITEN, DOZEEN, STOPEN = (rw(bit) for bit in range(6))
    CLKSRC, FRR, EN_24M, SWR = rw(6, 3), rw(9), rw(10), w(15)
    IM1, IM2 = rw(16, 2), rw(18, 2)
    OM1, OM2, OM3 = rw(20, 3), rw(23, 3), rw(26, 3)
    FO1, FO2, FO3 = w(29), w(30), w(31)


class PR(Register, at=0x04):
    PRESCALER, PRESCALER24M = rw(0, 12), rw(12, 4)


class SR(Register, at=0x08, polled=True):
    OF1, OF2, OF3, IF1, IF2, ROV = (w1c(bit) for bit in range(6))


class IR(Register, at=0x0C):
    """Enables where SR has its flags."""

    OF1IE, OF2IE, OF3IE, IF1IE, IF2IE, ROVIE = (rw(bit) for bit in range(6))


class CNT(Register, at=0x24, counter=True):
    COUNT = r(0, 32)


# What outlives a software reset.
KEPT_BY_SWR = CR.EN | CR.ENMOD | CR.DBGEN | CR.WAITEN | CR.DOZEEN | CR.STOPEN
RTC_SOURCE, OSC_SOURCE = 4, 5
# CLKSRC: 3 is a pin with nothing on it.
SOURCES = {1: "perclk", 2: "perclk", RTC_SOURCE: "osc32k", OSC_SOURCE: "osc24"}
COMPARE_FLAGS = SR.OF1, SR.OF2, SR.OF3
WRAP = 1 << 32


class Gpt(Block):
    """Input capture registers are storage: no pin leads there. Output modes change nothing.

    Constructor: scheduler, the clock tree, `irq`.
    """

    REGISTERS = (
        CR,
        PR,
        SR,
        IR,
        register("OCR", 0x10, count=3, first=1, reset=0xFFFF_FFFF),
        register("ICR", 0x1C, count=2, first=1, access=R),
        CNT,
    )

    def __init__(self, scheduler: Scheduler, clocks: ClockTree, irq: Line) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clocks = clocks
        self._periods = ClockCount(scheduler)
        self._count = 0
        self._event: Event | None = None
        clocks.listeners.append(self._clock_changed)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._count = 0
        self._set_rate()
        self._update()

    # Time.

    def _rate(self) -> tuple[int, int]:
        """Clock and divider that the counter runs at."""
        control, prescale = self.value["CR"], self.value["PR"]
        source = CR.CLKSRC.get(control)
        if not control & CR.EN or source not in SOURCES or not self.clocked:
            return 0, 1
        divider = PR.PRESCALER.get(prescale) + 1
        hz = self.clocks.hz(SOURCES[source])
        if source == OSC_SOURCE:
            if not control & CR.EN_24M:
                return 0, 1
            divider_24m = PR.PRESCALER24M.get(prescale) + 1
            return self._sampled(hz, divider_24m), divider * divider_24m
        return hz, divider

    def _sampled(self, hz: int, divider: int) -> int:
        """The crystal's clock, hz / divider, as the module's own clock sees it; times divider.

        The manual wants it four times slower than that clock. Faster than half of it, it shows
        up as its alias, and not at all as a multiple: what people found on silicon (the prescaler
        "must not be zero", Tock: 24 MHz / 3 looked at with 3 MHz counts at 1 MHz).
        """
        sampling = self.clocks.hz("perclk") * divider
        if not sampling:
            return 0
        rest = hz % sampling
        return min(rest, sampling - rest)

    def _set_rate(self) -> None:
        rate = self._rate()
        if rate != self._periods.rate:
            self._periods.set_rate(*rate)

    def _clock_changed(self) -> None:
        if self._rate() != self._periods.rate:
            self._sync()
            self._set_rate()
            self._update()

    def _limit(self) -> int:
        """One more than the highest count: OCR1 restarts the counter unless it runs free."""
        return WRAP if self.value["CR"] & CR.FRR else self.value["OCR1"] + 1

    def _targets(self) -> list[tuple[int, int]]:
        """(flag, count at which it is set), where the counter gets there at all."""
        limit = self._limit()
        compares = [(flag, self.value[f"OCR{i}"]) for i, flag in enumerate(COMPARE_FLAGS, 1)]
        found = [(flag, target) for flag, target in compares if target < limit]
        # The counter has rolled over when it shows 0 again.
        return [*found, (SR.ROV, 0)] if limit == WRAP else found

    def _distance(self, target: int) -> int:
        """Counts until the counter next shows `target`, at least one."""
        return (target - self._count - 1) % self._limit() + 1

    def _sync(self) -> None:
        """Bring the counter and the flags up to now."""
        passed = self._periods.take()
        if passed:
            for flag, target in self._targets():
                if self._distance(target) <= passed:
                    self.value["SR"] |= flag
            self._count = (self._count + passed) % self._limit()

    def _update(self) -> None:
        """The interrupt line, and an event for the next flag that will raise it."""
        enabled = self.value["IR"]
        self.raise_line(bool(self.value["SR"] & enabled))
        self.scheduler.cancel(self._event)
        self._event = None
        time = self._next_flag(enabled & ~self.value["SR"])
        if time != NEVER:
            self._event = self.scheduler.at(time, self._due)

    def _due(self) -> None:
        self._sync()
        self._update()

    def _next_flag(self, wanted: int) -> int:
        distances = [self._distance(target) for flag, target in self._targets() if flag & wanted]
        return self._periods.time_of(min(distances)) if distances else NEVER

    def runs_asleep(self, gate: int, stop: bool) -> bool:
        """CR.WAITEN and STOPEN; in STOP only the 32 kHz clock is left."""
        control = self.value["CR"]
        if stop:
            return bool(control & CR.STOPEN) and CR.CLKSRC.get(control) == RTC_SOURCE
        return bool(control & CR.WAITEN) and super().runs_asleep(gate, stop)

    def stop_clock(self) -> str:
        super().stop_clock()
        counts = self._event is not None
        self._clock_changed()
        return "counts to an interrupt" if counts else ""

    def start_clock(self) -> None:
        super().start_clock()
        self._clock_changed()

    def next_event_time(self) -> int:
        self._sync()
        return self._next_flag(~self.value["SR"])

    # Registers.

    def write_cr(self, written: int) -> None:
        self._sync()
        if written & CR.SWR:
            self.value.update((slot.name, slot.register.reset) for slot in self.slots)
            self.value["CR"] = written & KEPT_BY_SWR
            self._count = 0
        else:
            self.store(CR, written)
        if written & CR.ENMOD and not written & CR.EN:  # the next run starts at 0
            self._count = 0
        self._set_rate()
        self._update()

    def write_pr(self, written: int) -> None:
        self._sync()
        self.store(PR, written)
        self._set_rate()
        self._update()

    def read_sr(self) -> int:
        self._sync()
        return self.value["SR"]

    def write_sr(self, written: int) -> None:
        self._sync()
        self.store(SR, written)
        self._update()

    def write_ir(self, written: int) -> None:
        self._sync()
        self.store(IR, written)
        self._update()

    def write_ocr(self, index: int, written: int) -> None:
        self._sync()
        self.value[f"OCR{index + 1}"] = written
        if index == 0 and not self.value["CR"] & CR.FRR:
            self._count = 0  # in restart mode each write to OCR1 starts over
            self._periods.set_rate(*self._rate())
        self._update()

    def read_cnt(self) -> int:
        self._sync()
        return self._count
