"""PIT: four 32-bit down-counters that can be chained, and a 64-bit lifetime timer of two.

Source: RT1060 reference manual, chapter Periodic Interrupt Timer. Counters are worked out when
somebody looks; an event is made only for an expiry whose interrupt is enabled.
"""

from rt1062.block import Block, Line
from rt1062.blocks.clock_count import ClockCount
from rt1062.blocks.clock_tree import ClockTree
from rt1062.registers import R, Register, register, rw, w1c
from rt1062.scheduler import NEVER, Event, Scheduler

CHANNELS = 4


class MCR(Register, at=0x00):
    FRZ, MDIS = rw(0), rw(1, reset=1)


class TCTRL(Register, at=0x108, count=CHANNELS, step=0x10):
    TEN, TIE, CHN = rw(0), rw(1), rw(2)


class TFLG(Register, at=0x10C, count=CHANNELS, step=0x10, polled=True):
    TIF = w1c(0)


class Pit(Block):
    """Constructor: scheduler, the clock tree, `irq`, the one line of all channels."""

    REGISTERS = (
        MCR,
        register("LTMR64H", 0xE0, access=R),
        register("LTMR64L", 0xE4, access=R, counter=True),
        register("LDVAL", 0x100, count=CHANNELS, step=0x10),
        register("CVAL", 0x104, count=CHANNELS, step=0x10, access=R, counter=True),
        TCTRL,
        TFLG,
    )

    def __init__(self, scheduler: Scheduler, clocks: ClockTree, irq: Line) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clocks = clocks
        self._periods = ClockCount(scheduler)
        self._event: Event | None = None
        clocks.listeners.append(self._clock_changed)

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._set_rate()
        self._update()

    # Time.

    def _set_rate(self) -> None:
        stopped = not self.clocked or self.value["MCR"] & MCR.MDIS
        hz = 0 if stopped else self.clocks.hz("perclk")
        if self._periods.rate != (hz, 1):
            self._periods.set_rate(hz)

    def _clock_changed(self) -> None:
        self._sync()
        self._set_rate()
        self._update()

    def _sync(self) -> None:
        """Bring all counters and flags up to now."""
        clocks = self._periods.take()
        if not clocks:
            return
        expired = 0
        for i in range(CHANNELS):
            pulses = expired if self._chained(i) else clocks
            expired = self._count_down(i, pulses) if self._enabled(i) else 0
            if expired:
                self.value[f"TFLG{i}"] = TFLG.TIF

    def _enabled(self, index: int) -> bool:
        return bool(self.value[f"TCTRL{index}"] & TCTRL.TEN)

    def _chained(self, index: int) -> bool:
        return index > 0 and bool(self.value[f"TCTRL{index}"] & TCTRL.CHN)

    def _count_down(self, index: int, pulses: int) -> int:
        """Count so many pulses; how often the counter passed from 0 to its load value."""
        count, load = self.value[f"CVAL{index}"], self.value[f"LDVAL{index}"]
        if pulses <= count:
            self.value[f"CVAL{index}"] = count - pulses
            return 0
        again, rest = divmod(pulses - count - 1, load + 1)
        self.value[f"CVAL{index}"] = load - rest
        return 1 + again

    def _clocks_until(self, index: int, expiries: int) -> int:
        """Clocks until a channel will have expired so often; NEVER if it stands still."""
        if not self._enabled(index):
            return NEVER
        count, load = self.value[f"CVAL{index}"], self.value[f"LDVAL{index}"]
        pulses = count + 1 + (expiries - 1) * (load + 1)
        return self._clocks_until(index - 1, pulses) if self._chained(index) else pulses

    def _next_flag(self, channels: list[int]) -> int:
        clocks = min((self._clocks_until(i, 1) for i in channels), default=NEVER)
        return self._periods.time_of(clocks) if clocks < NEVER else NEVER

    def stop_clock(self) -> str:
        super().stop_clock()
        counts = self._periods.rate[0] and self._event is not None
        self._clock_changed()
        return "counts to an interrupt" if counts else ""

    def start_clock(self) -> None:
        super().start_clock()
        self._clock_changed()

    def next_event_time(self) -> int:
        self._sync()
        return self._next_flag([i for i in range(CHANNELS) if not self.value[f"TFLG{i}"]])

    def _update(self) -> None:
        """The interrupt line, and an event for the next expiry that will raise it."""
        enabled = [i for i in range(CHANNELS) if self.value[f"TCTRL{i}"] & TCTRL.TIE]
        self.raise_line(any(self.value[f"TFLG{i}"] for i in enabled))
        self.scheduler.cancel(self._event)
        self._event = None
        time = self._next_flag([i for i in enabled if not self.value[f"TFLG{i}"]])
        if time != NEVER:
            self._event = self.scheduler.at(time, self._due)

    def _due(self) -> None:
        self._sync()
        self._update()

    # Registers.

    def write_mcr(self, written: int) -> None:
        self._sync()
        self.store(MCR, written)
        self._set_rate()
        self._update()

    def write_ldval(self, index: int, written: int) -> None:
        """The new value counts from the next expiry on."""
        self._sync()
        self.value[f"LDVAL{index}"] = written
        self._update()

    def write_tctrl(self, index: int, written: int) -> None:
        self._sync()
        before = self.value[f"TCTRL{index}"]
        self.store(TCTRL, written, index)
        if written & ~before & TCTRL.TEN:
            self.value[f"CVAL{index}"] = self.value[f"LDVAL{index}"]
        self._update()

    def read_cval(self, index: int) -> int:
        self._sync()
        return self.value[f"CVAL{index}"]

    def read_tflg(self, index: int) -> int:
        self._sync()
        return self.value[f"TFLG{index}"]

    def write_tflg(self, index: int, written: int) -> None:
        self._sync()
        self.store(TFLG, written, index)
        self._update()

    def read_ltmr64h(self) -> int:
        """Reading the upper half holds the lower one still for the read that follows."""
        self._sync()
        self.value["LTMR64L"] = self.value["CVAL0"]
        return self.value["CVAL1"]
