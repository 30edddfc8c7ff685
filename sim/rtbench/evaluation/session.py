"""All frames through one firmware: forked off a snapshot, or one after the other on Renode.

The snapshot is taken when the camera is ready and one grey frame has been through it, so that the
core's code is translated once, before the children part from each other. Every frame then starts
from the same state: its row depends neither on the other frames nor on how many run at a time.
"""

import gc
import json
from collections.abc import Callable, Iterator, Sequence

from rt1062.errors import SimError
from rtbench import frames
from rtbench.evaluation.forks import forked
from rtbench.evaluation.frame import CONSOLE_LINES, Row, profile, row_of, show
from rtbench.evaluation.items import Item
from rtbench.link.firmware import Firmware, transcript_line

GREY = b"\x84\x10" * (frames.FRAME_BYTES // 2)
Task = tuple[int, Item]


def warm_up(firmware: Firmware) -> list[dict[str, object]]:
    """Bring the machine to where the snapshot is taken; what each operator costs."""
    firmware.camera_ready()
    return profile(firmware, GREY)


def run(
    firmware: Firmware, tasks: Sequence[Task], jobs: int, stop: Callable[[], bool]
) -> Iterator[tuple[Row, bytes]]:
    """The row of each task and its frame, as they come."""
    if firmware.machine.name == "unicorn":
        yield from _forked(firmware, tasks, jobs, stop)
    else:
        yield from _one_by_one(firmware, tasks, stop)


def _forked(
    firmware: Firmware, tasks: Sequence[Task], jobs: int, stop: Callable[[], bool]
) -> Iterator[tuple[Row, bytes]]:
    def work(task: Task) -> bytes:
        row, frame = show(firmware, *task)
        return json.dumps(row).encode() + b"\n" + frame

    gc.collect()
    gc.freeze()  # a collection in a child would touch, and so copy, every object
    try:
        for number, answer, died in forked(work, tasks, jobs, stop):
            if answer is None:
                index, item = tasks[number]
                drawn = item.draw()
                yield row_of(index, item, drawn) | {"error": died}, drawn.frame
            else:
                line, _, frame = answer.partition(b"\n")
                yield json.loads(line), frame
    finally:
        gc.unfreeze()


def _one_by_one(
    firmware: Firmware, tasks: Sequence[Task], stop: Callable[[], bool]
) -> Iterator[tuple[Row, bytes]]:
    for task in tasks:
        if stop():
            return
        row, frame = show(firmware, *task)
        yield row, frame
        if row["error"]:
            _start_again(firmware, row)


def _start_again(firmware: Firmware, row: Row) -> None:
    """A firmware that failed one frame is not trusted with the next."""
    try:
        firmware.boot()
        firmware.camera_ready()
    except SimError as error:
        lines = firmware.machine.console[-CONSOLE_LINES:]
        row["console"] = [*row.get("console", []), *map(transcript_line, lines)]
        raise SimError(f"after {row['id']}, {row['error']}: {error}") from error
