"""One frame through the camera of a booted firmware, and the row that it leaves."""

import hashlib
import zlib
from dataclasses import asdict

from rt1062.errors import SimError
from rtbench.evaluation.items import Drawn, Item
from rtbench.link.events import Count, ErrorEvent, Log, Profile, Result
from rtbench.link.firmware import Firmware, FirmwareError, transcript_line

CONSOLE_LINES = 12  # kept of a failed frame
Row = dict[str, object]


def row_of(index: int, item: Item, drawn: Drawn) -> Row:
    """What is known of a frame before the chip has seen it."""
    return {
        "index": index,
        "id": item.id,
        "key": item.key,
        "sha256": hashlib.sha256(drawn.frame).hexdigest(),
        "truth": drawn.label,
        "true_count": drawn.count,
        "true_boxes": drawn.boxes,
        "axes": drawn.axes or {},
        "error": "",
    }


def show(firmware: Firmware, index: int, item: Item) -> tuple[Row, bytes]:
    """Have one frame answered; trouble becomes the row's `error` with the console's end.

    The row and the frame's bytes. The machine may not be fit for another frame after an error.
    """
    drawn = item.draw()
    row = row_of(index, item, drawn)
    before = len(firmware.machine.console)
    try:
        row |= _answer(firmware, drawn.frame, item.key)
    except SimError as error:
        row["error"] = str(error).splitlines()[0]
        lines = firmware.machine.console[before:][-CONSOLE_LINES:]
        row["console"] = [transcript_line(line) for line in lines]
    return row, drawn.frame


def _answer(firmware: Firmware, frame: bytes, key: str) -> Row:
    board = firmware.machine
    board.feed_frame(frame, key)
    firmware.command("infer")
    event = firmware.expect(Result | Count | ErrorEvent)
    if isinstance(event, ErrorEvent):
        raise FirmwareError(f"{event.code} {event.detail}".strip(), event)
    if board.captured_ids[-1:] != [key] or board.frames_queued:
        raise FirmwareError("the answer belongs to another frame", event)
    if event.crc32 != f"{zlib.crc32(frame):08x}":
        raise FirmwareError(f"the frame was damaged on its way: CRC {event.crc32}", event)
    row: Row = {"crc32": event.crc32, "cycles": asdict(event.cycles), "time_us": event.time_us}
    if isinstance(event, Count):
        answer = {"count": event.count, "boxes": event.boxes, "output_crc32": event.output_crc32}
        return row | answer
    return row | {
        "label": event.label,
        "score": event.scores[event.index],
        "scores": event.scores,
        "output": event.output,
    }


def profile(firmware: Firmware, frame: bytes) -> list[dict[str, object]]:
    """What each operator of one inference cost, in the order they ran; empty if it is not said."""
    firmware.machine.feed_frame(frame, "profile")
    firmware.command("profile on")
    firmware.expect(Log)
    firmware.command("infer")
    firmware.expect(Result | Count)
    # The lines of the profile follow the answer; the log of this command follows them.
    firmware.command("profile off")
    firmware.expect(Log)
    return [
        {"layer": event.layer, "op": event.op, "cycles": event.cycles}
        for event in firmware.events
        if isinstance(event, Profile)
    ]
