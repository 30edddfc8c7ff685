"""`count`: the persons in a frame, their boxes, and who has crossed the line."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from PIL import Image

from rtbench.boxes import Edges
from rtbench.items import Frame, GroundTruth
from rtbench.link.events import DIRECTIONS, Box, Count, Crossing, Event
from rtbench.scenes.sampling import counting_scene
from rtbench.scenes.scene import Scene
from rtbench.tasks import overlay, reasoning, tracking
from rtbench.tasks.counter_reference import CounterReference
from rtbench.tasks.figure import Better, Evidence, Figure, Value, f1, share_figure
from rtbench.tasks.reasoning import Reasoning
from rtbench.tasks.row import Row
from rtbench.tasks.shares import Share
from rtbench.tasks.task import Check, Task, Verdict
from rtbench.tasks.tracking import Line
from rtbench.tflite.inspect import Budget
from rtbench.tflite.tflite_file import ModelFile


@dataclass(frozen=True)
class People:
    """Who the firmware sees in a frame; `output_crc32` is of both output tensors, one by one.

    `crossings` are those that this frame completed, "identity direction".
    """

    count: int
    boxes: tuple[Box, ...]
    output_crc32: str
    crossings: tuple[str, ...] = ()


def count_error(row: Row) -> int | None:
    """How many persons too many; None without an answer or a truth."""
    if row.error or row.answer is None or row.truth.count is None:
        return None
    return row.answer.count - row.truth.count


def _errors(evidence: Evidence) -> list[int]:
    every = map(count_error, evidence.rows)
    return [error for error in every if error is not None]


def mean_absolute_error(errors: Sequence[int]) -> float | None:
    """The mean of how far counts are off; None without any."""
    return fmean(map(abs, errors)) if errors else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _exact_share(evidence: Evidence) -> Share | None:
    errors = _errors(evidence)
    return Share(errors.count(0), len(errors)) if errors else None


def _boxes(evidence: Evidence) -> tuple[int, int, int] | None:
    """Over the frames whose true boxes are known: boxes that fit one another, true ones, found."""
    fits = true = found = 0
    for row in evidence.answered:
        if row.truth.count is None or len(row.truth.boxes) != row.truth.count:
            continue
        seen = COUNTING.boxes(row)
        fits += len(tracking.pairs(row.truth.boxes, seen))
        true, found = true + row.truth.count, found + len(seen)
    return (fits, true, found) if true else None


def _recall(evidence: Evidence) -> Share | None:
    boxes = _boxes(evidence)
    return None if boxes is None else Share(boxes[0], boxes[1])


def _precision(evidence: Evidence) -> Share | None:
    boxes = _boxes(evidence)
    return None if boxes is None else Share(boxes[0], boxes[2])


def _f1(evidence: Evidence) -> Value:
    recall, precision = _recall(evidence), _precision(evidence)
    return None if recall is None or precision is None else f1(precision, recall)


def _mean_error(evidence: Evidence) -> Value:
    errors = _errors(evidence)
    return round(fmean(errors), 4) if errors else None


def _crossings(evidence: Evidence) -> Value:
    """Counted and true ones, and how many too many or too few by direction; of sequences only."""
    rows = [row for row in evidence.answered if row.truth.crossings is not None]
    if not rows:
        return None
    counted, true = (
        Counter(one.split()[1] for row in rows for one in of(row))
        for of in (lambda row: row.answer.crossings, lambda row: row.truth.crossings)
    )
    error = sum(abs(counted[name] - true[name]) for name in DIRECTIONS)
    return {"counted": counted.total(), "true": true.total(), "error": error}


class Counting(Task):
    """How many persons a frame shows, and where."""

    app = "count"
    title = "People counting"
    network = "people_counting"
    scenes = "counting"
    event = Count
    answer_type = People
    budget = Budget(200_000, 500 * 1024)
    figures = (
        share_figure("exact_share", "exact counts", "of the counts exact", "0.01", _exact_share),
        Figure(
            "mean_absolute_error", "mean absolute error", "persons off", ".4f", Better.LESS, "0.02",
            lambda evidence: _rounded(mean_absolute_error(_errors(evidence))),
        ),
        Figure(
            "mean_error", "mean error", "persons too many", "+.4f", Better.NEARER_TO_ZERO, None,
            _mean_error,
        ),
        share_figure("recall", "recall", "of the persons found", "0.02", _recall),
        share_figure("precision", "precision", "of the boxes a person's", "0.02", _precision),
        Figure("f1", "F1", "of precision and recall", ".4f", Better.MORE, "0.02", _f1),
        Figure(
            "crossings", "crossings of the line", "", "", Better.LESS, None, _crossings
        ),
    )  # fmt: skip
    has_boxes = True
    has_line = True
    forget = "reset counts"
    score_title = "Mean counting error"
    score_form = "{:.2f} off"
    order_titles = ("largest overcount last", "largest overcount first")
    columns = ("persons", "true", "who", "crossings", "true crossings")

    def scene(self, seed: int, split: str) -> Scene:
        """The numbers of persons take turns."""
        return counting_scene(seed, split)

    def answer(self, event: Count, others: Sequence[Event]) -> People:
        """Count and boxes of a count event, crossings of those before it."""
        crossings = tuple(
            f"{one.identity} {one.direction}" for one in others if isinstance(one, Crossing)
        )
        return People(event.count, event.boxes, event.output_crc32, crossings)

    def expected(self, truth: GroundTruth) -> int | None:
        """The number of persons."""
        return truth.count

    def said(self, answer: People) -> int:
        """The number of persons."""
        return answer.count

    def score(self, row: Row) -> float:
        """How many persons the count is off; a frame without an answer is none off."""
        return abs(count_error(row) or 0)

    def is_output(self, answer: People, outputs: Sequence[np.ndarray]) -> bool:
        """The answer has the CRC-32 of both tensors."""
        return answer.output_crc32 == _crc32(outputs)

    @contextmanager
    def reference(self, model: ModelFile) -> Iterator[Check]:
        """Both output tensors by their CRC-32, and the boxes of the shared decoding."""
        with CounterReference(model.path.parent) as host:
            yield lambda row, frame: self._verdict(host, row, frame)

    def _verdict(self, host: CounterReference, row: Row, frame: bytes) -> Verdict:
        outputs = host.outputs(frame)
        found = host.decode(outputs)
        true = row.truth.count
        error = None if true is None else len(found) - true
        if not self.is_output(row.answer, outputs):
            said = f"output tensors with CRC {row.answer.output_crc32}"
            return Verdict(f"{said}, on the host {_crc32(outputs)}", error)
        expected = [[*one.pixels, one.score] for one in found]
        seen = [list(box[:5]) for box in row.answer.boxes]
        return Verdict("" if seen == expected else f"boxes {seen}, on the host {expected}", error)

    def reasoning(
        self, row: Row, frame: bytes, outputs: Sequence[np.ndarray], model: ModelFile
    ) -> Reasoning:
        """The grid of scores, and the boxes before and after suppression."""
        with CounterReference(model.path.parent) as host:
            return reasoning.of_boxes(host, row, frame, list(outputs))

    def tables(self, evidence: Evidence) -> dict[str, Mapping[str, object]]:
        """The error for each number of persons."""
        groups: dict[int, list[int]] = {}
        for row in evidence.rows:
            error = count_error(row)
            if error is not None:
                groups.setdefault(row.truth.count, []).append(error)
        table = {
            str(true): {
                "frames": len(group),
                "mean_absolute_error": round(mean_absolute_error(group), 4),
                "mean_error": round(fmean(group), 4),
            }
            for true, group in sorted(groups.items())
        }
        return {"by_true_count": table} if table else {}

    def cells(self, row: Row) -> tuple[str, ...]:
        """Persons, the truth, identities and crossings."""
        true = "" if row.truth.count is None else str(row.truth.count)
        who = " ".join(str(box.identity or "?") for box in row.answer.boxes)
        crossings = ", ".join(row.answer.crossings), ", ".join(row.truth.crossings or ())
        return str(row.answer.count), true, who, *crossings

    def picture(self, frame: Frame, row: Row, line: Line | None, zoom: int) -> Image.Image:
        """True boxes and those found."""
        boxes = () if row.answer is None else row.answer.boxes
        words = [f"{row.answer.count} found" if row.answer is not None else row.error]
        if row.truth.count is not None:
            words[0] += f", {row.truth.count} there"
        # As many lines whatever is in them: pictures of one size make a film.
        counted = ", ".join(row.answer.crossings) if row.answer is not None else ""
        true = "not known" if row.truth.crossings is None else ", ".join(row.truth.crossings)
        words += [f"crossings counted: {counted or '-'}", f"true crossings: {true or '-'}"]
        return overlay.annotated(
            frame.data, boxes, frame.truth.boxes, line or Line(*tracking.MIDDLE_ENDS), zoom, words
        )

    def place(self, row: Row) -> float:
        """By the error."""
        return count_error(row) or 0

    def boxes(self, row: Row) -> tuple[Edges, ...]:
        """Those of the persons found."""
        return () if row.answer is None else tuple(box.edges for box in row.answer.boxes)


def _crc32(outputs: Sequence[np.ndarray]) -> str:
    return f"{zlib.crc32(b''.join(values.tobytes() for values in outputs)):08x}"


COUNTING = Counting()
