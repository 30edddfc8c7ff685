"""LPSPI against the reference manual: commands, continuous transfers, interrupts."""

import random

import pytest

from rt1062.blocks.lpspi import UNWATCHED_TICKS
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.lpspi_rig import (
    BYSW,
    BYTE,
    CCR,
    CFGR1,
    CONT,
    CONTC,
    CR,
    CYCLE,
    DER,
    FCF,
    FCR,
    GAP,
    IER,
    LSBF,
    MBF,
    MEN,
    RDF,
    RDR,
    REF,
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


@pytest.fixture
def rig() -> LpspiRig:
    return LpspiRig()


# Commands through the FIFO.


def test_a_command_comes_into_force_in_its_turn(rig: LpspiRig) -> None:
    rig.write(TDR, 0x11)
    rig.write(TCR, 15)
    rig.write(TDR, 0x2233)
    assert rig.sent_count == 2
    assert rig.read(TCR) == 7
    rig.pass_time(BYTE)
    assert rig.read(TCR) == 15
    rig.wait_for(SR, TCF)
    assert rig.sent == [0x11, 0x22, 0x33]
    assert rig.drain() == [1, 0x0203]


def test_a_command_while_disabled_waits_for_the_enable(rig: LpspiRig) -> None:
    rig.write(CR, 0)
    rig.write(TCR, 15)
    assert rig.read(TCR) == 7
    assert rig.sent_count == 1
    rig.write(CR, MEN)
    assert rig.read(TCR) == 15
    assert rig.sent_count == 0


def test_module_enable_stays_until_the_transfer_is_over(rig: LpspiRig) -> None:
    rig.write(TDR, 1)
    rig.write(TDR, 2)
    rig.write(CR, 0)
    assert rig.read(CR) == MEN
    rig.pass_time(BYTE + GAP)
    assert rig.read(CR) == 0
    rig.pass_time(10 * BYTE)
    assert rig.sent == [1]
    rig.write(CR, MEN)
    rig.pass_time(BYTE)
    assert rig.drain() == [1, 2]
    assert rig.sent == [1, 2]


def test_a_slave_starts_nothing(rig: LpspiRig) -> None:
    rig.write(CFGR1, 0)
    rig.write(TDR, 1)
    rig.pass_time(100 * BYTE)
    assert rig.sent_count == 1
    assert rig.read(CR) == MEN


# Continuous transfers.


def test_a_continuous_transfer_keeps_the_chip_select() -> None:
    rig = LpspiRig(own_pcs=True)
    rig.write(TCR, 1 << 24 | CONT | 7)
    for byte in (1, 2, 3):
        rig.write(TDR, byte)
    rig.pass_time(10 * BYTE)
    assert rig.selects == [(1, True)]
    assert rig.read(SR) & (MBF | TCF) == MBF
    rig.write(TCR, 1 << 24 | 7)
    assert rig.selects == [(1, True), (1, False)]
    rig.pass_time(GAP)
    assert rig.read(SR) & (MBF | TCF) == TCF
    assert rig.drain() == [1, 2, 3]


def test_the_last_word_of_a_continuous_transfer_waits_for_the_next_entry(rig: LpspiRig) -> None:
    rig.write(TCR, CONT | 7)
    rig.write(TDR, 1)
    rig.write(TDR, 2)
    rig.pass_time(10 * BYTE)
    assert rig.received_count == 1
    rig.write(TCR, CONT | CONTC | 7)
    assert rig.received_count == 2
    assert rig.read(SR) & MBF


def test_a_continuing_command_changes_the_frame_size_within_one_selection() -> None:
    rig = LpspiRig(own_pcs=True)
    rig.write(TCR, CONT | 7)
    rig.write(TDR, 0x9F)
    rig.write(TCR, CONT | CONTC | 23)
    rig.write(TDR, 0)
    rig.write(TCR, 7)
    rig.wait_for(SR, TCF)
    assert rig.selects == [(0, True), (0, False)]
    assert rig.drain() == [1, 0x020304]


def test_words_of_a_continuous_transfer_are_apart_by_dbt(rig: LpspiRig) -> None:
    rig.write(CCR, 4 << 8 | 8)
    rig.write(TCR, CONT | 7)
    rig.write(TDR, 1)
    rig.write(TDR, 2)
    rig.pass_time(BYTE)
    assert rig.received_count == 1
    assert rig.block.next_event_time() == BYTE + 5 * CYCLE + 8 * SCK


def test_masked_and_continuous_clocks_on_until_the_next_entry(rig: LpspiRig) -> None:
    rig.write(TCR, CONT | TXMSK | 7)
    rig.pass_time(5 * BYTE)
    assert rig.received_count >= 3
    rig.write(TCR, 7)
    rig.wait_for(SR, TCF)
    count = len(rig.sent)
    rig.pass_time(100 * BYTE)
    assert len(rig.sent) == count


def test_disabling_ends_a_continuous_transfer_that_waits() -> None:
    rig = LpspiRig(own_pcs=True)
    rig.write(TCR, CONT | 7)
    rig.write(TDR, 1)
    rig.pass_time(10 * BYTE)
    rig.read(SR)
    rig.write(CR, 0)
    assert rig.selects[-1] == (0, False)
    rig.pass_time(GAP)
    assert rig.read(CR) == 0


def test_disabling_within_a_continuous_word_ends_the_frame_with_it() -> None:
    rig = LpspiRig(own_pcs=True)
    rig.write(TCR, CONT | 7)
    rig.write(TDR, 1)
    rig.write(CR, 0)
    rig.pass_time(BYTE + GAP)
    assert rig.read(CR) == 0
    assert rig.selects == [(0, True), (0, False)]
    assert rig.drain() == [1]


def test_a_full_receive_fifo_stalls_a_continuous_transfer_without_loss(rig: LpspiRig) -> None:
    rig.write(TCR, CONT | 7)
    for byte in range(16):
        rig.write(TDR, byte)
    rig.pass_time(50 * BYTE)
    for byte in range(16, 20):
        rig.write(TDR, byte)
    rig.pass_time(50 * BYTE)
    words = []
    for _ in range(10):
        words += rig.drain()
        rig.pass_time(10 * BYTE)
    rig.write(TCR, 7)
    words += rig.drain()
    assert words == list(range(1, 21))
    assert not rig.read(SR) & REF


# Interrupts.


def test_the_receive_interrupt_comes_in_time(rig: LpspiRig) -> None:
    rig.write(FCR, 2 << 16)
    rig.write(IER, RDF)
    for _ in range(4):
        rig.write(TDR, 0)
    rig.pass_time(3 * BYTE + 2 * GAP - 1)
    assert not rig.irq
    rig.pass_time(1)
    assert rig.irq
    rig.read(RDR)
    assert not rig.irq
    rig.pass_time(BYTE + GAP)
    assert rig.irq


def test_the_transmit_interrupt_follows_the_watermark(rig: LpspiRig) -> None:
    rig.write(FCR, 1)
    rig.write(IER, TDF)
    assert rig.irq
    for _ in range(3):
        rig.write(TDR, 0)
    assert not rig.irq
    rig.pass_time(BYTE + GAP)
    assert rig.irq


@pytest.mark.parametrize("flag", [WCF, FCF, TCF])
def test_completion_interrupts_rise_and_are_cleared(rig: LpspiRig, flag: int) -> None:
    rig.write(IER, flag)
    rig.write(TDR, 0)
    rig.pass_time(BYTE - 1)
    assert not rig.irq
    rig.pass_time(1 + GAP)
    assert rig.irq
    rig.write(SR, flag)
    assert not rig.irq


def test_many_bytes_with_an_interrupt_at_the_watermark_cost_few_events(rig: LpspiRig) -> None:
    rig.write(FCR, 14 << 16)
    rig.write(IER, RDF)
    for _ in range(15):
        rig.write(TDR, 0)
    made = rig.scheduler._made
    rig.pass_time(15 * (BYTE + GAP))
    assert rig.irq
    assert rig.scheduler._made - made <= 3


def test_watermarks_move_the_interrupt_at_once(rig: LpspiRig) -> None:
    rig.write(FCR, 1 << 16)
    rig.write(IER, RDF)
    rig.write(TDR, 0)
    rig.pass_time(BYTE)
    assert not rig.irq
    rig.write(FCR, 0)
    assert rig.irq


def test_a_flag_that_is_due_is_cleared_too(rig: LpspiRig) -> None:
    rig.write(TDR, 0)
    rig.pass_time(BYTE + GAP)
    rig.write(SR, 0x3F00)  # the first look
    assert rig.read(SR) == TDF | RDF


def test_reset_lets_the_chip_select_go() -> None:
    rig = LpspiRig(own_pcs=True)
    rig.write(TDR, 0)
    rig.block.reset(cold=False)
    assert rig.selects == [(0, True), (0, False)]


def test_reset_drops_the_interrupt_and_what_was_to_come(rig: LpspiRig) -> None:
    rig.write(IER, TDF)
    rig.write(TDR, 0)
    rig.write(TDR, 0)
    rig.block.reset(cold=False)
    assert not rig.irq
    assert rig.scheduler.next_time == NEVER
    assert rig.block.next_event_time() == NEVER


def test_a_device_sees_a_word_soon_even_if_nobody_looks(rig: LpspiRig) -> None:
    rig.write(TCR, RXMSK | 7)
    rig.write(TDR, 1)
    rig.write(TDR, 2)
    rig.pass_time(2 * (BYTE + GAP) + 2 * UNWATCHED_TICKS)
    assert rig.sent == [1, 2]


def test_a_device_sees_a_plain_byte_soon_even_if_nobody_looks(rig: LpspiRig) -> None:
    rig.write(TDR, 1)
    rig.pass_time(BYTE + UNWATCHED_TICKS)
    assert rig.sent == [1]


def test_sync_shows_a_device_what_is_through_and_no_more(rig: LpspiRig) -> None:
    rig.write(TDR, 1)
    rig.write(TDR, 2)
    rig.pass_time(BYTE + GAP + BYTE // 2)
    rig.block.sync()  # what the board does before a GPIO chip select moves
    assert rig.sent == [1]


# DMA.


def test_dma_requests_follow_their_enables(rig: LpspiRig) -> None:
    transmit, receive = (rig.block.requests()[name] for name in ("transmit", "receive"))
    told: list[tuple[bool, bool]] = []
    rig.block.request_changed = lambda: told.append((transmit.asserted(), receive.asserted()))
    rig.write(DER, 1)
    assert told[-1] == (True, False)
    rig.write(DER, 2)
    assert told[-1] == (False, False)
    rig.write(TDR, 0)
    rig.pass_time(BYTE)
    assert receive.asserted()
    rig.read(RDR)
    assert not receive.asserted()


# The short way for plain words must be the long way.


@pytest.mark.parametrize("seed", range(20))
def test_plain_words_take_as_long_on_both_ways(seed: int) -> None:
    choice = random.Random(seed)
    short, long = LpspiRig(), LpspiRig(own_pcs=True)
    for _ in range(300):
        step = choice.random() if long.sent_count < 14 else 0.5
        if step < 0.4:
            word = choice.randrange(1 << 32)
            short.write(TDR, word)
            long.write(TDR, word)
        elif step < 0.45:
            command = choice.choice([7, 7, 15, 7 | RXMSK, 31, 31 | BYSW, 31 | LSBF])
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
