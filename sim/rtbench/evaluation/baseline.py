"""A run's figures against a committed baseline: what moved, and what moved too far.

A baseline is the summary.json of a run with its tolerances. A figure may get better by any
amount; it may get worse by at most its tolerance. Runs of other data are not compared.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.evaluation.summary import FORMAT
from rtbench.tasks import TASKS, Task
from rtbench.tasks.figure import Figure
from rtbench.terminal import printable

TOLERANCE = re.compile(r"[0-9]+(\.[0-9]+)?%?")
# What makes two runs comparable, by its place in the file.
HEAD = {
    "emulator": str, "inference": str, "frames": int, "data": dict, "data.name": str,
    "data.sha256": str, "tolerances": dict,
}  # fmt: skip
KINDS = {str: "a text", int: "a number", dict: "an object"}


@dataclass(frozen=True)
class Change:
    """One figure, or a part of one, then and now."""

    figure: Figure
    part: str
    before: float
    now: float
    tolerance: str

    @property
    def name(self) -> str:
        """The figure's, and the part's behind it."""
        return f"{self.figure.name} {self.part}".strip()

    @property
    def allowed(self) -> float:
        """The tolerance in the figure's own unit."""
        if self.tolerance.endswith("%"):
            return abs(self.before) * float(self.tolerance[:-1]) / 100
        return float(self.tolerance)

    @property
    def failed(self) -> bool:
        """Further in the wrong direction than its tolerance allows."""
        return self.figure.better.worse_by(self.before, self.now) > self.allowed + 1e-9


def gated(task: Task) -> dict[str, str]:
    """The tolerance of each figure of a task that has one."""
    return {
        figure.name: figure.tolerance for figure in task.all_figures if figure.tolerance is not None
    }


def make(
    summary: Mapping[str, object], tolerances: Mapping[str, str] | None = None
) -> dict[str, object]:
    """A baseline from a run's summary; what was judged of it, and stages, are left out."""
    summary = {key: value for key, value in summary.items() if key not in ("judged", "estimate")}
    return {**summary, "tolerances": dict(tolerances or gated(TASKS[summary["app"]]))}


def read(path: Path) -> dict[str, object]:
    """A baseline from a file; SetupError if it is none."""
    baseline = foreign.read_json(path, what="not a baseline")
    if (
        not isinstance(baseline, dict)
        or baseline.get("format") != FORMAT
        or baseline.get("app") not in tuple(TASKS)  # which compares what cannot be a key, too
    ):
        raise SetupError(f"{path}: not a baseline; `rtbench evaluate --write-baseline` makes one")
    baseline.setdefault("tolerances", {})
    for name, kind in HEAD.items():
        value = baseline
        for key in name.split("."):  # what holds it was checked before it
            value = value.get(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise SetupError(f"{path}: {name} must be {KINDS[kind]}, not {value!r}")
    known = {figure.name for task in TASKS.values() for figure in task.all_figures}
    for name, tolerance in baseline["tolerances"].items():
        if name not in known:
            raise SetupError(f"{path}: there is no figure {name!r} that could have a tolerance")
        if not TOLERANCE.fullmatch(str(tolerance)):
            raise SetupError(
                f"{path}: tolerance of {name} must be a number, or one with %, not {tolerance!r}"
            )
    for name in sorted(known & baseline.keys()):
        need_numbers(path, name, baseline[name])
    return baseline


def need_numbers(path: Path | str, name: str, value: object) -> None:
    """SetupError unless a figure is a number, some by name, or null where there was none."""
    for part, one in (value if isinstance(value, dict) else {"": value}).items():
        number = isinstance(one, int | float) and not isinstance(one, bool)
        if one is not None and not (number and math.isfinite(one)):
            which = printable(f"{name} {part}".strip())
            raise SetupError(f"{path}: {which} must be a number, not {one!r}")


def compare(baseline: Mapping[str, object], summary: Mapping[str, object]) -> list[Change]:
    """Every figure that both know and that has a tolerance; SetupError if they do not compare."""
    need_same(baseline, summary)
    for figure in TASKS[summary["app"]].all_figures:
        need_numbers("this run", figure.name, summary.get(figure.name))
    same_emulator = baseline["emulator"] == summary["emulator"]
    task = TASKS[summary["app"]]
    tolerances = gated(task) | baseline["tolerances"]
    changes = [
        change
        for figure in task.all_figures
        if figure.name in tolerances and (same_emulator or not figure.of_emulator)
        for change in _changes(figure, baseline, summary, str(tolerances[figure.name]))
    ]
    if not changes:
        raise SetupError("the baseline has no figure that this run has: nothing would be compared")
    return changes


def need_same(baseline: Mapping[str, object], run: Mapping[str, object]) -> None:
    """SetupError unless both are of the same task, frames and, where the run says it, inference.

    A run's summary, or what is known of it before its first frame.
    """
    for name in ("app", "inference"):
        if name in run and baseline[name] != run[name]:
            raise SetupError(
                f"the baseline is of {name} {baseline[name]!r}, this run of {run[name]!r}"
            )
    if baseline["data"]["sha256"] != run["data"]["sha256"]:
        raise SetupError(
            f"the baseline is of other frames ({baseline['data']['name']}, "
            f"{baseline['frames']} frames): run those, or write a new baseline"
        )


def not_in(baseline: Mapping[str, object], summary: Mapping[str, object]) -> list[str]:
    """Figures of the run that have a tolerance and that the baseline does not know yet."""
    return [
        part
        for name in gated(TASKS[summary["app"]])
        for part in sorted(_parts(summary, name) - _parts(baseline, name))
    ]


def _changes(
    figure: Figure, baseline: Mapping[str, object], summary: Mapping[str, object], tolerance: str
) -> Iterator[Change]:
    before, now = baseline.get(figure.name), summary.get(figure.name)
    missing = _parts(baseline, figure.name) - _parts(summary, figure.name)
    if missing:
        raise SetupError(
            f"the baseline has {printable(', '.join(sorted(missing)))}, which this run lacks: "
            "what is missing cannot have held"
        )
    if None not in (before, now) and isinstance(before, dict) != isinstance(now, dict):
        raise SetupError(f"the baseline has {figure.name} as {before!r}, this run as {now!r}")
    if isinstance(before, dict) and isinstance(now, dict):
        for part, value in before.items():
            if value is not None:
                yield Change(figure, part, value, now[part], tolerance)
    elif before is not None and now is not None:
        yield Change(figure, "", before, now, tolerance)


def _parts(summary: Mapping[str, object], name: str) -> set[str]:
    """What a figure consists of, by the names that changes have."""
    value = summary.get(name)
    if isinstance(value, dict):
        return {f"{name} {part}" for part, one in value.items() if one is not None}
    return set() if value is None else {name}
