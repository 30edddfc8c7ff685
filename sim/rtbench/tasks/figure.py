"""A figure, said once: its name, unit, direction and tolerance, and how rows give it.

The summary, what `evaluate` prints, the gate and the evidence page take all of it from here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from statistics import fmean

from rtbench.link.events import Cycles, Milliseconds
from rtbench.tasks.row import Row
from rtbench.tasks.shares import Share

Value = float | Mapping[str, float] | None
Counts = Share | Mapping[str, Share] | None
STAGES = tuple(stage.name for stage in fields(Cycles))
ENDS = ("low", "mid", "high")  # of an estimate
SPANS = tuple(span.name for span in fields(Milliseconds))


def counted(emulator: str) -> str:
    """What the firmware's cycle counter counts on a machine of this name: for an emulator an
    instruction is a cycle, so it must not be called one.
    """
    return "cycles" if emulator == "board" else "instructions"


class Better(Enum):
    """Which way a figure gets better."""

    MORE = "more"
    LESS = "less"
    NEARER_TO_ZERO = "nearer to zero"

    def worse_by(self, before: float, now: float) -> float:
        """How far it went the wrong way; negative if it got better."""
        if self is Better.MORE:
            return before - now
        if self is Better.LESS:
            return now - before
        return abs(now) - abs(before)


@dataclass(frozen=True)
class Evidence:
    """What figures are made of: the rows, what the firmware said of itself at its boot, and what
    its cycle counter counts.
    """

    rows: Sequence[Row]
    boot: Mapping[str, object]
    counts: str = "instructions"

    @property
    def answered(self) -> list[Row]:
        """The rows without an error."""
        return [row for row in self.rows if not row.error]


@dataclass(frozen=True)
class Figure:
    """A number, or one for each of several parts; None where there is nothing to measure.

    `tolerance` is how much worse it may get, in its own unit, or with % as a share of what it was;
    None where it is shown only. `form` is Python's for one value.
    """

    name: str  # the key in summary.json and in a baseline
    title: str
    unit: str
    form: str
    better: Better
    tolerance: str | None
    of: Callable[[Evidence], Value]
    of_emulator: bool = False  # whether another emulator gives another value
    shares: Callable[[Evidence], Counts] | None = None  # of which counts it is a share

    def text(self, value: float | Mapping[str, float], share: object = None) -> str:
        """A value for people, with the counts that it is a share of."""
        if isinstance(value, Mapping):
            shown = ", ".join(f"{part} {one:{self.form}}" for part, one in value.items())
        else:
            shown = f"{value:{self.form}}"
        counts = f" ({Share(*share)})" if isinstance(share, list | tuple) else ""
        return f"{shown} {self.unit}{counts}"

    def line(self, value: float | Mapping[str, float], share: object = None) -> str:
        """A value with its title."""
        colon = ":" if isinstance(value, Mapping) else ""
        return f"{self.title}{colon} {self.text(value, share)}"


def share_figure(
    name: str, title: str, unit: str, tolerance: str, shares: Callable[[Evidence], Counts]
) -> Figure:
    """A figure, or one for each of several parts, that is a share of counts."""

    def of(evidence: Evidence) -> Value:
        found = shares(evidence)
        if isinstance(found, Mapping):
            return {part: one.value for part, one in found.items()}
        return None if found is None else found.value

    return Figure(name, title, unit, ".4f", Better.MORE, tolerance, of, shares=shares)


def counts_of(figures: Sequence[Figure], evidence: Evidence) -> dict[str, object]:
    """For a file: hits and whole of each figure that is a share, by its name."""
    found: dict[str, object] = {}
    for figure in figures:
        counts = None if figure.shares is None else figure.shares(evidence)
        if isinstance(counts, Mapping):
            found[figure.name] = {part: [one.hits, one.of] for part, one in counts.items()}
        elif counts is not None:
            found[figure.name] = [counts.hits, counts.of]
    return found


def f1(precision: Share, recall: Share) -> float:
    """The harmonic mean of both, which have the same hits."""
    whole = precision.of + recall.of
    return round(2 * recall.hits / whole, 4) if whole else 0.0


def _instructions(evidence: Evidence) -> Value:
    return _counter(evidence) if evidence.counts == "instructions" else None


def _cycles(evidence: Evidence) -> Value:
    return _counter(evidence) if evidence.counts == "cycles" else None


def _counter(evidence: Evidence) -> Value:
    answered = [row.cycles for row in evidence.answered if row.cycles is not None]
    return {
        stage: round(fmean(getattr(cycles, stage) for cycles in answered))
        for stage in STAGES
        if answered
    }


def _milliseconds(evidence: Evidence) -> Value:
    answered = [row.ms for row in evidence.answered if row.ms is not None]
    return {
        span: round(fmean(getattr(ms, span) for ms in answered), 1) for span in SPANS if answered
    }


def _estimated(evidence: Evidence) -> Value:
    answered = [row.estimated_ms for row in evidence.answered if row.estimated_ms is not None]
    if not answered:
        return None
    return {
        end: round(fmean(values), 3)
        for end, values in zip(ENDS, zip(*answered, strict=True), strict=True)
    }


# A capture begins with the sensor's next frame: a millisecond earlier or later it takes 67 ms more.
LATE_MS = "70"

# What every task has.
COST = (
    Figure(
        "errors", "errors", "frames not answered", ",", Better.LESS, "0",
        lambda evidence: len(evidence.rows) - len(evidence.answered),
    ),
    Figure(
        "arena_used", "arena used", "bytes", ",", Better.LESS, "0",
        lambda evidence: evidence.boot["arena_used"],
    ),
    Figure(
        "arena_reserved", "arena reserved", "bytes", ",", Better.LESS, "0",
        lambda evidence: evidence.boot["arena_reserved"],
    ),
    Figure(
        "memory", "memory", "bytes", ",", Better.LESS, "1024",
        lambda evidence: {name: use["used"] for name, use in evidence.boot["memory"].items()},
    ),
    Figure(
        "instructions", "instructions a frame", "instructions", ",", Better.LESS, "1%",
        _instructions, of_emulator=True,
    ),
    Figure(
        "cycles", "core cycles a frame", "cycles, the core awake", ",", Better.LESS, "1%",
        _cycles, of_emulator=True,
    ),
    Figure(
        "milliseconds", "time a frame, by the firmware's clock", "ms", ".1f", Better.LESS, LATE_MS,
        _milliseconds, of_emulator=True,
    ),
    Figure(
        "estimated_ms", "the core's time a frame, an estimate, not measured on silicon", "ms",
        ".2f", Better.LESS, "1%", _estimated, of_emulator=True,
    ),
)  # fmt: skip
