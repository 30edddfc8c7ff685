"""The one machine that a suite works with, shared by all keyword libraries."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.symbols import Symbols
from rtbench import host_inference
from rtbench.link.events import Boot, Result
from rtbench.link.firmware import Firmware
from rtbench.robot.transcript import Transcript


@dataclass(frozen=True)
class Fed:
    """A frame behind the camera: what it is, and its bytes."""

    name: str
    frame: bytes
    label: str | None = None


@dataclass
class Session:
    """Machine and firmware while they are on; what has been fed and what came out."""

    directory: Path = Path("build/firmware")
    models: Path | None = host_inference.MODELS
    emulator: str = "auto"
    transcript: Transcript = field(default_factory=Transcript)
    fed: dict[str, Fed] = field(default_factory=dict)
    classified: list[tuple[Fed, Result]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stack = ExitStack()
        self._firmware: Firmware | None = None
        self._boot: Boot | None = None

    # What a keyword works with.

    @property
    def firmware(self) -> Firmware:
        """The firmware; AssertionError while nothing is powered on."""
        if self._firmware is None:
            raise AssertionError("nothing is powered on; use the keyword `Power On` first")
        return self._firmware

    @property
    def machine(self) -> Machine:
        """The machine that the firmware runs on."""
        return self.firmware.machine

    @property
    def boot(self) -> Boot:
        """The last boot event."""
        if self._boot is None:
            raise AssertionError("the firmware has not booted")
        return self._boot

    @boot.setter
    def boot(self, event: Boot) -> None:
        self._boot = event

    @property
    def can_fork(self) -> bool:
        """Whether frames can be shown to forks of the machine; Renode is a process of its own, and
        the host's TFLM is one too."""
        return self.machine.name == "unicorn" and self.boot.inference != "host"

    @property
    def last_fed(self) -> Fed:
        """The frame that was fed last."""
        if not self.fed:
            raise AssertionError("no frame has been fed")
        return next(reversed(self.fed.values()))

    def feed(self, fed: Fed) -> None:
        """Put a frame behind the camera."""
        self.fed.pop(fed.name, None)  # the one fed last comes last, also when it is fed again
        self.fed[fed.name] = fed
        self.machine.feed_frame(fed.frame, fed.name)

    def symbols(self, app: str) -> Symbols:
        """The names in an app's ELF."""
        return Symbols(self.directory / f"{app}.elf")

    def image(self, app: str) -> bytes:
        """An app's flash image."""
        path = self.directory / f"{app}.bin"
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise SetupError(f"{path}: no such firmware; `make firmware` builds it") from error

    # On and off.

    def create(self, image: Path, app: str) -> Machine:
        """A machine, off, with `image` in its flash; the one before goes away."""
        self.close()
        elf = self.directory / f"{app}.elf"
        board = self._stack.enter_context(emulators.create(image, elf, self.emulator))
        self._stack.enter_context(host_inference.attached(board, self.models))
        self._firmware = Firmware(board)
        return board

    def power_on(self, timeout_s: float) -> Boot:
        """Power on the board that is there, and wait for the boot event."""
        self.transcript.follow(self.machine, self.machine.image.name)
        self.boot = self.firmware.boot(timeout_s)
        return self.boot

    def close(self) -> None:
        """Give the machine back; nothing happens without one."""
        self.transcript.leave()
        self._stack.close()
        self._firmware = self._boot = None
        self.fed.clear()
        self.classified.clear()

    def check(self, claim: bool, message: str) -> None:
        """AssertionError with the last console lines, unless the claim holds."""
        if not claim:
            raise AssertionError(f"{message}\nlast console lines:\n{self.firmware.last_lines()}")


SESSION = Session()
