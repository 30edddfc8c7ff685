"""Where in a trace each stage of a run begins, and how long the core waited in it."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.machine import Machine

_US_PER_INSTRUCTION = 1e6 / TICKS_PER_SECOND  # of virtual time


@dataclass(frozen=True)
class Window:
    """One stay of the core in a stage: from the trace's event `cut` on.

    `begins`: it came into it, and did not come back from one within. `waited_us` is virtual time
    without instructions: the core asleep, or polling a device.
    """

    label: str
    begins: bool
    cut: int
    instructions: int
    waited_us: float


@dataclass(frozen=True)
class _Mark:
    label: str
    begins: bool
    cut: int
    instructions: int
    time_us: float


class Meter:
    """Told of each change of stage (`tell`) while a machine is recorded, `events` so many kept."""

    def __init__(self, machine: Machine, events: Callable[[], int]) -> None:
        self._machine = machine
        self._events = events
        self._marks: list[_Mark] = []
        self.tell("", False)

    def tell(self, label: str, begins: bool = True) -> None:
        """From now on it is this one, "" for none."""
        machine = self._machine
        self._marks.append(
            _Mark(label, begins, self._events(), machine.instructions, machine.time_us)
        )

    def windows(self) -> list[Window]:
        """All of them in order, up to now."""
        self.tell("", False)
        found = []
        for mark, behind in pairwise(self._marks):
            instructions = behind.instructions - mark.instructions
            waited = behind.time_us - mark.time_us - instructions * _US_PER_INSTRUCTION
            found.append(Window(mark.label, mark.begins, mark.cut, instructions, max(0.0, waited)))
        return found
