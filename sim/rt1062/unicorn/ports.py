"""Serial ports and pads of the hardware, as rt1062.observations has them."""

from collections.abc import Callable

from rt1062.blocks.gpio import Pads
from rt1062.boards.board import Pin
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices.terminal import Terminal
from rt1062.observations import ConsoleLine, Edge, Pad, Uart
from rt1062.scheduler import Scheduler


def microseconds(ticks: int) -> float:
    """Ticks as others see time: microseconds to the nanosecond."""
    return round(ticks / TICKS_PER_MICROSECOND, 3)


class TerminalUart(Uart):
    """The terminal on one LPUART; `typed(name, text)` is told of what is sent."""

    def __init__(
        self,
        name: str,
        terminal: Terminal,
        typed: Callable[[str, str | bytes], None],
        bit_rate: Callable[[], float],
    ) -> None:
        self.name = name
        self._terminal = terminal
        self._typed = typed
        self._bit_rate = bit_rate

    @property
    def lines(self) -> list[ConsoleLine]:
        return [ConsoleLine(microseconds(time), text) for time, text in self._terminal.lines]

    @property
    def unfinished(self) -> str:
        return self._terminal.unfinished

    def send(self, text: str | bytes) -> None:
        self._typed(self.name, text)

    @property
    def typing(self) -> int:
        return self._terminal.typing

    @property
    def bit_us(self) -> float:
        rate = self._bit_rate()
        return 1e6 / rate if rate else 0.0

    def watch(
        self, take: Callable[[int], None] | None, arrives: Callable[[int], None] | None = None
    ) -> None:
        self._terminal.on_byte, self._terminal.on_arrival = take, arrives


class WatchedPad(Pad):
    """A pad whose edges are noted; `driven(port, number, level)` drives it from outside."""

    def __init__(
        self,
        pin: Pin,
        pads: Pads,
        scheduler: Scheduler,
        driven: Callable[[int, int, bool], None],
    ) -> None:
        self._pin = pin
        self._pads = pads
        self._scheduler = scheduler
        self._driven = driven
        self._edges: list[Edge] = []
        pads.on_output(pin.number, self._changed)

    def _changed(self, level: bool) -> None:
        self._edges.append(Edge(microseconds(self._scheduler.now), level))

    @property
    def level(self) -> bool:
        return self._pads.level(self._pin.number)

    @property
    def edges(self) -> list[Edge]:
        return list(self._edges)

    def drive(self, level: bool) -> None:
        self._driven(self._pin.port, self._pin.number, level)
