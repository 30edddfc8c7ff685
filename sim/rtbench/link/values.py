"""What events are made of: the values that are more than a number or a text."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Cycles:
    """Core cycles that the stages of one frame took (instructions until a timing model lands).

    The counter stands still while the core sleeps, so what waits is in `Milliseconds`.
    """

    preprocess: int
    invoke: int
    postprocess: int


@dataclass(frozen=True)
class Milliseconds:
    """Whole milliseconds that a frame took: its capture, and all of it up to the answer."""

    capture: int
    total: int


@dataclass(frozen=True)
class MemoryUse:
    """Bytes of one memory that the firmware takes, and how many there are."""

    used: int
    size: int


class Box(NamedTuple):
    """A person in a picture: edges in pixels, int8 score, identity (0: not known yet).

    The firmware prints edges in sixteenths of a pixel, which a float holds exactly.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: int
    identity: int

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self[:4]

    @property
    def probability(self) -> float:
        """The score from 0 to 1."""
        return (self.score + 128) / 256
