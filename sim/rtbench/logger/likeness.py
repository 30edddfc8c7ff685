"""How alike two pictures are: a difference hash of 64 bits, and how many of its bits differ."""

import numpy as np
from PIL import Image

NEAR = 3  # bits: the same scene a moment later, or with another exposure
COLUMNS, ROWS = 9, 8


def likeness(rgb: np.ndarray) -> int:
    """Which of 8x8 places are darker than their right neighbours, of uint8 (height, width, 3)."""
    grey = Image.fromarray(rgb).convert("L").resize((COLUMNS, ROWS), Image.Resampling.BOX)
    levels = np.asarray(grey)
    return int.from_bytes(np.packbits(levels[:, :-1] < levels[:, 1:]).tobytes(), "big")


class Likenesses:
    """Those of the pictures so far, by name."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._values = np.zeros(0, np.uint64)

    def nearest(self, value: int) -> str:
        """The name of the first picture that differs in NEAR bits at most, "" if none does."""
        differing = np.bitwise_count(self._values ^ np.uint64(value))
        near = np.flatnonzero(differing <= NEAR)
        return self._names[near[0]] if len(near) else ""

    def add(self, name: str, value: int) -> None:
        """One picture more."""
        self._names.append(name)
        self._values = np.append(self._values, np.uint64(value))
