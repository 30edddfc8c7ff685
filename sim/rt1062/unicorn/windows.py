"""A block's registers on the core's bus: compiled functions call its Python ones (hooks).

`read(place)` and `write(place, value)` take offset and bytes of an access in one number, the offset
shifted by four. Lanes (fifo_lane.py, status_lane.py) begin with the same words.
"""

from collections.abc import Callable

import numpy as np

from rt1062.unicorn import python_calls

Read = Callable[[int], int]
Write = Callable[[int, int], None]

PYTHON, READ, WRITE = range(3)  # addresses: of python_calls.TABLE, and of the two function objects
WINDOW_WORDS = 3


class Window:
    """The words of one block, `count` of them."""

    def __init__(self, count: int = WINDOW_WORDS) -> None:
        self._array = np.zeros(count, np.int64)
        self._words = memoryview(self._array)
        self.address = self._array.ctypes.data

    def connect(self, read: Read, write: Write) -> None:
        """The functions for everything that does not pass."""
        self._functions = read, write  # kept from the garbage collector
        self._words[:WINDOW_WORDS] = np.array([python_calls.TABLE, id(read), id(write)])
