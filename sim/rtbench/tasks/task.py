"""What an application is asked: everything the bench has to know of it, in one value."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
from PIL import Image

from rtbench.boxes import Edges
from rtbench.items import Frame, GroundTruth
from rtbench.link.events import Event, FrameAnswer
from rtbench.scenes.scene import Scene
from rtbench.tasks.figure import COST, Evidence, Figure
from rtbench.tasks.reasoning import Reasoning
from rtbench.tasks.row import Answer, Row
from rtbench.tasks.tracking import Line
from rtbench.tflite.inspect import Budget
from rtbench.tflite.tflite_file import ModelFile


@dataclass(frozen=True)
class Verdict:
    """What TFLM on the host says of a row: what differs ("" if nothing), and the host's own error.

    `host_error` is the task's `score` of the host's answer, None where the task or the truth has
    none.
    """

    difference: str
    host_error: float | None = None


Check = Callable[[Row, bytes], Verdict]


class Task(ABC):
    """One application with its questions; the table is `rtbench.tasks.TASKS`."""

    app: str  # the firmware's name
    title: str
    network: str  # its folder in models/
    scenes: str  # the `task` of its scenes
    event: type[FrameAnswer]  # what the firmware answers a frame with
    answer_type: type[Answer]
    budget: Budget
    figures: tuple[Figure, ...]  # how good its answers are
    has_boxes = False  # whether its answers say where something is
    forget = ""  # the command that makes the firmware forget the frames before, where it remembers
    has_line = False  # whether it counts who crosses a line

    # How `score` is shown, a mean over frames; the order of frames on the page, low and high.
    score_title: str
    score_form: str
    order_titles: tuple[str, str]

    @property
    def all_figures(self) -> tuple[Figure, ...]:
        """Quality, then cost."""
        return (*self.figures, *COST)

    # Questions and answers.

    @abstractmethod
    def scene(self, seed: int, split: str) -> Scene:
        """The scene of a seed; the splits never share one."""

    @abstractmethod
    def answer(self, event: FrameAnswer, others: Sequence[Event]) -> Answer:
        """The typed part of a row, from the answering event and those that came before it."""

    @abstractmethod
    def expected(self, truth: GroundTruth) -> str | int | None:
        """The right answer; None where it is not known."""

    @abstractmethod
    def said(self, answer: Answer) -> str | int:
        """What an answer says, to be held against `expected`."""

    def is_right(self, row: Row) -> bool | None:
        """Whether the answer is the truth; None if that is not known. No answer is wrong."""
        expected = self.expected(row.truth)
        if expected is None:
            return None
        return not row.error and row.answer is not None and self.said(row.answer) == expected

    @abstractmethod
    def score(self, row: Row) -> float:
        """How a row with a known truth did, for a mean along a difficulty axis."""

    @abstractmethod
    def is_output(self, answer: Answer, outputs: Sequence[np.ndarray]) -> bool:
        """Whether an answer is what these output tensors of the network hold, byte for byte."""

    @abstractmethod
    def reference(self, model: ModelFile) -> AbstractContextManager[Check]:
        """TFLM on the host for this model: the one place where chip and host are compared."""

    @abstractmethod
    def reasoning(
        self, row: Row, frame: bytes, outputs: Sequence[np.ndarray], model: ModelFile
    ) -> Reasoning:
        """Why these output tensors make the row's answer, for people; `frame` is its picture."""

    def tables(self, evidence: Evidence) -> dict[str, Mapping[str, object]]:
        """What a summary has besides figures, by key; empty where no truth is known."""
        return {}

    # For people.

    columns: tuple[str, ...]  # of the table of `rtbench run`, behind the frame's name

    @abstractmethod
    def cells(self, row: Row) -> tuple[str, ...]:
        """An answered row under `columns`."""

    @abstractmethod
    def picture(self, frame: Frame, row: Row, line: Line | None, zoom: int) -> Image.Image:
        """The frame enlarged, with what was said of it drawn on it."""

    @abstractmethod
    def place(self, row: Row) -> float:
        """Where a row comes when the page puts its frames in order."""

    def boxes(self, row: Row) -> tuple[Edges, ...]:
        """The boxes that an answer names."""
        return ()

    def note(self, row: Row) -> str:
        """What the page adds to an answer."""
        return ""
