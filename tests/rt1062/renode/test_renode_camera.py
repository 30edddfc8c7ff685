"""The C# camera gives the answers of the vector file, on a real Renode."""

import itertools
import struct
from pathlib import Path

import pytest

from rt1062.camera_faults import FAULTS, FRAME_US
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices import arducam
from rt1062.devices.arducam import Arducam
from rt1062.devices.ov2640 import Ov2640
from rt1062.renode.machine import CAMERA
from rt1062.scheduler import Scheduler
from tests.rt1062.renode.real import Chip

PICTURE = struct.pack(
    ">9216H",
    *(
        x // 3 << 11 | 2 * y // 3 << 5 | (95 - y) // 3
        for y, x in itertools.product(range(96), repeat=2)
    ),
)
VECTORS = Path(arducam.__file__).with_name("arducam_vectors.txt")


def read_cases() -> dict[str, list[tuple[int, str]]]:
    """Case name to its (line number, command)s."""
    cases: dict[str, list[tuple[int, str]]] = {}
    commands: list[tuple[int, str]] = []
    with VECTORS.open() as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if line.startswith("case "):
                commands = cases.setdefault(line.removeprefix("case "), [])
            elif line and not line.startswith("#"):
                commands.append((number, line))
    return cases


CASES = read_cases()


class Camera:
    """Plays the commands of the vector file to the C# camera."""

    def __init__(self, chip: Chip, directory):
        self.chip = chip
        self.directory = directory

    def run(self, line: str) -> str:
        command, _, expected = line.partition("->")
        words = command.split()
        if words[0] == "sccb":
            return self.sccb(words[1:], len(expected.split()))
        if words[0] == "as":
            return self.play(" ".join(words[1:]))
        return getattr(self, words[0])(*words[1:]) or ""

    def play(self, name: str) -> None:
        """The commands of a case, each answer as the file says."""
        for number, line in CASES[name]:
            answer = self.run(line)
            _, arrow, expected = line.partition("->")
            if arrow or line.startswith("sccb"):
                assert agree(answer, expected), f"line {number}: {line} answered {answer!r}"

    def select(self, level: bool) -> None:
        self.chip.drive(CAMERA, 0, level)

    def cs(self, level: str) -> None:
        self.select(level == "1")

    def spi(self, *data: str) -> str:
        return self.chip.ask(f'{CAMERA} Spi "{" ".join(data)}"')

    def clock(self, count: str) -> None:
        self.spi(*["00"] * int(count))

    def burst(self, length: str) -> str:
        self.select(False)
        self.spi("3C")
        answer = self.chip.ask(f"{CAMERA} Crc {length}")
        self.select(True)
        return answer

    def write(self, register: str, value: str) -> None:
        self.select(False)
        self.spi(f"{0x80 | int(register, 16):02X}", value)
        self.select(True)

    def read(self, register: str) -> str:
        self.select(False)
        answer = self.spi(register, "00").split()[1]
        self.select(True)
        return answer

    def sccb(self, words: list[str], answers: int) -> str:
        return self.chip.ask(f'{CAMERA} Sccb "{words[0]}" {answers} "{" ".join(words[1:])}"')

    def scl(self, count: str) -> None:
        for _ in range(int(count)):
            self.chip.drive(CAMERA, 1, False)
            self.chip.drive(CAMERA, 1, True)

    def sda(self) -> str:
        return "0" if self.chip.ask(f"{CAMERA} HoldsSda") == "True" else "1"

    def wait(self, microseconds: str) -> None:
        self.chip.wait_us(int(microseconds))

    def feed(self, frame_id: str, *data: str) -> None:
        if data[0] == "ramp":
            frame = bytes((i + i // 256) % 256 for i in range(int(data[1])))
        elif data[0] == "picture":
            frame = PICTURE
        else:
            frame = bytes.fromhex("".join(data))
        path = self.directory / "frame"
        path.write_bytes(frame)
        self.chip.do(f'{CAMERA} FeedFrame @{path} "{frame_id}"')

    def queued(self) -> str:
        return str(int(self.chip.ask(f"{CAMERA} QueuedFrames"), 16))

    def captured(self) -> str:
        ids = self.chip.ask(f"{CAMERA} CapturedIds").split(",")[1:]
        return " ".join(frame_id or "-" for frame_id in ids)

    def diagnosed(self) -> str:
        return self.chip.ask(f"{CAMERA} Diagnosis")

    def fault(self, *words: str) -> None:
        self.chip.do(f"{CAMERA} SetFault " + " ".join((f'"{words[0]}"', *words[1:])))

    def clear(self, faults: str) -> None:
        self.chip.do(f"{CAMERA} ClearFaults")

    def reset(self, kind: str) -> None:
        self.chip.do(f"{CAMERA} {'PowerCycle' if kind == 'cold' else 'Reset'}")


def agree(answer: str, expected: str) -> bool:
    got, wanted = answer.split(), expected.split()
    return len(got) == len(wanted) and all(w in ("--", g) for g, w in zip(got, wanted, strict=True))


@pytest.fixture(scope="module")
def chip(tmp_path_factory):
    chip = Chip(tmp_path_factory.mktemp("chip"))
    chip.do(f"include @{Path(__file__).with_name('Transactions.cs')}")
    yield chip
    chip.close()


@pytest.fixture
def camera(chip, tmp_path):
    chip.machine.power_on()
    chip.wait_us(100_000)
    return Camera(chip, tmp_path)


@pytest.mark.parametrize("name", CASES)
def test_vectors(camera, name: str) -> None:
    camera.play(name)


def test_what_it_draws_current_for_is_as_in_python(camera) -> None:
    scheduler = Scheduler()
    python = Arducam(scheduler, Ov2640(scheduler))

    def write(register: int, value: int) -> None:
        camera.write(f"{register:02X}", f"{value:02X}")
        python.select(False)
        python.transfer_many([0x80 | register, value])
        python.select(True)

    def wait_ms(milliseconds: int) -> None:
        camera.wait(str(1000 * milliseconds))
        scheduler.advance(milliseconds * 1000 * TICKS_PER_MICROSECOND)

    before = camera.chip.machine.states.camera
    for register, value, milliseconds in (
        (0x04, 0x02, 200), (0x06, 0x02, 50), (0x06, 0x00, 20), (0x05, 0x04, 30), (0x07, 0x80, 10),
    ):  # fmt: skip
        write(register, value)
        wait_ms(milliseconds)
    spent = camera.chip.machine.states.camera
    found = {state: round((time - before[state]) / 1000) for state, time in spent.items()}
    ticks = python.power.times()
    assert found == {state: round(time / 600_000) for state, time in ticks.items()}
    assert (found["low-power"], found["off"]) == (50, 30)
    assert 67 <= found["capturing"] <= 134


def test_the_file_has_a_case_for_every_fault() -> None:
    assert {f"Fault {name}" for name in FAULTS} <= set(CASES)


def test_a_wrong_answer_is_seen() -> None:
    assert not agree("00", "01")
    assert not agree("00 00", "00")
    assert agree("12 34", "-- 34")


@pytest.mark.parametrize(
    "command",
    [
        "SetFault flat_battery",
        "SetFault absent 1",
        "SetFault late_frame -2",
        "SetFault flipped_bytes 0",
        "FeedFrame @/no/such/file x",
        "FeedFrame @/ x",
        "CapturedIds -1",
    ],
)
def test_bad_input_is_recoverable(camera, command: str) -> None:
    # Any other exception inside a monitor command kills Renode.
    name, *arguments = command.split()
    answer = camera.chip.machine._monitor.attempt(f"{CAMERA} {name} {' '.join(arguments)}")
    assert "There was an error executing command" in answer
    assert camera.queued() == "0"


def test_an_empty_frame_is_refused(camera, tmp_path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    answer = camera.chip.machine._monitor.attempt(f"{CAMERA} FeedFrame @{tmp_path / 'empty'}")
    assert "frame must hold at least one byte, not none" in answer


def test_faults_and_their_defaults_are_those_of_the_python_model(camera) -> None:
    monitor = camera.chip.machine._monitor
    for name, fault in FAULTS.items():
        camera.fault(name)
        refused = bool(monitor.attempt(f'{CAMERA} SetFault "{name}" 5'))
        assert refused == (fault.default is None), name
    refused = monitor.attempt(f'{CAMERA} SetFault "x"')
    assert refused.partition("one of ")[2].split(", not")[0] == ", ".join(FAULTS)


def test_the_frame_period_is_that_of_the_python_model(camera) -> None:
    period = camera.chip.ask(f"{CAMERA} FramePeriodMicroseconds")
    assert int(period, 16) == FRAME_US
