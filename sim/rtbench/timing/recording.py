"""A run that was traced: what was executed, in which stages, and how the machine was set up."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from rt1062.machine import Machine
from rt1062.observations import Executed
from rtbench.timing.estimate import Estimator
from rtbench.timing.meter import Meter, Window
from rtbench.timing.passages import Passages
from rtbench.timing.setting import Setting, setting_of
from rtbench.timing.waterfall import Waterfall, waterfall

EVENTS = 64_000_000  # of a trace, at most: eight bytes each


@dataclass
class Recording:
    """Of one run: all of it is there when the recording has ended."""

    executed: Executed | None = None
    windows: list[Window] = field(default_factory=list)
    setting: Setting | None = None

    def waterfall(self, title: str, read: Callable[[int, int], bytes], runs: int = 1) -> Waterfall:
        """Its stages in its own setting; `read` gives code."""
        estimator = Estimator(self.executed, read)
        return waterfall(title, estimator, self.setting, self.windows, runs)


@contextmanager
def recorded(machine: Machine, passages: Passages | None = None) -> Iterator[Recording]:
    """Within the `with`, all that the machine executes is traced, in the passages' stages.

    SetupError on a machine whose core cannot be looked at, and without symbols.
    """
    recording = Recording()
    with machine.recorded(EVENTS) as executed, ExitStack() as stack:
        meter = Meter(machine, lambda: executed.position)
        if passages:
            stack.enter_context(passages.told(machine, meter.tell))
        yield recording
        stack.close()
        recording.executed = executed()
        recording.windows = meter.windows()
        recording.setting = setting_of(machine)
