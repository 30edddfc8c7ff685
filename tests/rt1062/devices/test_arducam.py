"""The camera model obeys the vector file, and its Python side says what is misuse."""

import itertools
import struct
import zlib
from pathlib import Path

import pytest

from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.camera_faults import FAULTS, FRAME_BYTES
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices import arducam
from rt1062.devices.arducam import BURST_FIFO_READ, FIFO, FIFO_START, READY_US, Arducam
from rt1062.devices.ov2640 import FRAME_TICKS, Ov2640
from rt1062.scheduler import Scheduler
from rt1062.unicorn import native
from rt1062.unicorn.hardware import Hardware

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
    for number, line in enumerate(VECTORS.read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("case "):
            commands = cases.setdefault(line[5:], [])
            assert not commands, f"line {number}: case {line[5:]!r} twice"
        else:
            commands.append((number, line))
    return cases


class Runner:
    """Runs the commands of one case on a new camera."""

    def __init__(self, many: bool = False) -> None:
        self.many = many  # bytes in a row in one call
        self.scheduler = Scheduler()
        self.sensor = Ov2640(self.scheduler)
        self.diagnoses: list[str] = []
        self.camera = Arducam(self.scheduler, self.sensor, self.diagnoses.append)

    def run(self, line: str) -> str | None:
        """Execute a command; its answer where it has one, as the file writes it."""
        words = line.partition("->")[0].split()
        expected = line.partition("->")[2].split()
        command = getattr(self, f"do_{words[0]}")
        return command(*words[1:], **({"expected": expected} if words[0] == "sccb" else {}))

    def transfer(self, data: list[int]) -> list[int]:
        if self.many:
            return list(self.camera.transfer_many(bytes(data)))
        return [self.camera.transfer(byte) for byte in data]

    def do_as(self, *name: str) -> None:
        for number, line in CASES[" ".join(name)]:
            self.check(number, line)

    def check(self, number: int, line: str) -> None:
        """Execute a command and hold its answer to what the line says."""
        answer = self.run(line)
        _, arrow, expected = line.partition("->")
        if arrow or line.startswith("sccb"):
            assert matches(answer, expected), f"line {number}: {line} answered {answer!r}"

    def do_cs(self, level: str) -> None:
        self.camera.select(level == "1")

    def do_spi(self, *sent: str) -> str:
        return text(self.transfer([int(byte, 16) for byte in sent]))

    def do_clock(self, count: str) -> None:
        self.transfer([0] * int(count))

    def do_burst(self, length: str) -> str:
        self.camera.select(False)
        self.transfer([0x3C])
        data = bytes(self.transfer([0] * int(length)))
        self.camera.select(True)
        return f"{zlib.crc32(data):08X}"

    def do_write(self, register: str, value: str) -> None:
        self.camera.select(False)
        self.camera.transfer(0x80 | int(register, 16))
        self.camera.transfer(int(value, 16))
        self.camera.select(True)

    def do_read(self, register: str) -> str:
        self.camera.select(False)
        self.camera.transfer(int(register, 16))
        answer = self.camera.transfer(0)
        self.camera.select(True)
        return text([answer])

    def do_sccb(self, kind: str, *data: str, expected: list[str]) -> str:
        sensor = self.sensor
        count = len(expected)
        if kind != "current":
            if not sensor.start(read=False):
                sensor.stop()
                return "nack"
            assert all(sensor.write(int(byte, 16)) for byte in data)
            if kind != "restart":
                sensor.stop()
            if kind == "write":
                return ""
        if not sensor.start(read=True):
            sensor.stop()
            return "nack"
        answer = text(sensor.read() for _ in range(count))
        sensor.stop()
        return answer

    def do_scl(self, count: str) -> None:
        for _ in range(int(count)):
            self.sensor.scl(False)
            self.sensor.scl(True)

    def do_sda(self) -> str:
        return "0" if self.sensor.held_clocks else "1"

    def do_wait(self, microseconds: str) -> None:
        self.scheduler.advance(int(microseconds) * TICKS_PER_MICROSECOND)

    def do_feed(self, frame_id: str, *data: str) -> None:
        if data[0] == "ramp":
            frame = bytes((i + i // 256) % 256 for i in range(int(data[1])))
        elif data[0] == "picture":
            frame = PICTURE
        else:
            frame = bytes(int(byte, 16) for byte in data)
        self.camera.feed(frame, frame_id)

    def do_queued(self) -> str:
        return str(self.camera.queued)

    def do_captured(self) -> str:
        return " ".join(frame_id or "-" for frame_id in self.camera.captured_ids)

    def do_diagnosed(self) -> str:
        return self.diagnoses[-1] if self.diagnoses else ""

    def do_fault(self, name: str, value: str | None = None) -> None:
        self.camera.set_fault(name, None if value is None else int(value))

    def do_clear(self, _faults: str) -> None:
        self.camera.clear_faults()

    def do_reset(self, kind: str) -> None:
        self.camera.reset(cold=kind == "cold")


def text(answer) -> str:
    return " ".join(f"{byte:02X}" for byte in answer)


def matches(answer: str | None, expected: str) -> bool:
    got, wanted = (answer or "").split(), expected.split()
    return len(got) == len(wanted) and all(w in ("--", g) for g, w in zip(got, wanted, strict=True))


CASES = read_cases()


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_vectors(name: str, many: bool) -> None:
    runner = Runner(many)
    for number, line in CASES[name]:
        runner.check(number, line)


def test_every_fault_has_a_case() -> None:
    assert {f"Fault {name}" for name in FAULTS} <= set(CASES)


def test_a_wrong_answer_is_seen() -> None:
    assert not matches("00", "01")
    assert not matches("nack", "26")
    assert not matches("00 00", "00")
    assert matches("12 34", "-- 34")


@pytest.fixture
def camera() -> Arducam:
    scheduler = Scheduler()
    return Arducam(scheduler, Ov2640(scheduler))


def test_an_empty_frame_is_refused(camera: Arducam) -> None:
    with pytest.raises(ValueError, match="frame must hold at least one byte"):
        camera.feed(b"")


def test_an_unknown_fault_is_refused_and_named(camera: Arducam) -> None:
    with pytest.raises(ValueError, match=r"fault must be one of absent, .*, not 'broken'"):
        camera.set_fault("broken")


@pytest.mark.parametrize(("name", "value"), [("short_fifo", -1), ("flipped_bytes", 0)])
def test_a_value_out_of_range_is_refused(camera: Arducam, name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"value of fault {name} must be"):
        camera.set_fault(name, value)


def test_a_fifo_may_be_short_of_everything(camera: Arducam) -> None:
    camera.set_fault("short_fifo", 0)
    assert camera.faults == {"short_fifo": 0}


def test_a_value_for_a_fault_without_one_is_refused(camera: Arducam) -> None:
    with pytest.raises(ValueError, match="fault absent must have no value, not 3"):
        camera.set_fault("absent", 3)


def test_a_capture_until_full_fills_eight_megabytes() -> None:
    runner = Runner()
    runner.camera.feed(bytes(FRAME_BYTES * 100), "large")
    runner.run("write 01 07")
    runner.run("write 04 02")
    runner.run(f"wait {66_667 * 4}")
    assert runner.run("read 41") == "00"
    runner.run("wait 66667")
    assert runner.run("read 41") == "08"
    assert runner.run("read 44") == "7F"
    assert len(runner.camera.captured_ids) == 5


def test_the_fed_frame_may_be_changed_afterwards() -> None:
    runner = Runner()
    frame = bytearray(b"\x11\x22")
    runner.camera.feed(frame, "a")
    frame[0] = 0
    runner.run("write 04 02")
    runner.run("wait 66667")
    assert runner.run("read 3D") == "11"


# On the board: LPSPI1 with GPIO3.13 for a chip select.


class BoardCamera:
    """Register accesses at chosen times, receive data masked, no look at the LPSPI's status."""

    def __init__(self) -> None:
        self.board = Hardware(MIMXRT1060_EVK)
        self.spi, self.gpio = self.board.blocks["LPSPI1"], self.board.blocks["GPIO3"]
        # Pads SD_B0_00 to 03: SCK, the select's GPIO, SDO, SDI and its input select.
        for offset, value in ((0x1BC, 4), (0x1C0, 5), (0x1C4, 4), (0x1C8, 4), (0x4F4, 1)):
            self.board.blocks["IOMUXC"].write(offset, 4, value)
        for offset, value in ((0x24, 1), (0x40, 12), (0x10, 1), (0x60, 7 | 1 << 19)):
            self.spi.write(offset, 4, value)
        self.gpio.write(0, 4, 1 << 13)
        self.gpio.write(4, 4, 1 << 13)

    def write_test_register(self, value: int, ticks: int) -> int:
        """Select, send two bytes, deselect after `ticks`; what the register then holds."""
        self.gpio.write(0x88, 4, 1 << 13)
        for byte in (0x80, value):
            self.spi.write(0x64, 4, byte)
        self.board.processor.core.words[native.NOW] += ticks
        self.gpio.write(0x84, 4, 1 << 13)
        self.board.processor.core.words[native.NOW] += 1_000_000
        self.spi.sync()
        camera = self.board.camera
        camera.select(False)
        camera.transfer(0)
        held = camera.transfer(0)
        camera.select(True)
        return held


def test_on_the_board_bytes_whose_time_is_over_reach_the_camera() -> None:
    assert BoardCamera().write_test_register(0x55, 10_000) == 0x55


def test_on_the_board_a_chip_select_raised_early_cuts_the_command_off() -> None:
    assert BoardCamera().write_test_register(0x55, 2000) == 0


BROKEN = [
    {}, {"stuck_bytes": 90}, {"stuck_bytes": 0, "flipped_bytes": 7}, {"flipped_bytes": 1},
    {"short_fifo": 40}, {"exact_length": None}, {"unplugged": 0}, {"unplugged": 133},
    {"brown_out": 61}, {"brown_out": 200, "flipped_bytes": 3}, {"unplugged": 90, "brown_out": 80},
    {"unplugged": 201}, {"dead_spi": None}, {"absent": None}, {"short_fifo": 50, "brown_out": 50},
]  # fmt: skip


def in_burst(faults: dict[str, int | None]) -> Arducam:
    """A camera with 200 bytes in its FIFO, which are about to come out."""
    scheduler = Scheduler()
    camera = Arducam(scheduler, Ov2640(scheduler))
    scheduler.advance(READY_US * TICKS_PER_MICROSECOND)
    camera.feed(bytes(range(56, 256)))
    for command in ((0x80 | FIFO, FIFO_START), (BURST_FIFO_READ,)):
        camera.select(True)
        scheduler.advance(3 * FRAME_TICKS)
        camera.select(False)
        for byte in command:
            camera.transfer(byte)
    for name, value in faults.items():
        camera.set_fault(name, value)
    return camera


@pytest.mark.parametrize("faults", BROKEN)
def test_what_is_coming_is_what_comes(faults: dict[str, int | None]) -> None:
    one_by_one, camera = in_burst(faults), in_burst(faults)
    told = 0
    for size in (1, 40, 3, 64, 7, 90, 64, 1, 1, 2, 30):
        coming = camera.coming(size)
        data = bytes(37 * place % 256 for place in range(size))
        answers = bytes(one_by_one.transfer(byte) for byte in data)
        assert camera.transfer_many(data) == answers
        assert answers.startswith(coming or b"")
        assert camera.faults == one_by_one.faults
        told += len(coming or b"")
    assert told > 150  # of 303: nearly all but what a fault cuts off


def test_nothing_is_coming_where_it_matters_what_is_sent(camera: Arducam) -> None:
    assert camera.coming(4) is None  # not selected
    camera = in_burst({"brown_out": 0})
    assert camera.coming(4) == b""
    camera.transfer(0)
    assert camera.coming(4) is None  # a command
    camera.transfer(0)
    assert camera.coming(4) is None  # its data
    camera.transfer(0)
    assert camera.coming(4) is None
    camera.transfer(0)
    assert camera.coming(4) == bytes(4)  # neither, until it is selected again
