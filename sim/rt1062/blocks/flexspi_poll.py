"""FlexSPI: a poll of a flash that is busy, carried on to the end of its work like any wait.

An erase of a sector takes 70 ms, a read of the status 0.4 us. Firmware that reads the status over
and over, and does nothing in between, sees each read take longer: from the fourth on twice as long
as the one before, up to 1 ms, and never past the moment at which the flash is ready.
"""

from rt1062.chip.clock import TICKS_PER_MICROSECOND

SAME_READS = 3
TIGHT_TICKS = 2 * TICKS_PER_MICROSECOND  # from the end of one read to the beginning of the next
FIRST_STEP, LONGEST_STEP = TICKS_PER_MICROSECOND, 1000 * TICKS_PER_MICROSECOND


class BusyPoll:
    """The reads of a busy flash's status, one after the other."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Something else was done to the flash."""
        self._reads = 0
        self._ended = 0

    def wait(self, begun: int, now: int, ready: int) -> int:
        """How much longer (ticks) a read of the status takes that began at `begun`, whose answer is
        due at `now` from a flash that is ready at `ready`."""
        self._reads = self._reads + 1 if begun - self._ended <= TIGHT_TICKS else 1
        longer = 0
        if self._reads > SAME_READS:
            step = FIRST_STEP << min(self._reads - SAME_READS - 1, 10)
            longer = max(0, min(step, LONGEST_STEP, ready - now))
        self._ended = now + longer
        return longer
