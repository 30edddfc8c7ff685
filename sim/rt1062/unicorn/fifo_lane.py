"""A way past Python for the FIFOs of an LPSPI, compiled (hooks).

A frame from the camera is 4,608 writes to a transmit FIFO, as many reads of a receive FIFO, and the
looks at SR and FSR in between. Where the block knows what the next words will be (Lpspi.ahead), the
bus opens this lane: C functions answer these accesses and go on with the shifter as it would, down
to the tick. Whatever else is done comes to Python, which closes the lane first and tells the block
what passed (Lpspi.passed). That a firmware spins on a status is found as the bus finds it (bus.py),
and what was seen of a spin is in the core's shared words, for whoever goes on.
"""

import numpy as np

from rt1062.blocks.lpspi_registers import FIFO_WORDS
from rt1062.blocks.lpspi_shifter import AHEAD_WORDS, SHIFT, Ahead, Passed
from rt1062.unicorn.windows import WINDOW_WORDS, Window

# Words of a lane, behind those of a window.
STATE = WINDOW_WORDS  # address of the core's shared words
OPEN = 4
PHASE, NEXT, FLAGS = 5, 6, 7  # of the shifter
WORD_TICKS, GAP_TICKS = 8, 9
UNTIL = 10  # when the clock tree must be asked again
TXWATER, RXWATER = 11, 12
KNOWN = 13  # words in ANSWERS
ARRIVED, TAKEN_OUT = 14, 15  # of these: received, read by firmware
WRITTEN, STARTED = 16, 17  # words in SENT; of these: no longer in the transmit FIFO
BASE = 18  # of the block
ANSWERS = 19
SENT = ANSWERS + FIFO_WORDS + AHEAD_WORDS
SENT_WORDS = FIFO_WORDS + 1 + AHEAD_WORDS
LANE_WORDS = SENT + SENT_WORDS


class FifoLane(Window):
    """The lane of one LPSPI. While `is_open`, only the lane knows where its FIFOs are."""

    def __init__(self, state: np.ndarray, base: int) -> None:
        super().__init__(LANE_WORDS)
        self._words[STATE], self._words[BASE] = state.ctypes.data, base

    @property
    def is_open(self) -> bool:
        """Something may have passed."""
        return self._words[OPEN] != 0

    def open(self, ahead: Ahead, watermarks: tuple[int, int]) -> None:
        """Go on for the block."""
        words, received, sent = self._words, len(ahead.received), len(ahead.sent)
        coming = np.frombuffer(ahead.coming, ahead.packing)
        known = received + len(coming)
        words[PHASE], words[NEXT], words[FLAGS] = ahead.phase, ahead.next_time, ahead.flags
        words[WORD_TICKS], words[GAP_TICKS] = ahead.word_ticks, ahead.gap_ticks
        words[UNTIL] = ahead.until
        words[TXWATER], words[RXWATER] = watermarks
        words[KNOWN], words[ARRIVED], words[TAKEN_OUT] = known, received, 0
        words[WRITTEN], words[STARTED] = sent, int(ahead.phase == SHIFT)
        self._array[ANSWERS : ANSWERS + received] = ahead.received
        self._array[ANSWERS + received : ANSWERS + known] = coming
        self._array[SENT : SENT + sent] = ahead.sent
        words[OPEN] = 1

    def close(self) -> Passed:
        """How far it went; nothing passes any more."""
        words = self._words
        words[OPEN] = 0
        return Passed(
            words[PHASE], words[NEXT], words[FLAGS], words[ARRIVED], words[TAKEN_OUT],
            words[STARTED], words[SENT : SENT + words[WRITTEN]].tolist(),
        )  # fmt: skip
