"""One frame and what the firmware made of it: the same keys whatever the task."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Protocol, Self, get_type_hints

import msgspec

from rtbench.items import Frame, GroundTruth
from rtbench.link.events import Cycles, Milliseconds


class Answer(Protocol):
    """The typed part of a row: a frozen dataclass of a task, of what JSON has."""


@dataclass(frozen=True)
class Row:
    """What became of one frame; `error` is empty if it was answered, and whole.

    `sha256` and `crc32` are those of the frame, the first as it was shown, the second as the
    firmware read it. `estimated_ms`: what the core takes for it on the chip, low, middle, high, no
    measurement. `console` is the end of it where the frame failed.
    """

    index: int
    id: str
    key: str
    sha256: str
    truth: GroundTruth
    error: str = ""
    crc32: str = ""
    ms: Milliseconds | None = None
    cycles: Cycles | None = None
    estimated_ms: tuple[float, float, float] | None = None
    time_us: float | None = None
    answer: Answer | None = None
    console: tuple[str, ...] = ()

    @classmethod
    def unanswered(cls, index: int, key: str, frame: Frame, error: str = "") -> Self:
        """What is known of a frame before the chip has seen it."""
        return cls(
            index=index,
            id=frame.id,
            key=key,
            sha256=hashlib.sha256(frame.data).hexdigest(),
            truth=frame.truth,
            error=error,
        )

    def to_json(self) -> str:
        """The row as one line."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str, answer: type[Answer]) -> Self:
        """The row that `to_json` wrote of a task's `answer`; ValueError for another line."""
        try:
            values = json.loads(line, parse_constant=_no_number)
            kinds = _kinds(cls, answer)
            if not isinstance(values, dict) or values.keys() != kinds.keys():
                raise ValueError(f"not the keys of a row: {', '.join(kinds)}")
            return cls(**{name: msgspec.convert(values[name], kinds[name]) for name in kinds})
        except (msgspec.ValidationError, RecursionError) as error:
            raise ValueError(f"not a row of {answer.__name__}: {error}") from error


@cache
def _kinds(row: type[Row], answer: type[Answer]) -> dict[str, object]:
    return {**get_type_hints(row), "answer": answer | None}


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")
