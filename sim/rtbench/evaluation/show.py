"""One frame through the camera of a booted firmware, and the row that it leaves."""

import zlib
from dataclasses import replace
from typing import NamedTuple

from rt1062.errors import MachineError, SimError
from rtbench.items import Frame, Item
from rtbench.link.events import ErrorEvent
from rtbench.link.firmware import Firmware, FirmwareError, transcript_line
from rtbench.tasks import Task
from rtbench.tasks.row import Row

CONSOLE_LINES = 12  # kept of a failed frame
# A firmware may answer the frame before, which it had in a second buffer: it is asked again.
MOST_ANSWERS = 3
REPEATED = ""  # the camera's id of a frame that it has sent before


class Outcome(NamedTuple):
    """A row, its frame, and the trouble after which frames and answers no longer belong together.

    An error that the firmware itself reports, and a frame that was damaged on its way, are no
    trouble: the row says it, and the next frame may follow.
    """

    row: Row
    frame: Frame
    trouble: SimError | None = None


def show(firmware: Firmware, task: Task, item: Item, index: int = 0) -> Outcome:
    """Draw a frame, put it behind the camera and have it answered.

    One that cannot be drawn is a row with the reason, and the chip does not see it.
    """
    frame, reason = item.draw_or_say()
    if reason:
        return Outcome(Row.unanswered(index, item.key, frame, reason), frame)
    row = Row.unanswered(index, item.key, frame)
    name = f"{index} {item.id}"  # the same picture may come twice
    try:
        firmware.machine.feed_frame(frame.data, name)
    except SimError as error:  # a line that it does not come over
        return Outcome(replace(row, error=_first_line(error)), frame, _trouble(row, error))
    row, trouble = ask(firmware, task, row, frame, name)
    return Outcome(row, frame, trouble)


def ask(
    firmware: Firmware, task: Task, row: Row, frame: Frame, name: str
) -> tuple[Row, SimError | None]:
    """Have the frame that was fed as `name` answered; the row filled in, and the trouble if any."""
    printed = len(firmware.machine.console)
    trouble = None
    try:
        row = _answered(firmware, task, row, frame, name)
    except FirmwareError as error:
        if not isinstance(error.event, ErrorEvent):
            row, trouble = replace(row, error=_first_line(error)), _trouble(row, error)
        else:
            row = replace(row, error=f"{error.event.code} {error.event.detail}".strip())
            if firmware.machine.frames_queued:
                trouble = MachineError(f"{row.id}: the firmware did not take the frame: {error}")
    except SimError as error:
        row, trouble = replace(row, error=_first_line(error)), _trouble(row, error)
    if row.error:
        lines = firmware.machine.console[printed:][-CONSOLE_LINES:]
        row = replace(row, console=tuple(map(transcript_line, lines)))
    return row, trouble


def _answered(firmware: Firmware, task: Task, row: Row, frame: Frame, name: str) -> Row:
    machine = firmware.machine
    crc32 = f"{zlib.crc32(frame.data):08x}"
    for _ in range(MOST_ANSWERS):
        event = firmware.infer()
        if not isinstance(event, task.event):
            kind = type(event).__name__
            raise MachineError(f"the answer is a {kind}, not a {task.event.__name__}")
        if event.crc32 == crc32 or event.crc32 not in firmware.fed:
            break  # this frame, whatever was captured besides, or one that was damaged on its way
    firmware.fed.add(crc32)
    taken = machine.captured_ids[-1:] in ([name], [REPEATED]) and not machine.frames_queued
    if event.crc32 != crc32 and (event.crc32 in firmware.fed or not taken):
        raise MachineError("the firmware's answer belongs to another frame")
    return replace(
        row,
        error="" if event.crc32 == crc32 else f"frame damaged: CRC {event.crc32}, not {crc32}",
        crc32=event.crc32,
        ms=event.ms,
        cycles=event.cycles,
        time_us=event.time_us,
        answer=task.answer(event, firmware.events[firmware.answers_from :]),
    )


def _trouble(row: Row, error: SimError) -> SimError:
    return MachineError(f"{row.id}: {error}")


def _first_line(error: SimError) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
