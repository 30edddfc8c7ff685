"""LPUART against the reference manual."""

import pytest

from rt1062.blocks.lpuart import Lpuart
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.lpuart_rig import (
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
    LpuartRig,
    M,
)
from tests.rt1062.blocks.rig import Rig


@pytest.fixture
def rig() -> LpuartRig:
    return LpuartRig()


def test_reset_values() -> None:
    rig = Rig()
    rig.hold(Lpuart(rig.scheduler, rig.clock_hz, rig.line(), lambda byte: None))
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
    assert {offset: rig.read(offset) for offset in expected} == expected


# Transmitter.


def test_a_byte_is_on_the_wire_when_its_stop_bit_is_through(rig: LpuartRig) -> None:
    rig.write(DATA, 0x55)
    rig.pass_time(BYTE - 1)
    assert rig.wire == []
    rig.pass_time(1)
    assert rig.wire == [(BYTE, 0x55)]


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
    rig = LpuartRig(baud=baud, ctrl=TE | ctrl)
    assert rig.block.byte_ticks == bits * BIT
    rig.write(DATA, 0)
    rig.pass_time(bits * BIT)
    assert [time for time, _ in rig.wire] == [bits * BIT]


@pytest.mark.parametrize(
    ("osr", "sbr", "divisor"), [(15, 13, 208), (4, 139, 695), (0, 13, 208), (31, 1, 32)]
)
def test_the_bit_rate_comes_from_clock_oversampling_and_divisor(
    rig: LpuartRig, osr: int, sbr: int, divisor: int
) -> None:
    rig.write(BAUD, osr << 24 | sbr)
    assert rig.block.bit_rate == HZ / divisor
    rig.hz = 80_000_000
    assert rig.block.bit_rate == 80_000_000 / divisor


@pytest.mark.parametrize(
    ("ctrl", "byte"), [(0, 0xFF), (M, 0xFF), (M | PE, 0xFF), (PE, 0x7F), (M7, 0x7F)]
)
def test_only_the_data_bits_of_the_format_are_data(ctrl: int, byte: int) -> None:
    rig = LpuartRig(ctrl=TE | ctrl)
    rig.write(DATA, 0xFF)
    rig.pass_time(12 * BIT)
    assert rig.sent == [byte]


def test_most_significant_bit_first_turns_the_byte_round(rig: LpuartRig) -> None:
    rig.write(STAT, MSBF)
    rig.write(DATA, 0x13)
    rig.pass_time(BYTE)
    assert rig.sent == [0xC8]


def test_bytes_follow_each_other_without_a_gap() -> None:
    rig = LpuartRig(fifo=TXFE)
    for byte in b"abcd":
        rig.write(DATA, byte)
    rig.pass_time(4 * BYTE)
    assert rig.wire == [(BYTE * (i + 1), byte) for i, byte in enumerate(b"abcd")]


def test_without_fifo_there_is_room_for_one_byte_beside_the_shifter(rig: LpuartRig) -> None:
    rig.write(DATA, 1)
    assert rig.read(STAT) & (TDRE | TC) == TDRE
    rig.write(DATA, 2)
    assert rig.read(STAT) & (TDRE | TC) == 0
    rig.write(DATA, 3)
    assert rig.read(FIFO) & TXOF
    rig.pass_time(BYTE)
    assert rig.read(STAT) & (TDRE | TC) == TDRE
    rig.pass_time(BYTE)
    assert rig.read(STAT) & (TDRE | TC) == TDRE | TC
    assert rig.sent == [1, 2]


def test_the_fifo_holds_four_bytes_beside_the_shifter() -> None:
    rig = LpuartRig(fifo=TXFE)
    for byte in range(6):
        rig.write(DATA, byte)
    assert rig.read(WATER) >> 8 & 7 == 4
    assert not rig.read(FIFO) & FIFO_TXEMPT
    assert rig.read(FIFO) & TXOF
    rig.write(FIFO, TXFE | TXOF)
    assert not rig.read(FIFO) & TXOF
    rig.pass_time(6 * BYTE)
    assert rig.sent == [0, 1, 2, 3, 4]
    assert rig.read(FIFO) & FIFO_TXEMPT


def test_transmit_watermark() -> None:
    rig = LpuartRig(fifo=TXFE)
    rig.write(WATER, 2)
    for byte in range(4):
        rig.write(DATA, byte)
    assert not rig.read(STAT) & TDRE  # three wait
    rig.pass_time(BYTE)
    assert rig.read(STAT) & TDRE


def test_a_transmit_flush_leaves_the_byte_in_the_shifter() -> None:
    rig = LpuartRig(fifo=TXFE)
    for byte in range(4):
        rig.write(DATA, byte)
    rig.write(FIFO, TXFE | TXFLUSH)
    assert rig.read(WATER) >> 8 & 7 == 0
    rig.pass_time(5 * BYTE)
    assert rig.sent == [0]


def test_enabling_the_transmitter_sends_a_preamble_first() -> None:
    rig = LpuartRig(ctrl=0)
    rig.write(CTRL, TE)
    rig.write(DATA, 7)
    assert not rig.read(STAT) & TC
    rig.pass_time(2 * BYTE - 1)
    assert rig.sent == []
    rig.pass_time(1)
    assert rig.sent == [7]


def test_a_disabled_transmitter_ends_its_character_and_sends_no_more() -> None:
    rig = LpuartRig(fifo=TXFE)
    rig.write(DATA, 1)
    rig.write(DATA, 2)
    rig.write(CTRL, 0)
    rig.pass_time(10 * BYTE)
    assert rig.sent == [1]
    rig.write(CTRL, TE)
    rig.pass_time(2 * BYTE)
    assert rig.sent == [1, 2]


def test_without_a_baud_rate_a_byte_waits(rig: LpuartRig) -> None:
    rig.write(BAUD, 15 << 24)
    assert rig.block.byte_ticks == NEVER
    rig.write(DATA, 9)
    assert rig.block.next_event_time() == NEVER
    rig.pass_time(100 * BYTE)
    rig.write(BAUD, 15 << 24 | 13)
    rig.pass_time(BYTE)
    assert rig.sent == [9]


def test_a_break_is_not_a_byte(rig: LpuartRig) -> None:
    rig.write(DATA, FRETSC)
    rig.pass_time(BYTE - 1)
    assert not rig.read(STAT) & TC
    rig.write(CTRL, TE | SBK)
    rig.pass_time(BYTE)
    rig.write(CTRL, TE)
    rig.pass_time(2 * BYTE)
    assert rig.read(STAT) & TC
    assert rig.sent == []


def test_send_break_goes_on_until_it_is_cleared(rig: LpuartRig) -> None:
    rig.write(CTRL, TE | SBK)
    rig.pass_time(10 * BYTE - 1)
    assert not rig.read(STAT) & TC
    rig.write(CTRL, TE)
    rig.pass_time(1)
    assert rig.read(STAT) & TC


def test_the_next_event_is_the_end_of_the_character(rig: LpuartRig) -> None:
    assert rig.block.next_event_time() == NEVER
    rig.write(DATA, 1)
    assert rig.block.next_event_time() == rig.now + BYTE


def test_the_next_event_is_the_first_of_several(rig: LpuartRig) -> None:
    rig.receive(1)
    rig.write(DATA, 1)
    assert rig.block.next_event_time() == rig.now + BYTE
    rig.pass_time(BYTE)
    assert rig.block.next_event_time() == rig.now + 1  # then the line is idle


# Receiver.


def test_a_received_byte(rig: LpuartRig) -> None:
    assert rig.read(STAT) & RDRF == 0
    rig.receive(0x41)
    assert rig.read(STAT) & (RDRF | RXEDGIF) == RDRF | RXEDGIF
    assert rig.read(FIFO) & FIFO_RXEMPT == 0
    assert rig.read(WATER) >> 24 & 7 == 1
    assert rig.read(DATA) == 0x41 | IDLINE
    assert rig.read(STAT) & RDRF == 0


def test_a_character_tells_whether_the_line_was_idle_before_it() -> None:
    rig = LpuartRig(fifo=RXFE)
    rig.receive(1, 2)
    rig.pass_time(BYTE + 1)
    rig.receive(3)
    assert [rig.read(DATA) for _ in range(3)] == [1 | IDLINE, 2, 3 | IDLINE]


def test_an_empty_receiver_underflows(rig: LpuartRig) -> None:
    assert rig.read(DATA) & RXEMPT
    assert rig.read(FIFO) & RXUF
    rig.write(FIFO, RXUF)
    assert not rig.read(FIFO) & RXUF


def test_a_disabled_receiver_takes_nothing() -> None:
    rig = LpuartRig(ctrl=TE)
    rig.receive(1)
    assert rig.read(STAT) & RDRF == 0


@pytest.mark.parametrize(("fifo", "depth"), [(0, 1), (RXFE, 4)])
def test_a_full_receiver_overruns_and_keeps_what_it_has(fifo: int, depth: int) -> None:
    rig = LpuartRig(fifo=fifo)
    rig.receive(*range(depth))
    assert not rig.read(STAT) & OR
    rig.receive(0x99)
    assert rig.read(STAT) & OR
    assert [rig.read(DATA) & 0xFF for _ in range(depth)] == list(range(depth))


def test_after_an_overrun_nothing_is_stored_until_it_is_cleared(rig: LpuartRig) -> None:
    rig.receive(1, 2)
    rig.read(DATA)
    rig.receive(3)
    assert rig.read(DATA) & RXEMPT
    rig.write(STAT, OR)
    rig.receive(4)
    assert rig.read(DATA) & 0xFF == 4


@pytest.mark.parametrize(("water", "needed"), [(0, 1), (1, 1), (2, 2), (3, 3)])
def test_receive_watermark(water: int, needed: int) -> None:
    rig = LpuartRig(fifo=RXFE)
    rig.write(WATER, water << 16)
    rig.receive(*range(needed - 1))
    assert not rig.read(STAT) & RDRF
    rig.receive(0)
    assert rig.read(STAT) & RDRF


def test_a_receive_flush_empties_the_fifo() -> None:
    rig = LpuartRig(fifo=RXFE)
    rig.receive(1, 2)
    rig.write(FIFO, RXFE | RXFLUSH)
    assert rig.read(WATER) >> 24 & 7 == 0
    assert rig.read(FIFO) & FIFO_RXEMPT
    assert not rig.read(FIFO) & RXFLUSH


def test_idle_is_one_character_after_the_last(rig: LpuartRig) -> None:
    rig.receive(1, 2, 3)
    assert not rig.read(STAT) & IDLE
    rig.pass_time(BYTE)
    assert not rig.read(STAT) & IDLE
    rig.pass_time(1)
    assert rig.read(STAT) & IDLE
    rig.write(STAT, IDLE)
    rig.pass_time(100 * BYTE)
    assert not rig.read(STAT) & IDLE  # not again without a character


def test_a_disabled_receiver_finds_no_idle_line(rig: LpuartRig) -> None:
    rig.receive(1)
    rig.write(CTRL, TE)
    rig.pass_time(10 * BYTE)
    assert not rig.read(STAT) & IDLE


def test_the_idle_time_is_configured(rig: LpuartRig) -> None:
    rig.write(CTRL, TE | RE | 3 << 8)
    rig.receive(1)
    rig.pass_time(8 * BYTE)
    assert not rig.read(STAT) & IDLE
    rig.pass_time(1)
    assert rig.read(STAT) & IDLE


def test_a_partly_filled_fifo_is_reported_when_the_line_is_idle() -> None:
    rig = LpuartRig(fifo=RXFE | 2 << 10)
    rig.write(WATER, 3 << 16)
    rig.receive(1)
    rig.pass_time(2 * BYTE)
    assert not rig.read(STAT) & RDRF
    rig.pass_time(1)
    assert rig.read(STAT) & RDRF
    rig.read(DATA)
    assert not rig.read(STAT) & RDRF
    rig.receive(1)
    rig.pass_time(3 * BYTE)
    rig.write(FIFO, RXFE | 2 << 10 | RXFLUSH)
    assert not rig.read(STAT) & RDRF


def test_loop_back_does_not_reach_the_wire() -> None:
    rig = LpuartRig(ctrl=TE | RE | LOOPS)
    rig.write(DATA, 0x5A)
    rig.pass_time(BYTE)
    assert rig.sent == []
    assert rig.read(DATA) & 0xFF == 0x5A
    rig.receive(1)
    assert rig.read(DATA) & RXEMPT


def test_single_wire_sends_and_hears_itself_only_with_the_pin_an_output() -> None:
    rig = LpuartRig(ctrl=TE | RE | LOOPS | RSRC)
    rig.receive(0x33)
    assert rig.read(DATA) & 0xFF == 0x33
    rig.write(DATA, 1)
    rig.pass_time(BYTE)
    assert rig.sent == []
    rig.write(CTRL, TE | RE | LOOPS | RSRC | TXDIR)
    rig.write(DATA, 2)
    rig.pass_time(BYTE)
    assert rig.sent == [2]
    assert rig.read(DATA) & 0xFF == 2


# Interrupts and reset.


def test_transmit_interrupts(rig: LpuartRig) -> None:
    rig.write(CTRL, TE | TIE)
    assert rig.irq
    rig.write(DATA, 1)
    rig.write(DATA, 2)
    assert not rig.irq
    rig.pass_time(BYTE)
    assert rig.irq
    rig.write(CTRL, TE | TCIE)
    assert not rig.irq
    rig.pass_time(BYTE)
    assert rig.irq
    rig.write(CTRL, TE)
    assert not rig.irq


def test_receive_idle_and_overrun_interrupts(rig: LpuartRig) -> None:
    rig.write(CTRL, RE | RIE)
    rig.receive(1)
    assert rig.irq
    rig.read(DATA)
    assert not rig.irq
    rig.write(CTRL, RE | ILIE)
    rig.pass_time(BYTE + 1)
    assert rig.irq
    rig.write(STAT, IDLE)
    assert not rig.irq
    rig.write(CTRL, RE | ORIE)
    rig.receive(1, 2)
    assert rig.irq
    rig.write(STAT, OR)
    assert not rig.irq


@pytest.mark.parametrize(
    ("flag", "register", "enable", "others"),
    [
        (1 << 14, CTRL, 1 << 14, 0xFF0_8000),  # MA2F by MA2IE, not by the other enables
        (1 << 15, CTRL, 1 << 15, 0xFF0_4000),  # MA1F
        (1 << 16, CTRL, 1 << 24, 0xEF0_C000),  # PF
        (1 << 17, CTRL, 1 << 25, 0xDF0_C000),  # FE
        (1 << 18, CTRL, 1 << 26, 0xBF0_C000),  # NF
        (1 << 19, CTRL, 1 << 27, 0x7F0_C000),  # OR
        (1 << 20, CTRL, 1 << 20, 0xFE0_C000),  # IDLE
        (1 << 30, BAUD, 1 << 14, 1 << 15),  # RXEDGIF by RXEDGIE
        (1 << 31, BAUD, 1 << 15, 1 << 14),  # LBKDIF by LBKDIE
    ],
)
def test_each_flag_has_its_own_enable(flag: int, register: int, enable: int, others: int) -> None:
    rig = LpuartRig(ctrl=0, fifo=TXFE)
    rig.write(WATER, 0)
    for byte in (1, 2):
        rig.write(DATA, byte)  # neither TDRE nor TC, as the transmitter is off
    rig.block.value["STAT"] |= flag
    format_bits = 15 << 24 | 13 if register == BAUD else 0
    rig.write(register, format_bits | others)
    assert not rig.irq
    rig.write(register, format_bits | enable)
    assert rig.irq
    rig.write(STAT, flag)
    assert not rig.irq


def test_transmit_and_receive_interrupts_are_told_apart(rig: LpuartRig) -> None:
    rig.write(DATA, 1)  # into the shifter: there is room, but the transmission is not complete
    rig.write(CTRL, TE | RE | TCIE | RIE | ILIE)
    assert not rig.irq
    rig.receive(2)
    rig.write(CTRL, TE | RE | ILIE)
    assert not rig.irq
    rig.write(CTRL, TE | RE | RIE)
    assert rig.irq


@pytest.mark.parametrize("enable", [1 << 8, 1 << 9])  # RXUFE, TXOFE
def test_fifo_error_interrupts(rig: LpuartRig, enable: int) -> None:
    flag = enable << 8
    rig.write(FIFO, enable ^ 0x300)
    cause = (lambda: rig.read(DATA)) if flag == RXUF else (lambda: overflow(rig))
    cause()
    assert not rig.irq
    rig.write(FIFO, enable)
    assert rig.irq
    rig.write(FIFO, enable | flag)
    assert not rig.irq
    cause()
    assert rig.irq


def overflow(rig: LpuartRig) -> None:
    for _ in range(3):
        rig.write(DATA, 0)


def test_dma_requests_follow_their_enables(rig: LpuartRig) -> None:
    transmit, receive = (rig.block.requests()[name] for name in ("transmit", "receive"))
    told: list[tuple[bool, bool]] = []
    rig.block.request_changed = lambda: told.append((transmit.asserted(), receive.asserted()))
    rig.write(BAUD, 15 << 24 | 13 | 1 << 23)
    assert told[-1] == (True, False)
    rig.receive(1)
    assert told[-1] == (True, False)
    rig.write(BAUD, 15 << 24 | 13 | 1 << 21)
    assert told[-1] == (False, True)
    rig.read(DATA)
    assert not receive.asserted()


def test_reset_drops_interrupt_and_what_was_to_come(rig: LpuartRig) -> None:
    rig.write(CTRL, TE | RE | TIE)
    rig.write(DATA, 1)
    rig.receive(2)
    rig.block.reset(cold=False)
    assert not rig.irq
    assert rig.scheduler.next_time == NEVER
    assert rig.read(STAT) == 0x00C0_0000
    rig.pass_time(10 * BYTE)
    assert rig.sent == [1]


def test_software_reset_holds_until_it_is_cleared(rig: LpuartRig) -> None:
    rig.write(GLOBAL, 2)
    assert (rig.read(GLOBAL), rig.read(CTRL), rig.read(BAUD)) == (2, 0, 0x0F00_0004)
    rig.write(GLOBAL, 0)
    rig.write(BAUD, 15 << 24 | 13)
    rig.write(CTRL, TE)
    rig.write(DATA, 5)
    rig.pass_time(2 * BYTE)
    assert rig.sent == [5]


def test_status_is_cleared_by_ones_only(rig: LpuartRig) -> None:
    rig.receive(1)
    rig.pass_time(BYTE + 1)
    assert rig.read(STAT) & (IDLE | RXEDGIF) == IDLE | RXEDGIF
    rig.write(STAT, RXEDGIF)
    assert rig.read(STAT) & (IDLE | RXEDGIF | RDRF) == IDLE | RDRF


def test_byte_accesses_to_the_data_register(rig: LpuartRig) -> None:
    rig.write(DATA, 0x7E, size=1)
    rig.pass_time(BYTE)
    assert rig.sent == [0x7E]
    rig.receive(0x21)
    assert rig.read(DATA, size=1) == 0x21
