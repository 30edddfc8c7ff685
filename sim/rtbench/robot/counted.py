"""A frame that the counter has counted: the event, the tensors in RAM, the truth, the picture."""

import base64
import html
import io
import json
import pickle
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from robot.api import SkipExecution, logger

from rt1062.symbols import Symbols
from rtbench import frames
from rtbench.counter_reference import CounterReference
from rtbench.link.events import Count
from rtbench.overlay import annotated
from rtbench.robot.session import SESSION, Fed
from rtbench.scenes.render import render
from rtbench.scenes.scene import Scene
from rtbench.tflite.decoding import GRID
from rtbench.tracking import Edges, Line

APP = "count"
TENSORS = "g_output_tensors"
TENSOR_BYTES = (GRID * GRID, 4 * GRID * GRID)


@dataclass(frozen=True)
class Shown:
    """A frame with the true boxes of who is in it, by identity."""

    name: str
    frame: bytes
    persons: dict[int, Edges]
    axes: dict[str, float | str]

    @property
    def fed(self) -> Fed:
        """As the session knows frames."""
        return Fed(self.name, self.frame, str(len(self.persons)))


@dataclass(frozen=True)
class Counted:
    """A frame and what the firmware made of it."""

    shown: Shown
    count: Count
    tensors: tuple[bytes, bytes]


def folder() -> Path:
    """The model that the firmware shall have been built with."""
    return SESSION.models / "people_counting"


@cache
def reference() -> CounterReference:
    """TFLM on the host and the shared decoding; ends with the process."""
    return CounterReference(folder())


@cache
def metrics() -> dict:
    """What the model's training measured."""
    return json.loads((folder() / "metrics.json").read_text(encoding="utf-8"))


def skip_without_counter() -> None:
    """SkipExecution, with the reason, where there is no counter to test."""
    for path in (SESSION.directory / f"{APP}.bin", folder() / "metrics.json"):
        if not path.is_file():
            raise SkipExecution(
                f"there is no counting model yet: {path} is missing; "
                "`python -m models.people_counting` and `make firmware` make it"
            )


def show(scene: Scene, name: str) -> Shown:
    """A scene drawn, with its truth."""
    drawn = render(scene)
    persons = {one.identity: one.box for one in drawn.truth.persons}
    return Shown(name, frames.to_rgb565(drawn.image), persons, drawn.truth.axes)


@cache
def _tensors_address(elf: Path) -> int:
    return Symbols(elf).address(TENSORS)


def read_tensors() -> tuple[bytes, bytes]:
    """The output tensors of the last inference, from the chip's RAM."""
    board = SESSION.machine
    table = board.read_memory(_tensors_address(board.elf), 8)
    places = (int.from_bytes(table[:4], "little"), int.from_bytes(table[4:], "little"))
    scores, distances = (
        board.read_memory(place, size) for place, size in zip(places, TENSOR_BYTES, strict=True)
    )
    return scores, distances


def count(shown: Shown) -> Counted:
    """Have a frame counted now."""
    return Counted(shown, SESSION.firmware.count(shown.frame, shown.name), read_tensors())


def count_packed(task: tuple[Scene, str]) -> bytes:
    """Draw and count, for a process of its own."""
    return pickle.dumps(count(show(*task)))


def mistakes(counted: Counted) -> list[str]:
    """Where a counted frame differs from the host: CRCs, tensors byte for byte, boxes."""
    shown, event = counted.shown, counted.count
    found = []
    if event.crc32 != f"{zlib.crc32(shown.frame):08x}":
        found.append(f"the frame's CRC is {event.crc32}")
    if event.output_crc32 != f"{zlib.crc32(b''.join(counted.tensors)):08x}":
        found.append(f"output_crc32 is {event.output_crc32}, not that of the tensors in RAM")
    outputs = reference().outputs(shown.frame)
    for name, mine, theirs in zip(("scores", "distances"), counted.tensors, outputs, strict=True):
        wrong = sum(a != b for a, b in zip(mine, theirs.tobytes(), strict=True))
        if wrong:
            found.append(f"{wrong} bytes of the tensor {name} differ from the reference")
    expected = [(one.pixels, one.score) for one in reference().decode(outputs)]
    seen = [(box.edges, box.score) for box in event.boxes]
    if seen != expected:
        found.append(f"boxes are {_listed(seen)}, by the shared decoding {_listed(expected)}")
    return found


def _listed(boxes: list[tuple[Edges, int]]) -> str:
    return "; ".join(f"{[float(e) for e in edges]} {score}" for edges, score in boxes) or "none"


def explained(counted: Counted) -> str:
    """Expected and seen boxes in words, for failure messages."""
    true = [
        f"person {name} {[round(float(e), 1) for e in edges]}"
        for name, edges in counted.shown.persons.items()
    ]
    seen = [
        f"{box.identity or '?'} {[round(e, 1) for e in box.edges]} score {box.score}"
        for box in counted.count.boxes
    ]
    return (
        f"{counted.shown.name}:\n  expected {'; '.join(true) or 'nobody'}\n"
        f"  seen {'; '.join(seen) or 'nobody'}"
    )


def log_picture(counted: Counted, line: Line | None = None, zoom: int = 3) -> None:
    """The frame in Robot's log, true boxes green, seen ones yellow."""
    shown = counted.shown
    picture = annotated(shown.frame, counted.count.boxes, list(shown.persons.values()), line, zoom)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    text = html.escape(f"{shown.name}: {len(shown.persons)} true, {counted.count.count} counted")
    logger.write(f'<img alt="{text}" title="{text}" src="data:image/png;base64,{data}">', html=True)
