"""LPSPI against the reference manual: time, words, FIFOs and flags."""

import pytest

from rt1062.blocks.lpspi import Lpspi
from rt1062.scheduler import NEVER, Scheduler
from tests.rt1062.blocks.lpspi_bench import (
    BYSW,
    BYTE,
    CCR,
    CFGR1,
    CR,
    CYCLE,
    DMF,
    DMR0,
    DMR1,
    FCF,
    FCR,
    FSR,
    GAP,
    HZ,
    LSBF,
    MASTER,
    MBF,
    MEN,
    NOSTALL,
    RDF,
    RDR,
    REF,
    RRF,
    RSR,
    RST,
    RTF,
    RXMSK,
    SCK,
    SR,
    TCF,
    TCR,
    TDF,
    TDR,
    TXMSK,
    WCF,
    Bench,
)


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
