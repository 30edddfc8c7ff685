"""LPSPI against the reference manual: time, words, FIFOs and flags."""

import pytest

from rt1062.blocks.lpspi import Lpspi
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.lpspi_rig import (
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
    LpspiRig,
)
from tests.rt1062.blocks.rig import Rig


@pytest.fixture
def rig() -> LpspiRig:
    return LpspiRig()


def test_reset_values() -> None:
    rig = Rig()
    rig.hold(Lpspi(rig.scheduler, rig.clock_hz, rig.line(), lambda pcs, byte: 0))
    expected = {0x00: 0x0100_0004, 0x04: 0x0004_0404, SR: 1, TCR: 0x1F, RSR: 2, FSR: 0, CR: 0}
    assert {offset: rig.read(offset) for offset in expected} == expected


# Time.


def test_a_byte_is_there_when_its_last_bit_is_and_not_before(rig: LpspiRig) -> None:
    rig.write(TDR, 0x55)
    assert rig.sent_count == 0  # it is in the shifter
    rig.pass_time(BYTE - 1)
    assert rig.received_count == 0
    rig.pass_time(1)
    assert rig.received_count == 1
    assert rig.read(RDR) == 1
    assert rig.sent == [0x55]


def test_the_next_event_is_the_end_of_the_byte(rig: LpspiRig) -> None:
    rig.write(TDR, 0)
    assert rig.block.next_event_time() == BYTE
    rig.pass_time(BYTE + GAP)
    rig.read(SR)
    assert rig.block.next_event_time() == NEVER


def test_without_its_clock_a_byte_stands_still(rig: LpspiRig) -> None:
    rig.write(TDR, 0x55)
    rig.pass_time(BYTE - 10)
    assert rig.block.stop_clock() == "shifts"
    rig.pass_time(5 * BYTE)
    assert (rig.received_count, rig.block.next_event_time()) == (0, NEVER)
    rig.block.start_clock()
    rig.pass_time(9)
    assert rig.received_count == 0
    rig.pass_time(1)
    assert rig.received_count == 1
    rig.pass_time(GAP)
    assert rig.block.stop_clock() == ""


@pytest.mark.parametrize("own_pcs", [False, True])
def test_frames_follow_each_other_after_the_gap(own_pcs: bool) -> None:
    rig = LpspiRig(own_pcs)
    rig.write(CR, 0)
    rig.write(CCR, 3 << 24 | 5 << 16 | 7 << 8 | 8)
    rig.write(CR, MEN)
    first = 8 * SCK + 6 * CYCLE
    each = first + (4 + 9) * CYCLE
    for _ in range(3):
        rig.write(TDR, 0)
    times = []
    while len(times) < 3:
        rig.pass_time(1)
        if rig.received_count > len(times):
            times.append(rig.now)
    assert times == [first, first + each, first + 2 * each]


@pytest.mark.parametrize("prescale", range(8))
def test_the_prescaler_divides_by_powers_of_two(rig: LpspiRig, prescale: int) -> None:
    rig.write(TCR, prescale << 27 | 7)
    rig.write(TDR, 0)
    assert rig.block.next_event_time() == BYTE << prescale


def test_the_clock_tree_is_asked(rig: LpspiRig) -> None:
    rig.hz = HZ // 4
    rig.write(CCR, 8)
    rig.write(TDR, 0)
    assert rig.block.next_event_time() == 4 * BYTE


def test_a_clock_changed_while_enabled_is_found_within_a_millisecond(rig: LpspiRig) -> None:
    rig.write(TDR, 0)
    rig.pass_time(600_000)
    rig.read(SR)
    rig.hz = HZ // 2
    rig.write(TDR, 0)
    assert rig.block.next_event_time() == rig.now + 2 * BYTE


def test_without_a_clock_nothing_moves(rig: LpspiRig) -> None:
    rig.hz = 0
    rig.write(CCR, 8)
    rig.write(TDR, 0)
    assert rig.block.next_event_time() == NEVER
    assert rig.sent_count == 1


def test_four_bits_at_a_time_take_a_quarter(rig: LpspiRig) -> None:
    rig.write(TCR, 2 << 16 | RXMSK | 31)
    rig.write(TDR, 0)
    assert rig.block.next_event_time() == 8 * SCK + CYCLE


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
    rig: LpspiRig, command: int, word: int, wire: list[int], received: int
) -> None:
    rig.write(TCR, command)
    rig.write(TDR, word)
    rig.wait_for(FSR, 0xFFFF0000)
    assert rig.sent == wire
    assert rig.read(RDR) == received


def test_a_frame_longer_than_a_word_takes_several() -> None:
    rig = LpspiRig(own_pcs=True)
    rig.write(TCR, 39)
    rig.write(TDR, 0xA1A2A3A4)
    rig.pass_time(32 * SCK + CYCLE)
    assert rig.read(SR) & (WCF | FCF | MBF) == WCF | MBF  # the frame waits for its rest
    rig.write(TDR, 0xA5)
    rig.pass_time(8 * SCK)
    assert rig.read(RSR) == 1
    assert rig.sent == [0xA1, 0xA2, 0xA3, 0xA4, 0xA5]
    assert rig.read(RDR) == 0x01020304
    assert rig.read(RSR) == 0  # not the first of its frame
    assert rig.read(RDR) == 5
    assert rig.read(SR) & FCF
    assert rig.selects == [(0, True), (0, False)]


def test_received_data_masked_is_not_stored(rig: LpspiRig) -> None:
    rig.write(TCR, 7 | RXMSK)
    rig.write(TDR, 0x42)
    rig.wait_for(SR, TCF)
    assert rig.sent == [0x42]
    assert rig.received_count == 0


def test_transmit_data_masked_clocks_one_frame_by_itself(rig: LpspiRig) -> None:
    rig.write(TCR, 15 | TXMSK)
    rig.wait_for(SR, TCF)
    assert rig.drain() == [0x0102]
    assert not rig.read(TCR) & TXMSK
    rig.pass_time(1_000_000)
    assert rig.received_count == 0


def test_a_masked_frame_waits_for_its_turn(rig: LpspiRig) -> None:
    rig.write(TDR, 0x42)
    rig.write(TCR, 15 | TXMSK)
    rig.write(TCR, 7)
    rig.write(TDR, 0x43)
    rig.wait_for(SR, TCF)
    assert rig.sent == [0x42, 0xFF, 0xFF, 0x43]
    assert rig.drain() == [1, 0x0203, 4]


def test_a_masked_frame_may_be_longer_than_a_word(rig: LpspiRig) -> None:
    rig.write(TCR, 47 | TXMSK)
    rig.wait_for(SR, TCF)
    assert rig.drain() == [0x01020304, 0x0506]


# FIFOs and flags.


def test_the_transmit_fifo_holds_sixteen_words_beside_the_shifter(rig: LpspiRig) -> None:
    for byte in range(18):
        rig.write(TDR, byte)
    assert rig.sent_count == 16
    received: list[int] = []
    while len(received) < 17:
        rig.wait_for(FSR, 0xFFFF0000)
        received += rig.drain()
    rig.pass_time(10 * BYTE)
    assert rig.sent == list(range(17))  # the eighteenth was lost


def test_transfers_stall_when_the_receive_fifo_is_full(rig: LpspiRig) -> None:
    for byte in range(17):
        rig.write(TDR, byte)
    rig.pass_time(100 * BYTE)
    assert (rig.sent_count, rig.received_count) == (1, 16)
    assert rig.read(SR) & (MBF | TCF | REF) == MBF
    assert rig.block.next_event_time() == NEVER
    rig.read(RDR)
    rig.pass_time(BYTE)
    assert (rig.sent_count, rig.received_count) == (0, 16)


def test_single_bytes_stall_when_the_receive_fifo_is_full(rig: LpspiRig) -> None:
    for byte in range(17):
        rig.write(TDR, byte)
        rig.pass_time(2 * BYTE)
    assert (rig.sent_count, rig.received_count) == (1, 16)
    rig.read(RDR)
    rig.pass_time(BYTE)
    assert rig.drain() == list(range(2, 18))


def test_with_nostall_a_word_too_many_is_lost_and_flagged(rig: LpspiRig) -> None:
    rig.write(CFGR1, MASTER | NOSTALL)
    for byte in range(17):
        rig.write(TDR, byte)
    rig.pass_time(100 * BYTE)
    assert rig.read(SR) & REF
    assert rig.drain() == list(range(1, 17))


def test_flags_of_one_byte(rig: LpspiRig) -> None:
    assert rig.read(SR) == TDF
    rig.write(TDR, 0)
    assert rig.read(SR) == TDF | MBF
    rig.pass_time(BYTE)
    assert rig.read(SR) == TDF | RDF | WCF | FCF | MBF
    rig.pass_time(GAP)
    assert rig.read(SR) == TDF | RDF | WCF | FCF | TCF
    rig.write(SR, FCF | TCF)
    assert rig.read(SR) == TDF | RDF | WCF
    rig.write(SR, 0x3F00)
    rig.read(RDR)
    assert rig.read(SR) == TDF


def test_transfer_complete_comes_after_the_last_of_several(rig: LpspiRig) -> None:
    rig.write(TDR, 0)
    rig.write(TDR, 0)
    rig.pass_time(BYTE + GAP)
    assert not rig.read(SR) & TCF
    rig.pass_time(BYTE + GAP)
    assert rig.read(SR) & TCF


def test_transmit_watermark(rig: LpspiRig) -> None:
    rig.write(FCR, 2)
    for _ in range(4):
        rig.write(TDR, 0)
    assert rig.sent_count == 3
    assert not rig.read(SR) & TDF
    rig.pass_time(BYTE + GAP)
    assert rig.sent_count == 2
    assert rig.read(SR) & TDF


def test_receive_watermark(rig: LpspiRig) -> None:
    rig.write(FCR, 1 << 16)
    rig.write(TDR, 0)
    rig.write(TDR, 0)
    rig.pass_time(BYTE)
    assert not rig.read(SR) & RDF
    rig.pass_time(BYTE + GAP)
    assert rig.read(SR) & RDF


def test_an_empty_receive_fifo_gives_the_last_word_again(rig: LpspiRig) -> None:
    rig.write(TDR, 0)
    rig.pass_time(BYTE)
    assert rig.read(RDR) == 1
    assert rig.read(RDR) == 1
    assert rig.received_count == 0


def test_fifo_resets_and_software_reset(rig: LpspiRig) -> None:
    for _ in range(5):
        rig.write(TDR, 0)
    rig.pass_time(BYTE + GAP)
    rig.write(CR, MEN | RRF)
    assert rig.received_count == 0
    rig.write(CR, MEN | RTF)
    assert rig.sent_count == 0
    assert rig.read(CR) == MEN
    rig.write(CR, RST)
    assert rig.read(CR) == RST
    assert (rig.read(TCR), rig.read(CFGR1), rig.read(SR)) == (0x1F, 0, TDF)
    rig.pass_time(10 * BYTE)
    assert len(rig.sent) == 1


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
def test_data_match(rig: LpspiRig, mode: int, words: list[int], matches: bool) -> None:
    rig.write(DMR0, 0x10)
    rig.write(DMR1, 0x20 if mode < 6 else 0x10)
    rig.write(CFGR1, MASTER | mode << 16)
    rig.answers = iter([0, 0, 0, words[0], 0, 0, 0, words[1]])
    rig.write(TCR, 63)
    rig.write(TDR, 0)
    rig.write(TDR, 0)
    rig.wait_for(SR, FCF)
    assert bool(rig.read(SR) & DMF) == matches


def test_data_match_of_single_bytes(rig: LpspiRig) -> None:
    rig.write(DMR0, 3)
    rig.write(CFGR1, MASTER | 2 << 16)
    for expected in (False, False, True):
        rig.write(TDR, 0)
        rig.pass_time(BYTE + GAP)
        assert bool(rig.read(SR) & DMF) == expected


def test_a_byte_under_way_survives_a_change_of_the_configuration(rig: LpspiRig) -> None:
    rig.write(TDR, 0x42)
    rig.write(CFGR1, MASTER | 2)
    rig.pass_time(BYTE)
    assert rig.read(RSR) == 1
    assert rig.read(RDR) == 1
