"""The loop: frames through one firmware, whoever asks for them, and what follows a failure.

Each frame from a snapshot, or one after the other on the same machine. The snapshot is taken when
the camera is ready and one grey frame has been through it, so that the core's code is translated
once, before the children part from each other. Every frame then starts from the same state: its row
depends neither on the other frames nor on how many run at a time.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum

from rt1062 import emulators
from rt1062.errors import SimError
from rtbench import frames
from rtbench.evaluation.forks import can_fork, forked
from rtbench.evaluation.show import CONSOLE_LINES, Outcome, show
from rtbench.evaluation.workers import worked
from rtbench.items import Frame, Item
from rtbench.link.events import Log, Profile
from rtbench.link.firmware import Firmware, transcript_line
from rtbench.tasks import Task
from rtbench.tasks.row import Row

GREY = b"\x84\x10" * (frames.FRAME_BYTES // 2)
Numbered = tuple[int, Item]
Look = Callable[[Row], Row]


class Policy(Enum):
    """What follows a frame that failed.

    STOP: one machine, frame after frame as a board would see them. An error that the firmware
    reports is a row and the next frame follows; trouble (a crash, a time-out, a frame not taken, an
    answer to another) is raised when its row has been given.
    RESTART: frames that have nothing to do with each other. Each starts from the state after
    `warm_up`. Where the machine cannot be forked, each job has one of its own, the firmware
    forgets the frames before, and a frame that failed is followed by a new boot.
    """

    STOP = "stop"
    RESTART = "restart"


def show_all(
    firmware: Firmware,
    task: Task,
    items: Sequence[Numbered],
    policy: Policy,
    *,
    jobs: int = 1,
    stop: Callable[[], bool] = lambda: False,
    look: Look = lambda row: row,
) -> Iterator[tuple[Row, Frame]]:
    """The row of each item and its frame, as they come, until `stop` is true.

    `look` sees each row while the machine is as its frame left it, and may put an error into it.
    """
    if policy is Policy.STOP:
        yield from _in_order(firmware, task, items, stop, look)
    elif can_fork(firmware.machine):
        yield from _forked(firmware, task, items, jobs, stop, look)
    elif jobs > 1 and firmware.machine.name in emulators.NAMES:
        yield from _on_machines(firmware, task, items, jobs, stop, look)
    else:
        yield from _booted_anew(firmware, task, items, stop, look)


def warm_up(firmware: Firmware) -> list[dict[str, object]]:
    """Bring the machine to where the snapshot is taken; what each operator of the network costs,
    in the order they ran, empty if it is not said."""
    firmware.ready_for_frames()
    firmware.machine.feed_frame(GREY, "profile")
    firmware.command("profile on")
    firmware.expect(Log)
    firmware.infer()
    # The lines of the profile follow the answer; the log of this command follows them.
    firmware.command("profile off")
    firmware.expect(Log)
    return [
        {"layer": event.layer, "op": event.op, "cycles": event.cycles}
        for event in firmware.events
        if isinstance(event, Profile)
    ]


def _in_order(
    firmware: Firmware,
    task: Task,
    items: Sequence[Numbered],
    stop: Callable[[], bool],
    look: Look,
) -> Iterator[tuple[Row, Frame]]:
    for index, item in items:
        if stop():
            return
        row, frame, trouble = show(firmware, task, item, index)
        yield look(row), frame
        if trouble is not None:
            raise trouble


def _forked(
    firmware: Firmware,
    task: Task,
    items: Sequence[Numbered],
    jobs: int,
    stop: Callable[[], bool],
    look: Look,
) -> Iterator[tuple[Row, Frame]]:
    known = set(firmware.machine.warnings)

    def work(numbered: Numbered) -> bytes:
        index, item = numbered
        row, frame, _ = show(firmware, task, item, index)
        noticed = [line for line in firmware.machine.warnings if line not in known]
        return _packed(look(row), frame, noticed)

    firmware.machine.will_repeat(len(items))
    yield from _unpacked(firmware, task, items, forked(work, items, jobs, stop, _drawn))


def _drawn(numbered: Numbered) -> Numbered:
    """A scene drawn, where it can be; a picture may be anything, and is left to the child.

    What it was drawn of stays here: a child has more to do for that than for the frame.
    """
    index, item = numbered
    if item.scene is None:
        return numbered
    frame, trouble = item.draw_or_say()
    return numbered if trouble else (index, replace(item, scene=None, frame=frame))


def _on_machines(
    model: Firmware,
    task: Task,
    items: Sequence[Numbered],
    jobs: int,
    stop: Callable[[], bool],
    look: Look,
) -> Iterator[tuple[Row, Frame]]:
    """As the machine of `model` is one, in a process each."""
    like = model.machine

    @contextmanager
    def set_up() -> Iterator[Callable[[Numbered], bytes]]:
        with emulators.create(like.image, like.elf, like.name, like.board) as machine:
            firmware = Firmware(machine)
            firmware.boot()
            warm_up(firmware)

            def work(numbered: Numbered) -> bytes:
                row, frame, _ = _one_of_many(firmware, task, numbered, look)
                return _packed(row, frame, machine.warnings)

            yield work
        emulators.end_kept()  # so that its time is this process's, and not lost with it

    yield from _unpacked(model, task, items, worked(set_up, items, jobs, stop))


def _packed(row: Row, frame: Frame, noticed: list[str]) -> bytes:
    """What a child gives: its machine's warnings, the row, the frame."""
    return f"{json.dumps(noticed)}\n{row.to_json()}\n".encode() + frame.data


def _unpacked(
    firmware: Firmware,
    task: Task,
    items: Sequence[Numbered],
    answers: Iterator[tuple[int, bytes | None, str]],
) -> Iterator[tuple[Row, Frame]]:
    for number, answer, reason in answers:
        if answer is None:
            index, item = items[number]
            frame, _ = item.draw_or_say()
            yield Row.unanswered(index, item.key, frame, reason), frame
        else:
            noticed, line, data = answer.split(b"\n", 2)
            firmware.noticed += [one for one in json.loads(noticed) if one not in firmware.noticed]
            row = Row.from_json(line.decode(), task.answer_type)
            yield row, Frame(row.id, data, row.truth)


def _booted_anew(
    firmware: Firmware,
    task: Task,
    items: Sequence[Numbered],
    stop: Callable[[], bool],
    look: Look,
) -> Iterator[tuple[Row, Frame]]:
    for numbered in items:
        if stop():
            return
        row, frame, trouble = _one_of_many(firmware, task, numbered, look)
        yield row, frame
        if trouble is not None:
            raise trouble


def _one_of_many(firmware: Firmware, task: Task, numbered: Numbered, look: Look) -> Outcome:
    """A frame that has nothing to do with those before; after a failure the firmware boots anew."""
    index, item = numbered
    if task.forget:
        firmware.command(task.forget)
        firmware.expect(Log)
    row, frame, _ = show(firmware, task, item, index)
    row = look(row)
    if not row.error or not frame.data:
        return Outcome(row, frame)
    try:
        firmware.boot()
        firmware.ready_for_frames()
    except SimError as error:
        lines = firmware.machine.console[-CONSOLE_LINES:]
        row = replace(row, console=(*row.console, *map(transcript_line, lines)))
        trouble = SimError(f"after {row.id}, {row.error}: {error}")
        trouble.__cause__ = error
        return Outcome(row, frame, trouble)
    return Outcome(row, frame)
