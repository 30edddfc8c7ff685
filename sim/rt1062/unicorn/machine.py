"""The Machine interface on the Unicorn core: the whole board in one process, deterministic."""

import gc
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from rt1062 import boards
from rt1062.boards.board import Board, Pin
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.errors import SetupError
from rt1062.files import write_whole
from rt1062.line_faults import LineFaults
from rt1062.machine import Machine
from rt1062.memory_system import MemorySystem
from rt1062.observations import (
    ConsoleLine,
    CoreState,
    Debugger,
    Fault,
    Pad,
    Recording,
    Reset,
    States,
    Uart,
)
from rt1062.patience import Patience
from rt1062.unicorn.code_watch import watched
from rt1062.unicorn.debugger import CoreDebugger
from rt1062.unicorn.hardware import Hardware
from rt1062.unicorn.memory_system import memory_system
from rt1062.unicorn.ports import TerminalUart, WatchedPad
from rt1062.unicorn.processor import Processor
from rt1062.unicorn.recorder import recorded
from rt1062.unicorn.touched import touched_registers

_SAVED = "rtbench unicorn state 2"


def _built(board: Board) -> Hardware:
    """The hardware of a board; to look for garbage meanwhile, where there is none, took a third of
    the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        return Hardware(board)
    finally:
        if collects:
            gc.enable()


class UnicornMachine(Machine):
    """A board with the camera, on the `unicorn` package.

    `save` writes what was done to the machine and when, not what is in it: the machine is
    deterministic, and `load` does the same again.
    """

    name = "unicorn"

    def __init__(self, image: Path, elf: Path | None = None, board: Board = boards.DEFAULT):
        super().__init__(image, elf, board)
        self._bytes = self.flash_image.data  # what is wrong with the file is said now
        self.hardware = _built(self.board)
        self._done: list[tuple[int, str, tuple]] = []  # time in ticks, method, arguments
        self._powered = False
        self._pads: dict[Pin, WatchedPad] = {}

    # Life cycle.

    def power_on(self) -> None:
        self.flash_image.plan(self._bytes, self.board.flash, self.board.quad_enabled)
        if self._powered:
            self.hardware = _built(self.board)
            self._done = []
            self._pads.clear()
            self.patience = Patience()
        self.hardware.chip.uart_wires[self.board.console].baud = self.console_baud
        self.hardware.power_on(self.flash_image)
        self._powered = True

    def reset(self) -> None:
        self._note("reset")
        self.hardware.reset_pin()

    def close(self) -> None:
        """Nothing outside this process is held."""

    def save(self, path: Path) -> None:
        now = self.hardware.processor.now
        done = [(time, method, [*map(_encoded, given)]) for time, method, given in self._done]
        state = json.dumps({"image": _digest(self._bytes), "now": now, "done": done})
        whole = {"format": _SAVED, "sha256": _digest(state.encode()), "state": state}
        write_whole(path, json.dumps(whole))

    def load(self, path: Path) -> None:
        state = _read_saved(Path(path))
        if state["image"] != _digest(self._bytes):
            raise SetupError(f"{path}: saved with another flash image")
        self.power_on()
        for time, method, arguments in state["done"]:
            self.hardware.processor.run_until(time)
            getattr(self, method)(*(_decoded(argument) for argument in arguments))
        self.hardware.processor.run_until(state["now"])

    def _note(self, method: str, *arguments: object) -> None:
        self._done.append((self.hardware.processor.now, method, arguments))

    # Time.

    @property
    def time_us(self) -> float:
        return self.hardware.processor.now / TICKS_PER_MICROSECOND

    @property
    def instructions(self) -> int:
        return self.hardware.processor.instructions

    @property
    def translating_seconds(self) -> float:
        tier = self.hardware.processor.tier
        return 0.0 if tier is None else tier.seconds

    @property
    def states(self) -> States:
        return self.hardware.states()

    def _run(self, microseconds: int) -> None:
        processor = self._running()
        processor.run_until(processor.now + microseconds * TICKS_PER_MICROSECOND)

    def _run_steps(self, end_us: float, enough: Callable[[], bool]) -> float:
        processor = self._running()
        if processor.halts is not None:
            return super()._run_steps(end_us, enough)
        # Rather a tick too early, then whoever waits goes on for another step, than too late.
        begin, end = processor.now, int(end_us * TICKS_PER_MICROSECOND) - 1
        processor.run_steps(
            self.step_us * TICKS_PER_MICROSECOND,
            min(end, begin + self.longest_step_us * TICKS_PER_MICROSECOND),
            enough,
        )
        return (processor.now - begin) / TICKS_PER_MICROSECOND

    def _running(self) -> Processor:
        if not self._powered:
            raise SetupError("the machine is off: call power_on first")
        return self.hardware.processor

    def _doing(self) -> str:
        state, resets = self.core_state(), self.resets
        text = f"; the core is {state.kind} at 0x{state.pc:08X}{self.whereabouts(state.pc)}"
        if state.detail:
            text += f", {state.detail}"
        if state.kind == "running" and (touched := touched_registers(self.hardware)):
            text += f", on {' and '.join(touched)}"
        if len(resets) > 1:
            every = (resets[-1].time_us - resets[0].time_us) / (len(resets) - 1)
            text += f"; it restarts every {every:.1f} us, cause {resets[-1].cause}"
        return text

    def will_repeat(self, times: int) -> None:
        self.hardware.processor.will_repeat(times)

    # Console.

    @property
    def console(self) -> list[ConsoleLine]:
        return self.hardware.console

    def send(self, text: str | bytes) -> None:
        self._note("send", text)
        self.hardware.terminal.type(text)

    def set_console_baud(self, baud: int | None) -> None:
        super().set_console_baud(baud)
        if self._powered:
            self._note("set_console_baud", baud)
            self.hardware.chip.uart_wires[self.board.console].baud = baud

    def set_line_faults(self, faults: LineFaults) -> None:
        self._set_line_faults(faults.rate, faults.seed, list(faults.kinds))

    def _set_line_faults(self, rate: float, seed: int, kinds: list[str]) -> None:
        self._note("_set_line_faults", rate, seed, kinds)
        self.hardware.terminal.set_faults(LineFaults(rate, seed, kinds))

    # Camera.

    def feed_frame(self, frame: bytes, frame_id: str = "") -> None:
        if not frame:
            raise ValueError("frame must have bytes, not b''")
        self._note("feed_frame", frame, frame_id)
        self.hardware.camera.feed(frame, frame_id)

    @property
    def frames_queued(self) -> int:
        return self.hardware.camera.queued

    @property
    def captured_ids(self) -> list[str]:
        return list(self.hardware.camera.captured_ids)

    def set_fault(self, name: str, value: int | None = None) -> None:
        self.hardware.camera.set_fault(name, value)
        self._note("set_fault", name, value)

    def clear_faults(self) -> None:
        self._note("clear_faults")
        self.hardware.camera.clear_faults()

    # Board.

    @property
    def led(self) -> bool:
        return self.hardware.led

    def press_button(self, pressed: bool) -> None:
        self._note("press_button", pressed)
        self.hardware.press_button(pressed)

    # Every port and pad, and what the core has met.

    @property
    def uarts(self) -> dict[str, Uart]:
        return {
            name: TerminalUart(
                name, terminal, self._type, partial(getattr, self.hardware.blocks[name], "bit_rate")
            )
            for name, terminal in self.hardware.terminals.items()
        }

    def _type(self, uart: str, text: str | bytes) -> None:
        self._note("_type", uart, text)
        self.hardware.terminals[uart].type(text)

    def _pad(self, pin: Pin) -> Pad:
        if pin not in self._pads:
            pads = self.hardware.chip.pads[pin.port]
            self._pads[pin] = WatchedPad(pin, pads, self.hardware.scheduler, self._drive)
        return self._pads[pin]

    def _drive(self, port: int, number: int, level: bool) -> None:
        self._note("_drive", port, number, level)
        self.hardware.chip.pads[port].set_input(number, level)

    @property
    def resets(self) -> list[Reset]:
        return list(self.hardware.resets)

    @property
    def faults(self) -> list[Fault]:
        return list(self.hardware.faults)

    def core_state(self) -> CoreState:
        return self.hardware.core_state()

    # Memory.

    def read_memory(self, address: int, length: int) -> bytes:
        return self.hardware.processor.memory.read(address, length)

    def write_memory(self, address: int, data: bytes) -> None:
        self.hardware.processor.memory.write(address, data)
        self._note("write_memory", address, data)

    # The core.

    def register(self, name: str) -> int:
        return self.hardware.processor.core.get(name)

    def debugger(self) -> Debugger:
        return CoreDebugger(self.hardware.processor)

    def watched(
        self, first: int, last: int, look: Callable[[int], None]
    ) -> AbstractContextManager[None]:
        return watched(self.hardware.processor.core, first, last, look)

    @contextmanager
    def recorded(self, events: int = 0) -> Iterator[Recording]:
        with recorded(self.hardware.processor.core, self.symbols.functions, events) as recorder:
            yield recorder

    def memory_system(self) -> MemorySystem:
        return memory_system(self.hardware.chip)

    @property
    def warnings(self) -> list[str]:
        return list(self.hardware.processor.log.lines)


def _encoded(argument: object) -> object:
    return {"bytes": argument.hex()} if isinstance(argument, bytes) else argument


def _decoded(argument: object) -> object:
    return bytes.fromhex(argument["bytes"]) if isinstance(argument, dict) else argument


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_saved(path: Path) -> dict:
    """What `save` wrote; SetupError for anything else, a file that was damaged or edited too."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SetupError(f"{path}: not a saved machine: {error}") from error
    if not isinstance(saved, dict) or saved.get("format") != _SAVED:
        raise SetupError(f"{path}: not a saved machine: {_SAVED!r} is missing")
    state = saved.get("state")
    if not isinstance(state, str) or _digest(state.encode("utf-8", "replace")) != saved.get(
        "sha256"
    ):
        raise SetupError(f"{path}: not a saved machine: damaged, its SHA-256 is another")
    return json.loads(state)
