"""How long something has been in each of its states: written down when one changes, not between."""

from collections.abc import Callable, Hashable


class Ledger:
    """`now()` is a clock in ticks; the ledger begins with `state` at its present."""

    def __init__(self, now: Callable[[], int], state: Hashable) -> None:
        self.state = state
        self._now = now
        self._since = now()
        self._spent: dict[Hashable, int] = {}

    def enter(self, state: Hashable) -> None:
        """From now on it is in this state."""
        if state != self.state:
            self._settle()
            self.state = state

    def times(self) -> dict[Hashable, int]:
        """Ticks in each state up to now."""
        self._settle()
        return dict(self._spent)

    def _settle(self) -> None:
        now = self._now()
        self._spent[self.state] = self._spent.get(self.state, 0) + now - self._since
        self._since = now
