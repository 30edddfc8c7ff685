"""A way past Python for a status that firmware looks at in vain, compiled (hooks).

A superloop asks its idle console some millions of times a second. Where the block says that one of
its registers is changed by accesses and by its own events only (Block.QUIET), the bus opens this
lane behind a look that found nothing new: a C function answers the next ones. Any access that
comes to Python and any event that is due closes it. That a firmware spins is found as the bus
finds it (bus.py, spin.py).
"""

import numpy as np

from rt1062.unicorn.windows import WINDOW_WORDS, Window

# Words of a lane, behind those of a window.
STATE = WINDOW_WORDS  # address of the core's shared words
BASE = 4  # of the block
OFFSET = 5  # of the register that is answered, -1 while the lane is closed
VALUE, CHANGE = 6, 7  # what it gives, and when that changes by itself
LANE_WORDS = 8


class StatusLane(Window):
    """The lane of one block."""

    def __init__(self, state: np.ndarray, base: int) -> None:
        super().__init__(LANE_WORDS)
        self._words[STATE], self._words[BASE], self._words[OFFSET] = state.ctypes.data, base, -1

    def open(self, offset: int, value: int, change: int) -> None:
        """Answer reads of the register at `offset`."""
        words = self._words
        words[OFFSET], words[VALUE], words[CHANGE] = offset, value, change

    def close(self) -> None:
        """Nothing passes any more."""
        self._words[OFFSET] = -1
