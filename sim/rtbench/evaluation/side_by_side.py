"""Two runs of the same frames, on emulators or boards: whether the firmware answered the same.

A run is what `rtbench run --json` wrote, or a folder of `rtbench evaluate`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.evaluation import forms
from rtbench.evaluation.run_folder import read_rows
from rtbench.tasks import TASKS, Task
from rtbench.tasks.figure import STAGES
from rtbench.tasks.row import Row

NO_RUN = "neither a file of `rtbench run --json` nor a folder of `rtbench evaluate`"


@dataclass(frozen=True)
class Run:
    """What was run, on what, and its rows by frame."""

    path: Path
    head: Mapping[str, object]
    rows: Mapping[str, Row]

    @property
    def name(self) -> str:
        """What it ran on."""
        return str(self.head["emulator"])

    @property
    def boot(self) -> Mapping[str, object]:
        """What the firmware said of itself."""
        return self.head.get("boot") or {}


@dataclass
class SideBySide:
    """Frames that both have, what their answers differ in, and what they cost."""

    frames: int
    differences: list[str] = field(default_factory=list)
    memory: dict[str, tuple[object, object]] = field(default_factory=dict)
    cycles: dict[str, tuple[float, float]] = field(default_factory=dict)


def read(path: Path) -> Run:
    """A run from disk; SetupError for what is none."""
    if path.is_dir():
        head, task = _head(path / "head.json", forms.Head)
        rows = read_rows(path / "rows.jsonl", task)
        return Run(path, head, {row.key: row for row in rows})
    head, task = _head(path, forms.Results)
    try:
        rows = [Row.from_json(json.dumps(one), task.answer_type) for one in head["results"]]
    except ValueError as error:
        raise SetupError(f"{path}: not rows of this bench ({error})") from error
    # The same picture may come twice, and a firmware that remembers answers by the order.
    return Run(path, head, {f"{row.index} {row.key}": row for row in rows})


def _head(path: Path, kind: type) -> tuple[Mapping[str, object], Task]:
    head = foreign.read_checked(path, kind, NO_RUN)
    if head["app"] not in TASKS:
        raise SetupError(f"{path}: app must be {' or '.join(TASKS)}, not {head['app']!r}; {NO_RUN}")
    return head, TASKS[head["app"]]


def compare(left: Run, right: Run) -> SideBySide:
    """Hold two runs against each other; SetupError if they have no frame in common."""
    if left.head["app"] != right.head["app"]:
        raise SetupError(f"one run is of {left.head['app']}, the other of {right.head['app']}")
    common = [key for key in left.rows if key in right.rows]
    if not common:
        raise SetupError(f"{left.path} and {right.path} have no frame in common")
    found = SideBySide(len(common))
    for one, other in ((left, right), (right, left)):
        for key, row in one.rows.items():
            if key not in other.rows:
                found.differences.append(f"{row.id}: only in {one.path}")
    for key in common:
        found.differences += _difference(left.rows[key], right.rows[key], (left.name, right.name))
    boots = [{**run.boot, **run.boot.get("memory", {})} for run in (left, right)]
    for name in (
        "version",
        "model",
        "arena_used",
        "arena_reserved",
        *(boots[0].get("memory") or {}),
    ):
        found.memory[name] = tuple(_used(boot.get(name)) for boot in boots)
    pairs = [(left.rows[key].cycles, right.rows[key].cycles) for key in common]
    pairs = [(one, other) for one, other in pairs if one is not None and other is not None]
    for stage in STAGES if pairs else ():
        found.cycles[stage] = tuple(
            fmean(getattr(pair[side], stage) for pair in pairs) for side in (0, 1)
        )
    return found


def _difference(one: Row, other: Row, names: tuple[str, str]) -> list[str]:
    """What the answers to a frame differ in, byte for byte."""
    if one.sha256 != other.sha256:
        return [f"{one.id}: the frames differ, so the answers are not compared"]
    sides = [
        {"error": row.error, "crc32": row.crc32, **(asdict(row.answer) if row.answer else {})}
        for row in (one, other)
    ]
    return [
        f"{one.id}: {key} {sides[0].get(key)!r} on {names[0]}, {sides[1].get(key)!r} on {names[1]}"
        for key in sides[0] | sides[1]
        if sides[0].get(key) != sides[1].get(key)
    ]


def _used(value: object) -> object:
    return value["used"] if isinstance(value, Mapping) else value
