"""`rtbench boot --vcd`: pads and serial lines as waveforms (IEEE 1364, Value Change Dump).

Any viewer opens the file (GTKWave, Surfer, PulseView). A line of a port is drawn bit by bit, eight
bits without parity, so that a protocol decoder finds the text too; beside it stands the character.
"""

from collections.abc import Iterator
from pathlib import Path

from rt1062.boards.board import Pin
from rt1062.files import whole
from rt1062.machine import Machine
from rt1062.observations import Pad, Uart

FRAME_BITS = 10  # start, eight of data, stop
Change = tuple[int, object]  # nanoseconds since power on; the new value


class Line:
    """TX or RX of a port: the bytes, and when each was through."""

    def __init__(self, machine: Machine, uart: Uart) -> None:
        self._machine = machine
        self._uart = uart
        self._bytes: list[tuple[int, float, int]] = []  # end, length of a bit, nanoseconds; byte

    def take(self, byte: int) -> None:
        """A byte, its stop bit through."""
        self._bytes.append((_ns(self._machine.time_us), 1000 * self._uart.bit_us, byte))

    def __bool__(self) -> bool:
        return bool(self._bytes)

    def levels(self) -> Iterator[Change]:
        """The line as a probe on it sees it."""
        free = 0
        for end, bit_ns, byte in self._bytes:
            start = max(free, end - round(FRAME_BITS * bit_ns))
            free = end
            for place, level in enumerate("0" + f"{byte:08b}"[::-1] + "1"):
                yield min(end, start + round(place * bit_ns)), int(level)

    def characters(self) -> Iterator[Change]:
        """Each character while it is on its way, then nothing."""
        free = 0
        for end, bit_ns, byte in self._bytes:
            yield max(free, end - round(FRAME_BITS * bit_ns)), _shown(byte)
            yield end, ""
            free = end


class Waves:
    """What a machine's pads and ports do from now on, for `write`.

    The pads are LED, BUTTON and SELECT (the camera's chip select), as far as the board has them,
    and `pins`; the ports are all of the chip.
    """

    def __init__(self, machine: Machine, pins: dict[str, Pin]) -> None:
        board = machine.board
        select = board.camera and board.camera.select
        named = {"LED": board.led, "BUTTON": board.button, "SELECT": select, **pins}
        self._machine = machine
        self._pads: dict[str, Pad] = {n: machine.pad(pin) for n, pin in named.items() if pin}
        self._first = {name: (pad.level, len(pad.edges)) for name, pad in self._pads.items()}
        self._lines: dict[tuple[str, str], Line] = {}
        for name, uart in machine.uarts.items():
            sent = self._lines[name, "TX"] = Line(machine, uart)
            typed = self._lines[name, "RX"] = Line(machine, uart)
            uart.watch(sent.take, typed.take)

    def write(self, path: Path) -> None:
        """The file; ports on which nothing came or went are left out. SetupError if it cannot."""
        from vcd import VCDWriter

        with (
            whole(path) as part,
            part.open("w", encoding="utf-8") as stream,
            VCDWriter(stream, "1 ns", date="", comment=str(self._machine.image)) as writer,
        ):
            changes: list[tuple[int, int, object]] = []
            variables = []

            def add(scope: str, name: str, kind: str, first: object, new: list[Change]) -> None:
                size = None if kind == "string" else 1
                variables.append(writer.register_var(scope, name, kind, size, init=first))
                changes.extend((time, len(variables) - 1, value) for time, value in new)

            for name, pad in self._pads.items():
                level, known = self._first[name]
                edges = [(_ns(edge.time_us), int(edge.level)) for edge in pad.edges[known:]]
                add("pads", name.replace(".", "_"), "wire", int(level), edges)
            for (port, name), line in self._lines.items():
                if line:
                    add(port, name, "wire", 1, list(line.levels()))
                    add(port, f"{name}_text", "string", "", list(line.characters()))
            for time, index, value in sorted(changes, key=lambda one: one[0]):
                writer.change(variables[index], time, value)
            writer.close(_ns(self._machine.time_us))


def _shown(byte: int) -> str:
    return chr(byte) if byte < 0x7F else f"0x{byte:02X}"


def _ns(time_us: float) -> int:
    return round(1000 * time_us)
