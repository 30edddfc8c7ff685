"""A figure, said once: its name, unit, direction and tolerance, and how rows give it.

The summary, what `evaluate` prints, the gate and the evidence page take all of it from here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from statistics import fmean

from rtbench.link.events import Cycles, Milliseconds
from rtbench.tasks.row import Row

Value = float | Mapping[str, float] | None
STAGES = tuple(stage.name for stage in fields(Cycles))
SPANS = tuple(span.name for span in fields(Milliseconds))


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
    """What figures are made of: the rows, and what the firmware said of itself at its boot."""

    rows: Sequence[Row]
    boot: Mapping[str, object]

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

    def text(self, value: float | Mapping[str, float]) -> str:
        """A value for people."""
        if isinstance(value, Mapping):
            shown = ", ".join(f"{part} {one:{self.form}}" for part, one in value.items())
        else:
            shown = f"{value:{self.form}}"
        return f"{shown} {self.unit}"

    def line(self, value: float | Mapping[str, float]) -> str:
        """A value with its title."""
        return f"{self.title}{':' if isinstance(value, Mapping) else ''} {self.text(value)}"


def _instructions(evidence: Evidence) -> Value:
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
        "milliseconds", "virtual time a frame", "ms", ".1f", Better.LESS, "2",
        _milliseconds, of_emulator=True,
    ),
)  # fmt: skip
