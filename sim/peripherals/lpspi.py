"""LPSPI, master (i.MX RT1060 reference manual, rev. 3, chapter 48; module version 1.0).

The transmit FIFO holds data and command words in the order of writing; a command word comes into
force when it reaches the top. Time passes per word: PCSSCK, the bits, then SCKPCS and DBT. The
block is evaluated when somebody looks (`sync`), so a polling firmware costs no events; only with
an interrupt enabled the scheduler is asked to look in time. Whoever moves a chip select that is
not the block's own calls `sync` first.

Slave mode is registers only. Two habits of module version 1, known from silicon, are kept: in a
continuous transfer the last word arrives only when the next word or command is in the FIFO, and
TXMSK together with CONT clocks on until then.
"""

from collections import deque
from collections.abc import Callable

from sim.chip.clock import TICKS_PER_SECOND
from sim.registers import W1C, Field, Peripheral, R, Register, W
from sim.scheduler import NEVER, Event, Scheduler

FIFO_WORDS = 16
VERID_1_0 = 0x0100_0004
PARAM_16_WORDS_4_PCS = 0x0004_0404

CR = Register(
    "CR",
    0x10,
    [
        Field("MEN", 0),
        Field("RST", 1),
        Field("DOZEN", 2),
        Field("DBGEN", 3),
        Field("RTF", 8, access=W),
        Field("RRF", 9, access=W),
    ],
)
SR = Register(
    "SR",
    0x14,
    [
        Field("TDF", 0, access=R, reset=1),
        Field("RDF", 1, access=R),
        Field("WCF", 8, access=W1C),
        Field("FCF", 9, access=W1C),
        Field("TCF", 10, access=W1C),
        Field("TEF", 11, access=W1C),
        Field("REF", 12, access=W1C),
        Field("DMF", 13, access=W1C),
        Field("MBF", 24, access=R),
    ],
    polled=True,
)
INTERRUPTS = 0x3F03  # the bits of SR that IER can pass on
IER = Register("IER", 0x18, [Field("TDIE-RDIE", 0, 2), Field("WCIE-DMIE", 8, 6)])
DER = Register("DER", 0x1C, [Field("TDDE", 0), Field("RDDE", 1)])
CFGR0 = Register("CFGR0", 0x20, [Field("HREN-HRSEL", 0, 3), Field("CIRFIFO", 8), Field("RDMO", 9)])
CFGR1 = Register(
    "CFGR1",
    0x24,
    [
        Field("MASTER", 0),
        Field("SAMPLE", 1),
        Field("AUTOPCS", 2),
        Field("NOSTALL", 3),
        Field("PCSPOL", 8, 4),
        Field("MATCFG", 16, 3),
        Field("PINCFG", 24, 2),
        Field("OUTCFG", 26),
        Field("PCSCFG", 27),
    ],
)
DMR0 = Register("DMR0", 0x30)
DMR1 = Register("DMR1", 0x34)
CCR = Register(
    "CCR",
    0x40,
    [
        Field("SCKDIV", 0, 8),
        Field("DBT", 8, 8),
        Field("PCSSCK", 16, 8),
        Field("SCKPCS", 24, 8),
    ],
)
FCR = Register("FCR", 0x58, [Field("TXWATER", 0, 4), Field("RXWATER", 16, 4)])
FSR = Register("FSR", 0x5C, access=R, polled=True)  # TXCOUNT [4:0], RXCOUNT [20:16]
TCR = Register(
    "TCR",
    0x60,
    [
        Field("FRAMESZ", 0, 12, reset=0x1F),
        Field("WIDTH", 16, 2),
        Field("TXMSK", 18),
        Field("RXMSK", 19),
        Field("CONTC", 20),
        Field("CONT", 21),
        Field("BYSW", 22),
        Field("LSBF", 23),
        Field("PCS", 24, 2),
        Field("PRESCALE", 27, 3),
        Field("CPHA", 30),
        Field("CPOL", 31),
    ],
    polled=True,
)
TCR_MASK = 0xFBFF_0FFF
TDR = Register("TDR", 0x64, access=W)
RSR = Register("RSR", 0x70, access=R, reset=2, polled=True)  # SOF 0, RXEMPTY 1
RDR = Register("RDR", 0x74, access=R)

MEN, RST, RTF, RRF = 0x1, 0x2, 0x100, 0x200
TDF, RDF, WCF, FCF, TCF, REF, DMF, MBF = 0x1, 0x2, 0x100, 0x200, 0x400, 0x1000, 0x2000, 0x100_0000
MASTER, NOSTALL = 0x1, 0x8
TXMSK, RXMSK, CONTC, CONT, BYSW, LSBF = 1 << 18, 1 << 19, 1 << 20, 1 << 21, 1 << 22, 1 << 23
NOT_PLAIN = 0xFFF | 3 << 16 | TXMSK | RXMSK | CONTC | CONT | BYSW | LSBF
COMMAND = 1 << 32  # marks a command word in the transmit FIFO
SOF = 1 << 32  # marks the first word of a frame in the receive FIFO

# What the shifter does. SHIFT and GAP end at a known time; the others wait for somebody.
IDLE, SHIFT, GAP, STALL, HOLD = range(5)  # STALL: within a frame, HOLD: between those of CONT
# Without interrupts a device need not see a word before firmware looks; but not much later.
UNWATCHED_TICKS = 60_000
CLOCK_VALID_TICKS = 600_000  # the clock tree is asked again after so long


class Lpspi(Peripheral):
    """One LPSPI. `transfer(pcs, byte)` exchanges a byte with what is on the bus, first bit on the
    wire = bit 7; `chip_select(pcs, active)` follows the block's own chip-select lines.
    """

    REGISTERS = (
        Register("VERID", 0x00, access=R, reset=VERID_1_0),
        Register("PARAM", 0x04, access=R, reset=PARAM_16_WORDS_4_PCS),
        *(CR, SR, IER, DER, CFGR0, CFGR1, DMR0, DMR1, CCR, FCR, FSR, TCR, TDR, RSR, RDR),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Callable[[bool], None],
        transfer: Callable[[int, int], int],
        chip_select: Callable[[int, bool], None] | None = None,
    ) -> None:
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.irq = irq
        self.transfer = transfer
        self.chip_select = chip_select
        self._tx: deque[int] = deque()
        self._rx: deque[int] = deque()
        self._event: Event | None = None
        self._irq_level = False
        self._selected: int | None = None  # the PCS that is asserted
        super().__init__()
        self._set_defaults()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._set_defaults()
        self._update_irq()

    def _set_defaults(self) -> None:
        self.scheduler.cancel(self._event)
        self._event = None
        self._tx.clear()
        self._rx.clear()
        self._negate_pcs()
        self._phase = IDLE
        self._next = NEVER  # when the phase ends by itself
        self._flags = 0  # the W1C bits of SR
        self._ier = 0
        self._command = self.value["TCR"]
        self._bits_left = 0  # of the frame
        self._first = False  # the word now shifted is the frame's first
        self._shifted = 0  # transmit word in the shifter
        self._received: int | None = None  # word that HOLD keeps back
        self._last_received = 0
        self._previous: tuple[int, bool] | None = None  # word before and whether it was a first
        self._bits = 0  # of the word in the shifter
        self._running = False
        self._forget_timing()

    # Registers.

    def read_cr(self) -> int:
        if self._next < NEVER:
            self.sync()
        men = MEN if self._running or self._phase != IDLE else 0
        return self.value["CR"] & ~MEN | men

    def write_cr(self, value: int) -> None:
        self.sync()
        if value & RST:
            kept = value & ~(RTF | RRF)
            self.reset(cold=False)
            self.value["CR"] = kept
            return
        self.value["CR"] = CR.merge(self.value["CR"], value)
        if value & RTF:
            self._tx.clear()
        if value & RRF:
            self._rx.clear()
        self._forget_timing()
        self._set_running()

    def write_cfgr1(self, value: int) -> None:
        self.sync()
        self.store(CFGR1, value)
        self._forget_timing()
        self._set_running()

    def _set_running(self) -> None:
        self._running = bool(self.value["CR"] & MEN and self.value["CFGR1"] & MASTER)
        if not self._running and self._phase in (STALL, HOLD):
            self._end_frame(self.scheduler.now)
        self._go_on()

    def read_sr(self) -> int:
        if self._next < NEVER:
            self.sync()
        status = self._flags
        fcr = self.value["FCR"]
        if len(self._tx) <= fcr & 0xF:
            status |= TDF
        if len(self._rx) > fcr >> 16:
            status |= RDF
        if self._phase != IDLE or (self._tx and self._running):
            status |= MBF
        return status

    def write_sr(self, value: int) -> None:
        self.sync()
        self._flags &= ~value
        self._update_irq()

    def write_ier(self, value: int) -> None:
        self.sync()
        self._ier = self.store(IER, value)
        self._update_irq()
        self._watch()

    def write_ccr(self, value: int) -> None:
        self.sync()
        self.store(CCR, value)
        self._forget_timing()

    def write_fcr(self, value: int) -> None:
        self.sync()
        self.store(FCR, value)
        self._update_irq()

    def read_fsr(self) -> int:
        if self._next < NEVER:
            self.sync()
        return len(self._tx) | len(self._rx) << 16

    def read_tcr(self) -> int:
        if self._next < NEVER:
            self.sync()
        return self._command

    def write_tcr(self, value: int) -> None:
        self._push(value & TCR_MASK | COMMAND)

    def write_tdr(self, value: int) -> None:
        if self._next < NEVER:
            self.sync()
        if self._ier or len(self._tx) >= FIFO_WORDS:
            self._push(value)
        elif self._phase == SHIFT:
            self._tx.append(value)
        elif self._plain and self._running and not self._tx and len(self._rx) < FIFO_WORDS:
            self._start_plain(value)
        else:
            self._push(value)

    def read_rsr(self) -> int:
        if self._next < NEVER:
            self.sync()
        if not self._rx:
            return 2
        return self._rx[0] >> 32

    def read_rdr(self) -> int:
        if self._next < NEVER:
            self.sync()
        if not self._rx:
            return self._last_received
        word = self._rx.popleft() & 0xFFFF_FFFF
        self._last_received = word
        if self._phase != SHIFT and self._tx:
            self._go_on()
        elif self._ier:
            self._update_irq()
        return word

    def _push(self, entry: int) -> None:
        if self._next < NEVER:
            self.sync()
        if len(self._tx) < FIFO_WORDS:  # the manual leaves a write to a full FIFO open: dropped
            self._tx.append(entry)
        self._go_on()

    # Time.

    def next_event_time(self) -> int:
        return self._next

    def sync(self) -> None:
        """Bring the block up to the present."""
        if self._next == NEVER:
            return
        now = self.scheduler.now
        if self._next > now:
            return
        if self._plain:
            self._shift_plain(now)
        while self._next <= now:
            if self._phase == SHIFT:
                self._end_word(self._next)
            else:
                self._end_gap(self._next)
        self._update_irq()

    def _look(self) -> None:
        self._event = None
        self.sync()
        self._watch()

    def _watch(self) -> None:
        """Have the scheduler call when the next change matters to somebody outside."""
        event = self._event
        if self._next == NEVER:
            return
        if self._ier:
            time = self._next_interrupt_time()
            if event is not None:
                if event.time == time:
                    return
                self.scheduler.cancel(event)
            self._event = self.scheduler.at(time, self._look)
        elif event is None:
            self._event = self.scheduler.at(self._next + UNWATCHED_TICKS, self._look)

    def _next_interrupt_time(self) -> int:
        """When one of the flags that IER passes on can next rise, as far as that is known."""
        tx, rx, enabled = self._tx, self._rx, self._ier
        if not self._plain or self._phase != SHIFT or enabled & (WCF | FCF):
            return self._next
        if tx and max(tx) >= COMMAND:
            return self._next
        fcr = self.value["FCR"]
        words = min(len(tx) + 1, FIFO_WORDS - len(rx))
        to_receive = (fcr >> 16) + 1 - len(rx)
        if enabled & RDF and 0 < to_receive < words:
            words = to_receive
        to_send = len(tx) - (fcr & 0xF)
        if enabled & TDF and 0 < to_send < words:
            words = to_send
        return self._next + (words - 1) * (self._gap_ticks + self._byte_ticks)

    def _update_irq(self) -> None:
        enabled = self._ier
        if not enabled and not self._irq_level:
            return
        level = bool(enabled and self.read_sr() & enabled & INTERRUPTS)
        if level != self._irq_level:
            self._irq_level = level
            self.irq(level)

    # The shifter.

    def _go_on(self) -> None:
        """Something came that a waiting shifter may have waited for."""
        if self._phase != SHIFT:
            self._take(self.scheduler.now)
        self._update_irq()
        self._watch()

    def _take(self, now: int) -> None:
        """Consume the transmit FIFO from its top as far as the phase allows."""
        tx = self._tx
        while tx and self._running:
            if tx[0] & COMMAND:
                self._load(tx.popleft() ^ COMMAND, now)
                if self._phase == SHIFT:
                    return
            elif self._phase == GAP or self._receive_full():
                return
            elif self._clock_runs(now):
                self._start_word(tx.popleft(), now)
                return
            else:
                return

    def _receive_full(self) -> bool:
        held = self._received is not None
        return (
            len(self._rx) + held >= FIFO_WORDS
            and not self._command & RXMSK
            and not self.value["CFGR1"] & NOSTALL
        )

    def _load(self, command: int, now: int) -> None:
        """A command word comes into force."""
        if self._phase == HOLD:
            self._deliver_held()
        if self._phase in (STALL, HOLD):
            if command & CONTC:
                self._bits_left = 0
            else:
                self._end_frame(now)
        self._command = command
        self._forget_timing()
        if command & TXMSK and self._phase != GAP and self._clock_runs(now):
            self._start_word(0, now)

    def _start_word(self, word: int, now: int) -> None:
        lead = 0
        if self._phase == HOLD:
            self._deliver_held()
            lead = self._between_cycles
        elif self._phase == IDLE:
            lead = self._pcssck_cycles
            self._first = True
            self._assert_pcs()
        if not self._bits_left:
            self._bits_left = (self._command & 0xFFF) + 1
        self._bits = min(32, self._bits_left)
        self._shifted = word
        self._phase = SHIFT
        cycles = lead + -(-self._bits >> (self._command >> 16 & 3)) * self._sck_cycles
        self._next = now + self._ticks(cycles)

    def _end_word(self, now: int) -> None:
        """The last bit of the word in the shifter is through."""
        received = self._exchange(self._shifted, self._bits)
        self._bits_left -= self._bits
        self._flags |= WCF
        self._next = NEVER
        if not self._bits_left and self._command & CONT:
            self._received = received
            self._phase = HOLD
        else:
            self._deliver(received)
            self._phase = STALL
            if not self._bits_left:
                self._end_frame(now)
        masked = self._phase != GAP and self._command & TXMSK and not self._receive_full()
        if masked and (self._phase == STALL or not self._tx):
            self._start_word(0, now)
            return
        self._take(now)
        if self._phase in (STALL, HOLD) and not self._running:
            self._end_frame(now)

    def _end_frame(self, now: int) -> None:
        if self._received is not None:
            self._deliver_held()
        self._negate_pcs()
        self._flags |= FCF
        self._command &= ~TXMSK
        self._bits_left = 0
        self._phase = GAP
        self._next = now + self._ticks(self._gap_cycles)

    def _end_gap(self, now: int) -> None:
        self._phase = IDLE
        self._next = NEVER
        if self._command & TXMSK and self._running and self._clock_runs(now):
            self._start_word(0, now)
        else:
            self._take(now)
        if self._phase == IDLE and not self._tx:
            self._flags |= TCF

    def _forget_timing(self) -> None:
        self._timed = -NEVER  # when the clock tree was last asked
        self._plain = False

    def _clock_runs(self, now: int) -> bool:
        """Bring the timing up to date with the clock tree, CCR and the command in force."""
        if now - self._timed >= CLOCK_VALID_TICKS:
            self._timed = now
            ccr = self.value["CCR"]
            self._hz = self.clock_hz()
            # A cycle of the functional clock behind the prescaler, in ticks times hz.
            self._cycle = TICKS_PER_SECOND << (self._command >> 27 & 7)
            self._sck_cycles = (ccr & 0xFF) + 2
            self._between_cycles = (ccr >> 8 & 0xFF) + 1
            self._pcssck_cycles = (ccr >> 16 & 0xFF) + 1
            self._gap_cycles = (ccr >> 24) + 1 + self._between_cycles + 1
            if self._hz > 0:
                self._gap_ticks = self._ticks(self._gap_cycles)
                self._byte_ticks = self._ticks(self._pcssck_cycles + 8 * self._sck_cycles)
            self._plain = (
                self._hz > 0
                and self._command & NOT_PLAIN == 7
                and self.chip_select is None
                and not self.value["CFGR1"] & (7 << 16 | NOSTALL)
            )
        return self._hz > 0

    def _ticks(self, cycles: int) -> int:
        return -(-cycles * self._cycle // self._hz)

    def _start_plain(self, byte: int) -> None:
        now = self.scheduler.now
        if now - self._timed >= CLOCK_VALID_TICKS:
            self._push(byte)
            return
        self._next = (self._next if self._phase == GAP else now) + self._byte_ticks
        self._phase = SHIFT
        self._shifted = byte
        self._bits = self._bits_left = 8
        self._first = True
        if self._event is None:
            self._watch()

    def _shift_plain(self, now: int) -> None:
        """What _end_word, _end_gap and _start_word do, for a queue of plain bytes in one go.

        Here the next word leaves the FIFO when the last one ends and not a gap later.
        """
        tx, rx, transfer = self._tx, self._rx, self.transfer
        pcs = self._command >> 24 & 3
        time, word = self._next, self._shifted
        until = min(now, self._timed + CLOCK_VALID_TICKS - 1)
        while time <= until and self._phase == SHIFT:
            rx.append(transfer(pcs, word & 0xFF) | SOF)
            if tx and not tx[0] & COMMAND and len(rx) < FIFO_WORDS and self._running:
                word = tx.popleft()
                time += self._gap_ticks + self._byte_ticks
            else:
                self._phase = GAP
                time += self._gap_ticks
                self._selected = None
                self._bits_left = 0
            self._flags |= WCF | FCF
            self._first = True
        self._next, self._shifted = time, word
        if self._phase == GAP and tx and tx[0] & COMMAND:
            self._take(now)

    # Words.

    def _exchange(self, word: int, bits: int) -> int:
        """Shift a word out and one in, byte by byte."""
        command = self._command
        pcs = command >> 24 & 3
        if command & TXMSK:
            word = 0xFFFF_FFFF  # not driven
        if bits == 8 and not command & (BYSW | LSBF):
            return self.transfer(pcs, word & 0xFF)
        if command & BYSW:
            word = _swap_bytes(word)
        word &= (1 << bits) - 1
        if command & LSBF:
            word = _reverse(word, bits)
        received = 0
        for left in range(bits, 0, -8):
            count = min(8, left)
            byte = word >> (left - count) << (8 - count) & 0xFF
            received = received << count | self.transfer(pcs, byte) >> (8 - count)
        if command & LSBF:
            received = _reverse(received, bits)
        return _swap_bytes(received) if command & BYSW else received

    def _deliver_held(self) -> None:
        received, self._received = self._received, None
        if received is not None:
            self._deliver(received)

    def _deliver(self, word: int) -> None:
        """A received word goes into the FIFO."""
        first, self._first = self._first, False
        if self.value["CFGR1"] >> 16 & 7:
            self._match(word, first)
        if self._command & RXMSK:
            return
        if len(self._rx) >= FIFO_WORDS:
            self._flags |= REF
            return
        self._rx.append(word | SOF if first else word)

    def _match(self, word: int, first: bool) -> None:
        """CFGR1.MATCFG: 2, 4, 6 look at a frame's first word, 3, 5, 7 at any."""
        mode = self.value["CFGR1"] >> 16 & 7
        match0, match1 = self.value["DMR0"], self.value["DMR1"]
        previous, self._previous = (None if first else self._previous), (word, first)
        if mode in (2, 3):
            hit = word in (match0, match1) and (first or mode == 3)
        elif mode in (4, 5):
            hit = word == match1 and previous in {(match0, True), (match0, mode == 4)}
        else:
            hit = word & match1 == match0 & match1 and (first or mode == 7)
        if hit and mode > 1:
            self._flags |= DMF

    def _assert_pcs(self) -> None:
        self._selected = self._command >> 24 & 3
        if self.chip_select is not None:
            self.chip_select(self._selected, True)

    def _negate_pcs(self) -> None:
        selected, self._selected = self._selected, None
        if selected is not None and self.chip_select is not None:
            self.chip_select(selected, False)


def _swap_bytes(word: int) -> int:
    return int.from_bytes((word & 0xFFFF_FFFF).to_bytes(4, "little"), "big")


def _reverse(word: int, bits: int) -> int:
    return int(f"{word:0{bits}b}"[::-1], 2)
