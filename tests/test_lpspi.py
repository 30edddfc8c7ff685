"""LPSPI against the reference manual, and against what public drivers do with it."""

import random

import pytest

from sim.peripherals.lpspi import UNWATCHED_TICKS, Lpspi
from sim.scheduler import NEVER, Scheduler

CR, SR, IER, CFGR0, CFGR1, CCR, FCR, FSR = 0x10, 0x14, 0x18, 0x20, 0x24, 0x40, 0x58, 0x5C
DMR0, DMR1, TCR, TDR, RSR, RDR = 0x30, 0x34, 0x60, 0x64, 0x70, 0x74
MEN, RST, RTF, RRF = 1, 2, 0x100, 0x200
TDF, RDF, WCF, FCF, TCF, REF, DMF, MBF = 1, 2, 0x100, 0x200, 0x400, 0x1000, 0x2000, 1 << 24
MASTER, NOSTALL = 1, 8
TXMSK, RXMSK, CONTC, CONT, BYSW, LSBF = (1 << bit for bit in (18, 19, 20, 21, 22, 23))

HZ = 100_000_000
CYCLE = 6  # ticks
SCK = 10 * CYCLE  # SCKDIV 8
BYTE = 8 * SCK + CYCLE  # with PCSSCK 0
GAP = (1 + 2) * CYCLE  # SCKPCS 0, DBT 0


class Bench:
    """An enabled master with 8-bit frames; the bus answers each byte with the next of `answers`."""

    def __init__(self, own_pcs: bool = False) -> None:
        self.scheduler = Scheduler()
        self.hz = HZ
        self.irq = False
        self.sent: list[int] = []
        self.answers = iter(range(1, 256))
        self.selects: list[tuple[int, bool]] = []
        select = (lambda pcs, active: self.selects.append((pcs, active))) if own_pcs else None
        self.spi = Lpspi(
            self.scheduler, lambda: self.hz, self.set_irq, lambda pcs, byte: self.bus(byte), select
        )
        self.write(CFGR1, MASTER)
        self.write(CCR, 8)
        self.write(CR, MEN)
        self.write(TCR, 7)

    def set_irq(self, level: bool) -> None:
        assert level != self.irq, "the line is only told of changes"
        self.irq = level

    def bus(self, byte: int) -> int:
        self.sent.append(byte)
        return next(self.answers)

    def write(self, offset: int, value: int) -> None:
        self.spi.write(offset, 4, value)

    def read(self, offset: int) -> int:
        return self.spi.read(offset, 4)

    def pass_time(self, ticks: int) -> None:
        self.scheduler.advance(ticks)

    def wait_for(self, offset: int, mask: int) -> None:
        """Poll as the bus of the machine lets firmware poll: from change to change."""
        for _ in range(1000):
            if self.read(offset) & mask:
                return
            assert self.spi.next_event_time() < NEVER, f"+{offset:X} & {mask:X} never comes"
            self.pass_time(max(1, self.spi.next_event_time() - self.scheduler.now))
        raise AssertionError(f"+{offset:X} & {mask:X} does not come")

    def drain(self) -> list[int]:
        words = []
        while not self.read(RSR) & 2:
            words.append(self.read(RDR))
        return words

    @property
    def sent_count(self) -> int:
        return self.read(FSR) & 0x1F

    @property
    def received_count(self) -> int:
        return self.read(FSR) >> 16


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_reset_values() -> None:
    spi = Lpspi(Scheduler(), lambda: HZ, lambda level: None, lambda pcs, byte: 0)
    expected = {0x00: 0x0100_0004, 0x04: 0x0004_0404, SR: 1, TCR: 0x1F, RSR: 2, FSR: 0, CR: 0}
    assert {offset: spi.read(offset, 4) for offset in expected} == expected


# Time.


def test_a_byte_is_there_when_its_last_bit_is_and_not_before(bench: Bench) -> None:
    bench.write(TDR, 0x55)
    assert bench.sent_count == 0  # it is in the shifter
    bench.pass_time(BYTE - 1)
    assert bench.received_count == 0
    bench.pass_time(1)
    assert bench.received_count == 1
    assert bench.read(RDR) == 1
    assert bench.sent == [0x55]


def test_the_next_event_is_the_end_of_the_byte(bench: Bench) -> None:
    bench.write(TDR, 0)
    assert bench.spi.next_event_time() == BYTE
    bench.pass_time(BYTE + GAP)
    bench.read(SR)
    assert bench.spi.next_event_time() == NEVER


@pytest.mark.parametrize("own_pcs", [False, True])
def test_frames_follow_each_other_after_the_gap(own_pcs: bool) -> None:
    bench = Bench(own_pcs)
    bench.write(CR, 0)
    bench.write(CCR, 3 << 24 | 5 << 16 | 7 << 8 | 8)
    bench.write(CR, MEN)
    first = 8 * SCK + 6 * CYCLE
    each = first + (4 + 9) * CYCLE
    for _ in range(3):
        bench.write(TDR, 0)
    times = []
    while len(times) < 3:
        bench.pass_time(1)
        if bench.received_count > len(times):
            times.append(bench.scheduler.now)
    assert times == [first, first + each, first + 2 * each]


@pytest.mark.parametrize("prescale", range(8))
def test_the_prescaler_divides_by_powers_of_two(bench: Bench, prescale: int) -> None:
    bench.write(TCR, prescale << 27 | 7)
    bench.write(TDR, 0)
    assert bench.spi.next_event_time() == BYTE << prescale


def test_the_clock_tree_is_asked(bench: Bench) -> None:
    bench.hz = HZ // 4
    bench.write(CCR, 8)
    bench.write(TDR, 0)
    assert bench.spi.next_event_time() == 4 * BYTE


def test_a_clock_changed_while_enabled_is_found_within_a_millisecond(bench: Bench) -> None:
    bench.write(TDR, 0)
    bench.pass_time(600_000)
    bench.read(SR)
    bench.hz = HZ // 2
    bench.write(TDR, 0)
    assert bench.spi.next_event_time() == bench.scheduler.now + 2 * BYTE


def test_without_a_clock_nothing_moves(bench: Bench) -> None:
    bench.hz = 0
    bench.write(CCR, 8)
    bench.write(TDR, 0)
    assert bench.spi.next_event_time() == NEVER
    assert bench.sent_count == 1


def test_four_bits_at_a_time_take_a_quarter(bench: Bench) -> None:
    bench.write(TCR, 2 << 16 | RXMSK | 31)
    bench.write(TDR, 0)
    assert bench.spi.next_event_time() == 8 * SCK + CYCLE


# Words.


@pytest.mark.parametrize(
    ("command", "word", "wire", "received"),
    [
        (7, 0xAB, [0xAB], 0x01),
        (15, 0xABCD, [0xAB, 0xCD], 0x0102),
        (31, 0x11223344, [0x11, 0x22, 0x33, 0x44], 0x01020304),
        (31 | BYSW, 0x11223344, [0x44, 0x33, 0x22, 0x11], 0x04030201),
        (7 | LSBF, 0x13, [0xC8], 0x80),
        (15 | LSBF, 0x8001, [0x80, 0x01], 0x4080),
        (11, 0xABC, [0xAB, 0xC0], 0x010),
        (23, 0xFF112233, [0x11, 0x22, 0x33], 0x010203),
    ],
)
def test_order_of_bits_and_bytes(
    bench: Bench, command: int, word: int, wire: list[int], received: int
) -> None:
    bench.write(TCR, command)
    bench.write(TDR, word)
    bench.wait_for(FSR, 0xFFFF0000)
    assert bench.sent == wire
    assert bench.read(RDR) == received


def test_a_frame_longer_than_a_word_takes_several() -> None:
    bench = Bench(own_pcs=True)
    bench.write(TCR, 39)
    bench.write(TDR, 0xA1A2A3A4)
    bench.pass_time(32 * SCK + CYCLE)
    assert bench.read(SR) & (WCF | FCF | MBF) == WCF | MBF  # the frame waits for its rest
    bench.write(TDR, 0xA5)
    bench.pass_time(8 * SCK)
    assert bench.read(RSR) == 1
    assert bench.sent == [0xA1, 0xA2, 0xA3, 0xA4, 0xA5]
    assert bench.read(RDR) == 0x01020304
    assert bench.read(RSR) == 0  # not the first of its frame
    assert bench.read(RDR) == 5
    assert bench.read(SR) & FCF
    assert bench.selects == [(0, True), (0, False)]


def test_received_data_masked_is_not_stored(bench: Bench) -> None:
    bench.write(TCR, 7 | RXMSK)
    bench.write(TDR, 0x42)
    bench.wait_for(SR, TCF)
    assert bench.sent == [0x42]
    assert bench.received_count == 0


def test_transmit_data_masked_clocks_one_frame_by_itself(bench: Bench) -> None:
    bench.write(TCR, 15 | TXMSK)
    bench.wait_for(SR, TCF)
    assert bench.drain() == [0x0102]
    assert not bench.read(TCR) & TXMSK
    bench.pass_time(1_000_000)
    assert bench.received_count == 0


def test_a_masked_frame_waits_for_its_turn(bench: Bench) -> None:
    bench.write(TDR, 0x42)
    bench.write(TCR, 15 | TXMSK)
    bench.write(TCR, 7)
    bench.write(TDR, 0x43)
    bench.wait_for(SR, TCF)
    assert bench.sent == [0x42, 0xFF, 0xFF, 0x43]
    assert bench.drain() == [1, 0x0203, 4]


def test_a_masked_frame_may_be_longer_than_a_word(bench: Bench) -> None:
    bench.write(TCR, 47 | TXMSK)
    bench.wait_for(SR, TCF)
    assert bench.drain() == [0x01020304, 0x0506]


# FIFOs and flags.


def test_the_transmit_fifo_holds_sixteen_words_beside_the_shifter(bench: Bench) -> None:
    for byte in range(18):
        bench.write(TDR, byte)
    assert bench.sent_count == 16
    received: list[int] = []
    while len(received) < 17:
        bench.wait_for(FSR, 0xFFFF0000)
        received += bench.drain()
    bench.pass_time(10 * BYTE)
    assert bench.sent == list(range(17))  # the eighteenth was lost


def test_transfers_stall_when_the_receive_fifo_is_full(bench: Bench) -> None:
    for byte in range(17):
        bench.write(TDR, byte)
    bench.pass_time(100 * BYTE)
    assert (bench.sent_count, bench.received_count) == (1, 16)
    assert bench.read(SR) & (MBF | TCF | REF) == MBF
    assert bench.spi.next_event_time() == NEVER
    bench.read(RDR)
    bench.pass_time(BYTE)
    assert (bench.sent_count, bench.received_count) == (0, 16)


def test_single_bytes_stall_when_the_receive_fifo_is_full(bench: Bench) -> None:
    for byte in range(17):
        bench.write(TDR, byte)
        bench.pass_time(2 * BYTE)
    assert (bench.sent_count, bench.received_count) == (1, 16)
    bench.read(RDR)
    bench.pass_time(BYTE)
    assert bench.drain() == list(range(2, 18))


def test_with_nostall_a_word_too_many_is_lost_and_flagged(bench: Bench) -> None:
    bench.write(CFGR1, MASTER | NOSTALL)
    for byte in range(17):
        bench.write(TDR, byte)
    bench.pass_time(100 * BYTE)
    assert bench.read(SR) & REF
    assert bench.drain() == list(range(1, 17))


def test_flags_of_one_byte(bench: Bench) -> None:
    assert bench.read(SR) == TDF
    bench.write(TDR, 0)
    assert bench.read(SR) == TDF | MBF
    bench.pass_time(BYTE)
    assert bench.read(SR) == TDF | RDF | WCF | FCF | MBF
    bench.pass_time(GAP)
    assert bench.read(SR) == TDF | RDF | WCF | FCF | TCF
    bench.write(SR, FCF | TCF)
    assert bench.read(SR) == TDF | RDF | WCF
    bench.write(SR, 0x3F00)
    bench.read(RDR)
    assert bench.read(SR) == TDF


def test_transfer_complete_comes_after_the_last_of_several(bench: Bench) -> None:
    bench.write(TDR, 0)
    bench.write(TDR, 0)
    bench.pass_time(BYTE + GAP)
    assert not bench.read(SR) & TCF
    bench.pass_time(BYTE + GAP)
    assert bench.read(SR) & TCF


def test_transmit_watermark(bench: Bench) -> None:
    bench.write(FCR, 2)
    for _ in range(4):
        bench.write(TDR, 0)
    assert bench.sent_count == 3
    assert not bench.read(SR) & TDF
    bench.pass_time(BYTE + GAP)
    assert bench.sent_count == 2
    assert bench.read(SR) & TDF


def test_receive_watermark(bench: Bench) -> None:
    bench.write(FCR, 1 << 16)
    bench.write(TDR, 0)
    bench.write(TDR, 0)
    bench.pass_time(BYTE)
    assert not bench.read(SR) & RDF
    bench.pass_time(BYTE + GAP)
    assert bench.read(SR) & RDF


def test_an_empty_receive_fifo_gives_the_last_word_again(bench: Bench) -> None:
    bench.write(TDR, 0)
    bench.pass_time(BYTE)
    assert bench.read(RDR) == 1
    assert bench.read(RDR) == 1
    assert bench.received_count == 0


def test_fifo_resets_and_software_reset(bench: Bench) -> None:
    for _ in range(5):
        bench.write(TDR, 0)
    bench.pass_time(BYTE + GAP)
    bench.write(CR, MEN | RRF)
    assert bench.received_count == 0
    bench.write(CR, MEN | RTF)
    assert bench.sent_count == 0
    assert bench.read(CR) == MEN
    bench.write(CR, RST)
    assert bench.read(CR) == RST
    assert (bench.read(TCR), bench.read(CFGR1), bench.read(SR)) == (0x1F, 0, TDF)
    bench.pass_time(10 * BYTE)
    assert len(bench.sent) == 1


@pytest.mark.parametrize(
    ("mode", "words", "matches"),
    [
        (2, [0x10, 0x11], True),
        (2, [0x11, 0x10], False),
        (3, [0x11, 0x10], True),
        (4, [0x10, 0x20], True),
        (4, [0x11, 0x10], False),
        (5, [0x10, 0x20], True),
        (5, [0x10, 0x21], False),
        (6, [0x30, 0x01], True),
        (6, [0x01, 0x30], False),
        (7, [0x01, 0x30], True),
        (7, [0x01, 0x20], False),
        (0, [0x10, 0x20], False),
    ],
)
def test_data_match(bench: Bench, mode: int, words: list[int], matches: bool) -> None:
    bench.write(DMR0, 0x10)
    bench.write(DMR1, 0x20 if mode < 6 else 0x10)
    bench.write(CFGR1, MASTER | mode << 16)
    bench.answers = iter([0, 0, 0, words[0], 0, 0, 0, words[1]])
    bench.write(TCR, 63)
    bench.write(TDR, 0)
    bench.write(TDR, 0)
    bench.wait_for(SR, FCF)
    assert bool(bench.read(SR) & DMF) == matches


def test_data_match_of_single_bytes(bench: Bench) -> None:
    bench.write(DMR0, 3)
    bench.write(CFGR1, MASTER | 2 << 16)
    for expected in (False, False, True):
        bench.write(TDR, 0)
        bench.pass_time(BYTE + GAP)
        assert bool(bench.read(SR) & DMF) == expected


def test_a_byte_under_way_survives_a_change_of_the_configuration(bench: Bench) -> None:
    bench.write(TDR, 0x42)
    bench.write(CFGR1, MASTER | 2)
    bench.pass_time(BYTE)
    assert bench.read(RSR) == 1
    assert bench.read(RDR) == 1


# Commands through the FIFO.


def test_a_command_comes_into_force_in_its_turn(bench: Bench) -> None:
    bench.write(TDR, 0x11)
    bench.write(TCR, 15)
    bench.write(TDR, 0x2233)
    assert bench.sent_count == 2
    assert bench.read(TCR) == 7
    bench.pass_time(BYTE)
    assert bench.read(TCR) == 15
    bench.wait_for(SR, TCF)
    assert bench.sent == [0x11, 0x22, 0x33]
    assert bench.drain() == [1, 0x0203]


def test_a_command_while_disabled_waits_for_the_enable(bench: Bench) -> None:
    bench.write(CR, 0)
    bench.write(TCR, 15)
    assert bench.read(TCR) == 7
    assert bench.sent_count == 1
    bench.write(CR, MEN)
    assert bench.read(TCR) == 15
    assert bench.sent_count == 0


def test_module_enable_stays_until_the_transfer_is_over(bench: Bench) -> None:
    bench.write(TDR, 1)
    bench.write(TDR, 2)
    bench.write(CR, 0)
    assert bench.read(CR) == MEN
    bench.pass_time(BYTE + GAP)
    assert bench.read(CR) == 0
    bench.pass_time(10 * BYTE)
    assert bench.sent == [1]
    bench.write(CR, MEN)
    bench.pass_time(BYTE)
    assert bench.drain() == [1, 2]
    assert bench.sent == [1, 2]


def test_a_slave_starts_nothing(bench: Bench) -> None:
    bench.write(CFGR1, 0)
    bench.write(TDR, 1)
    bench.pass_time(100 * BYTE)
    assert bench.sent_count == 1
    assert bench.read(CR) == MEN


# Continuous transfers.


def test_a_continuous_transfer_keeps_the_chip_select() -> None:
    bench = Bench(own_pcs=True)
    bench.write(TCR, 1 << 24 | CONT | 7)
    for byte in (1, 2, 3):
        bench.write(TDR, byte)
    bench.pass_time(10 * BYTE)
    assert bench.selects == [(1, True)]
    assert bench.read(SR) & (MBF | TCF) == MBF
    bench.write(TCR, 1 << 24 | 7)
    assert bench.selects == [(1, True), (1, False)]
    bench.pass_time(GAP)
    assert bench.read(SR) & (MBF | TCF) == TCF
    assert bench.drain() == [1, 2, 3]


def test_the_last_word_of_a_continuous_transfer_waits_for_the_next_entry(bench: Bench) -> None:
    bench.write(TCR, CONT | 7)
    bench.write(TDR, 1)
    bench.write(TDR, 2)
    bench.pass_time(10 * BYTE)
    assert bench.received_count == 1
    bench.write(TCR, CONT | CONTC | 7)
    assert bench.received_count == 2
    assert bench.read(SR) & MBF


def test_a_continuing_command_changes_the_frame_size_within_one_selection() -> None:
    bench = Bench(own_pcs=True)
    bench.write(TCR, CONT | 7)
    bench.write(TDR, 0x9F)
    bench.write(TCR, CONT | CONTC | 23)
    bench.write(TDR, 0)
    bench.write(TCR, 7)
    bench.wait_for(SR, TCF)
    assert bench.selects == [(0, True), (0, False)]
    assert bench.drain() == [1, 0x020304]


def test_words_of_a_continuous_transfer_are_apart_by_dbt(bench: Bench) -> None:
    bench.write(CCR, 4 << 8 | 8)
    bench.write(TCR, CONT | 7)
    bench.write(TDR, 1)
    bench.write(TDR, 2)
    bench.pass_time(BYTE)
    assert bench.received_count == 1
    assert bench.spi.next_event_time() == BYTE + 5 * CYCLE + 8 * SCK


def test_masked_and_continuous_clocks_on_until_the_next_entry(bench: Bench) -> None:
    bench.write(TCR, CONT | TXMSK | 7)
    bench.pass_time(5 * BYTE)
    assert bench.received_count >= 3
    bench.write(TCR, 7)
    bench.wait_for(SR, TCF)
    count = len(bench.sent)
    bench.pass_time(100 * BYTE)
    assert len(bench.sent) == count


def test_disabling_ends_a_continuous_transfer_that_waits() -> None:
    bench = Bench(own_pcs=True)
    bench.write(TCR, CONT | 7)
    bench.write(TDR, 1)
    bench.pass_time(10 * BYTE)
    bench.read(SR)
    bench.write(CR, 0)
    assert bench.selects[-1] == (0, False)
    bench.pass_time(GAP)
    assert bench.read(CR) == 0


def test_disabling_within_a_continuous_word_ends_the_frame_with_it() -> None:
    bench = Bench(own_pcs=True)
    bench.write(TCR, CONT | 7)
    bench.write(TDR, 1)
    bench.write(CR, 0)
    bench.pass_time(BYTE + GAP)
    assert bench.read(CR) == 0
    assert bench.selects == [(0, True), (0, False)]
    assert bench.drain() == [1]


def test_a_full_receive_fifo_stalls_a_continuous_transfer_without_loss(bench: Bench) -> None:
    bench.write(TCR, CONT | 7)
    for byte in range(16):
        bench.write(TDR, byte)
    bench.pass_time(50 * BYTE)
    for byte in range(16, 20):
        bench.write(TDR, byte)
    bench.pass_time(50 * BYTE)
    words = []
    for _ in range(10):
        words += bench.drain()
        bench.pass_time(10 * BYTE)
    bench.write(TCR, 7)
    words += bench.drain()
    assert words == list(range(1, 21))
    assert not bench.read(SR) & REF


# Interrupts.


def test_the_receive_interrupt_comes_in_time(bench: Bench) -> None:
    bench.write(FCR, 2 << 16)
    bench.write(IER, RDF)
    for _ in range(4):
        bench.write(TDR, 0)
    bench.pass_time(3 * BYTE + 2 * GAP - 1)
    assert not bench.irq
    bench.pass_time(1)
    assert bench.irq
    bench.read(RDR)
    assert not bench.irq
    bench.pass_time(BYTE + GAP)
    assert bench.irq


def test_the_transmit_interrupt_follows_the_watermark(bench: Bench) -> None:
    bench.write(FCR, 1)
    bench.write(IER, TDF)
    assert bench.irq
    for _ in range(3):
        bench.write(TDR, 0)
    assert not bench.irq
    bench.pass_time(BYTE + GAP)
    assert bench.irq


@pytest.mark.parametrize("flag", [WCF, FCF, TCF])
def test_completion_interrupts_rise_and_are_cleared(bench: Bench, flag: int) -> None:
    bench.write(IER, flag)
    bench.write(TDR, 0)
    bench.pass_time(BYTE - 1)
    assert not bench.irq
    bench.pass_time(1 + GAP)
    assert bench.irq
    bench.write(SR, flag)
    assert not bench.irq


def test_many_bytes_with_an_interrupt_at_the_watermark_cost_few_events(bench: Bench) -> None:
    bench.write(FCR, 14 << 16)
    bench.write(IER, RDF)
    for _ in range(15):
        bench.write(TDR, 0)
    made = bench.scheduler._made
    bench.pass_time(15 * (BYTE + GAP))
    assert bench.irq
    assert bench.scheduler._made - made <= 3


def test_watermarks_move_the_interrupt_at_once(bench: Bench) -> None:
    bench.write(FCR, 1 << 16)
    bench.write(IER, RDF)
    bench.write(TDR, 0)
    bench.pass_time(BYTE)
    assert not bench.irq
    bench.write(FCR, 0)
    assert bench.irq


def test_a_flag_that_is_due_is_cleared_too(bench: Bench) -> None:
    bench.write(TDR, 0)
    bench.pass_time(BYTE + GAP)
    bench.write(SR, 0x3F00)  # the first look
    assert bench.read(SR) == TDF | RDF


def test_reset_lets_the_chip_select_go() -> None:
    bench = Bench(own_pcs=True)
    bench.write(TDR, 0)
    bench.spi.reset(cold=False)
    assert bench.selects == [(0, True), (0, False)]


def test_reset_drops_the_interrupt_and_what_was_to_come(bench: Bench) -> None:
    bench.write(IER, TDF)
    bench.write(TDR, 0)
    bench.write(TDR, 0)
    bench.spi.reset(cold=False)
    assert not bench.irq
    assert bench.scheduler.next_time == NEVER
    assert bench.spi.next_event_time() == NEVER


def test_a_device_sees_a_word_soon_even_if_nobody_looks(bench: Bench) -> None:
    bench.write(TCR, RXMSK | 7)
    bench.write(TDR, 1)
    bench.write(TDR, 2)
    bench.pass_time(2 * (BYTE + GAP) + 2 * UNWATCHED_TICKS)
    assert bench.sent == [1, 2]


def test_a_device_sees_a_plain_byte_soon_even_if_nobody_looks(bench: Bench) -> None:
    bench.write(TDR, 1)
    bench.pass_time(BYTE + UNWATCHED_TICKS)
    assert bench.sent == [1]


def test_sync_shows_a_device_what_is_through_and_no_more(bench: Bench) -> None:
    bench.write(TDR, 1)
    bench.write(TDR, 2)
    bench.pass_time(BYTE + GAP + BYTE // 2)
    bench.spi.sync()  # what the board does before a GPIO chip select moves
    assert bench.sent == [1]


# The short way for plain bytes must be the long way.


@pytest.mark.parametrize("seed", range(20))
def test_plain_bytes_take_as_long_on_both_ways(seed: int) -> None:
    choice = random.Random(seed)
    short, long = Bench(), Bench(own_pcs=True)
    for _ in range(300):
        step = choice.random() if long.sent_count < 14 else 0.5
        if step < 0.4:
            byte = choice.randrange(256)
            short.write(TDR, byte)
            long.write(TDR, byte)
        elif step < 0.45:
            command = choice.choice([7, 7, 15, 7 | RXMSK])
            short.write(TCR, command)
            long.write(TCR, command)
        elif step < 0.6 and short.received_count:
            assert short.read(RDR) == long.read(RDR)
        else:
            ticks = choice.randrange(1, BYTE)
            short.pass_time(ticks)
            long.pass_time(ticks)
        # Without its own chip select the next word leaves the FIFO a gap earlier.
        assert 0 <= long.sent_count - short.sent_count <= 1
        assert short.received_count == long.received_count
        short.answers, long.answers = iter(range(200)), iter(range(200))
    assert short.sent == long.sent
    assert len(short.sent) > 20


# What public drivers do.


def test_teensy_transfer_of_a_buffer(bench: Bench) -> None:
    """SPI.cpp: begin, then bytes in step with RSR and SR.TDF at watermark 15."""
    bench.write(CR, RST)
    bench.write(FCR, 15)
    bench.write(CR, 0)
    bench.write(CFGR1, MASTER | 2)
    bench.write(CCR, 28 | 14 << 8 | 14 << 16)
    bench.write(CR, MEN)
    bench.write(TCR, 7)
    bench.write(CR, RRF | MEN)
    received = []
    for byte in range(40):
        bench.write(TDR, byte)
        while True:
            if not bench.read(RSR) & 2:
                received.append(bench.read(RDR))
            if bench.read(SR) & TDF:
                break
            bench.pass_time(100)
    while len(received) < 40:
        bench.wait_for(FSR, 0xFFFF0000)
        received.append(bench.read(RDR))
    assert bench.sent == list(range(40))
    assert received == list(range(1, 41))


def test_teensy_transfer16_switches_the_frame_size_and_back(bench: Bench) -> None:
    for word in (0x1234, 0x5678):
        command = bench.read(TCR)
        assert command & 0xFFF == 7
        bench.write(TCR, command & 0xFFFFF000 | 15)
        bench.write(TDR, word)
        bench.wait_for(FSR, 0xFFFF0000)
        bench.write(TCR, command)
        bench.read(RDR)
    assert bench.sent == [0x12, 0x34, 0x56, 0x78]


def sdk_start(bench: Bench, continuous: bool, receive_masked: bool = False) -> None:
    """The common part of fsl_lpspi's blocking and interrupt transfers."""
    assert not bench.read(SR) & MBF
    bench.write(CR, bench.read(CR) & ~MEN)
    bench.write(CR, bench.read(CR) | RTF | RRF)
    bench.write(SR, 0x3F00)
    bench.write(CR, bench.read(CR) | MEN)
    command = bench.read(TCR) & ~(CONT | CONTC | RXMSK | TXMSK | 3 << 24)
    bench.write(TCR, command)
    assert bench.sent_count == 0
    command = bench.read(TCR)
    command |= (CONT | CONTC if continuous else 0) | (RXMSK if receive_masked else 0)
    bench.write(TCR, command)
    assert bench.sent_count == 0


@pytest.mark.parametrize("continuous", [False, True])
def test_sdk_blocking_transfer(continuous: bool) -> None:
    bench = Bench(own_pcs=True)
    sdk_start(bench, continuous)
    received: list[int] = []
    for byte in range(40):
        while bench.sent_count == 16:
            bench.pass_time(100)
        bench.write(TDR, byte)
        received += bench.drain()
    if continuous:
        while bench.sent_count == 16:
            bench.pass_time(100)
        bench.write(TCR, bench.read(TCR) & ~(CONT | CONTC))
    while len(received) < 40:
        bench.wait_for(FSR, 0xFFFF0000)
        received += bench.drain()
    assert bench.sent == list(range(40))
    assert received == list(range(1, 41))
    assert bench.selects.count((0, True)) == (1 if continuous else 40)
    bench.wait_for(SR, TCF)
    assert bench.selects[-1] == (0, False)


def test_sdk_transmit_only_waits_for_transfer_complete(bench: Bench) -> None:
    sdk_start(bench, continuous=False, receive_masked=True)
    for byte in range(10):
        bench.write(TDR, byte)
    bench.wait_for(SR, TCF)
    assert bench.sent == list(range(10))
    assert bench.received_count == 0


def test_sdk_interrupt_transfer(bench: Bench) -> None:
    """Receive watermark 14, lowered for the last words; each interrupt drains and refills."""
    total = 40
    sdk_start(bench, continuous=False)
    received: list[int] = []
    written = 0

    def fill() -> None:
        nonlocal written
        while written < total and bench.sent_count < 16 and written - len(received) < 16:
            bench.write(TDR, written)
            written += 1

    bench.write(FCR, 1 | 14 << 16)
    fill()
    bench.write(IER, RDF)
    for _ in range(1000):
        if len(received) == total:
            break
        if not bench.irq:
            bench.pass_time(50)
            continue
        bench.write(IER, 0)
        received += bench.drain()
        if (left := total - len(received)) <= 14:
            bench.write(FCR, 1 | max(0, left - 1) << 16)
        bench.write(IER, RDF if left else 0)
        fill()
    assert received == list(range(1, total + 1))
    assert bench.sent == list(range(total))


def test_zephyr_interrupt_transfer_ends_the_continuous_frame_by_a_command(bench: Bench) -> None:
    total = 6
    bench.write(FCR, 0)
    bench.write(TCR, bench.read(TCR) | CONT)
    assert bench.sent_count == 0
    for byte in range(total):
        bench.write(TDR, byte)
    bench.write(IER, TDF | RDF)
    received: list[int] = []
    for _ in range(10_000):
        if bench.irq:
            if bench.read(SR) & RDF:
                received += bench.drain()
            if bench.read(SR) & TDF:
                bench.write(IER, bench.read(IER) & ~TDF)
            if len(received) == total - 1:
                bench.write(TCR, bench.read(TCR) & ~CONT)
            elif len(received) == total:
                break
        else:
            bench.pass_time(50)
    assert received == list(range(1, total + 1))


def test_narrow_accesses_reach_the_registers(bench: Bench) -> None:
    bench.spi.write(TDR, 1, 0x77)
    bench.wait_for(FSR, 0xFFFF0000)
    assert bench.sent == [0x77]
    assert bench.spi.read(FSR + 2, 2) == 1
    assert bench.spi.read(RDR, 1) == 1
