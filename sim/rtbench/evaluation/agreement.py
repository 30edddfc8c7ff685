"""The rows of an evaluation against TFLM on the host: the same answers, and so the same error."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from rtbench.tasks import Task
from rtbench.tasks.row import Row
from rtbench.tflite.tflite_file import ModelFile


@dataclass(frozen=True)
class Agreement:
    """Frames compared, what differs ("id: what"), and the mean absolute errors of chip and host.

    The errors are None for a task, or frames, without any.
    """

    frames: int
    wrong: tuple[str, ...]
    chip_error: float | None = None
    host_error: float | None = None


def compare(task: Task, model: ModelFile, pairs: Iterable[tuple[Row, bytes]]) -> Agreement:
    """Each answered row, with the frame it is about, against the model on the host."""
    wrong, chip, host, number = [], [], [], 0
    with task.reference(model) as check:
        for row, frame in pairs:
            number += 1
            verdict = check(row, frame)
            if verdict.difference:
                wrong.append(f"{row.id}: {verdict.difference}")
            if verdict.host_error is not None:
                chip.append(task.score(row))
                host.append(abs(verdict.host_error))
    return Agreement(
        number, tuple(wrong), fmean(chip) if chip else None, fmean(host) if host else None
    )
