"""Pages of which the MPU allows one part more than another: 32-byte guards of stacks and of null.

Unicorn protects whole pages. What all parts of such a page allow is the page's permission at
first, and each access that its own part allows is let through one by one. Variables that share
the page of a guard would make that slow: a page where it happens often becomes hot, gets what any
part allows, and every access to it is then looked at. What that does not see: an unaligned
access that begins in the page before a guard at the page's first byte.
"""

from itertools import groupby

from rt1062.unicorn import native
from rt1062.unicorn.core import Core

PART = 32  # bytes, the smallest MPU region
HOT = 16  # accesses let through one by one


class Guards:
    """The table of native.GUARDS, and which pages are hot."""

    def __init__(self, core: Core):
        self._core = core
        self._heat: dict[int, int] = {}
        self._open: dict[int, int] = {}  # permissions of the hot pages

    def is_hot(self, page: int) -> bool:
        """True for a page that gets what any of its parts allows."""
        return self._heat.get(page, 0) >= HOT

    def let_through(self, page: int) -> bool:
        """Count an access that was let through; True when the page becomes hot by it."""
        self._heat[page] = self._heat.get(page, 0) + 1
        if self._heat[page] != HOT:
            return False
        self._core.watch_accesses(page, page + native.PAGE)
        return True

    def clear(self) -> None:
        """Forget all guards; `add` those that are in force."""
        words = self._core.words
        words[native.GUARD_COUNT] = words[native.FETCH_FIRST] = words[native.FETCH_END] = 0
        self._open.clear()

    def add(self, page: int, parts: list[int], permissions: int) -> None:
        """Guard what a part does not allow of the page's `permissions`; `parts` of PART bytes."""
        hot = self.is_hot(page)
        if hot:
            self._open[page] = permissions
        # Fetches are looked at in the block hook anyway.
        guarded = permissions if hot else permissions & native.EXECUTE
        words = self._core.words
        first = page
        for part, run in groupby(parts):
            end = first + PART * len(list(run))
            if guarded & ~part:
                count = words[native.GUARD_COUNT]
                entry = native.GUARDS + 4 * count
                # A page that loses EXECUTE while the core is in it would stop the core.
                closed = permissions & native.EXECUTE
                for i, word in enumerate((first, end, guarded & ~part, closed)):
                    words[entry + i] = word
                words[native.GUARD_COUNT] = count + 1
                if guarded & ~part & native.EXECUTE:
                    self._add_fetch(first, end)
            first = end

    def _add_fetch(self, first: int, end: int) -> None:
        words = self._core.words
        if words[native.FETCH_END]:
            first = min(first, words[native.FETCH_FIRST])
            end = max(end, words[native.FETCH_END])
        words[native.FETCH_FIRST], words[native.FETCH_END] = first, end

    def reopen(self) -> None:
        """Undo what the hook did to a page to refuse an access."""
        page = self._core.words[native.GUARD_HIT]
        if page >= 0:
            self._core.words[native.GUARD_HIT] = -1
            self._core.uc.mem_protect(page, native.PAGE, self._open[page])
