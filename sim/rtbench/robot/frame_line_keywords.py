"""Keywords about frames that come over the console's line instead of from the camera."""

from dataclasses import replace
from datetime import timedelta

from robot.api.deco import keyword, library

from rtbench import items
from rtbench.items import Frame
from rtbench.link import record_line
from rtbench.link.events import FrameAnswer, Log
from rtbench.link.frame_record import COMMAND, HEAD, FrameRecord
from rtbench.robot.session import SESSION

TRANSFER_LIMIT = timedelta(seconds=5)  # of a frame at 115200 baud, which takes 1.6 s
LABEL = "seen"
SHORT = 300  # bytes of a record's line; a whole one costs an emulator much
NEWLINE = b"\n"
SPOILT_HEADS = {  # a byte of the record's head, and what it becomes
    "version": (0, 2),
    "format": (1, 0),
    "label length": (2, 33),
    "width": (16, 95),
}


def _scene(seed: int) -> Frame:
    return items.scene_item(SESSION.task.scene(seed, "test")).draw()


def _line() -> bytes:
    return record_line.encode(FrameRecord(_scene(0).data).encode())


@library(scope="GLOBAL")
class FrameLineKeywords:
    """A frame is typed as `frame` and the line of a record."""

    @keyword
    def typed_frame_should_be_answered_as_the_cameras(self, seed: int = 3) -> None:
        """The same scene by way of the camera and over the line: the same answer, and the camera
        is left alone the second time."""
        firmware, machine, frame = SESSION.firmware, SESSION.machine, _scene(seed)
        by_camera = firmware.infer(frame.data, frame.id)
        captured = machine.captured_ids
        record = FrameRecord(frame.data, sequence=seed, label=LABEL)
        firmware.type_record(record.encode())
        said = firmware.expect(Log, timeout_s=TRANSFER_LIMIT.total_seconds())
        about = {
            "sequence": seed,
            "frame_label": LABEL,
            "bytes": len(frame.data),
            "crc32": record.crc32,
        }
        SESSION.check(said.message == "frame received", f"the firmware said {said.message!r}")
        SESSION.check(said.fields == about, f"it has {said.fields}, expected {about}")
        firmware.command("infer")
        answer = firmware.expect(FrameAnswer)
        same = replace(by_camera, frame=answer.frame, cycles=answer.cycles, ms=answer.ms)
        SESSION.check(answer == same, f"answered {answer.text}, by camera {by_camera.text}")
        SESSION.check(answer.frame == by_camera.frame + 1, "the frames are not counted on")
        SESSION.check(machine.captured_ids == captured, "the camera captured a frame")

    @keyword
    def type_frame_with_another(self, field: str) -> None:
        """A frame whose record has another `field` in its head, to its end."""
        record = bytearray(FrameRecord(bytes(HEAD.size)).encode())
        at, value = SPOILT_HEADS[field]
        record[at] = value
        SESSION.firmware.type_record(bytes(record))

    @keyword
    def type_record_without_the_command(self) -> None:
        """The beginning of a record's line, and its end."""
        self._type_line(_line()[:SHORT] + NEWLINE)

    @keyword
    def type_frame_with_another_mark(self) -> None:
        """The command and a line that does not begin as a record's; it ends early."""
        line = bytearray(_line()[:SHORT] + NEWLINE)
        line[1] ^= 1
        self._type_line(COMMAND + line)

    def _type_line(self, data: bytes) -> None:
        SESSION.firmware.type_bytes(bytes(data))

    @keyword
    def type_beginning_of_a_frame(self) -> None:
        """The command and the first bytes of the record's line."""
        self._type_line(COMMAND + _line()[:SHORT])
