"""`classify`: one label a frame."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from PIL import Image

from rtbench import frames
from rtbench.items import Frame, GroundTruth, normalised
from rtbench.link.events import Event, Result
from rtbench.scenes.sampling import classification_scene
from rtbench.scenes.scene import Scene
from rtbench.tasks import overlay, reasoning
from rtbench.tasks.figure import Better, Evidence, Figure, Value, f1, share_figure
from rtbench.tasks.reasoning import Reasoning
from rtbench.tasks.row import Row
from rtbench.tasks.shares import Share
from rtbench.tasks.task import Check, Task, Verdict
from rtbench.tasks.tracking import Line
from rtbench.tflite.inspect import Budget
from rtbench.tflite.reference import Reference
from rtbench.tflite.source import read_labels
from rtbench.tflite.tflite_file import ModelFile

NO_ANSWER = "(error)"


@dataclass(frozen=True)
class Label:
    """What the firmware takes a frame for; `output_index` is the label's place in `output`."""

    label: str
    output_index: int
    score: float
    scores: tuple[float, ...]
    output: tuple[int, ...]


def _known(evidence: Evidence) -> list[Row]:
    return [row for row in evidence.rows if row.truth.label is not None]


def _accuracy(evidence: Evidence) -> Share | None:
    """An error counts as wrong."""
    known = _known(evidence)
    right = sum(bool(CLASSIFICATION.is_right(row)) for row in known)
    return Share(right, len(known)) if known else None


def _by_label(known: Sequence[Row], whole: Counter[str]) -> dict[str, Share]:
    right = Counter(row.truth.label for row in known if CLASSIFICATION.is_right(row))
    return {label: Share(right[label], whole[label]) for label in _labels(known)}


def _labels(known: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.truth.label for row in known))


def _recall(evidence: Evidence) -> dict[str, Share] | None:
    """Of the frames that show a label."""
    known = _known(evidence)
    return _by_label(known, Counter(row.truth.label for row in known)) if known else None


def _precision(evidence: Evidence) -> dict[str, Share] | None:
    """Of the frames that were answered with a label; 0 where none was."""
    known = _known(evidence)
    said = Counter(row.answer.label for row in known if row.answer is not None and not row.error)
    return _by_label(known, said) if known else None


def _f1(evidence: Evidence) -> Value:
    recall, precision = _recall(evidence), _precision(evidence)
    if recall is None or precision is None:
        return None
    return {label: f1(precision[label], recall[label]) for label in recall}


def _mean_f1(evidence: Evidence) -> Value:
    each = _f1(evidence)
    return None if each is None else round(fmean(each.values()), 4)


class Classification(Task):
    """What a frame shows, one of the network's labels."""

    app = "classify"
    title = "Image classification"
    network = "classification"
    scenes = "classification"
    event = Result
    answer_type = Label
    budget = Budget(150_000, 375 * 1024)
    figures = (
        share_figure("accuracy", "accuracy", "of the labels right", "0.01", _accuracy),
        Figure(
            "mean_f1", "mean F1", "over the labels", ".4f", Better.MORE, "0.02", _mean_f1
        ),
        share_figure(
            "class_accuracy", "recall", "of the frames that show it", "0.05", _recall
        ),
        share_figure(
            "precision", "precision", "of the frames so answered", "0.05", _precision
        ),
        Figure("f1", "F1", "of precision and recall", ".4f", Better.MORE, "0.05", _f1),
    )  # fmt: skip
    score_title = "Accuracy"
    score_form = "{:.1%}"
    order_titles = ("lowest score first", "highest score first")
    columns = ("label", "score")

    def scene(self, seed: int, split: str) -> Scene:
        """The labels take turns."""
        return classification_scene(seed, split)

    def answer(self, event: Result, others: Sequence[Event]) -> Label:
        """Label and output of a result event."""
        return Label(
            normalised(event.label),
            event.index,
            event.scores[event.index],
            event.scores,
            event.output,
        )

    def expected(self, truth: GroundTruth) -> str | None:
        """The label."""
        return truth.label

    def said(self, answer: Label) -> str:
        """The label."""
        return answer.label

    def score(self, row: Row) -> float:
        """1 for the right label."""
        return float(bool(self.is_right(row)))

    def is_output(self, answer: Label, outputs: Sequence[np.ndarray]) -> bool:
        """The answer has the whole tensor."""
        return list(answer.output) == outputs[0].ravel().tolist()

    @contextmanager
    def reference(self, model: ModelFile) -> Iterator[Check]:
        """The int8 output, byte for byte."""
        with Reference(model.path, kept=True) as host:

            def check(row: Row, frame: bytes) -> Verdict:
                outputs = host.invoke_all(frames.input_tensor(frame))
                if self.is_output(row.answer, outputs):
                    return Verdict("")
                chip, expected = list(row.answer.output), outputs[0].ravel().tolist()
                return Verdict(f"output {chip}, on the host {expected}")

            yield check

    def reasoning(
        self, row: Row, frame: bytes, outputs: Sequence[np.ndarray], model: ModelFile
    ) -> Reasoning:
        """The labels by their scores; their names are in `labels.txt` beside the model."""
        file, scores = model.path.with_name("labels.txt"), row.answer.scores
        labels = [normalised(one) for one in read_labels(file)] if file.is_file() else []
        if len(labels) != len(scores):
            labels = [f"class_{place}" for place in range(len(scores))]
            labels[row.answer.output_index] = row.answer.label
        return reasoning.of_scores(labels, scores, row.answer.label, row.truth.label)

    def tables(self, evidence: Evidence) -> dict[str, Mapping[str, object]]:
        """Truth and answer, label by label."""
        confusion: dict[str, Counter[str]] = {}
        for row in _known(evidence):
            answer = NO_ANSWER if row.error else row.answer.label
            confusion.setdefault(row.truth.label, Counter())[answer] += 1
        counts = {label: dict(answers) for label, answers in confusion.items()}
        return {"confusion": counts} if counts else {}

    def cells(self, row: Row) -> tuple[str, ...]:
        """Label and score."""
        return row.answer.label, f"{row.answer.score:.4f}"

    def picture(self, frame: Frame, row: Row, line: Line | None, zoom: int) -> Image.Image:
        """The label in words, the score, and what would have been right."""
        text = f"{row.answer.label} {row.answer.score:.0%}" if row.answer else row.error
        if frame.truth.label is not None and not self.is_right(row):
            text += f", truth {frame.truth.label}"
        return overlay.captioned(frame.data, text, self.is_right(row) is not False, zoom)

    def place(self, row: Row) -> float:
        """By the score."""
        return 0.0 if row.answer is None else row.answer.score

    def note(self, row: Row) -> str:
        """The score."""
        return "" if row.answer is None else f"{row.answer.score:.2f}"


CLASSIFICATION = Classification()
