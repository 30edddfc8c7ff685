"""A board on a serial port, as a Machine: its console is the line, and so is the way of its frames.

Its times are those of the wall clock, since the boot event. What only an emulator can do (memory,
pins, camera faults) is a SetupError.
"""

import json
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rt1062 import boards
from rt1062.errors import MachineError, SetupError
from rt1062.machine import ConsoleLine, Machine
from rtbench.link import frame_record
from rtbench.link.firmware import BAUD
from rtbench.link.frame_record import FrameRecord
from rtbench.serial_port import LOST, WRITE_LIMIT_S, opened, reason

if TYPE_CHECKING:
    import serial

BOOT_LIMIT_S = 5.0  # from the command `reset` to the boot event
RESET_EVERY_S = 2.5
BY_COMMAND = '"reset":"system"'  # in the boot event that follows
OTHER_BOOT_US = 1_500_000  # how long the one that follows is waited for behind another
FRAME_LIMIT_S = 10.0  # for the firmware's word on a frame, which has been sent by then
ATTEMPTS = 8  # to get a frame over a line that loses or flips something
LONGEST_LINE = 4096  # bytes without a newline are cut there: they are no line of a console
READ_BYTES = 4096
SHOWN = 60  # characters of a line that an error quotes
# What is answered to a frame that was damaged on its way.
DAMAGED = ("frame_", "not_text", "line_too_long", "input_overflow", "unknown_command")
# Events that say of a frame, by its CRC, that the firmware has taken it.
TAKEN = ("result", "count", "camera")


class SerialBoard(Machine):
    """The board at `port`; opened by `power_on`, which resets the firmware by its command."""

    name = "board"
    clock = "real time"
    feeds_camera = False
    step_us = 5000

    def __init__(self, port: str, baud: int = BAUD) -> None:
        # Not Machine's: there is no image, and the port is no file to look into.
        self.port, self.baud = port, baud
        self.board, self.elf = boards.DEFAULT, None
        self.image = Path(port)
        self.services = []
        self._serial: serial.Serial | None = None
        self._lines: list[ConsoleLine] = []
        self._line = bytearray()
        self._line_began = 0.0
        self._begin = time.monotonic()
        self._queued: list[tuple[str, str]] = []  # id and CRC-32 of frames that wait on the board
        self._captured: list[str] = []
        self._sequence = 0

    # Life cycle.

    def power_on(self) -> None:
        """Have the firmware reset itself; SetupError, in words, if it does not boot."""
        self._open()
        self._lines, self._queued, self._captured = [], [], []
        self._line.clear()
        self._begin = again = time.monotonic()
        heard, found = 0, None
        while time.monotonic() - self._begin < BOOT_LIMIT_S:
            if not found and time.monotonic() >= again:
                # What may be left of somebody's line is ended first, and a frame that was under
                # way. Once more for a board that was left at another rate: it falls back after 2 s.
                self.send("\nreset\n")
                again += RESET_EVERY_S
            heard += self._pump(self.step_us / 1e6)
            found = self._last_boot()
            # A board that has just been switched on boots once by itself, and then by our command.
            if found and (BY_COMMAND in found[1] or self.time_us - found[2] > OTHER_BOOT_US):
                self._begin_with(*found)
                return
        raise SetupError(f"{self.port}: {self._silence(heard)}")

    def _last_boot(self) -> tuple[int, str, float] | None:
        """Where among the lines the last boot event is, its text and its time."""
        for index in reversed(range(len(self._lines))):
            line = self._lines[index]
            start = line.text.rfind('{"event":"boot"')
            if start >= 0:
                return index, line.text[start:], line.time_us
        return None

    def _begin_with(self, index: int, text: str, time_us: float) -> None:
        """The console begins with this line, and so does time."""
        later = [
            ConsoleLine(line.time_us - time_us, line.text) for line in self._lines[index + 1 :]
        ]
        self._lines = [ConsoleLine(0.0, text), *later]
        self._begin += time_us / 1e6

    def _silence(self, heard: int) -> str:
        """Why there was no boot event, as far as it can be told from what came."""
        if heard == 0:
            return (
                f"no answer within {BOOT_LIMIT_S:g} s at {self.baud} baud: is this the board's "
                "port, is it on, is classify or count in its flash?"
            )
        texts = [line.text for line in self._lines if line.text.isprintable() and line.text]
        if not texts:
            return (
                f"{heard} bytes came within {BOOT_LIMIT_S:g} s and no line of text: does the "
                f"firmware speak another baud rate than {self.baud}?"
            )
        return (
            f"{len(texts)} lines came within {BOOT_LIMIT_S:g} s and no boot event; is this our "
            f"firmware? The last: {texts[-1][:SHOWN]!r}"
        )

    def _open(self) -> None:
        if self._serial is None:
            self._serial = opened(self.port, self.baud)

    def reset(self) -> None:
        raise self._cannot("be reset by its pin")

    def close(self) -> None:
        if self._serial is not None:
            self._serial.close()
            self._serial = None

    def save(self, path: Path) -> None:
        raise self._cannot("be saved")

    def load(self, path: Path) -> None:
        raise self._cannot("be loaded")

    def _cannot(self, what: str) -> SetupError:
        return SetupError(f"{self.port}: a board on a serial line cannot {what}")

    # Time.

    @property
    def time_us(self) -> float:
        return (time.monotonic() - self._begin) * 1e6

    @property
    def instructions(self) -> int:
        raise self._cannot("count its instructions")

    def _run(self, microseconds: int) -> None:
        end = time.monotonic() + microseconds / 1e6
        while (left := end - time.monotonic()) > 0:
            self._pump(left)

    def run_for(self, seconds: float) -> None:
        self._run(round(seconds * 1e6))

    def _run_patiently(self, run: Callable[[], float]) -> None:
        run()  # a board costs the host nothing

    def _pump(self, seconds: float) -> int:
        """Wait so long at most, and take what has come; how many bytes."""
        try:
            select.select([self._serial], [], [], seconds)
            data = self._serial.read(READ_BYTES)
        except LOST as error:
            raise self._gone(error) from error
        for byte in data:
            if not self._line:
                self._line_began = self.time_us
            if byte != 0x0A:
                self._line.append(byte)
                if len(self._line) < LONGEST_LINE:
                    continue
            self._take(ConsoleLine(self._line_began, _decoded(self._line)))
            self._line.clear()
        return len(data)

    def _gone(self, error: Exception) -> MachineError:
        return MachineError(f"{self.port}: the line is gone ({reason(error)})")

    # Console.

    @property
    def console(self) -> list[ConsoleLine]:
        return list(self._lines)

    def send(self, text: str | bytes) -> None:
        import serial

        try:
            self._serial.write(text.encode() if isinstance(text, str) else text)
        except serial.SerialTimeoutException as error:
            raise MachineError(
                f"{self.port}: nothing is taken off the line for {WRITE_LIMIT_S:g} s"
            ) from error
        except LOST as error:
            raise self._gone(error) from error

    def _take(self, line: ConsoleLine) -> None:
        self._lines.append(line)
        event = _event(line.text)
        if event.get("event") in TAKEN and self._queued:
            name, crc32 = self._queued[0]
            if event.get("crc32") == crc32:
                self._captured.append(name)
                self._queued.clear()

    # Frames.

    def feed_frame(self, frame: bytes, frame_id: str = "") -> None:
        """Send the frame; the firmware's next capture takes it. MachineError if it does not come
        over, after some attempts."""
        if not frame:
            raise ValueError("frame must have bytes, not b''")
        said = ""
        for _ in range(ATTEMPTS):
            self._sequence += 1
            record = FrameRecord(frame, self._sequence)
            self._queued.clear()
            self._pump(0)
            seen = len(self._lines)
            self.send(frame_record.typed(record.encode()))
            said = self._word_on(record, seen)
            if not said:
                self._queued.append((frame_id, record.crc32))
                return
        raise MachineError(f"{self.port}: a frame does not come over, {ATTEMPTS} times: {said}")

    def _word_on(self, record: FrameRecord, seen: int) -> str:
        """Wait for what the firmware says of a frame: "" that it has it, or the error's text."""
        end = time.monotonic() + FRAME_LIMIT_S
        while time.monotonic() < end:
            self._pump(self.step_us / 1e6)
            for line in self._lines[seen:]:
                seen += 1
                event = _event(line.text)
                kind, code = event.get("event"), str(event.get("code", ""))
                if kind in ("boot", "fatal"):
                    raise MachineError(f"{self.port}: the board restarted while a frame was sent")
                if kind == "error" and code == "busy":
                    raise MachineError(f"{self.port}: the firmware is busy with a run of its own")
                if kind == "error" and code.startswith(DAMAGED):
                    return f"{code} {event.get('detail', '')}".strip()
                if event.get("message") == "frame received":
                    if event.get("sequence") != record.sequence:
                        continue
                    return "" if event.get("crc32") == record.crc32 else "another frame came"
        return f"no word on it within {FRAME_LIMIT_S:g} s"

    @property
    def frames_queued(self) -> int:
        return len(self._queued)

    @property
    def captured_ids(self) -> list[str]:
        return list(self._captured)

    def set_fault(self, name: str, value: int | None = None) -> None:
        raise self._cannot("have a camera fault set")

    def clear_faults(self) -> None:
        """There are none."""

    # Board and memory.

    @property
    def led(self) -> bool:
        raise self._cannot("show its LED")

    def press_button(self, pressed: bool) -> None:
        raise self._cannot("have its button pressed")

    def read_memory(self, address: int, length: int) -> bytes:
        raise self._cannot("have its memory read")

    def write_memory(self, address: int, data: bytes) -> None:
        raise self._cannot("have its memory written")

    @property
    def warnings(self) -> list[str]:
        return []


def _decoded(line: bytearray) -> str:
    return bytes(line).removesuffix(b"\r").decode("utf-8", "backslashreplace")


def _event(text: str) -> dict[str, object]:
    """The keys of a line that is an event, none of another."""
    if not text.startswith('{"event":'):
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
