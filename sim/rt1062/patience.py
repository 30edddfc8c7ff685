"""How much of the host a firmware may cost before it is given up: virtual time alone is no limit.

A firmware that refreshes its watchdog in a tight loop, toggles a pad or writes a clock register for
ever costs minutes to days of the host for a second of its own; an ordinary one costs seconds.
"""

import time

# Seconds of the host's CPU for a virtual second that are nothing unusual, and so many besides. CPU
# rather than wall time: a busy machine must not turn a good firmware into a failed one.
PER_SECOND, BESIDES = 50.0, 6.0


class Patience:
    """What the machine has cost above what is usual; cheap times pay back dear ones."""

    def __init__(self) -> None:
        self.owed = 0.0  # seconds of CPU
        self._begin = 0.0

    def begin(self, others: float) -> None:
        """A stretch of emulation begins; `others`: CPU seconds that other processes have used."""
        self._begin = time.process_time() + others

    def end(self, others: float, virtual_s: float) -> bool:
        """It is over; whether it is time to give up."""
        cost = time.process_time() + others - self._begin
        self.owed = max(0.0, self.owed + cost - PER_SECOND * virtual_s)
        return self.owed > BESIDES
