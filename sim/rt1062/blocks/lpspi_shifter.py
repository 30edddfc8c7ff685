"""The shifter of the LPSPI with its two FIFOs and its time (RT1060 manual, rev. 2, chapter 48).

The transmit FIFO holds data and command words in the order of writing; a command word comes into
force when it reaches the top. Time passes per word: PCSSCK, the bits, then SCKPCS and DBT.

Two habits of module version 1, known from silicon, are kept: in a continuous transfer the last
word arrives only when the next word or command is in the FIFO, and TXMSK together with CONT clocks
on until then.
"""

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from rt1062.blocks.lpspi_registers import (
    CCR,
    CFGR1,
    COMMAND,
    FIFO_WORDS,
    FIRST,
    NOT_PLAIN,
    PLAIN,
    SR,
    TCR,
    WORD,
)  # fmt: skip
from rt1062.blocks.lpspi_words import exchange, matches
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import NEVER

# What a device does with a byte, with some in a row where it can do that faster, and the next bytes
# that will come from it whatever is sent, where these are known.
Transfer = Callable[[int, int], int]
TransferMany = Callable[[int, bytes], bytes]
Coming = Callable[[int], bytes | None]
Listener = Callable[[float, int], tuple[Transfer, TransferMany | None, Coming | None]]

FRAME_DONE = SR.WCF | SR.FCF

# What the shifter does. SHIFT and GAP end at a known time; the others wait for somebody.
IDLE, SHIFT, GAP, STALL, HOLD = range(5)  # STALL: within a frame, HOLD: between those of CONT
CLOCK_VALID_TICKS = 600_000  # the clock tree is asked again after so long
AHEAD_WORDS = 1024  # that a device is asked for ahead


@dataclass
class Ahead:
    """Plain words under way, and what the device will answer to the next ones whatever they are.

    Whoever has this can go on in the block's place: `phase`, `next_time` and `flags` as in Shifter,
    up to `until` (ticks), when the clock tree is asked again. `received` is the receive FIFO and
    `coming` what will be there next, in words of `packing` (see struct); `sent` is the word in the
    shifter, if there is one, and then the transmit FIFO.
    """

    phase: int
    next_time: int
    flags: int
    word_ticks: int
    gap_ticks: int
    until: int
    received: list[int]
    coming: bytes
    packing: str
    sent: list[int]


@dataclass
class Passed:
    """How it went on: `arrived` words in all were received and `read` of them taken out; `taken` of
    all that were `sent` have left the transmit FIFO."""

    phase: int
    next_time: int
    flags: int
    arrived: int
    read: int
    taken: int
    sent: list[int]


class Shifter:
    """Moves words from `tx` over the wire into `rx`.

    Its owner keeps `running` (MEN and MASTER), `ccr`, `cfgr1`, `dmr0` and `dmr1` up to date, calls
    `forget_timing` when something changes that the timing depends on, and `run` before it looks.
    `next_time` is when something changes by itself.
    """

    def __init__(
        self,
        clock_hz: Callable[[], int],
        transfer: Transfer,
        chip_select: Callable[[int, bool], None] | None,
        transfer_many: TransferMany | None = None,
        coming: Coming | None = None,
    ) -> None:
        self.clock_hz = clock_hz
        self.transfer = transfer
        self.transfer_many = transfer_many
        self.coming = coming
        self.chip_select = chip_select
        self.listener: Listener | None = None
        self.tx: deque[int] = deque()
        self.rx: deque[int] = deque()
        self._selected: int | None = None  # the PCS that is asserted
        self.reset()

    def reset(self) -> None:
        """The state after reset; an asserted PCS goes back."""
        self.tx.clear()
        self.rx.clear()
        self._negate_pcs()
        self.running = False
        self.ccr = self.cfgr1 = self.dmr0 = self.dmr1 = 0
        self.phase = IDLE
        self.next_time = NEVER
        self.gap_ticks = self.word_ticks = 0
        self._frame_bytes, self._packing = 1, "=B"
        self.flags = 0  # the W1C bits of SR
        self.command = TCR.reset  # the command word in force
        self._word = 0  # transmit word in the shifter
        self._bits = 0  # of that word
        self._bits_left = 0  # of the frame
        self._first = False  # that word is the frame's first
        self._held: int | None = None  # received word that HOLD keeps back
        self._previous: tuple[int, bool] | None = None  # see lpspi_words.matches
        self.forget_timing()

    def forget_timing(self) -> None:
        """Ask the clock tree again before the next word."""
        self._timed = -NEVER
        self.plain = False  # frames of one or four bytes, nothing masked or continued

    # Time.

    def run(self, now: int) -> None:
        """Everything that is due at `now`."""
        while self.next_time <= now:
            if self.phase != SHIFT:
                self._end_gap(self.next_time)
            elif self.plain and self.next_time < self._timed + CLOCK_VALID_TICKS:
                self._run_plain(now)
            else:
                self._end_word(self.next_time)

    def take(self, now: int) -> None:
        """Consume the transmit FIFO from its top as far as the phase allows."""
        tx = self.tx
        while tx and self.running and self.phase != SHIFT:
            if self.phase == GAP and self.command & TCR.TXMSK:
                return  # its frame comes first
            if tx[0] & COMMAND:
                self._load(tx.popleft() ^ COMMAND, now)
            elif self.phase == GAP or self._receive_full() or not self._clock_runs(now):
                return
            else:
                self._start_word(tx.popleft(), now)

    def follow(self, chip_select: Callable[[int, bool], None] | None) -> None:
        """Whom to tell of the chip-select lines; None if they lead nowhere."""
        self.chip_select = chip_select
        self.forget_timing()

    def hold(self, now: int) -> int:
        """The clock stops: how far ahead the next change was, NEVER without one."""
        left = NEVER if self.next_time == NEVER else self.next_time - now
        self.next_time = NEVER
        return left

    def release(self, now: int, left: int) -> None:
        """Go on; `left` as `hold` said."""
        self.next_time = NEVER if left == NEVER else now + left
        self._timed = -NEVER

    def stop(self, now: int) -> None:
        """MEN was cleared: a transfer that waits for more ends; one under way ends by itself."""
        if self.phase in (STALL, HOLD):
            self._end_frame(now)

    def _clock_runs(self, now: int) -> bool:
        """Bring the timing up to date with the clock tree, CCR and the command in force."""
        if now - self._timed >= CLOCK_VALID_TICKS:
            self._timed = now
            ccr = self.ccr
            self._hz = self.clock_hz()
            # A cycle of the functional clock behind the prescaler, in ticks times hz.
            self._cycle = TICKS_PER_SECOND << TCR.PRESCALE.get(self.command)
            self._sck_cycles = CCR.SCKDIV.get(ccr) + 2
            self._between_cycles = CCR.DBT.get(ccr) + 1
            self._pcssck_cycles = CCR.PCSSCK.get(ccr) + 1
            self._gap_cycles = CCR.SCKPCS.get(ccr) + 1 + self._between_cycles + 1
            if self._hz > 0:
                self.gap_ticks = self._ticks(self._gap_cycles)
                bits = TCR.FRAMESZ.get(self.command) + 1
                self.word_ticks = self._ticks(self._pcssck_cycles + bits * self._sck_cycles)
                if self.listener is not None:
                    prescale = TCR.PRESCALE.get(self.command)
                    sck_hz = self._hz / (self._sck_cycles << prescale)
                    heard = self.listener(sck_hz, self.command)
                    self.transfer, self.transfer_many, self.coming = heard
            frame = PLAIN.get(self.command & NOT_PLAIN)
            if frame is not None:
                self._frame_bytes, self._packing = frame
            self.plain = (
                self._hz > 0
                and frame is not None
                and self.chip_select is None
                and not self.cfgr1 & (CFGR1.MATCFG | CFGR1.NOSTALL)
            )
        return self._hz > 0

    def _ticks(self, cycles: int) -> int:
        return -(-cycles * self._cycle // self._hz)

    # Words and frames.

    def _load(self, command: int, now: int) -> None:
        """A command word comes into force."""
        if self.phase == HOLD:
            self._deliver_held()
        if self.phase in (STALL, HOLD):
            if command & TCR.CONTC:
                self._bits_left = 0
            else:
                self._end_frame(now)
        self.command = command
        self.forget_timing()
        if command & TCR.TXMSK and self.phase != GAP and self._clock_runs(now):
            self._start_word(0, now)

    def _start_word(self, word: int, now: int) -> None:
        lead = 0
        if self.phase == HOLD:
            self._deliver_held()
            lead = self._between_cycles
        elif self.phase == IDLE:
            lead = self._pcssck_cycles
            self._first = True
            self._assert_pcs()
        if not self._bits_left:
            self._bits_left = TCR.FRAMESZ.get(self.command) + 1
        self._bits = min(32, self._bits_left)
        self._word = word
        self.phase = SHIFT
        clocks = -(-self._bits >> TCR.WIDTH.get(self.command))  # WIDTH: 1, 2 or 4 bits each
        self.next_time = now + self._ticks(lead + clocks * self._sck_cycles)

    def _end_word(self, now: int) -> None:
        """The last bit of the word in the shifter is through."""
        received = exchange(self.transfer, self.command, self._word, self._bits)
        self._bits_left -= self._bits
        self.flags |= SR.WCF
        self.next_time = NEVER
        if not self._bits_left and self.command & TCR.CONT:
            self._held = received
            self.phase = HOLD
        else:
            self._deliver(received)
            self.phase = STALL
            if not self._bits_left:
                self._end_frame(now)
        masked = self.phase != GAP and self.command & TCR.TXMSK and not self._receive_full()
        if masked and (self.phase == STALL or not self.tx):
            self._start_word(0, now)
            return
        self.take(now)
        if not self.running:
            self.stop(now)

    def _end_frame(self, now: int) -> None:
        self._deliver_held()
        self._negate_pcs()
        self.flags |= SR.FCF
        self.command &= ~TCR.TXMSK
        self._bits_left = 0
        self.phase = GAP
        self.next_time = now + self._ticks(self._gap_cycles)

    def _end_gap(self, now: int) -> None:
        self.phase = IDLE
        self.next_time = NEVER
        if self.command & TCR.TXMSK and self.running and self._clock_runs(now):
            self._start_word(0, now)
        else:
            self.take(now)
        if self.phase == IDLE and not self.tx:
            self.flags |= SR.TCF

    # The same for a queue of plain words in one go. Here the next word leaves the FIFO when the
    # last one ends and not a gap later.

    def start_plain(self, word: int, now: int) -> bool:
        """Begin with `word`; False if this is not the case for it."""
        if (
            not self.plain  # which a disabled block never is
            or self.tx
            or self.phase == SHIFT
            or len(self.rx) >= FIFO_WORDS
            or now - self._timed >= CLOCK_VALID_TICKS
        ):
            return False
        self.next_time = (self.next_time if self.phase == GAP else now) + self.word_ticks
        self.phase = SHIFT
        self._word = word
        self._bits = self._bits_left = 8 * self._frame_bytes
        self._first = True
        return True

    def _run_plain(self, now: int) -> None:
        time = self.next_time
        tx, received = self.tx, len(self.rx)
        word = self._word
        words: list[int] = []
        while time <= now:
            words.append(word)
            received += 1
            if not tx or tx[0] & COMMAND or received >= FIFO_WORDS or not self.running:
                time += self.gap_ticks
                self.phase = GAP
                self._bits_left = 0
                break
            word = tx.popleft()
            time += self.gap_ticks + self.word_ticks
        self._word = word
        self._first = True
        self.rx.extend([one | FIRST for one in self._exchange_plain(words)])
        self.flags |= FRAME_DONE
        self.next_time = time
        if tx and self.phase == GAP:
            self.take(now)

    def _exchange_plain(self, words: list[int]) -> tuple[int, ...]:
        """What is received for these words."""
        pcs = TCR.PCS.get(self.command)
        order, kind = self._packing
        many = struct.Struct(f"{order}{len(words)}{kind}")
        if self._frame_bytes == 1:
            words = [word & 0xFF for word in words]
        data = many.pack(*words)
        if self.transfer_many is not None:
            answers = self.transfer_many(pcs, data)
        else:
            answers = bytes([self.transfer(pcs, byte) for byte in data])
        return many.unpack(answers)

    # And for somebody who goes on in the block's place.

    def ahead(self) -> Ahead | None:
        """What is known of the next words; None where each must come here."""
        shifting, tx, size = self.phase == SHIFT, self.tx, self._frame_bytes
        if (
            not self.plain
            or self.coming is None
            or not self.running
            or (shifting and self._bits != 8 * size)
            or (not shifting and (tx or self.phase not in (IDLE, GAP)))
            or (tx and max(tx) >= COMMAND)
        ):
            return None
        coming = self.coming(AHEAD_WORDS * size)
        if coming is None or len(coming) < size:
            return None
        return Ahead(
            self.phase, self.next_time, self.flags, self.word_ticks, self.gap_ticks,
            self._timed + CLOCK_VALID_TICKS,
            [word & WORD for word in self.rx],
            coming[: len(coming) // size * size],
            self._packing,
            [self._word, *tx] if shifting else [],
        )  # fmt: skip

    def passed(self, passed: Passed) -> int | None:
        """Catch up with somebody who went on since `ahead`; the last word that was read."""
        received, read = list(self.rx), passed.read
        before = len(received)
        if exchanged := passed.arrived - before:
            received += self._exchange_plain(passed.sent[:exchanged])
        last = received[read - 1] & WORD if read else None
        # Most were read: only the rest is marked.
        self.rx = deque(received[read:before])
        self.rx.extend([one | FIRST for one in received[max(read, before) :]])
        self.tx = deque(passed.sent[passed.taken :])
        if passed.taken:
            self._word = passed.sent[passed.taken - 1]
        self._bits = 8 * self._frame_bytes
        self._bits_left = self._bits if passed.phase == SHIFT else 0
        self._first = True
        self.phase, self.next_time, self.flags = passed.phase, passed.next_time, passed.flags
        return last

    # Received words.

    def _receive_full(self) -> bool:
        """No room for another word, and the transfer has to wait for it."""
        held = self._held is not None
        return (
            len(self.rx) + held >= FIFO_WORDS
            and not self.command & TCR.RXMSK
            and not self.cfgr1 & CFGR1.NOSTALL
        )

    def _deliver_held(self) -> None:
        received, self._held = self._held, None
        if received is not None:
            self._deliver(received)

    def _deliver(self, word: int) -> None:
        """A received word goes into the FIFO."""
        first, self._first = self._first, False
        if mode := CFGR1.MATCFG.get(self.cfgr1):
            if matches(mode, self.dmr0, self.dmr1, word, first, self._previous):
                self.flags |= SR.DMF
            self._previous = (word, first)
        if self.command & TCR.RXMSK:
            return
        if len(self.rx) >= FIFO_WORDS:
            self.flags |= SR.REF
            return
        self.rx.append(word | FIRST if first else word)

    # The block's own chip selects.

    def _assert_pcs(self) -> None:
        self._selected = TCR.PCS.get(self.command)
        self._previous = None
        if self.chip_select is not None:
            self.chip_select(self._selected, True)

    def _negate_pcs(self) -> None:
        selected, self._selected = self._selected, None
        if selected is not None and self.chip_select is not None:
            self.chip_select(selected, False)
