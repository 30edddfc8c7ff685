"""A way past Python for a status that firmware looks at in vain, compiled (hooks).

A superloop asks its idle console some millions of times a second. Where the block says that one of
its registers is changed by accesses and by its own events only (Block.QUIET), the bus opens this
lane behind a look that found nothing new: a C function answers the next ones. Any access that
comes to Python and any event that is due closes it. That a firmware spins is found as the bus
finds it (bus.py, spin.py).
"""

import ctypes

import numpy as np

# Words of a lane.
STATE = 0  # address of the core's shared words
READ = 1  # address of the function for everything that does not pass
BASE = 2  # of the block
OFFSET = 3  # of the register that is answered, -1 while the lane is closed
VALUE, CHANGE = 4, 5  # what it gives, and when that changes by itself
LANE_WORDS = 6


class StatusLane:
    """The lane of one block."""

    def __init__(self, state: np.ndarray, base: int) -> None:
        self._words = memoryview(array := np.zeros(LANE_WORDS, np.int64))
        self._words[STATE], self._words[BASE], self._words[OFFSET] = state.ctypes.data, base, -1
        self.address = array.ctypes.data

    def connect(self, read: object) -> None:
        """The ctypes callback for everything that does not pass."""
        self._words[READ] = ctypes.cast(read, ctypes.c_void_p).value

    def open(self, offset: int, value: int, change: int) -> None:
        """Answer reads of the register at `offset`."""
        words = self._words
        words[OFFSET], words[VALUE], words[CHANGE] = offset, value, change

    def close(self) -> None:
        """Nothing passes any more."""
        self._words[OFFSET] = -1
