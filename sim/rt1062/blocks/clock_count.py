"""Counting the periods of a clock without an event for each: what every timer here stands on."""

from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import NEVER, Scheduler


class ClockCount:
    """Whole periods of `hz / divider` since the rate was set, taken in portions.

    A rate of 0 Hz stands still. Setting a rate starts a new period.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._hz, self._divider = 0, 1
        self._since = self._taken = 0

    @property
    def rate(self) -> tuple[int, int]:
        """Clock in Hz and its divider."""
        return self._hz, self._divider

    def set_rate(self, hz: int, divider: int = 1) -> None:
        """Count at `hz / divider` from now on; `take` before, or what has passed is lost."""
        self._hz, self._divider = hz, divider
        self._since, self._taken = self._scheduler.now, 0

    def take(self) -> int:
        """Periods that ended since the last call."""
        passed = (self._scheduler.now - self._since) * self._hz
        total = passed // (self._divider * TICKS_PER_SECOND)
        new, self._taken = total - self._taken, total
        return new

    def time_of(self, periods: int) -> int:
        """When (ticks) so many periods will have ended since the last `take`; NEVER at 0 Hz."""
        if not self._hz:
            return NEVER
        total = (self._taken + periods) * self._divider * TICKS_PER_SECOND
        return self._since - (-total // self._hz)
