"""Rows to figures: how often right, how far off, what it cost."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from rtbench.scenes.axes import SCENE_AXES, bins
from rtbench.tasks import TASKS, Task
from rtbench.tasks.figure import Evidence, counted, counts_of
from rtbench.tasks.row import Row

FORMAT = "rtbench evaluation 1"


def summarise(
    head: Mapping[str, object],
    rows: Sequence[Row],
    data: Mapping[str, object],
    layers: Sequence[Mapping[str, object]],
) -> dict[str, object]:
    """The figures of a run: the content of summary.json and of a baseline."""
    task, boot = TASKS[head["app"]], head["boot"]
    evidence = Evidence(rows, boot, counted(str(head["emulator"])))
    return {
        "format": FORMAT,
        "app": head["app"],
        "emulator": head["emulator"],
        "inference": head["inference"],
        "image_sha256": head["image_sha256"],
        "model": boot["model"],
        "data": data,
        "frames": len(rows),
        **{figure.name: figure.of(evidence) for figure in task.all_figures},
        "shares": counts_of(task.all_figures, evidence),
        "memory_size": {name: use["size"] for name, use in boot["memory"].items()},
        "layers": list(layers),
        **task.tables(evidence),
    }


def along(task: Task, rows: Sequence[Row], axis_name: str) -> list[tuple[str, int, float]]:
    """The mean score along a difficulty axis: name of the bin, frames in it, mean.

    The bins are those of every report (rtbench.scenes.axes); empty ones are left out.
    """
    axis = next(axis for axis in SCENE_AXES if axis.name == axis_name)
    known = [row for row in rows if axis_name in row.truth.axes and task.is_right(row) is not None]
    if not known:
        return []
    values = [row.truth.axes[axis_name] for row in known]
    found = []
    for name, chosen in bins(axis, values).items():
        scores = [task.score(row) for row, inside in zip(known, chosen, strict=True) if inside]
        if scores:
            found.append((name, len(scores), fmean(scores)))
    return found
