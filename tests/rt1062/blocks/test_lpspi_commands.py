"""LPSPI against the reference manual: commands, continuous transfers, interrupts."""

import random

import pytest

from rt1062.blocks.lpspi import UNWATCHED_TICKS
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.lpspi_bench import (
    BYTE,
    CCR,
    CFGR1,
    CONT,
    CONTC,
    CR,
    CYCLE,
    FCF,
    FCR,
    GAP,
    IER,
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
    Bench,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


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
