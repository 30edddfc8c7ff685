"""Rows as a table for a spreadsheet: the same columns for every task, then those of its answer."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from rt1062.files import write_whole
from rtbench.tasks import Task
from rtbench.tasks.figure import ENDS, SPANS, STAGES
from rtbench.tasks.row import Row

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that begins so for one
COMMON = (
    "index",
    "id",
    "sha256",
    "error",
    "truth",
    "true_count",
    "true_boxes",
    "true_crossings",
    "crc32",
    "time_us",
)


def columns(task: Task, counted: str = "instructions") -> tuple[str, ...]:
    """The head of the table; `counted` says what a stage's cost is a number of."""
    spans = tuple(f"ms_{span}" for span in SPANS)
    stages = tuple(f"{counted}_{stage}" for stage in STAGES)
    ends = tuple(f"estimated_ms_{end}" for end in ENDS)
    return (*COMMON, *spans, *stages, *ends, *(field.name for field in fields(task.answer_type)))


def write_table(path: Path, rows: Sequence[Row], task: Task, counted: str = "instructions") -> None:
    """Write the rows as CSV; SetupError if that cannot be done."""
    names = columns(task, counted)
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(names)
    for row in rows:
        values = _values(row, counted)
        table.writerow([_cell(values.get(name)) for name in names])
    write_whole(path, text.getvalue())


def _values(row: Row, counted: str) -> dict[str, object]:
    ms = {} if row.ms is None else asdict(row.ms)
    cycles = {} if row.cycles is None else asdict(row.cycles)
    estimated = row.estimated_ms or ()
    return {
        "index": row.index,
        "id": row.id,
        "sha256": row.sha256,
        "error": row.error,
        "truth": row.truth.label,
        "true_count": row.truth.count,
        "true_boxes": row.truth.boxes,
        "true_crossings": row.truth.crossings,
        "crc32": row.crc32,
        "time_us": row.time_us,
        **{f"ms_{span}": value for span, value in ms.items()},
        **{f"{counted}_{stage}": value for stage, value in cycles.items()},
        **{f"estimated_ms_{end}": value for end, value in zip(ENDS, estimated, strict=False)},
        **({} if row.answer is None else asdict(row.answer)),
    }


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    if isinstance(value, tuple):
        return json.dumps(value, separators=(",", ":"))
    return "" if value is None else value
