"""The one machine that a suite works with, shared by all keyword libraries.

Robot runs a suite in a process of its own. What the suite is about comes from its variables,
${FIRMWARE}, ${MODELS}, ${EMULATOR} and ${FORKS} (robot_tests/resources/machine.resource).
"""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from robot.libraries.BuiltIn import BuiltIn

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.symbols import Symbols
from rtbench import host_inference
from rtbench.evaluation.forks import can_fork
from rtbench.evaluation.show import ask
from rtbench.items import Frame
from rtbench.link.events import Boot
from rtbench.link.firmware import Firmware
from rtbench.robot.transcript import Transcript
from rtbench.tasks import TASKS, Task
from rtbench.tasks.row import Row
from rtbench.tasks.task import Check
from rtbench.tflite.tflite_file import read_model


class Session:
    """Machine and firmware while they are on; what has been fed and what came out.

    `fed` are the frames put behind the camera by their names, the last one last; `answered` those
    that the firmware has answered, with their rows.
    """

    def __init__(self) -> None:
        self.transcript = Transcript()
        self.fed: dict[str, Frame] = {}
        self.answered: list[tuple[Row, Frame]] = []
        self._stack = ExitStack()
        self._hosts = ExitStack()  # end with the process
        self._checks: dict[str, Check] = {}
        self._firmware: Firmware | None = None
        self._boot: Boot | None = None

    # What the suite is about.

    @cached_property
    def directory(self) -> Path:
        """Where the firmware is."""
        return Path(BuiltIn().get_variable_value("${FIRMWARE}"))

    @cached_property
    def models(self) -> Path:
        """Where the networks are that the firmware was built with."""
        return Path(BuiltIn().get_variable_value("${MODELS}"))

    @cached_property
    def emulator(self) -> str:
        """The emulator by name."""
        return BuiltIn().get_variable_value("${EMULATOR}")

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
    def task(self) -> Task:
        """What the application that is on is asked."""
        if self.boot.app not in TASKS:
            raise AssertionError(f"{self.boot.app} answers no frames")
        return TASKS[self.boot.app]

    @property
    def can_fork(self) -> bool:
        """Whether frames are shown to forks of the machine: not where the host has a process for
        inference, nor where two emulators are compared frame after frame (${FORKS})."""
        wanted = BuiltIn().get_variable_value("${FORKS}", True)
        return wanted is True and can_fork(self.machine) and self.boot.inference != "host"

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

    def network(self, task: Task) -> Path:
        """The folder of the network that a task's firmware shall have been built with."""
        return self.models / task.network

    # Frames and answers.

    @property
    def last_fed(self) -> Frame:
        """The frame that was fed last."""
        if not self.fed:
            raise AssertionError("no frame has been fed")
        return next(reversed(self.fed.values()))

    @property
    def last_answered(self) -> tuple[Row, Frame]:
        """The frame that was answered last, and its row."""
        if not self.answered:
            raise AssertionError("no frame has been answered")
        return self.answered[-1]

    def feed(self, frame: Frame) -> None:
        """Put a frame behind the camera."""
        self.fed.pop(frame.id, None)  # the one fed last comes last, also when it is fed again
        self.fed[frame.id] = frame
        self.machine.feed_frame(frame.data, frame.id)

    def ask(self) -> Row:
        """Have the frame that was fed last answered; AssertionError without an answer."""
        frame = self.last_fed
        row = Row.unanswered(len(self.answered), frame.id, frame)
        row, trouble = ask(self.firmware, self.task, row, frame, frame.id)
        if trouble is not None:
            raise trouble
        self.check(row.answer is not None, f"{frame.id}: {row.error}")
        self.answered.append((row, frame))
        return row

    def difference(self, row: Row, frame: Frame) -> str:
        """What an answer differs in from TFLM on the host, byte for byte; "" if in nothing."""
        return row.error or self.host(self.task)(row, frame.data).difference

    def host(self, task: Task) -> Check:
        """The task's reference with the network of the suite."""
        if task.app not in self._checks:
            model = read_model(self.network(task) / "model.tflite")
            self._checks[task.app] = self._hosts.enter_context(task.reference(model))
        return self._checks[task.app]

    # On and off.

    def create(self, image: Path, app: str) -> Machine:
        """A machine, off, with `image` in its flash; the one before goes away."""
        self.close()
        elf = self.directory / f"{app}.elf"
        machine = self._stack.enter_context(emulators.create(image, elf, self.emulator))
        self._stack.enter_context(host_inference.attached(machine, self.models))
        self._firmware = Firmware(machine, strict=True)
        return machine

    def power_on(self, timeout_s: float) -> Boot:
        """Power on the machine that is there, and wait for the boot event."""
        self.transcript.follow(self.machine, self.machine.image.name)
        self.boot = self.firmware.boot(timeout_s)
        return self.boot

    def close(self) -> None:
        """Give the machine back; nothing happens without one."""
        self.transcript.leave()
        self._stack.close()
        self._firmware = self._boot = None
        self.fed.clear()
        self.answered.clear()

    def check(self, claim: bool, message: str) -> None:
        """AssertionError with the last console lines, unless the claim holds."""
        if not claim:
            raise AssertionError(f"{message}\nlast console lines:\n{self.firmware.last_lines()}")


SESSION = Session()
