"""Where translated code may load and store by itself: a word for each of Unicorn's pages.

The word is host minus guest address where the page and the next one are memory of one segment and
the MPU allows the access to both; else 0, and the access is Unicorn's. Pages with code are never
written directly, so that Unicorn sees code change.
"""

import mmap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rt1062.unicorn import native
from rt1062.unicorn.memory import Segment

PAGES = 1 << 32 - native.PAGE_BITS
_KEPT = 4  # sets: privileged and not, with room for a change


@dataclass(frozen=True)
class Permissions:
    """What the MPU allows now: ranges with what Unicorn's pages allow, and pages with parts."""

    ranges: dict[tuple[int, int], int]
    mixed: frozenset[int]

    def of(self, segment: Segment) -> np.ndarray:
        """What each page of a segment allows, 0 for one with parts."""
        first, end = segment.base >> native.PAGE_BITS, segment.end >> native.PAGE_BITS
        allowed = np.full(end - first, segment.permissions, np.int64)
        for (start, stop), permissions in self.ranges.items():
            low, high = max(start >> native.PAGE_BITS, first), min(stop >> native.PAGE_BITS, end)
            if low < high:
                allowed[low - first : high - first] &= permissions
        for page in self.mixed:
            if segment.base <= page < segment.end:
                allowed[(page >> native.PAGE_BITS) - first] = 0
        return allowed


def _sparse(kind: type[np.generic]) -> np.ndarray:
    """Zeros for all pages, of which few are ever written to.

    numpy would have the kernel fill and keep 2 MB around each of those: 20 MB in all.
    """
    size = PAGES * np.dtype(kind).itemsize
    # Private, so that a forked machine has its own copy.
    return np.frombuffer(mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS), kind)


class Maps:
    """Maps of loads and of stores, a set for each of the MPU's states that alternate."""

    def __init__(self) -> None:
        self.code_pages = _sparse(np.int8)  # native.CODE_PAGES
        self._sets: dict[object, tuple[np.ndarray, np.ndarray]] = {}

    def note_code(self, start: int, length: int) -> None:
        """There is code here."""
        self.code_pages[
            start >> native.PAGE_BITS : (start + length - 1 >> native.PAGE_BITS) + 1
        ] = 1

    def forget(self) -> None:
        """The segments have changed."""
        self._sets.clear()

    def current(
        self, segments: Sequence[Segment], permissions: Permissions
    ) -> tuple[np.ndarray, np.ndarray]:
        """The maps of loads and stores with these permissions."""
        key = frozenset(permissions.ranges.items()), permissions.mixed
        found = self._sets.pop(key, None)
        if found is None:
            found = _sparse(np.int64), _sparse(np.int64)
            for segment in segments:
                self._fill(found, segment, permissions.of(segment))
            while len(self._sets) >= _KEPT:
                del self._sets[next(iter(self._sets))]
        self._sets[key] = found
        for segment in segments:
            first, end = segment.base >> native.PAGE_BITS, segment.end >> native.PAGE_BITS
            code = first + np.flatnonzero(self.code_pages[first:end])
            found[1][code] = 0
            found[1][code[code > first] - 1] = 0
        return found

    @staticmethod
    def _fill(maps: tuple[np.ndarray, np.ndarray], segment: Segment, allowed: np.ndarray) -> None:
        first, last = segment.base >> native.PAGE_BITS, (segment.end >> native.PAGE_BITS) - 1
        both = allowed[:-1] & allowed[1:]
        for words, wanted in zip(maps, (native.READ, native.WRITE), strict=True):
            words[first:last] = np.where(both & wanted, segment.host - segment.base, 0)
