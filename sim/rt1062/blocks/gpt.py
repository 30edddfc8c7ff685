"""GPT: a 32-bit up-counter with three compare channels.

Source: RT1060 reference manual, chapter General Purpose Timer. The counter is worked out when
somebody looks; an event is made only for a compare whose interrupt is enabled.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.blocks.clock_count import ClockCount
from rt1062.blocks.clock_tree import ClockTree
from rt1062.registers_old import W1C, Field, R, Register, W, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

CR = Register(
    "CR",
    0x00,
    [
        Field("EN", 0),
        Field("ENMOD", 1),
        Field("DBGEN", 2),
        Field("WAITEN", 3),
        Field("DOZEEN", 4),
        Field("STOPEN", 5),
        Field("CLKSRC", 6, 3),
        Field("FRR", 9),
        Field("EN_24M", 10),
        Field("SWR", 15, access=W),
        Field("IM1", 16, 2),
        Field("IM2", 18, 2),
        Field("OM1", 20, 3),
        Field("OM2", 23, 3),
        Field("OM3", 26, 3),
        Field("FO", 29, 3, access=W),
    ],
)
PR = Register("PR", 0x04, [Field("PRESCALER", 0, 12), Field("PRESCALER24M", 12, 4)])
SR = Register(
    "SR",
    0x08,
    [
        Field(name, i, access=W1C)
        for i, name in enumerate(("OF1", "OF2", "OF3", "IF1", "IF2", "ROV"))
    ],
    polled=True,
)
IR = Register("IR", 0x0C, [Field("ALL", 0, 6)])

KEPT_BY_SWR = 0x3F  # EN, ENMOD and the low-power modes outlive a software reset
OSC_SOURCE = 5
# CLKSRC: 3 is a pin with nothing on it.
SOURCES = {1: "perclk", 2: "perclk", 4: "osc32k", OSC_SOURCE: "osc24"}
ROV = 1 << 5
WRAP = 1 << 32


class Gpt(Peripheral):
    """Input capture registers are storage: no pin leads there. Output modes change nothing.

    Constructor: scheduler, the clock tree, `irq`.
    """

    REGISTERS = (
        CR,
        PR,
        SR,
        IR,
        *register_array("OCR", 0x10, 3, first=1, reset=0xFFFF_FFFF),
        *register_array("ICR", 0x1C, 2, first=1, access=R),
        Register("CNT", 0x24, access=R, counter=True),
    )

    def __init__(
        self, scheduler: Scheduler, clocks: ClockTree, irq: Callable[[bool], None]
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._clocks = clocks
        self._irq = irq
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
        source = CR["CLKSRC"].get(control)
        if not control & 1 or source not in SOURCES:
            return 0, 1
        divider = PR["PRESCALER"].get(prescale) + 1
        hz = self._clocks.hz(SOURCES[source])
        if source == OSC_SOURCE:
            if not CR["EN_24M"].get(control):
                return 0, 1
            divider_24m = PR["PRESCALER24M"].get(prescale) + 1
            return self._sampled(hz, divider_24m), divider * divider_24m
        return hz, divider

    def _sampled(self, hz: int, divider: int) -> int:
        """The crystal's clock, hz / divider, as the module's own clock sees it; times divider.

        The manual wants it four times slower than that clock. Faster than half of it, it shows
        up as its alias, and not at all as a multiple: what people found on silicon (the prescaler
        "must not be zero", Tock: 24 MHz / 3 looked at with 3 MHz counts at 1 MHz).
        """
        sampling = self._clocks.hz("perclk") * divider
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
        free = CR["FRR"].get(self.value["CR"])
        return WRAP if free else self.value["OCR1"] + 1

    def _targets(self) -> list[tuple[int, int]]:
        """(flag, count at which it is set), where the counter gets there at all."""
        limit = self._limit()
        found = [
            (1 << i, self.value[f"OCR{i + 1}"])
            for i in range(3)
            if self.value[f"OCR{i + 1}"] < limit
        ]
        # The counter has rolled over when it shows 0 again.
        return [*found, (ROV, 0)] if limit == WRAP else found

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
        self._irq(bool(self.value["SR"] & enabled))
        self._scheduler.cancel(self._event)
        self._event = None
        time = self._next_flag(enabled & ~self.value["SR"])
        if time != NEVER:
            self._event = self._scheduler.at(time, self._due)

    def _due(self) -> None:
        self._sync()
        self._update()

    def _next_flag(self, wanted: int) -> int:
        distances = [self._distance(target) for flag, target in self._targets() if flag & wanted]
        return self._periods.time_of(min(distances)) if distances else NEVER

    def next_event_time(self) -> int:
        self._sync()
        return self._next_flag(~self.value["SR"])

    # Registers.

    def write_cr(self, written: int) -> None:
        self._sync()
        if CR["SWR"].get(written):
            kept = written & KEPT_BY_SWR
            self.value.update((one.name, one.reset or 0) for one in self.REGISTERS)
            self.value["CR"] = kept
            self._count = 0
        else:
            self.store(CR, written)
        if written & 3 == 2:  # disabled with ENMOD: the next run starts at 0
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
        if index == 0 and not CR["FRR"].get(self.value["CR"]):
            self._count = 0  # in restart mode each write to OCR1 starts over
            self._periods.set_rate(*self._rate())
        self._update()

    def read_cnt(self) -> int:
        self._sync()
        return self._count
