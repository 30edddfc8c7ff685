"""LPUART (i.MX RT1060 reference manual, rev. 2, chapter 49).

Read by way of NXP's register header and the SDK, Teensy, Tock and Linux drivers. RDRF is set from
RXWATER words on, and from one word on where that is 0: the SDK's and Linux' single characters at
RXWATER 1 show it.

Characters take their time on the wire: `transmit` is called when the last stop bit of a character
is out, `receive` is to be called when one is in. Not modelled, plain storage: address match, modem
lines (CTS counts as asserted), infrared, LIN break detection, inversion.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial

from rt1062.block import DmaRequest, Peripheral
from rt1062.blocks.lpuart_registers import (
    BAUD,
    CTRL,
    FIFO,
    FIFO_RXEMPT,
    FIFO_TXEMPT,
    FIFO_WORDS,
    FRETSC,
    GLOBAL,
    IDLE,
    IDLINE,
    LOOPS,
    M7,
    M10,
    MSBF,
    OR,
    PE,
    RDRF,
    RE,
    REGISTERS,
    RSRC,
    RXEDGIF,
    RXEMPT,
    RXFE,
    RXFLUSH,
    RXUF,
    SBK,
    SBNS,
    STAT,
    TC,
    TDRE,
    TE,
    TXDIR,
    TXFE,
    TXFLUSH,
    TXOF,
    WATER,
    M,
)
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import NEVER, Event, Scheduler

SILENT = 1 << 16  # in the shifter: a preamble, an idle or a break character, no data


class Lpuart(Peripheral):
    """One LPUART; `transmit` takes what it sends, `receive` what is sent to it."""

    REGISTERS = REGISTERS

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Callable[[bool], None],
        transmit: Callable[[int], None],
    ) -> None:
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.irq = irq
        self.transmit = transmit
        self._tx: deque[int] = deque()
        self._rx: deque[int] = deque()
        self._shift_end: Event | None = None
        self._idle: Event | None = None
        self._partial: Event | None = None
        self._irq_level = False
        super().__init__()
        self._set_defaults()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._set_defaults()
        self._update()

    def _set_defaults(self) -> None:
        for event in (self._shift_end, self._idle, self._partial):
            self.scheduler.cancel(event)
        self._shift_end = self._idle = self._partial = None
        self._tx.clear()
        self._rx.clear()
        self._shifted: int | None = None  # what the transmitter sends, None when it is idle
        self._line_idle = True  # no character since the line was found idle
        self._rdrf_partial = False  # FIFO.RXIDEN: too few words, but nothing comes any more

    # The format on the wire.

    @property
    def bit_rate(self) -> float:
        """Bits a second as BAUD and the clock tree say; 0 while the baud generator is off."""
        baud = self.value["BAUD"]
        divisor = baud & 0x1FFF
        oversampling = (baud >> 24 & 0x1F) + 1
        if oversampling == 1:
            oversampling = 16
        return self.clock_hz() / (oversampling * divisor) if divisor else 0.0

    @property
    def byte_ticks(self) -> int:
        """Ticks of one character with start and stop bits, NEVER while nothing can be sent."""
        rate = self.bit_rate
        return round(self._frame_bits() * TICKS_PER_SECOND / rate) if rate else NEVER

    def _data_bits(self) -> int:
        ctrl = self.value["CTRL"]
        if self.value["BAUD"] & M10:
            return 10
        if ctrl & M7:
            return 7
        return 9 if ctrl & M else 8

    def _frame_bits(self) -> int:
        return 1 + self._data_bits() + (2 if self.value["BAUD"] & SBNS else 1)

    def _character_mask(self) -> int:
        bits = self._data_bits() - (1 if self.value["CTRL"] & PE else 0)
        return (1 << bits) - 1

    # Registers.

    def write_global(self, value: int) -> None:
        self.store(GLOBAL, value)
        if value & 2:
            self.reset(cold=False)
            self.store(GLOBAL, value)

    def read_stat(self) -> int:
        stat = self.value["STAT"] & ~(RDRF | TC | TDRE)
        water = self.value["WATER"]
        if self._shifted is None and not self._tx:
            stat |= TC | TDRE
        elif len(self._tx) <= self._watermark(water & 3, TXFE):
            stat |= TDRE
        if self._rdrf_partial or len(self._rx) >= max(1, self._watermark(water >> 16 & 3, RXFE)):
            stat |= RDRF
        return stat

    def _watermark(self, watermark: int, enable: int) -> int:
        return watermark if self.value["FIFO"] & enable else 0

    def write_stat(self, value: int) -> None:
        self.store(STAT, value)
        self._update()

    def write_ctrl(self, value: int) -> None:
        old = self.value["CTRL"]
        self.store(CTRL, value)
        if value & ~old & TE and self._shifted is None:
            self._shift(SILENT)  # the preamble: one idle character
        if old & ~value & RE:
            self._forget_line()
        self._start()
        self._update()
        self.request_changed()

    def write_baud(self, value: int) -> None:
        self.store(BAUD, value)
        self._start()
        self._update()
        self.request_changed()

    def read_data(self) -> int:
        if not self._rx:
            self.value["FIFO"] |= RXUF
            self._update()
            return RXEMPT
        word = self._rx.popleft()
        if not self._rx:
            self._rdrf_partial = False
        self._update()
        return word

    def write_data(self, value: int) -> None:
        depth = FIFO_WORDS if self.value["FIFO"] & TXFE else 1
        if len(self._tx) >= depth:
            self.value["FIFO"] |= TXOF
        else:
            self._tx.append(SILENT if value & FRETSC else value & 0x3FF)
        self._start()
        self._update()

    def read_fifo(self) -> int:
        fifo = self.value["FIFO"] & ~(FIFO_RXEMPT | FIFO_TXEMPT)
        return fifo | (0 if self._rx else FIFO_RXEMPT) | (0 if self._tx else FIFO_TXEMPT)

    def write_fifo(self, value: int) -> None:
        self.store(FIFO, value)
        if value & TXFLUSH:
            self._tx.clear()
        if value & RXFLUSH:
            self._rx.clear()
            self._rdrf_partial = False
        self._update()
        self.request_changed()

    def read_water(self) -> int:
        return self.value["WATER"] | len(self._tx) << 8 | len(self._rx) << 24

    def write_water(self, value: int) -> None:
        self.store(WATER, value)
        self._update()
        self.request_changed()

    # DMA.

    def requests(self) -> Mapping[str, DmaRequest]:
        # STAT has TDRE and RDRF where BAUD has TDMAE and RDMAE.
        return {
            "transmit": DmaRequest(partial(self._asks, TDRE), self.next_event_time),
            "receive": DmaRequest(partial(self._asks, RDRF), self.next_event_time),
        }

    def _asks(self, flag: int) -> bool:
        return bool(self.value["BAUD"] & flag and self.read_stat() & flag)

    # Transmitter.

    def _start(self) -> None:
        """Take the next character into the shifter, if it is free and may send."""
        ctrl = self.value["CTRL"]
        if self._shifted is not None:
            if self._shift_end is None:
                self._shift(self._shifted)  # it waited for the baud generator
            return
        if not ctrl & TE or self.value["GLOBAL"]:
            return
        if self._tx:
            self._shift(self._tx.popleft())
        elif ctrl & SBK:
            self._shift(SILENT)

    def _shift(self, word: int) -> None:
        ticks = self.byte_ticks
        self._shifted = word
        self._shift_end = None if ticks == NEVER else self.scheduler.after(ticks, self._end_shift)

    def _end_shift(self) -> None:
        word, self._shifted, self._shift_end = self._shifted, None, None
        if word is not None and not word & SILENT:
            self._send(word & self._character_mask())
        self._start()
        self._update()

    def _send(self, word: int) -> None:
        ctrl = self.value["CTRL"]
        single_wire = ctrl & LOOPS and ctrl & RSRC
        if single_wire and not ctrl & TXDIR:
            return  # the pin is an input
        if ctrl & LOOPS:
            self._take(word)
        if not ctrl & LOOPS or single_wire:
            byte = word & 0xFF
            if self.value["STAT"] & MSBF:
                byte = int(f"{byte:08b}"[::-1], 2)
            self.transmit(byte)

    # Receiver.

    def receive(self, byte: int) -> None:
        """A character has come in on the wire: its stop bit is through."""
        ctrl = self.value["CTRL"]
        if ctrl & LOOPS and (not ctrl & RSRC or ctrl & TXDIR):
            return  # the receiver listens to its own transmitter
        if self.value["STAT"] & MSBF:
            byte = int(f"{byte & 0xFF:08b}"[::-1], 2)
        self._take(byte & self._character_mask())
        self.request_changed()

    def _take(self, word: int) -> None:
        self.value["STAT"] |= RXEDGIF
        if self.value["CTRL"] & RE and not self.value["GLOBAL"]:
            depth = FIFO_WORDS if self.value["FIFO"] & RXFE else 1
            if len(self._rx) >= depth or self.value["STAT"] & OR:
                self.value["STAT"] |= OR  # nothing is stored until software has cleared it
            else:
                self._rx.append(word | (IDLINE if self._line_idle else 0))
            self._watch_line()
        self._update()

    def _watch_line(self) -> None:
        """Idle is known some characters later; one tick more, so that a character wins."""
        self._forget_line()
        self._line_idle = False
        ticks = self.byte_ticks
        if ticks == NEVER:
            return
        characters = 1 << (self.value["CTRL"] >> 8 & 7)
        self._idle = self.scheduler.after(characters * ticks + 1, self._find_idle)
        if enabled := self.value["FIFO"] >> 10 & 7:
            characters = 1 << (enabled - 1)
            self._partial = self.scheduler.after(characters * ticks + 1, self._find_partial)

    def _forget_line(self) -> None:
        self.scheduler.cancel(self._idle)
        self.scheduler.cancel(self._partial)
        self._idle = self._partial = None

    def _find_idle(self) -> None:
        self._idle = None
        self._line_idle = True
        self.value["STAT"] |= IDLE
        self._update()

    def _find_partial(self) -> None:
        self._partial = None
        self._rdrf_partial = bool(self._rx)
        self._update()

    # Outward.

    def next_event_time(self) -> int:
        events = (self._shift_end, self._idle, self._partial)
        return min((event.time for event in events if event is not None), default=NEVER)

    def _update(self) -> None:
        """The interrupt line."""
        stat, ctrl, baud = self.read_stat(), self.value["CTRL"], self.value["BAUD"]
        fifo = self.value["FIFO"]
        level = bool(
            stat & ctrl & 0x00F0_C000  # TDRE, TC, RDRF, IDLE, MA1F, MA2F
            or stat << 8 & ctrl & 0x0F00_0000  # OR, NF, FE, PF
            or stat >> 16 & baud & 0xC000  # LBKDIF, RXEDGIF
            or fifo >> 8 & fifo & 0x300  # TXOF, RXUF
        )
        if level != self._irq_level:
            self._irq_level = level
            self.irq(level)
