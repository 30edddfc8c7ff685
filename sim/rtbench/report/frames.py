"""The frames of a run as the page shows them: a small picture, boxes, and what was said of it."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from rt1062.errors import SetupError
from rtbench.evaluation.frame import Row
from rtbench.evaluation.run_folder import RunFolder
from rtbench.evaluation.summary import is_right
from rtbench.frames import FRAME_BYTES, from_rgb565

QUALITY = 80  # of the page's thumbnails; the run's folder has every frame's exact bytes


@dataclass(frozen=True)
class Shown:
    """One frame on the page."""

    index: int
    id: str
    picture: str  # a data: address
    state: str  # right, wrong, error or unknown
    truth: str
    answer: str
    score: float | None
    off: int  # persons counted too many or too few
    boxes: tuple[tuple[float, float, float, float], ...]
    true_boxes: tuple[tuple[float, float, float, float], ...]

    @property
    def text(self) -> str:
        """For those who do not see the picture."""
        return f"camera frame {self.id}: truth {self.truth}, answer {self.answer}"


def shown(folder: Path, rows: list[Row], counting: bool, most: int) -> list[Shown]:
    """At most `most` frames, errors and wrong ones first, the surest of the wrong in front."""
    order = {"error": 0, "wrong": 1, "unknown": 2, "right": 3}
    named = [(_state(row), row) for row in rows]
    named.sort(key=lambda pair: (order[pair[0]], _rank(pair[1], counting), pair[1]["index"]))
    return [_shown(folder, state, row, counting) for state, row in named[:most]]


def _state(row: Row) -> str:
    if row["error"]:
        return "error"
    right = is_right(row)
    return "unknown" if right is None else "right" if right else "wrong"


def _rank(row: Row, counting: bool) -> float:
    return -abs(_off(row)) if counting else -(row.get("score") or 0.0)


def _off(row: Row) -> int:
    if row.get("true_count") is None or row.get("count") is None:
        return 0
    return row["count"] - row["true_count"]


def _shown(folder: Path, state: str, row: Row, counting: bool) -> Shown:
    truth, answer = ("true_count", "count") if counting else ("truth", "label")
    return Shown(
        index=row["index"],
        id=row["id"],
        picture=thumbnail(RunFolder.frame_path(folder, row["sha256"])),
        state=state,
        truth=_word(row.get(truth)),
        answer=row["error"] or _word(row.get(answer)),
        score=None if counting else row.get("score"),
        off=_off(row) if counting else 0,
        # Left, top, right, bottom; score and identity follow them.
        boxes=tuple(tuple(box[:4]) for box in row.get("boxes") or ()),
        true_boxes=tuple(map(tuple, row["true_boxes"])) if counting else (),
    )


def _word(value: object) -> str:
    return "not known" if value is None else str(value)


def thumbnail(file: Path) -> str:
    """A frame's bytes as a picture that is part of the page; SetupError if they are not there."""
    try:
        frame = file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: a frame of the run is missing; run it with --fresh") from error
    if len(frame) != FRAME_BYTES:
        raise SetupError(f"{file}: a frame has {FRAME_BYTES} bytes, not {len(frame)}")
    buffer = io.BytesIO()
    Image.fromarray(from_rgb565(frame)).save(buffer, "WEBP", quality=QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
