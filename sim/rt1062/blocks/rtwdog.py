"""RTWDOG (WDOG3): a watchdog with a window and its own clock, changed only after an unlock.

Source: RT1060 reference manual, chapter RTWDOG. After reset it runs with a time-out of 32 ms. The
boot ROM must have switched it off, for start-up code that never touches it (Teensy 4 cores) lives,
and must have left it changeable, for the SDK's code changes it: so it is here.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.blocks.clock_count import ClockCount
from rt1062.blocks.clock_tree import ClockTree
from rt1062.chip.clock import ticks
from rt1062.registers_old import W1C, Field, R, Register
from rt1062.scheduler import NEVER, Event, Scheduler

CS = Register(
    "CS",
    0x0,
    [
        Field("STOP", 0),
        Field("WAIT", 1),
        Field("DBG", 2),
        Field("TST", 3, 2),
        Field("UPDATE", 5),
        Field("INT", 6),
        Field("EN", 7),
        Field("CLK", 8, 2),
        Field("RCS", 10, access=R),
        Field("ULK", 11, access=R),
        Field("PRES", 12),
        Field("CMD32EN", 13),
        Field("FLG", 14, access=W1C),
        Field("WIN", 15),
    ],
    reset=0x2980,
)
LOW_BYTE_TEST, HIGH_BYTE_TEST = 2, 3  # CS.TST: only that byte of the counter counts
UPDATE, INT, EN, RCS, ULK, PRES, CMD32EN, FLG, WIN = (
    CS[name].mask for name in ("UPDATE", "INT", "EN", "RCS", "ULK", "PRES", "CMD32EN", "FLG", "WIN")
)
AFTER_ROM = CMD32EN | RCS | CS["CLK"].put(1) | UPDATE
CLOCKS = ("ipg", "lpo32k", "osc24", "osc24")  # CS.CLK; ERCLK is taken for the crystal too
PRESCALED = 256

REFRESH, UNLOCK = 0xB480_A602, 0xD928_C520
UNLOCKED_BUS_CLOCKS = 128  # so long firmware may change things after an unlock
INTERRUPT_TO_RESET_BUS_CLOCKS = 128


class Rtwdog(Peripheral):
    """Constructor: scheduler, the clock tree, `irq`, `request_reset()` for a bite."""

    REGISTERS = (
        CS,
        Register("CNT", 0x4, counter=True),
        Register("TOVAL", 0x8, [Field("TOVAL", 0, 16, reset=0x400)]),
        Register("WIN", 0xC, [Field("WIN", 0, 16)]),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clocks: ClockTree,
        irq: Callable[[bool], None],
        request_reset: Callable[[], None],
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._clocks = clocks
        self._irq = irq
        self._request_reset = request_reset
        self._periods = ClockCount(scheduler)
        self._count = 0
        self._half = 0  # first half of a key that comes in two 16-bit writes
        self._bite: Event | None = None
        self._lock: Event | None = None
        clocks.listeners.append(self._clock_changed)
        self.value["CS"] = AFTER_ROM

    def reset(self, cold: bool = True) -> None:
        test_mode = 0 if cold else self.value["CS"] & CS["TST"].mask  # cleared by power on only
        super().reset(cold)
        self.value["CS"] = AFTER_ROM | test_mode
        self._half = self._count = 0
        self._scheduler.cancel(self._lock)
        self._lock = None
        self._plan()
        self._irq(False)

    def next_event_time(self) -> int:
        return self._bite.time if self._bite is not None and self._bite.pending else NEVER

    # Counting.

    def _rate(self) -> tuple[int, int]:
        control = self.value["CS"]
        if not control & EN:
            return 0, 1
        hz = self._clocks.hz(CLOCKS[CS["CLK"].get(control)])
        return hz, PRESCALED if control & PRES else 1

    def _sync(self) -> None:
        self._count = min(self._count + self._periods.take(), 0xFFFF)

    def _plan(self) -> None:
        """Count on from here at the present rate, and bite at TOVAL."""
        self._periods.set_rate(*self._rate())
        self._scheduler.cancel(self._bite)
        self._bite = None
        left = max(self._timeout() - self._count, 1)
        time = self._periods.time_of(left)
        if time != NEVER:
            self._bite = self._scheduler.at(time, self._timed_out)

    def _timeout(self) -> int:
        timeout, mode = self.value["TOVAL"], CS["TST"].get(self.value["CS"])
        if mode == LOW_BYTE_TEST:
            return timeout & 0xFF
        return timeout >> 8 if mode == HIGH_BYTE_TEST else timeout

    def _clock_changed(self) -> None:
        if self._rate() != self._periods.rate:
            self._sync()
            self._plan()

    def _bus_clocks(self, count: int) -> int:
        return ticks(count, max(self._clocks.hz("ipg"), 1))

    def _timed_out(self) -> None:
        if self.value["CS"] & INT and not self.value["CS"] & FLG:
            self.value["CS"] |= FLG
            self._irq(True)
            delay = self._bus_clocks(INTERRUPT_TO_RESET_BUS_CLOCKS)
            self._bite = self._scheduler.after(delay, self._reset_chip)
        else:
            self._reset_chip()

    def _reset_chip(self) -> None:
        self._bite = None
        self._request_reset()

    # Registers.

    def read_cnt(self) -> int:
        self._sync()
        high = CS["TST"].get(self.value["CS"]) == HIGH_BYTE_TEST
        return self._count << 8 if high else self._count

    def write_cnt(self, written: int) -> None:
        """A key in one 32-bit write, or in two 16-bit writes when CMD32EN is clear."""
        if not self.value["CS"] & CMD32EN:
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
        if self.value["CS"] & EN:
            self._reset_chip()

    def _refresh(self) -> None:
        if not self.value["CS"] & EN:
            return
        self._sync()
        if self.value["CS"] & WIN and self._count < self.value["WIN"]:
            self._reset_chip()
            return
        self._count = 0
        self._plan()

    def _unlock(self) -> None:
        if self.value["CS"] & UPDATE:
            self.value["CS"] = self.value["CS"] & ~RCS | ULK
            self._scheduler.cancel(self._lock)
            delay = self._bus_clocks(UNLOCKED_BUS_CLOCKS)
            self._lock = self._scheduler.after(delay, self._lock_again)

    def _lock_again(self) -> None:
        self._lock = None
        self.value["CS"] &= ~ULK

    def write_cs(self, written: int) -> None:
        old = self.value["CS"]
        if written & FLG:
            old &= ~FLG
            self.value["CS"] = old
            self._irq(False)
        if not old & ULK:
            return
        self._sync()
        self._scheduler.cancel(self._lock)
        self._lock = None
        self.value["CS"] = CS.merge(old, written) & ~ULK | RCS
        self._count = 0
        self._plan()

    def _write_unlocked(self, name: str, written: int) -> None:
        if self.value["CS"] & ULK:
            self._sync()
            self.value[name] = written & 0xFFFF
            self._plan()

    def write_toval(self, written: int) -> None:
        self._write_unlocked("TOVAL", written)

    def write_win(self, written: int) -> None:
        self._write_unlocked("WIN", written)
