"""A figure that is not known better than from here to there."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, most likely `mid`; low <= mid <= high."""

    low: float
    mid: float
    high: float

    @property
    def ends(self) -> tuple[float, float, float]:
        """Low, mid, high."""
        return self.low, self.mid, self.high

    def __add__(self, other: Self) -> Self:
        return type(self)(*(a + b for a, b in zip(self.ends, other.ends, strict=True)))

    def __mul__(self, factor: float) -> Self:
        return type(self)(*(end * factor for end in self.ends))

    def shown(self, form: str = ".3f") -> str:
        """For people: `1.250 (1.100 to 1.500)`."""
        return f"{self.mid:{form}} ({self.low:{form}} to {self.high:{form}})"
