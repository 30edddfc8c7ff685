"""What a board has measured with its own cycle counter, set beside an estimate.

The project's firmware tells cycles (DWT.CYCCNT) of its stages with each answer, and of each
operator while `profile on` holds. A log is what its console printed, with whatever a terminal put
before the lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean

from rt1062.errors import SetupError
from rtbench.link.events import Boot, FrameAnswer, Log, NotAnEvent, Profile, ProtocolError
from rtbench.link.parser import parse
from rtbench.timing.interval import Interval
from rtbench.timing.own_stages import POSTPROCESSING, PREPROCESSING
from rtbench.timing.passages import NETWORK
from rtbench.timing.waterfall import Waterfall

PREPROCESS, INVOKE, POSTPROCESS = "preprocess", "invoke", "postprocess"  # as the firmware has them
EVENT = '{"event":'
INVOKED = "invoked"  # the message of a firmware around a model


@dataclass
class BoardLog:
    """Cycles by stage, each time it was; of the network by number and operator. `boots`: what the
    firmware said of itself; `damaged` lines were events once."""

    cycles: dict[str, list[int]] = field(default_factory=dict)
    boots: list[Boot] = field(default_factory=list)
    damaged: int = 0


def read_log(text: str) -> BoardLog:
    """What a console log holds; SetupError if no cycles are in it."""
    found = BoardLog()
    for line in text.splitlines():
        start = line.find(EVENT)
        if start < 0:
            continue
        try:
            event = parse(line[start:].rstrip(), 0.0)
        except (NotAnEvent, ProtocolError):
            found.damaged += 1
            continue
        if isinstance(event, Boot):
            found.boots.append(event)
        elif isinstance(event, FrameAnswer):
            for stage, cycles in asdict(event.cycles).items():
                found.cycles.setdefault(stage, []).append(cycles)
        elif isinstance(event, Profile):
            found.cycles.setdefault(f"{event.layer} {event.op}", []).append(event.cycles)
        elif isinstance(event, Log) and event.message == INVOKED:
            found.cycles.setdefault(INVOKE, []).append(int(event.fields["cycles"]))
    if not found.cycles:
        raise SetupError(
            "no cycles are in the log: type `infer`, or `run 10`, and `profile on` before it for "
            "each operator's"
        )
    return found


def cycles_of(fall: Waterfall) -> dict[str, Interval]:
    """An estimate's cycles by the names that the firmware's own figures have."""
    per_ms = fall.hz / 1000
    found: dict[str, Interval] = {}
    for part in fall.parts:
        cycles = part.ms * per_ms
        is_operator = part.label.partition(" ")[0].isdigit()
        if is_operator or part.label == NETWORK:
            found[INVOKE] = found.get(INVOKE, Interval(0, 0, 0)) + cycles
        if is_operator:
            found[part.label] = cycles
        elif part.label in _STAGES:
            found[_STAGES[part.label]] = cycles
    return found


_STAGES = {PREPROCESSING: PREPROCESS, POSTPROCESSING: POSTPROCESS}


@dataclass(frozen=True)
class Compared:
    """A stage: mean of what was measured, how often, the least and most; the estimate; its error as
    a share of what was measured, and whether the interval has the measured mean."""

    stage: str
    measured: float
    times: int
    least: int
    most: int
    estimate: Interval
    error: float
    within: bool


def compared(estimate: Mapping[str, Interval], log: BoardLog) -> list[Compared]:
    """Every stage that both have, in the estimate's order; SetupError if there is none."""
    found = []
    for stage, interval in estimate.items():
        cycles = log.cycles.get(stage)
        if not cycles:
            continue
        mean = fmean(cycles)
        found.append(
            Compared(
                stage, mean, len(cycles), min(cycles), max(cycles), interval,
                interval.mid / mean - 1 if mean else 0.0, interval.low <= mean <= interval.high,
            )
        )  # fmt: skip
    if not found:
        raise SetupError(
            f"the log has {', '.join(log.cycles)}, the estimate {', '.join(estimate)}: nothing of "
            "one is in the other"
        )
    return found


def differences(boots: Iterable[Boot], model: str, hz: int) -> Sequence[str]:
    """Why a log may be of something else than the estimate: a line each."""
    found = []
    for boot in boots:
        if boot.model and model and boot.model != model:
            found.append(f"the log is of model {boot.model}, the estimate of {model}")
        if boot.core_hz != hz:
            found.append(
                f"the log is of a core at {boot.core_hz / 1e6:g} MHz, the estimate of "
                f"{hz / 1e6:g} MHz: waits for memory take other cycles"
            )
        if boot.inference == "host":
            found.append("the log is of a firmware whose inference ran on the host")
    return list(dict.fromkeys(found))
