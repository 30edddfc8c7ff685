"""How a serial line can be bad: bytes are lost, changed or made up on their way, by seed and rate.

sim/rt1062/renode/LineFaults.cs does the same to the same bytes; a test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MEANINGS = {
    "drop": "a byte is lost",
    "flip": "one bit of a byte is another",
    "insert": "a byte comes before one that nobody has sent",
    "break": "the line is held low: a zero comes in the place of up to ten bytes",
    "gap": "32 to 287 bytes are lost in a row, as when an adapter's buffer runs over",
}
KINDS = tuple(MEANINGS)
LONGEST_BREAK, SHORTEST_GAP, GAPS = 10, 32, 256
WORD = 0xFFFF_FFFF


@dataclass(frozen=True)
class LineFaults:
    """`rate` faults a byte, each of one of the `kinds`; the same for the same seed.

    ValueError for a rate that is none, or a kind that is not in MEANINGS.
    """

    rate: float
    seed: int = 0
    kinds: Sequence[str] = KINDS

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"rate must be from 0 to 1, not {self.rate}")
        if not 0 <= self.seed < 1 << 30:
            raise ValueError(f"seed must be from 0 to {(1 << 30) - 1}, not {self.seed}")
        unknown = [kind for kind in self.kinds if kind not in MEANINGS]
        if unknown or not self.kinds:
            known = ", ".join(KINDS)
            raise ValueError(f"kinds must be some of {known}, not {', '.join(unknown) or 'none'}")

    @property
    def threshold(self) -> int:
        """The rate as a part of 2^32."""
        return min(round(self.rate * (WORD + 1)), WORD)

    def of_board(self) -> "FaultyWay":
        """What happens to what the board sends."""
        return FaultyWay(self, 2 * self.seed)

    def of_terminal(self) -> "FaultyWay":
        """What happens to what is typed."""
        return FaultyWay(self, 2 * self.seed + 1)


class FaultyWay:
    """One direction of the line; `count` faults have happened."""

    def __init__(self, faults: LineFaults, seed: int) -> None:
        self._threshold, self._kinds = faults.threshold, tuple(faults.kinds)
        self._state = (seed * 2_654_435_761 + 1) & WORD or 1
        self._silent = 0  # bytes that are still to be lost
        self.count = 0

    def _draw(self) -> int:
        """Marsaglia's xorshift with 32 bits."""
        state = self._state
        state ^= state << 13 & WORD
        state ^= state >> 17
        state ^= state << 5 & WORD
        self._state = state
        return state

    def carry(self, byte: int) -> bytes:
        """What comes of a byte."""
        if self._silent:
            self._silent -= 1
            return b""
        if self._draw() >= self._threshold:
            return bytes([byte])
        self.count += 1
        kind = self._kinds[self._draw() % len(self._kinds)]
        if kind == "drop":
            return b""
        if kind == "flip":
            return bytes([byte ^ 1 << self._draw() % 8])
        if kind == "insert":
            return bytes([self._draw() % 256, byte])
        if kind == "break":
            self._silent = self._draw() % LONGEST_BREAK
            return b"\0"
        self._silent = SHORTEST_GAP + self._draw() % GAPS - 1
        return b""
