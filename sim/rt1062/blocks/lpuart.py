"""LPUART (i.MX RT1060 reference manual, rev. 2, chapter 49).

Read by way of NXP's register header and the SDK, Teensy, Tock and Linux drivers. RDRF is set from
RXWATER words on, and from one word on where that is 0: the SDK's and Linux' single characters at
RXWATER 1 show it.

Characters take their time on the wire: `transmit` is called when the last stop bit of a character
is out, `receive` is to be called when one is in. Not modelled, plain storage: address match, modem
lines (CTS counts as asserted), infrared, LIN break detection. Parity bits and inversion are in
`form`, which whoever has the other end of the wire asks for.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial

from rt1062.block import Block, DmaRequest, Line
from rt1062.blocks.lpuart_registers import (
    BAUD,
    CHARACTER,
    CTRL,
    DATA,
    FIFO,
    FIFO_WORDS,
    GLOBAL,
    REGISTERS,
    STAT,
    WATER,
)
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.devices.characters import Form
from rt1062.scheduler import NEVER, Event, Held, Scheduler

DEFAULT_OSR = BAUD.OSR.get(BAUD.reset)  # what 0 means too
SILENT = 1 << 16  # in the shifter: a preamble, an idle or a break character, no data
STORED_FLAGS = ~(STAT.RDRF | STAT.TC | STAT.TDRE)  # these say how full the FIFOs are
ALL_SENT = STAT.TC | STAT.TDRE
ONE_SENT, ONE_RECEIVED = WATER.TXCOUNT.put(1), WATER.RXCOUNT.put(1)

# Enables of interrupts and the flags that they pass on.
BY_CTRL = {
    CTRL.TIE: STAT.TDRE,
    CTRL.TCIE: STAT.TC,
    CTRL.RIE: STAT.RDRF,
    CTRL.ILIE: STAT.IDLE,
    CTRL.ORIE: STAT.OR,
    CTRL.NEIE: STAT.NF,
    CTRL.FEIE: STAT.FE,
    CTRL.PEIE: STAT.PF,
    CTRL.MA1IE: STAT.MA1F,
    CTRL.MA2IE: STAT.MA2F,
}
BY_BAUD = {BAUD.RXEDGIE: STAT.RXEDGIF, BAUD.LBKDIE: STAT.LBKDIF}
BY_FIFO = {FIFO.RXUFE: FIFO.RXUF, FIFO.TXOFE: FIFO.TXOF}


def passed_on(flags: Mapping[int, int], enables: int) -> int:
    """The flags that a register's value enables."""
    return sum(flag for enable, flag in flags.items() if enables & enable)


class Lpuart(Block):
    """One LPUART; `transmit` takes what it sends, `receive` what is sent to it."""

    REGISTERS = REGISTERS
    QUIET = (STAT, WATER)

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Line,
        transmit: Callable[[int], None],
    ) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.transmit = transmit
        self._tx: deque[int] = deque()
        self._rx: deque[int] = deque()
        self._shift_end: Event | None = None
        self._idle: Event | None = None
        self._partial: Event | None = None
        self._held: Held = []
        self._timed_hz = -1  # the clock that `_byte_ticks` was found for, with BAUD and CTRL as now
        self._byte_ticks = NEVER
        self._set_defaults()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._set_defaults()

    def _set_defaults(self) -> None:
        for event in (self._shift_end, self._idle, self._partial):
            self.scheduler.cancel(event)
        self._shift_end = self._idle = self._partial = None
        self._tx.clear()
        self._rx.clear()
        self._shifted: int | None = None  # what the transmitter sends, None when it is idle
        self._line_idle = True  # no character since the line was found idle
        self._rdrf_partial = False  # FIFO.RXIDEN: too few words, but nothing comes any more
        self._passed_by_ctrl = self._passed_by_baud = self._passed_by_fifo = 0
        self._fit_fifos()
        self._fit_form()

    # The format on the wire.

    @property
    def bit_rate(self) -> float:
        """Bits a second as BAUD and the clock tree say; 0 while the baud generator is off."""
        baud = self.value["BAUD"]
        divisor = BAUD.SBR.get(baud)
        oversampling = (BAUD.OSR.get(baud) or DEFAULT_OSR) + 1
        return self.clock_hz() / (oversampling * divisor) if divisor else 0.0

    @property
    def byte_ticks(self) -> int:
        """Ticks of one character with start and stop bits, NEVER while nothing can be sent."""
        hz = self.clock_hz()
        if hz != self._timed_hz:
            rate = self.bit_rate
            ticks = round(self._frame_bits() * TICKS_PER_SECOND / rate) if rate else NEVER
            self._timed_hz, self._byte_ticks = hz, ticks
        return self._byte_ticks

    def _fit_form(self) -> None:
        """What CTRL and BAUD make of a character."""
        self._timed_hz = -1
        bits = self._data_bits() - (1 if self.value["CTRL"] & CTRL.PE else 0)
        self._character_mask = (1 << bits) - 1

    def _data_bits(self) -> int:
        ctrl = self.value["CTRL"]
        if self.value["BAUD"] & BAUD.M10:
            return 10
        if ctrl & CTRL.M7:
            return 7
        return 9 if ctrl & CTRL.M else 8

    def _frame_bits(self) -> int:
        return 1 + self._data_bits() + (2 if self.value["BAUD"] & BAUD.SBNS else 1)

    def form(self, inverted: int) -> Form:
        """Of its characters; `inverted` is CTRL.TXINV or STAT.RXINV of this direction."""
        ctrl = self.value["CTRL"]
        parity = "N" if not ctrl & CTRL.PE else "O" if ctrl & CTRL.PT else "E"
        return Form(self._data_bits() - (parity != "N"), parity, bool(inverted))

    # Registers.

    def write_global(self, value: int) -> None:
        self.store(GLOBAL, value)
        if value & GLOBAL.RST:
            self.reset(cold=False)
            self.store(GLOBAL, value)

    def read_stat(self) -> int:
        stat = self.value["STAT"] & STORED_FLAGS
        if self._shifted is None and not self._tx:
            stat |= ALL_SENT
        elif len(self._tx) <= self._transmit_water:
            stat |= STAT.TDRE
        if self._rdrf_partial or len(self._rx) >= self._receive_water:
            stat |= STAT.RDRF
        return stat

    def _fit_fifos(self) -> None:
        """Depths and watermarks; a FIFO that is not enabled has room for one word."""
        fifo, water = self.value["FIFO"], self.value["WATER"]
        sends, receives = fifo & FIFO.TXFE, fifo & FIFO.RXFE
        self._transmit_depth = FIFO_WORDS if sends else 1
        self._receive_depth = FIFO_WORDS if receives else 1
        self._transmit_water = WATER.TXWATER.get(water) if sends else 0
        self._receive_water = max(1, WATER.RXWATER.get(water) if receives else 0)

    def write_stat(self, value: int) -> None:
        self.store(STAT, value)
        self._update()

    def write_ctrl(self, value: int) -> None:
        old = self.value["CTRL"]
        self._passed_by_ctrl = passed_on(BY_CTRL, self.store(CTRL, value))
        self._fit_form()
        if value & ~old & CTRL.TE and self._shifted is None:
            self._shift(SILENT)  # the preamble: one idle character
        if old & ~value & CTRL.RE:
            self._forget_line()
        self._start()
        self._update()
        self.request_changed()

    def write_baud(self, value: int) -> None:
        self._passed_by_baud = passed_on(BY_BAUD, self.store(BAUD, value))
        self._fit_form()
        self._start()
        self._update()
        self.request_changed()

    def read_data(self) -> int:
        if not self._rx:
            self.value["FIFO"] |= FIFO.RXUF
            self._update()
            return DATA.RXEMPT
        word = self._rx.popleft()
        if not self._rx:
            self._rdrf_partial = False
        self._update()
        return word

    def write_data(self, value: int) -> None:
        if len(self._tx) >= self._transmit_depth:
            self.value["FIFO"] |= FIFO.TXOF
        else:
            self._tx.append(SILENT if value & DATA.FRETSC else value & CHARACTER)
        self._start()
        self._update()

    def read_fifo(self) -> int:
        fifo = self.value["FIFO"] & ~(FIFO.RXEMPT | FIFO.TXEMPT)
        return fifo | (0 if self._rx else FIFO.RXEMPT) | (0 if self._tx else FIFO.TXEMPT)

    def write_fifo(self, value: int) -> None:
        self._passed_by_fifo = passed_on(BY_FIFO, self.store(FIFO, value))
        self._fit_fifos()
        if value & FIFO.TXFLUSH:
            self._tx.clear()
        if value & FIFO.RXFLUSH:
            self._rx.clear()
            self._rdrf_partial = False
        self._update()
        self.request_changed()

    def read_water(self) -> int:
        return self.value["WATER"] | len(self._tx) * ONE_SENT | len(self._rx) * ONE_RECEIVED

    def write_water(self, value: int) -> None:
        self.store(WATER, value)
        self._fit_fifos()
        self._update()
        self.request_changed()

    # DMA.

    def requests(self) -> Mapping[str, DmaRequest]:
        return {
            "transmit": DmaRequest(
                partial(self._asks, BAUD.TDMAE, STAT.TDRE), self.next_event_time
            ),
            "receive": DmaRequest(partial(self._asks, BAUD.RDMAE, STAT.RDRF), self.next_event_time),
        }

    def _asks(self, enable: int, flag: int) -> bool:
        return bool(self.value["BAUD"] & enable and self.read_stat() & flag)

    # Transmitter.

    def _start(self) -> None:
        """Take the next character into the shifter, if it is free and may send."""
        ctrl = self.value["CTRL"]
        if self._shifted is not None:
            if self._shift_end is None:
                self._shift(self._shifted)  # it waited for the baud generator
            return
        if not ctrl & CTRL.TE or self.value["GLOBAL"]:
            return
        if self._tx:
            self._shift(self._tx.popleft())
        elif ctrl & CTRL.SBK:
            self._shift(SILENT)

    def _shift(self, word: int) -> None:
        ticks = self.byte_ticks
        self._shifted = word
        self._shift_end = None if ticks == NEVER else self.scheduler.after(ticks, self._end_shift)

    def _end_shift(self) -> None:
        word, self._shifted, self._shift_end = self._shifted, None, None
        if word is not None and not word & SILENT:
            self._send(word & self._character_mask)
        self._start()
        self._update()

    def _send(self, word: int) -> None:
        ctrl = self.value["CTRL"]
        if not ctrl & CTRL.LOOPS:
            self.transmit(self._ordered(word))
            return
        single_wire = ctrl & CTRL.RSRC
        if single_wire and not ctrl & CTRL.TXDIR:
            return  # the pin is an input
        self._take(word)
        if single_wire:
            self.transmit(self._ordered(word))

    def _ordered(self, word: int) -> int:
        """A character as it is on the wire, where STAT.MSBF turns it round, and back."""
        if not self.value["STAT"] & STAT.MSBF:
            return word
        bits = self._character_mask.bit_length()
        return int(f"{word:0{bits}b}"[::-1], 2)

    # Receiver.

    def receive(self, word: int, errors: int = 0) -> None:
        """A character has come in on the wire, its stop bit is through; `errors` of STAT."""
        if not self.clocked:
            self.diagnose("a character came in while its clock stood still, and is lost")
            return
        ctrl = self.value["CTRL"]
        if ctrl & CTRL.LOOPS and (not ctrl & CTRL.RSRC or ctrl & CTRL.TXDIR):
            return  # the receiver listens to its own transmitter
        if ctrl & CTRL.RE:
            self.value["STAT"] |= errors
        self._take(self._ordered(word & self._character_mask))
        self.request_changed()

    def _take(self, word: int) -> None:
        self.value["STAT"] |= STAT.RXEDGIF
        if self.value["CTRL"] & CTRL.RE and not self.value["GLOBAL"]:
            if len(self._rx) >= self._receive_depth or self.value["STAT"] & STAT.OR:
                self.value["STAT"] |= STAT.OR  # nothing is stored until software has cleared it
            else:
                self._rx.append(word | (DATA.IDLINE if self._line_idle else 0))
            self._watch_line()
        self._update()

    def _watch_line(self) -> None:
        """Idle is known some characters later; one tick more, so that a character wins."""
        self._forget_line()
        self._line_idle = False
        ticks = self.byte_ticks
        if ticks == NEVER:
            return
        characters = 1 << CTRL.IDLECFG.get(self.value["CTRL"])
        self._idle = self.scheduler.after(characters * ticks + 1, self._find_idle)
        if enabled := FIFO.RXIDEN.get(self.value["FIFO"]):
            characters = 1 << (enabled - 1)
            self._partial = self.scheduler.after(characters * ticks + 1, self._find_partial)

    def _forget_line(self) -> None:
        self.scheduler.cancel(self._idle)
        self.scheduler.cancel(self._partial)
        self._idle = self._partial = None

    def _find_idle(self) -> None:
        self._idle = None
        self._line_idle = True
        self.value["STAT"] |= STAT.IDLE
        self._update()

    def _find_partial(self) -> None:
        self._partial = None
        self._rdrf_partial = bool(self._rx)
        self._update()

    # Outward.

    def stop_clock(self) -> str:
        super().stop_clock()
        self._held = self.scheduler.hold(self._shift_end, self._idle, self._partial)
        return "sends" if self._shifted is not None or self._tx else ""

    def start_clock(self) -> None:
        super().start_clock()
        self.scheduler.release(self._held)

    def next_event_time(self) -> int:
        return self.next_event(self._shift_end, self._idle, self._partial)

    def _update(self) -> None:
        """The interrupt line."""
        passed = self._passed_by_ctrl | self._passed_by_baud
        level = (passed and self.read_stat() & passed) or self.value["FIFO"] & self._passed_by_fifo
        self.raise_line(level != 0)
