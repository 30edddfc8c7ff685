"""The Machine interface on Renode, driven over its monitor (see monitor.py)."""

import hashlib
import json
import re
import zipfile
from pathlib import Path

from rt1062 import boot_rom, camera_faults
from rt1062.boards.board import Board, Pin
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.chip import memory_map as chip
from rt1062.errors import SetupError
from rt1062.files import whole
from rt1062.line_faults import LineFaults
from rt1062.machine import Machine
from rt1062.observations import ConsoleLine, CoreState, Fault, Pad, Reset, States, Uart
from rt1062.patience import Patience
from rt1062.renode import installation, process, routes, seen
from rt1062.renode.monitor import COMMAND_LIMIT_S, START_LIMIT_S, Monitor
from rt1062.renode.process import BOARD, Process
from rt1062.renode.seen import PadFiles, RenodePad, RenodeUart

MACHINE = "rt1062"
CAMERA = "sysbus.lpspi1.camera"
LED = "sysbus.gpio1.led"
BUTTON = "sysbus.gpio5.button"
SAVED = "rtbench renode state 1"

# What rt1062.repl has: all that any FlexRAM split can make, OCRAM2, flash.
MEMORY = (chip.ITCM, chip.DTCM, chip.OCRAM, chip.OCRAM2, MIMXRT1060_EVK.flash)

QUANTUM_S = "0.01"  # how far threads of Renode may part; text and times do not depend on it
PORTS = [f"LPUART{number}" for number in range(1, 9)]

UNMODELLED = re.compile(
    r"non existing peripheral|Unhandled (read|write)|not supported|to overriding"
    r"|, since \d+\.\d{6} s$"
)
# What the core's own blocks do not know and need not: caches are not modelled, so their
# maintenance (0xF50..0xF78, CSSELR 0xD84) is complete at once; the lock of the DWT is open; there
# are no bus faults, so HFSR (0xD2C) and BFAR (0xD38) with DFSR and AFSR beside it have nothing to
# show.
HARMLESS = re.compile(
    r"nvic: Unhandled write to offset 0x(F[567][0-9A-F]|D2C|D30|D38|D3C|D84)\b"
    r"|nvic: Unhandled read from offset 0x(D30|D38|D3C)\b"
    r"|dwt: Unhandled write to offset 0xFB0\b"
)
LOG_LINE = re.compile(r"^\S+ \[(WARNING|ERROR)\] (.*)$")
# Of our own models, in the words of the Unicorn machine, behind the name that Renode has for it.
DIAGNOSIS = re.compile(r"^\S+: (?=[A-Z0-9]+: .*, since \d+\.\d{6} s$)")
PROGRAM_COUNTER = re.compile(r"\[cpu: 0x[0-9A-Fa-f]+\] ")


class RenodeMachine(Machine):
    """A MIMXRT1060-EVK with the camera, on Renode 1.16.1.

    `renode` names the program, by default the one that `installation.find` finds. Commands that
    take longer than `command_limit_s` of wall time end the machine with an error.
    """

    name = "renode"
    # Each RunFor starts and stops all threads, which takes 3 ms; but the wall-clock limit of a
    # command shall mean something.
    step_us, longest_step_us = 50_000, 100_000

    def __init__(
        self,
        image: Path,
        elf: Path | None = None,
        renode: str | None = None,
        start_limit_s: float = START_LIMIT_S,
        command_limit_s: float = COMMAND_LIMIT_S,
        board: Board = MIMXRT1060_EVK,
    ):
        super().__init__(image, elf, board)
        if board is not MIMXRT1060_EVK:
            raise SetupError(f"Renode has {MIMXRT1060_EVK.name} only, not {board.name}")
        self._bytes = self.flash_image.data  # what is wrong with the file is said now
        self._renode = renode
        self._limits = start_limit_s, command_limit_s
        self._process: Process | None = None
        self._before: list[tuple[str, tuple[object, ...]]] = []  # done to it while it was off
        self._frames: list[str] = []  # ids; the camera knows a frame by its place here
        self._captured: list[str] = []
        self._uarts: dict[str, RenodeUart] = {}
        self._pad_files: PadFiles | None = None
        self._time_us = 0
        self._remarks: tuple[str, ...] = ()  # of the boot ROM

    # Life cycle.

    def power_on(self) -> None:
        plan = self.flash_image.plan(self._bytes, self.board.flash, self.board.quad_enabled)
        renode = self._renode or installation.find()
        if renode is None:
            raise SetupError("Renode is not installed: `make renode` does it, RENODE= names one")
        again = self._process is not None
        self.close()
        self._frames, self._captured = [], []
        self._time_us = 0
        self.patience = Patience()
        self._remarks = plan.remarks
        self._process = process.take(renode, *self._limits)
        try:
            self._build(plan)
            before, self._before = self._before, []
            for method, arguments in [] if again else before:
                getattr(self, method)(*arguments)
        except SetupError:
            self.close()
            raise

    def _build(self, plan: boot_rom.BootPlan) -> None:
        on, monitor = self._on, self._monitor
        (on.directory / "flash").write_bytes(self._bytes)
        monitor.do(f'mach create "{MACHINE}"')
        board = on.token("platform", *BOARD.parts)
        monitor.do(f"machine LoadPlatformDescription {board}")
        (on.directory / "routes").write_text(routes.text(self.board))
        monitor.do(f"iomuxc LoadRoutes {on.token('routes')}")
        monitor.do(f"lpi2c1 PulledUp {self.board.camera.pull_ups}")
        monitor.do(f"sysbus LoadBinary {on.token('flash')} 0x{chip.FLASH.base:X}")
        if plan.copy is not None:
            (on.directory / "copy").write_bytes(plan.copy[1])
        self._set_up_start(plan)
        monitor.do("runMacro $reset")
        self._set_up_emulation()

    def _set_up_start(self, plan: boot_rom.BootPlan) -> None:
        """The macro that Renode runs after each reset does what the boot ROM does."""
        accesses = [c for c in plan.rom + plan.dcd if c.operation in ("write", "set", "clear")]
        lines = [f"{c.operation} {c.width} {c.address} {c.value}\n" for c in accesses]
        (self._on.directory / "boot").write_text("".join(lines))
        steps = [f"sysbus CarryOut {self._on.token('boot')}"]
        if plan.copy is not None:
            steps.append(f"sysbus LoadBinary {self._on.token('copy')} 0x{plan.copy[0]:X}")
        if plan.vector_table is not None:
            steps.append(f"cpu VectorTableOffset 0x{plan.vector_table:X}")
        else:
            steps += [f"cpu SP 0x{plan.stack_pointer:X}", f"cpu PC 0x{plan.entry:X}"]
        self._monitor.do(f'macro reset "{"; ".join(steps)}"')

    def _set_up_emulation(self) -> None:
        """What is not part of Renode's own saved state."""
        monitor = self._monitor
        monitor.do("logLevel 2")  # warnings and errors
        monitor.do("emulation SetAdvanceImmediately true")
        monitor.do(f'emulation SetGlobalQuantum "{QUANTUM_S}"')
        monitor.do("cpu WatchFaults")
        self._uarts = {name: RenodeUart(name, self._on) for name in PORTS}
        self._pad_files = PadFiles(self._on)
        monitor.do(f"lpuart1 TerminalBaud {self.console_baud or 0}")

    def reset(self) -> None:
        self._monitor.do("src PullResetPin")
        self._monitor.do("machine Reset")

    def close(self) -> None:
        kept, self._process = self._process, None
        if kept is not None:
            process.give_back(kept)

    @property
    def _on(self) -> Process:
        if self._process is None:
            raise SetupError("the machine is off: call power_on first")
        return self._process

    @property
    def _monitor(self) -> Monitor:
        return self._on.monitor

    def _later(self, method: str, *arguments: object) -> bool:
        """Remember an action on a machine that is off, for `power_on`; False if it is on."""
        if self._process is None:
            self._before.append((method, arguments))
        return self._process is None

    # State.

    def save(self, path: Path) -> None:
        snapshot = self._on.directory / "state"
        console = self.console  # reads the tap up to now
        self._monitor.do(f"Save {self._on.token('state')}")
        facts = {
            "format": SAVED,
            "image": hashlib.sha256(self._bytes).hexdigest(),
            "time_us": self._time_us,
            "frames": self._frames,
            "captured": self.captured_ids,
            "console": [(line.time_us, line.text) for line in console],
        }
        with (
            whole(path) as part,
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            archive.writestr("facts.json", json.dumps(facts))
            archive.write(snapshot, "renode.save")
        snapshot.unlink()

    def load(self, path: Path) -> None:
        facts, snapshot = self._read_saved(Path(path))
        if self._process is None:
            self.power_on()
        on, monitor = self._on, self._monitor
        (on.directory / "state").write_bytes(snapshot)
        answer = monitor.attempt(f"Load {on.token('state')}")
        if answer:
            self.close()
            raise SetupError(
                f"{path}: this Renode cannot go on from it: {' '.join(answer.split())}"
            )
        monitor.do(f'mach set "{MACHINE}"')
        plan = self.flash_image.plan(self._bytes, self.board.flash, self.board.quad_enabled)
        self._set_up_start(plan)
        # A loaded machine does not run the macro by itself: nobody told the monitor of its resets.
        monitor.do("machine RunMacroAfterReset")
        for name in PORTS:
            (on.directory / name.lower()).unlink(missing_ok=True)
        self._set_up_emulation()
        self._time_us = facts["time_us"]
        self._frames, self._captured = facts["frames"], facts["captured"]
        before = [ConsoleLine(time, text) for time, text in facts["console"]]
        self._uarts[self.board.console].go_on(before)

    def _read_saved(self, path: Path) -> tuple[dict, bytes]:
        try:
            with zipfile.ZipFile(path) as archive:
                facts = json.loads(archive.read("facts.json"))
                snapshot = archive.read("renode.save")
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise SetupError(f"{path}: not a saved machine: {error}") from error
        if not isinstance(facts, dict) or facts.get("format") != SAVED:
            raise SetupError(f"{path}: not a saved machine: {SAVED!r} is missing")
        if facts["image"] != hashlib.sha256(self._bytes).hexdigest():
            raise SetupError(f"{path}: saved with another flash image")
        return facts, snapshot

    # Time.

    @property
    def cpu_seconds(self) -> float:
        return 0.0 if self._process is None else self._monitor.cpu_seconds

    @property
    def time_us(self) -> float:
        return float(self._time_us)

    @property
    def instructions(self) -> int:
        return 0 if self._process is None else self._monitor.ask_number("cpu ExecutedInstructions")

    @property
    def states(self) -> States:
        return seen.states(self._monitor, CAMERA)

    def _run(self, microseconds: int) -> None:
        self._monitor.do(f'emulation RunFor "{seconds_text(microseconds)}"')
        self._time_us += microseconds

    # Console.

    @property
    def console(self) -> list[ConsoleLine]:
        return self._uarts[self.board.console].lines if self._uarts else []

    def send(self, text: str | bytes) -> None:
        if not self._later("send", text):
            self._uarts[self.board.console].send(text)

    # Every port and pad, and what the core has met.

    @property
    def uarts(self) -> dict[str, Uart]:
        self._on  # noqa: B018 - there are none while it is off
        return dict(self._uarts)

    def _pad(self, pin: Pin) -> Pad:
        return RenodePad(pin, self._monitor, self._pad_files)

    @property
    def resets(self) -> list[Reset]:
        return seen.resets(self._monitor) if self._process else []

    @property
    def faults(self) -> list[Fault]:
        return seen.faults(self._monitor) if self._process else []

    def core_state(self) -> CoreState:
        if self._process is None:
            return CoreState("off", 0)
        return seen.core_state(self._monitor, self._code_before)

    def _code_before(self, pc: int) -> bytes:
        try:
            return self.read_memory(pc - 2, 2)
        except ValueError:
            return b""

    def set_console_baud(self, baud: int | None) -> None:
        super().set_console_baud(baud)
        if self._process is not None:
            self._monitor.do(f"lpuart1 TerminalBaud {baud or 0}")

    def set_line_faults(self, faults: LineFaults) -> None:
        if not self._later("set_line_faults", faults):
            kinds = ",".join(faults.kinds)
            self._monitor.do(f'lpuart1 SetLineFaults {faults.threshold} {faults.seed} "{kinds}"')

    # Camera.

    def feed_frame(self, frame: bytes, frame_id: str = "") -> None:
        if not frame:
            raise ValueError("frame must hold at least one byte, not none")
        if self._later("feed_frame", frame, frame_id):
            return
        (self._on.directory / "frame").write_bytes(frame)
        number = len(self._frames)
        self._monitor.do(f'{CAMERA} FeedFrame {self._on.token("frame")} "{number}"')
        self._frames.append(frame_id)

    @property
    def frames_queued(self) -> int:
        if self._process is None:
            return sum(method == "feed_frame" for method, _ in self._before)
        return self._monitor.ask_number(f"{CAMERA} QueuedFrames")

    @property
    def captured_ids(self) -> list[str]:
        if self._process is not None:
            command = f"{CAMERA} CapturedIds {len(self._captured)}"
            answer = self._monitor.ask(command)
            for number in answer.split(",")[1:]:
                if number and not (number.isdecimal() and int(number) < len(self._frames)):
                    raise self._monitor.nonsense(command, answer, "numbers of fed frames")
                self._captured.append(self._frames[int(number)] if number else "")
        return list(self._captured)

    def set_fault(self, name: str, value: int | None = None) -> None:
        camera_faults.checked(name, value)
        if not self._later("set_fault", name, value):
            self._monitor.do(f'{CAMERA} SetFault "{name}"' + ("" if value is None else f" {value}"))

    def clear_faults(self) -> None:
        if not self._later("clear_faults"):
            self._monitor.do(f"{CAMERA} ClearFaults")

    # Board.

    @property
    def led(self) -> bool:
        if self._process is None:
            return False
        answer = self._monitor.ask(f"{LED} State")
        if answer not in ("True", "False"):
            raise self._monitor.nonsense(f"{LED} State", answer, "True or False")
        return answer == "True"

    def press_button(self, pressed: bool) -> None:
        if not self._later("press_button", pressed):
            self._monitor.do(f"{BUTTON} {'Press' if pressed else 'Release'}")

    # Memory.

    def read_memory(self, address: int, length: int) -> bytes:
        _need_memory(address, length)
        if length == 0:
            return b""
        path = self._on.directory / "memory"
        token = self._on.token("memory")
        self._monitor.do(f"sysbus SaveBytes 0x{address:X} {length} {token}")
        data = path.read_bytes() if path.exists() else b""
        if len(data) != length:
            raise self._monitor.nonsense("SaveBytes", f"{len(data)} bytes", f"{length} bytes")
        path.unlink()
        return data

    def write_memory(self, address: int, data: bytes) -> None:
        _need_memory(address, len(data))
        if data:
            (self._on.directory / "memory").write_bytes(data)
            self._monitor.do(f"sysbus LoadBinary {self._on.token('memory')} 0x{address:X}")

    @property
    def warnings(self) -> list[str]:
        if self._process is None:
            return []
        found: dict[str, str] = dict(zip(self._remarks, self._remarks, strict=True))
        for line in self._process.log_text.splitlines():
            match = LOG_LINE.match(line)
            if match and UNMODELLED.search(match[2]) and not HARMLESS.search(match[2]):
                line = DIAGNOSIS.sub("", match[2])
                found.setdefault(PROGRAM_COUNTER.sub("", line), line)
        return list(found.values())


def seconds_text(microseconds: int) -> str:
    """So many seconds as Renode reads them: it cuts behind the nanosecond (TimeInterval.cs)."""
    whole, part = divmod(microseconds * 1000, 1_000_000_000)
    text = f"{part:09d}"
    if int(float(f"0.{text}") * 1_000_000_000) != part:
        text += "5"  # half a nanosecond, so that the cut finds the right one
    return f"{whole}.{text}"


def _need_memory(address: int, length: int) -> None:
    if length < 0:
        raise ValueError(f"length must not be negative, not {length!r}")
    if not any(r.base <= address and address + length <= r.end for r in MEMORY):
        raise ValueError(
            f"0x{address:08X}..0x{address + length:08X} must be memory, which it is not"
        )
