"""RTWDOG (WDOG3): a watchdog with a window and its own clock, changed only after an unlock.

Source: RT1060 reference manual, chapter RTWDOG. After reset it runs with a time-out of 32 ms. The
boot ROM must have switched it off, for start-up code that never touches it (Teensy 4 cores) lives,
and must have left it changeable, for the SDK's code changes it: so it is here.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.blocks.clock_count import ClockCount
from rt1062.blocks.clock_tree import ClockTree
from rt1062.chip.clock import ticks
from rt1062.registers import Register, r, register, rw, w1c
from rt1062.scheduler import NEVER, Event, Scheduler


class CS(Register, at=0x0, reset=0x2980):
    STOP, WAIT, DBG, TST = rw(0), rw(1), rw(2), rw(3, 2)
    UPDATE, INT, EN, CLK = rw(5), rw(6), rw(7), rw(8, 2)
    RCS, ULK, PRES, CMD32EN = r(10), r(11), rw(12), rw(13)
    FLG, WIN = w1c(14), rw(15)


class Locked(Register):
    """Written only between an unlock and the write to CS that ends it."""


class TOVAL(Locked, at=0x8, reset=0x400):
    TOVALLOW, TOVALHIGH = rw(0, 8), rw(8, 8)


class WIN(Locked, at=0xC):
    WINLOW, WINHIGH = rw(0, 8), rw(8, 8)


LOW_BYTE_TEST, HIGH_BYTE_TEST = 2, 3  # CS.TST: only that byte of the counter counts
AFTER_ROM = CS.CMD32EN | CS.RCS | CS.CLK.put(1) | CS.UPDATE
CLOCKS = ("ipg", "lpo32k", "osc24", "osc24")  # CS.CLK; ERCLK is taken for the crystal too
PRESCALED = 256

REFRESH, UNLOCK = 0xB480_A602, 0xD928_C520
UNLOCKED_BUS_CLOCKS = 128  # so long firmware may change things after an unlock
INTERRUPT_TO_RESET_BUS_CLOCKS = 128


class Rtwdog(Block):
    """Constructor: scheduler, the clock tree, `irq`, `request_reset()` for a bite."""

    REGISTERS = (
        CS,
        register("CNT", 0x4, counter=True),
        TOVAL,
        WIN,
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clocks: ClockTree,
        irq: Line,
        request_reset: Callable[[], None],
    ) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clocks = clocks
        self.request_reset = request_reset
        self._periods = ClockCount(scheduler)
        self._count = 0
        self._half = 0  # first half of a key that comes in two 16-bit writes
        self._bite: Event | None = None
        self._lock: Event | None = None
        clocks.listeners.append(self._clock_changed)
        self.value["CS"] = AFTER_ROM

    def reset(self, cold: bool = True) -> None:
        test_mode = 0 if cold else self.value["CS"] & CS.TST  # cleared by power on only
        super().reset(cold)
        self.value["CS"] = AFTER_ROM | test_mode
        self._half = self._count = 0
        self.scheduler.cancel(self._lock)
        self._lock = None
        self._plan()

    def next_event_time(self) -> int:
        return self.next_event(self._bite)

    # Counting.

    def _rate(self) -> tuple[int, int]:
        control = self.value["CS"]
        if not control & CS.EN:
            return 0, 1
        hz = self.clocks.hz(CLOCKS[CS.CLK.get(control)])
        return hz, PRESCALED if control & CS.PRES else 1

    def _sync(self) -> None:
        self._count = min(self._count + self._periods.take(), 0xFFFF)

    def _plan(self) -> None:
        """Count on from here at the present rate, and bite at TOVAL."""
        self._periods.set_rate(*self._rate())
        self.scheduler.cancel(self._bite)
        self._bite = None
        left = max(self._timeout() - self._count, 1)
        time = self._periods.time_of(left)
        if time != NEVER:
            self._bite = self.scheduler.at(time, self._timed_out)

    def _timeout(self) -> int:
        timeout, mode = self.value["TOVAL"], CS.TST.get(self.value["CS"])
        if mode == LOW_BYTE_TEST:
            return TOVAL.TOVALLOW.get(timeout)
        return TOVAL.TOVALHIGH.get(timeout) if mode == HIGH_BYTE_TEST else timeout

    def _clock_changed(self) -> None:
        if self._rate() != self._periods.rate:
            self._sync()
            self._plan()

    def _bus_clocks(self, count: int) -> int:
        return ticks(count, max(self.clocks.hz("ipg"), 1))

    def _timed_out(self) -> None:
        if self.value["CS"] & CS.INT and not self.value["CS"] & CS.FLG:
            self.value["CS"] |= CS.FLG
            self.raise_line(True)
            delay = self._bus_clocks(INTERRUPT_TO_RESET_BUS_CLOCKS)
            self._bite = self.scheduler.after(delay, self._reset_chip)
        else:
            self._reset_chip()

    def _reset_chip(self) -> None:
        self._bite = None
        self.request_reset()

    # Registers.

    def read_cnt(self) -> int:
        self._sync()
        high = CS.TST.get(self.value["CS"]) == HIGH_BYTE_TEST
        return self._count << 8 if high else self._count

    def write_cnt(self, written: int) -> None:
        """A key in one 32-bit write, or in two 16-bit writes when CMD32EN is clear."""
        if not self.value["CS"] & CS.CMD32EN:
            half, self._half = self._half, written & 0xFFFF
            key = self._half << 16 | half
            if key not in (REFRESH, UNLOCK):
                if self._half not in (REFRESH & 0xFFFF, UNLOCK & 0xFFFF):
                    self._wrong_key()
                return
            self._half = 0
            written = key
        if written == REFRESH:
            self._refresh()
        elif written == UNLOCK:
            self._unlock()
        else:
            self._wrong_key()

    def _wrong_key(self) -> None:
        if self.value["CS"] & CS.EN:
            self._reset_chip()

    def _refresh(self) -> None:
        if not self.value["CS"] & CS.EN:
            return
        self._sync()
        if self.value["CS"] & CS.WIN and self._count < self.value["WIN"]:
            self._reset_chip()
            return
        self._count = 0
        self._plan()

    def _unlock(self) -> None:
        if self.value["CS"] & CS.UPDATE:
            self.value["CS"] = self.value["CS"] & ~CS.RCS | CS.ULK
            self.scheduler.cancel(self._lock)
            delay = self._bus_clocks(UNLOCKED_BUS_CLOCKS)
            self._lock = self.scheduler.after(delay, self._lock_again)

    def _lock_again(self) -> None:
        self._lock = None
        self.value["CS"] &= ~CS.ULK

    def write_cs(self, written: int) -> None:
        old = self.value["CS"]
        if written & CS.FLG:
            old &= ~CS.FLG
            self.value["CS"] = old
            self.raise_line(False)
        if not old & CS.ULK:
            return
        self._sync()
        self.scheduler.cancel(self._lock)
        self._lock = None
        self.value["CS"] = CS.merge(old, written) & ~CS.ULK | CS.RCS
        self._count = 0
        self._plan()

    def write_locked(self, register: type[Locked], written: int) -> None:
        if self.value["CS"] & CS.ULK:
            self._sync()
            self.store(register, written)
            self._plan()
