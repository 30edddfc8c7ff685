"""The frames of a run as the page shows them: a small picture, boxes, and what was said of it."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from rt1062.errors import SetupError
from rtbench.boxes import Edges
from rtbench.evaluation.run_folder import RunFolder
from rtbench.frames import FRAME_BYTES, from_rgb565
from rtbench.tasks import Task
from rtbench.tasks.row import Row

QUALITY = 80  # of the page's thumbnails; the run's folder has every frame's exact bytes


@dataclass(frozen=True)
class Exhibit:
    """One frame on the page."""

    index: int
    id: str
    picture: str  # a data: address
    state: str  # right, wrong, error or unknown
    truth: str
    answer: str
    note: str  # behind the answer
    place: float  # in the order of frames
    boxes: tuple[Edges, ...]
    true_boxes: tuple[Edges, ...]

    @property
    def text(self) -> str:
        """For those who do not see the picture."""
        return f"camera frame {self.id}: truth {self.truth}, answer {self.answer}"


def gallery(folder: Path, task: Task, rows: Sequence[Row], most: int) -> list[Exhibit]:
    """At most `most` frames, errors and wrong ones first, the plainest of the wrong in front."""
    order = {"error": 0, "wrong": 1, "unknown": 2, "right": 3}
    named = [(_state(task, row), row) for row in rows]
    named.sort(key=lambda pair: (order[pair[0]], -abs(task.place(pair[1])), pair[1].index))
    return [_exhibit(folder, task, state, row) for state, row in named[:most]]


def _state(task: Task, row: Row) -> str:
    if row.error:
        return "error"
    right = task.is_right(row)
    return "unknown" if right is None else "right" if right else "wrong"


def _exhibit(folder: Path, task: Task, state: str, row: Row) -> Exhibit:
    said = None if row.answer is None else task.said(row.answer)
    return Exhibit(
        index=row.index,
        id=row.id,
        picture=thumbnail(RunFolder.frame_path(folder, row.sha256)),
        state=state,
        truth=_word(task.expected(row.truth)),
        answer=row.error or _word(said),
        note="" if row.error else task.note(row),
        place=task.place(row),
        boxes=task.boxes(row),
        true_boxes=row.truth.boxes if task.has_boxes else (),
    )


def _word(value: object) -> str:
    return "not known" if value is None else str(value)


# An empty picture: one transparent pixel.
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def thumbnail(file: Path) -> str:
    """A frame's bytes as a picture that is part of the page; SetupError if they are not there."""
    try:
        frame = file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: a frame of the run is missing; run it with --fresh") from error
    if not frame:  # it could not be drawn, and the row says why
        return NO_PICTURE
    if len(frame) != FRAME_BYTES:
        raise SetupError(f"{file}: a frame has {FRAME_BYTES} bytes, not {len(frame)}")
    buffer = io.BytesIO()
    Image.fromarray(from_rgb565(frame)).save(buffer, "WEBP", quality=QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
