"""A share of counts, and how far the truth may be from it."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # of a normal distribution, 95 % within
CONFIDENCE = "95 %"


@dataclass(frozen=True)
class Share:
    """`hits` of `of`; 0 of nothing."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return round(self.hits / self.of, 4) if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of all frames of the kind is, with 95 % confidence (E. B. Wilson, 1927).

        Unlike the normal approximation it stays within 0 and 1 and has a width at both ends.
        """
        if not self.of:
            return 0.0, 1.0
        share, spread = self.hits / self.of, Z * Z / self.of
        middle = share + spread / 2
        half = Z * sqrt(share * (1 - share) / self.of + spread / (4 * self.of))
        low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
        return max(0.0, low), min(1.0, high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits} of {self.of}, {CONFIDENCE} interval {low:.3f} to {high:.3f}"
