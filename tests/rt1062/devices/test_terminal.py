"""The terminal: lines with their time, and typing at the UART's pace."""

import pytest

from rt1062.blocks.lpuart import Lpuart
from rt1062.devices.terminal import DEFAULT_BYTE_TICKS, Terminal
from rt1062.scheduler import NEVER, Scheduler

BAUD, STAT, CTRL, DATA, FIFO = 0x10, 0x14, 0x18, 0x1C, 0x28


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


@pytest.fixture
def terminal(scheduler: Scheduler) -> Terminal:
    return Terminal(scheduler)


def send(terminal: Terminal, data: bytes, ticks: int = 10) -> None:
    for byte in data:
        terminal.scheduler.advance(ticks)
        terminal.transmit(byte)


def test_a_line_bears_the_time_of_its_first_byte(terminal: Terminal) -> None:
    send(terminal, b"one\ntwo\n")
    assert terminal.lines == [(10, "one"), (50, "two")]


def test_a_line_without_its_newline_is_unfinished(terminal: Terminal) -> None:
    send(terminal, b"one\ntw")
    assert terminal.lines == [(10, "one")]
    assert terminal.unfinished == "tw"
    send(terminal, b"o\n")
    assert terminal.lines[-1] == (50, "two")
    assert terminal.unfinished == ""


def test_an_empty_line_is_a_line(terminal: Terminal) -> None:
    send(terminal, b"\n\r\n")
    assert [text for _, text in terminal.lines] == ["", ""]


def test_only_the_carriage_return_at_the_end_goes(terminal: Terminal) -> None:
    send(terminal, b"a\rb\r\n")
    assert terminal.lines[0][1] == "a\rb"


def test_text_is_utf_8_and_other_bytes_are_shown(terminal: Terminal) -> None:
    send(terminal, "gr\u00fcn".encode() + b" \xff\xfe\n")
    assert terminal.lines[0][1] == "gr\u00fcn \\xff\\xfe"


def test_the_hook_is_told_of_each_line(terminal: Terminal) -> None:
    seen: list[tuple[int, bytes]] = []
    terminal.on_line = lambda time, line: seen.append((time, line))
    send(terminal, b"one\ntwo\r\nthr")
    assert seen == [(10, b"one"), (50, b"two\r")]
    assert [text for _, text in terminal.lines] == ["one", "two"]


def test_typed_bytes_arrive_one_character_time_apart(scheduler: Scheduler) -> None:
    arrived: list[tuple[int, int]] = []
    terminal = Terminal(scheduler, lambda byte: arrived.append((scheduler.now, byte)), lambda: 100)
    terminal.type("ab")
    terminal.type(b"c")
    assert terminal.typing == 3
    scheduler.advance(1000)
    assert arrived == [(100, ord("a")), (200, ord("b")), (300, ord("c"))]
    assert terminal.typing == 0
    terminal.type("d")
    scheduler.advance(100)
    assert arrived[-1] == (1100, ord("d"))


def test_before_the_uart_has_a_baud_rate_it_is_115200(scheduler: Scheduler) -> None:
    arrived: list[int] = []
    terminal = Terminal(scheduler, arrived.append, lambda: NEVER)
    terminal.type("a")
    scheduler.advance(DEFAULT_BYTE_TICKS - 1)
    assert arrived == []
    scheduler.advance(1)
    assert arrived == [ord("a")]


def test_a_power_on_clears_the_screen_and_a_warm_reset_does_not(terminal: Terminal) -> None:
    send(terminal, b"one\ntw")
    terminal.reset(cold=False)
    assert (len(terminal.lines), terminal.unfinished) == (1, "tw")
    terminal.type("never arrives")
    terminal.reset(cold=True)
    assert (terminal.lines, terminal.unfinished, terminal.typing) == ([], "", 0)
    assert terminal.scheduler.next_time == NEVER


def test_typed_back_to_back_there_is_no_idle_line_and_no_overrun(scheduler: Scheduler) -> None:
    terminal = Terminal(scheduler)
    uart = Lpuart(scheduler, lambda: 24_000_000, lambda level: None, terminal.transmit)
    terminal.receive, terminal.byte_ticks = uart.receive, lambda: uart.byte_ticks
    uart.write(BAUD, 4, 15 << 24 | 13)
    uart.write(FIFO, 4, 0x88)
    uart.write(CTRL, 4, 3 << 18)
    terminal.type("echo\n")
    seen = 0
    while terminal.typing:
        scheduler.advance(1000)
        seen |= uart.read(STAT, 4)
        while not (data := uart.read(DATA, 4)) & 1 << 12:
            uart.write(DATA, 4, data & 0xFF)
    assert not seen & (1 << 19 | 1 << 20)
    scheduler.advance(10 * uart.byte_ticks)
    assert [text for _, text in terminal.lines] == ["echo"]
