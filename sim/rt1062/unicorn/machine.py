"""The Machine interface on the Unicorn core: the whole board in one process, deterministic."""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rt1062 import boot_rom
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.errors import SetupError
from rt1062.machine import ConsoleLine, Machine
from rt1062.unicorn.board import Board
from rt1062.unicorn.code_watch import watched

_SAVED = "rtbench unicorn state 1"


class UnicornMachine(Machine):
    """A MIMXRT1060-EVK with the camera, on the `unicorn` package.

    `save` writes what was done to the machine and when, not what is in it: the machine is
    deterministic, and `load` does the same again.
    """

    name = "unicorn"

    def __init__(self, image: Path, elf: Path | None = None):
        super().__init__(image, elf)
        try:
            self._bytes = Path(image).read_bytes()
        except OSError as error:
            raise SetupError(f"flash image cannot be read: {error}") from error
        self.board = Board()
        self._done: list[list[object]] = []  # (time in ticks, method, arguments)
        self._powered = False

    # Life cycle.

    def power_on(self) -> None:
        boot_rom.load(self._bytes)
        if self._powered:
            self.board = Board()
            self._done = []
        self.board.power_on(self._bytes)
        self._powered = True

    def reset(self) -> None:
        self._note("reset")
        self.board.reset_pin()

    def close(self) -> None:
        """Nothing outside this process is held."""

    def save(self, path: Path) -> None:
        state = {
            "format": _SAVED,
            "image": self._digest(),
            "now": self.board.processor.now,
            "done": self._done,
        }
        Path(path).write_text(json.dumps(state))

    def load(self, path: Path) -> None:
        try:
            state = json.loads(Path(path).read_text())
        except (OSError, ValueError) as error:
            raise SetupError(f"{path}: not a saved machine: {error}") from error
        if not isinstance(state, dict) or state.get("format") != _SAVED:
            raise SetupError(f"{path}: not a saved machine: {_SAVED!r} is missing")
        if state["image"] != self._digest():
            raise SetupError(f"{path}: saved with another flash image")
        self.power_on()
        for time, method, arguments in state["done"]:
            self.board.processor.run_until(time)
            getattr(self, method)(*(_decoded(argument) for argument in arguments))
        self.board.processor.run_until(state["now"])

    def _digest(self) -> str:
        return hashlib.sha256(self._bytes).hexdigest()

    def _note(self, method: str, *arguments: object) -> None:
        self._done.append([self.board.processor.now, method, [_encoded(a) for a in arguments]])

    # Time.

    @property
    def time_us(self) -> float:
        return self.board.processor.now / TICKS_PER_MICROSECOND

    @property
    def instructions(self) -> int:
        return self.board.processor.instructions

    def _run(self, microseconds: int) -> None:
        if not self._powered:
            raise SetupError("the machine is off: call power_on first")
        processor = self.board.processor
        processor.run_until(processor.now + microseconds * TICKS_PER_MICROSECOND)

    # Console.

    @property
    def console(self) -> list[ConsoleLine]:
        return self.board.console

    def send(self, text: str) -> None:
        self._note("send", text)
        self.board.terminal.type(text)

    # Camera.

    def feed_frame(self, frame: bytes, frame_id: str = "") -> None:
        if not frame:
            raise ValueError("frame must have bytes, not b''")
        self._note("feed_frame", frame, frame_id)
        self.board.camera.feed(frame, frame_id)

    @property
    def frames_queued(self) -> int:
        return self.board.camera.queued

    @property
    def captured_ids(self) -> list[str]:
        return list(self.board.camera.captured_ids)

    def set_fault(self, name: str, value: int | None = None) -> None:
        self.board.camera.set_fault(name, value)
        self._note("set_fault", name, value)

    def clear_faults(self) -> None:
        self._note("clear_faults")
        self.board.camera.clear_faults()

    # Board.

    @property
    def led(self) -> bool:
        return self.board.led

    def press_button(self, pressed: bool) -> None:
        self._note("press_button", pressed)
        self.board.press_button(pressed)

    # Memory.

    def read_memory(self, address: int, length: int) -> bytes:
        return self.board.processor.memory.read(address, length)

    def write_memory(self, address: int, data: bytes) -> None:
        self.board.processor.memory.write(address, data)
        self._note("write_memory", address, data)

    # The core.

    def register(self, name: str) -> int:
        return self.board.processor.core.get(name)

    def watched(
        self, first: int, last: int, look: Callable[[int], None]
    ) -> AbstractContextManager[None]:
        return watched(self.board.processor.core, first, last, look)

    @property
    def warnings(self) -> list[str]:
        return list(self.board.processor.log.lines)


def _encoded(argument: object) -> object:
    return {"bytes": argument.hex()} if isinstance(argument, bytes) else argument


def _decoded(argument: object) -> object:
    return bytes.fromhex(argument["bytes"]) if isinstance(argument, dict) else argument
