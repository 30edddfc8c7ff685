"""Counted frames as the keywords about counting need them: the tensors in RAM, words, pictures."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from robot.api import SkipExecution

from rt1062.symbols import Symbols
from rtbench import foreign
from rtbench.items import Frame
from rtbench.link.events import Count
from rtbench.robot import picture
from rtbench.robot.session import SESSION
from rtbench.tasks.counter_reference import CounterReference
from rtbench.tasks.counting import COUNTING
from rtbench.tasks.row import Row
from rtbench.tasks.tracking import Line
from rtbench.tflite.decoding import GRID

TENSORS = "g_output_tensors"
TENSOR_BYTES = (GRID * GRID, 4 * GRID * GRID)


@cache
def reference() -> CounterReference:
    """TFLM on the host and the shared decoding; ends with the process."""
    return CounterReference(SESSION.network(COUNTING))


@cache
def metrics() -> dict:
    """What the network's training measured."""
    return foreign.read_json(SESSION.network(COUNTING) / "metrics.json", dict[str, object])


def skip_without_counter() -> None:
    """SkipExecution, with the reason, where there is no counter to test."""
    image = SESSION.directory / f"{COUNTING.app}.bin"
    for path in (image, SESSION.network(COUNTING) / "metrics.json"):
        if not path.is_file():
            raise SkipExecution(
                f"there is no counting model yet: {path} is missing; "
                "`python -m models.people_counting` and `make firmware` make it"
            )


@cache
def _tensors_address(elf: Path) -> int:
    return Symbols(elf).address(TENSORS)


def read_tensors() -> list[np.ndarray]:
    """The output tensors of the last inference, from the chip's RAM."""
    machine = SESSION.machine
    table = machine.read_memory(_tensors_address(machine.elf), 8)
    places = (int.from_bytes(table[:4], "little"), int.from_bytes(table[4:], "little"))
    return [
        np.frombuffer(machine.read_memory(place, size), np.int8)
        for place, size in zip(places, TENSOR_BYTES, strict=True)
    ]


def with_tensors(row: Row) -> Row:
    """The row; with an error if the answer is not what the output tensors in RAM hold."""
    if row.error or COUNTING.is_output(row.answer, read_tensors()):
        return row
    return replace(row, error="output_crc32 is not that of the tensors in RAM")


def row_of(event: Count, frame: Frame, index: int) -> Row:
    """A count event of a run of many frames as the row of its frame."""
    row = Row.unanswered(index, frame.id, frame)
    return replace(
        row, crc32=event.crc32, ms=event.ms, cycles=event.cycles, answer=COUNTING.answer(event, ())
    )


def explained(row: Row) -> str:
    """Expected and seen boxes in words, for failure messages."""
    true = [
        f"person {name} {[round(float(e), 1) for e in edges]}"
        for name, edges in row.truth.persons.items()
    ]
    seen = [
        f"{box.identity or '?'} {[round(e, 1) for e in box.edges]} score {box.score}"
        for box in row.answer.boxes
    ]
    return (
        f"{row.id}:\n  expected {'; '.join(true) or 'nobody'}\n  seen {'; '.join(seen) or 'nobody'}"
    )


def log_picture(row: Row, frame: Frame, line: Line | None = None, zoom: int = 3) -> None:
    """The frame in Robot's log, true boxes green, seen ones yellow."""
    text = f"{row.id}: {row.truth.count} true, {row.answer.count} counted"
    picture.embed(COUNTING.picture(frame, row, line, zoom), text)
