"""LPUART against the reference manual."""

import pytest

from rt1062.blocks.lpuart import Lpuart
from rt1062.scheduler import NEVER, Scheduler
from tests.rt1062.blocks.lpuart_bench import (
    BAUD,
    BIT,
    BYTE,
    CTRL,
    DATA,
    FIFO,
    FIFO_RXEMPT,
    FIFO_TXEMPT,
    FRETSC,
    GLOBAL,
    HZ,
    IDLE,
    IDLINE,
    ILIE,
    LOOPS,
    M7,
    M10,
    MODIR,
    MSBF,
    OR,
    ORIE,
    PE,
    RDRF,
    RE,
    RIE,
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
    TCIE,
    TDRE,
    TE,
    TIE,
    TXDIR,
    TXFE,
    TXFLUSH,
    TXOF,
    WATER,
    Bench,
    M,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_reset_values() -> None:
    uart = Lpuart(Scheduler(), lambda: HZ, lambda level: None, lambda byte: None)
    expected = {
        0x00: 0x0401_0003,
        0x04: 0x0202,
        BAUD: 0x0F00_0004,
        STAT: 0x00C0_0000,
        CTRL: 0,
        FIFO: 0x00C0_0011,
        WATER: 0,
        MODIR: 0,
        GLOBAL: 0,
        DATA: 0x1000,  # last: reading it empty sets FIFO.RXUF
    }
    assert {offset: uart.read(offset, 4) for offset in expected} == expected


# Transmitter.


def test_a_byte_is_on_the_wire_when_its_stop_bit_is_through(bench: Bench) -> None:
    bench.write(DATA, 0x55)
    bench.pass_time(BYTE - 1)
    assert bench.wire == []
    bench.pass_time(1)
    assert bench.wire == [(BYTE, 0x55)]


@pytest.mark.parametrize(
    ("baud", "ctrl", "bits"),
    [
        (0, 0, 10),
        (SBNS, 0, 11),
        (0, M, 11),
        (0, M7, 9),
        (M10, 0, 12),
        (SBNS, M | PE, 12),
    ],
)
def test_a_character_takes_as_long_as_its_format_says(baud: int, ctrl: int, bits: int) -> None:
    bench = Bench(baud=baud, ctrl=TE | ctrl)
    assert bench.uart.byte_ticks == bits * BIT
    bench.write(DATA, 0)
    bench.pass_time(bits * BIT)
    assert [time for time, _ in bench.wire] == [bits * BIT]


@pytest.mark.parametrize(
    ("osr", "sbr", "divisor"), [(15, 13, 208), (4, 139, 695), (0, 13, 208), (31, 1, 32)]
)
def test_the_bit_rate_comes_from_clock_oversampling_and_divisor(
    bench: Bench, osr: int, sbr: int, divisor: int
) -> None:
    bench.write(BAUD, osr << 24 | sbr)
    assert bench.uart.bit_rate == HZ / divisor
    bench.hz = 80_000_000
    assert bench.uart.bit_rate == 80_000_000 / divisor


@pytest.mark.parametrize(
    ("ctrl", "byte"), [(0, 0xFF), (M, 0xFF), (M | PE, 0xFF), (PE, 0x7F), (M7, 0x7F)]
)
def test_only_the_data_bits_of_the_format_are_data(ctrl: int, byte: int) -> None:
    bench = Bench(ctrl=TE | ctrl)
    bench.write(DATA, 0xFF)
    bench.pass_time(12 * BIT)
    assert bench.sent == [byte]


def test_most_significant_bit_first_turns_the_byte_round(bench: Bench) -> None:
    bench.write(STAT, MSBF)
    bench.write(DATA, 0x13)
    bench.pass_time(BYTE)
    assert bench.sent == [0xC8]


def test_bytes_follow_each_other_without_a_gap() -> None:
    bench = Bench(fifo=TXFE)
    for byte in b"abcd":
        bench.write(DATA, byte)
    bench.pass_time(4 * BYTE)
    assert bench.wire == [(BYTE * (i + 1), byte) for i, byte in enumerate(b"abcd")]


def test_without_fifo_there_is_room_for_one_byte_beside_the_shifter(bench: Bench) -> None:
    bench.write(DATA, 1)
    assert bench.read(STAT) & (TDRE | TC) == TDRE
    bench.write(DATA, 2)
    assert bench.read(STAT) & (TDRE | TC) == 0
    bench.write(DATA, 3)
    assert bench.read(FIFO) & TXOF
    bench.pass_time(BYTE)
    assert bench.read(STAT) & (TDRE | TC) == TDRE
    bench.pass_time(BYTE)
    assert bench.read(STAT) & (TDRE | TC) == TDRE | TC
    assert bench.sent == [1, 2]


def test_the_fifo_holds_four_bytes_beside_the_shifter() -> None:
    bench = Bench(fifo=TXFE)
    for byte in range(6):
        bench.write(DATA, byte)
    assert bench.read(WATER) >> 8 & 7 == 4
    assert not bench.read(FIFO) & FIFO_TXEMPT
    assert bench.read(FIFO) & TXOF
    bench.write(FIFO, TXFE | TXOF)
    assert not bench.read(FIFO) & TXOF
    bench.pass_time(6 * BYTE)
    assert bench.sent == [0, 1, 2, 3, 4]
    assert bench.read(FIFO) & FIFO_TXEMPT


def test_transmit_watermark() -> None:
    bench = Bench(fifo=TXFE)
    bench.write(WATER, 2)
    for byte in range(4):
        bench.write(DATA, byte)
    assert not bench.read(STAT) & TDRE  # three wait
    bench.pass_time(BYTE)
    assert bench.read(STAT) & TDRE


def test_a_transmit_flush_leaves_the_byte_in_the_shifter() -> None:
    bench = Bench(fifo=TXFE)
    for byte in range(4):
        bench.write(DATA, byte)
    bench.write(FIFO, TXFE | TXFLUSH)
    assert bench.read(WATER) >> 8 & 7 == 0
    bench.pass_time(5 * BYTE)
    assert bench.sent == [0]


def test_enabling_the_transmitter_sends_a_preamble_first() -> None:
    bench = Bench(ctrl=0)
    bench.write(CTRL, TE)
    bench.write(DATA, 7)
    assert not bench.read(STAT) & TC
    bench.pass_time(2 * BYTE - 1)
    assert bench.sent == []
    bench.pass_time(1)
    assert bench.sent == [7]


def test_a_disabled_transmitter_ends_its_character_and_sends_no_more() -> None:
    bench = Bench(fifo=TXFE)
    bench.write(DATA, 1)
    bench.write(DATA, 2)
    bench.write(CTRL, 0)
    bench.pass_time(10 * BYTE)
    assert bench.sent == [1]
    bench.write(CTRL, TE)
    bench.pass_time(2 * BYTE)
    assert bench.sent == [1, 2]


def test_without_a_baud_rate_a_byte_waits(bench: Bench) -> None:
    bench.write(BAUD, 15 << 24)
    assert bench.uart.byte_ticks == NEVER
    bench.write(DATA, 9)
    assert bench.uart.next_event_time() == NEVER
    bench.pass_time(100 * BYTE)
    bench.write(BAUD, 15 << 24 | 13)
    bench.pass_time(BYTE)
    assert bench.sent == [9]


def test_a_break_is_not_a_byte(bench: Bench) -> None:
    bench.write(DATA, FRETSC)
    bench.pass_time(BYTE - 1)
    assert not bench.read(STAT) & TC
    bench.write(CTRL, TE | SBK)
    bench.pass_time(BYTE)
    bench.write(CTRL, TE)
    bench.pass_time(2 * BYTE)
    assert bench.read(STAT) & TC
    assert bench.sent == []


def test_send_break_goes_on_until_it_is_cleared(bench: Bench) -> None:
    bench.write(CTRL, TE | SBK)
    bench.pass_time(10 * BYTE - 1)
    assert not bench.read(STAT) & TC
    bench.write(CTRL, TE)
    bench.pass_time(1)
    assert bench.read(STAT) & TC


def test_the_next_event_is_the_end_of_the_character(bench: Bench) -> None:
    assert bench.uart.next_event_time() == NEVER
    bench.write(DATA, 1)
    assert bench.uart.next_event_time() == bench.scheduler.now + BYTE


def test_the_next_event_is_the_first_of_several(bench: Bench) -> None:
    bench.receive(1)
    bench.write(DATA, 1)
    assert bench.uart.next_event_time() == bench.scheduler.now + BYTE
    bench.pass_time(BYTE)
    assert bench.uart.next_event_time() == bench.scheduler.now + 1  # then the line is idle


# Receiver.


def test_a_received_byte(bench: Bench) -> None:
    assert bench.read(STAT) & RDRF == 0
    bench.receive(0x41)
    assert bench.read(STAT) & (RDRF | RXEDGIF) == RDRF | RXEDGIF
    assert bench.read(FIFO) & FIFO_RXEMPT == 0
    assert bench.read(WATER) >> 24 & 7 == 1
    assert bench.read(DATA) == 0x41 | IDLINE
    assert bench.read(STAT) & RDRF == 0


def test_a_character_tells_whether_the_line_was_idle_before_it() -> None:
    bench = Bench(fifo=RXFE)
    bench.receive(1, 2)
    bench.pass_time(BYTE + 1)
    bench.receive(3)
    assert [bench.read(DATA) for _ in range(3)] == [1 | IDLINE, 2, 3 | IDLINE]


def test_an_empty_receiver_underflows(bench: Bench) -> None:
    assert bench.read(DATA) & RXEMPT
    assert bench.read(FIFO) & RXUF
    bench.write(FIFO, RXUF)
    assert not bench.read(FIFO) & RXUF


def test_a_disabled_receiver_takes_nothing() -> None:
    bench = Bench(ctrl=TE)
    bench.receive(1)
    assert bench.read(STAT) & RDRF == 0


@pytest.mark.parametrize(("fifo", "depth"), [(0, 1), (RXFE, 4)])
def test_a_full_receiver_overruns_and_keeps_what_it_has(fifo: int, depth: int) -> None:
    bench = Bench(fifo=fifo)
    bench.receive(*range(depth))
    assert not bench.read(STAT) & OR
    bench.receive(0x99)
    assert bench.read(STAT) & OR
    assert [bench.read(DATA) & 0xFF for _ in range(depth)] == list(range(depth))


def test_after_an_overrun_nothing_is_stored_until_it_is_cleared(bench: Bench) -> None:
    bench.receive(1, 2)
    bench.read(DATA)
    bench.receive(3)
    assert bench.read(DATA) & RXEMPT
    bench.write(STAT, OR)
    bench.receive(4)
    assert bench.read(DATA) & 0xFF == 4


@pytest.mark.parametrize(("water", "needed"), [(0, 1), (1, 1), (2, 2), (3, 3)])
def test_receive_watermark(water: int, needed: int) -> None:
    bench = Bench(fifo=RXFE)
    bench.write(WATER, water << 16)
    bench.receive(*range(needed - 1))
    assert not bench.read(STAT) & RDRF
    bench.receive(0)
    assert bench.read(STAT) & RDRF


def test_a_receive_flush_empties_the_fifo() -> None:
    bench = Bench(fifo=RXFE)
    bench.receive(1, 2)
    bench.write(FIFO, RXFE | RXFLUSH)
    assert bench.read(WATER) >> 24 & 7 == 0
    assert bench.read(FIFO) & FIFO_RXEMPT
    assert not bench.read(FIFO) & RXFLUSH


def test_idle_is_one_character_after_the_last(bench: Bench) -> None:
    bench.receive(1, 2, 3)
    assert not bench.read(STAT) & IDLE
    bench.pass_time(BYTE)
    assert not bench.read(STAT) & IDLE
    bench.pass_time(1)
    assert bench.read(STAT) & IDLE
    bench.write(STAT, IDLE)
    bench.pass_time(100 * BYTE)
    assert not bench.read(STAT) & IDLE  # not again without a character


def test_a_disabled_receiver_finds_no_idle_line(bench: Bench) -> None:
    bench.receive(1)
    bench.write(CTRL, TE)
    bench.pass_time(10 * BYTE)
    assert not bench.read(STAT) & IDLE


def test_the_idle_time_is_configured(bench: Bench) -> None:
    bench.write(CTRL, TE | RE | 3 << 8)
    bench.receive(1)
    bench.pass_time(8 * BYTE)
    assert not bench.read(STAT) & IDLE
    bench.pass_time(1)
    assert bench.read(STAT) & IDLE


def test_a_partly_filled_fifo_is_reported_when_the_line_is_idle() -> None:
    bench = Bench(fifo=RXFE | 2 << 10)
    bench.write(WATER, 3 << 16)
    bench.receive(1)
    bench.pass_time(2 * BYTE)
    assert not bench.read(STAT) & RDRF
    bench.pass_time(1)
    assert bench.read(STAT) & RDRF
    bench.read(DATA)
    assert not bench.read(STAT) & RDRF
    bench.receive(1)
    bench.pass_time(3 * BYTE)
    bench.write(FIFO, RXFE | 2 << 10 | RXFLUSH)
    assert not bench.read(STAT) & RDRF


def test_loop_back_does_not_reach_the_wire() -> None:
    bench = Bench(ctrl=TE | RE | LOOPS)
    bench.write(DATA, 0x5A)
    bench.pass_time(BYTE)
    assert bench.sent == []
    assert bench.read(DATA) & 0xFF == 0x5A
    bench.receive(1)
    assert bench.read(DATA) & RXEMPT


def test_single_wire_sends_and_hears_itself_only_with_the_pin_an_output() -> None:
    bench = Bench(ctrl=TE | RE | LOOPS | RSRC)
    bench.receive(0x33)
    assert bench.read(DATA) & 0xFF == 0x33
    bench.write(DATA, 1)
    bench.pass_time(BYTE)
    assert bench.sent == []
    bench.write(CTRL, TE | RE | LOOPS | RSRC | TXDIR)
    bench.write(DATA, 2)
    bench.pass_time(BYTE)
    assert bench.sent == [2]
    assert bench.read(DATA) & 0xFF == 2


# Interrupts and reset.


def test_transmit_interrupts(bench: Bench) -> None:
    bench.write(CTRL, TE | TIE)
    assert bench.irq
    bench.write(DATA, 1)
    bench.write(DATA, 2)
    assert not bench.irq
    bench.pass_time(BYTE)
    assert bench.irq
    bench.write(CTRL, TE | TCIE)
    assert not bench.irq
    bench.pass_time(BYTE)
    assert bench.irq
    bench.write(CTRL, TE)
    assert not bench.irq


def test_receive_idle_and_overrun_interrupts(bench: Bench) -> None:
    bench.write(CTRL, RE | RIE)
    bench.receive(1)
    assert bench.irq
    bench.read(DATA)
    assert not bench.irq
    bench.write(CTRL, RE | ILIE)
    bench.pass_time(BYTE + 1)
    assert bench.irq
    bench.write(STAT, IDLE)
    assert not bench.irq
    bench.write(CTRL, RE | ORIE)
    bench.receive(1, 2)
    assert bench.irq
    bench.write(STAT, OR)
    assert not bench.irq


def test_fifo_error_interrupts(bench: Bench) -> None:
    bench.write(FIFO, 1 << 8)
    bench.read(DATA)
    assert bench.irq
    bench.write(FIFO, 1 << 8 | RXUF)
    assert not bench.irq


def test_reset_drops_interrupt_and_what_was_to_come(bench: Bench) -> None:
    bench.write(CTRL, TE | RE | TIE)
    bench.write(DATA, 1)
    bench.receive(2)
    bench.uart.reset(cold=False)
    assert not bench.irq
    assert bench.scheduler.next_time == NEVER
    assert bench.read(STAT) == 0x00C0_0000
    bench.pass_time(10 * BYTE)
    assert bench.sent == [1]


def test_software_reset_holds_until_it_is_cleared(bench: Bench) -> None:
    bench.write(GLOBAL, 2)
    assert (bench.read(GLOBAL), bench.read(CTRL), bench.read(BAUD)) == (2, 0, 0x0F00_0004)
    bench.write(GLOBAL, 0)
    bench.write(BAUD, 15 << 24 | 13)
    bench.write(CTRL, TE)
    bench.write(DATA, 5)
    bench.pass_time(2 * BYTE)
    assert bench.sent == [5]


def test_status_is_cleared_by_ones_only(bench: Bench) -> None:
    bench.receive(1)
    bench.pass_time(BYTE + 1)
    assert bench.read(STAT) & (IDLE | RXEDGIF) == IDLE | RXEDGIF
    bench.write(STAT, RXEDGIF)
    assert bench.read(STAT) & (IDLE | RXEDGIF | RDRF) == IDLE | RDRF


def test_byte_accesses_to_the_data_register(bench: Bench) -> None:
    bench.uart.write(DATA, 1, 0x7E)
    bench.pass_time(BYTE)
    assert bench.sent == [0x7E]
    bench.receive(0x21)
    assert bench.uart.read(DATA, 1) == 0x21
