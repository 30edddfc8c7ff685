"""How long each stage of a run takes, as intervals: the waterfall of `rtbench time`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Self, TypedDict

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.timing.estimate import MID, Cause, Estimate, Estimator
from rtbench.timing.interval import Interval
from rtbench.timing.meter import Window
from rtbench.timing.setting import Setting

# What the middle of the core's time is made up of, by its name in a Part.
CAUSES = {
    "core": Cause.CORE,
    "mispredictions": Cause.MISPREDICTED,
    "unaligned": Cause.UNALIGNED,
    "flash": Cause.FLASH,
    "ram": Cause.RAM,
    "devices": Cause.DEVICE,
}


NOTE = "estimate, not measured on silicon"
MOST = 1e12  # milliseconds


@dataclass(frozen=True)
class Part:
    """One stage; milliseconds a run.

    `ms` is the core's; its middle is made up of `core`, in which instructions issue,
    `mispredictions` of branches, accesses that are `unaligned` or narrow, and waits for `flash`,
    `ram` and registers of `devices`. `waiting` comes on top: the core asleep or polling, by virtual
    time and no estimate.
    """

    label: str
    times: float  # how often it was, a run
    instructions: float
    ms: Interval
    core: float
    mispredictions: float
    unaligned: float
    flash: float
    ram: float
    devices: float
    waiting: float

    @property
    def elapsed(self) -> Interval:
        """Milliseconds, the waiting included."""
        return Interval(*(end + self.waiting for end in self.ms.ends))


@dataclass(frozen=True)
class Waterfall:
    """All stages in the order in which they began; `runs` is what they were divided by.

    `unknown`: share of the core's cycles for instructions that the table does not have, which are
    `mnemonics`. `doubts`: why it deserves less trust than its intervals say.
    """

    title: str
    hz: int
    runs: int
    parts: tuple[Part, ...]
    unknown: float = 0.0
    mnemonics: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def whole(self) -> Part:
        """Their sum."""
        return total("all", self.parts)

    @property
    def shown(self) -> list[Part]:
        """Those that take a millionth of the time at least."""
        least = self.whole.elapsed.mid / 1e6
        return [one for one in self.parts if one.elapsed.high >= least]

    @property
    def frames_a_second(self) -> Interval:
        """If one run followed the other."""
        return Interval(*(1000 / ms for ms in reversed(self.whole.elapsed.ends)))

    def to_json(self) -> dict[str, object]:
        """For a file; `from_json` reads it again."""
        return {
            "note": NOTE,
            "title": self.title,
            "mhz": self.hz / 1e6,
            "runs": self.runs,
            "whole": asdict(self.whole),
            "frames_a_second": asdict(self.frames_a_second),
            "stages": [asdict(one) for one in self.parts],
            "unknown": self.unknown,
            "unknown_instructions": list(self.mnemonics),
            "doubts": list(self.doubts),
        }

    @classmethod
    def from_json(cls, told: object, where: object) -> Self:
        """What `to_json` gave; SetupError for anything else, which stands at `where`."""
        told = foreign.needed(told, _Told, where)
        numbers = [end for one in told["stages"] for end in (*one.ms.ends, *_numbers(one))]
        if not all(abs(number) < MOST for number in numbers):  # nor what is no number
            raise SetupError(f"{where}: stages must be milliseconds, each below {MOST:g}")
        return cls(
            told["title"], round(told["mhz"] * 1e6), told["runs"], tuple(told["stages"]),
            told["unknown"], tuple(told["unknown_instructions"]), tuple(told["doubts"]),
        )  # fmt: skip

    def named(self, title: Callable[[str], str]) -> Self:
        """With labels for people."""
        parts = tuple(replace(one, label=title(one.label)) for one in self.parts)
        return replace(self, parts=parts)


class _Told(TypedDict):
    """A waterfall in a file, without what follows from its stages."""

    title: str
    mhz: foreign.Number
    runs: foreign.Count
    stages: list[Part]
    unknown: foreign.Number
    unknown_instructions: list[str]
    doubts: list[str]


def _numbers(part: Part) -> list[float]:
    return [getattr(part, name) for name in (*CAUSES, "times", "instructions", "waiting")]


def total(label: str, parts: Iterable[Part]) -> Part:
    """The sum of several stages."""
    whole = Part(label, 0, 0, Interval(0, 0, 0), 0, 0, 0, 0, 0, 0, 0)
    for one in parts:
        sums = {key: getattr(whole, key) + getattr(one, key) for key in _SUMMED}
        whole = replace(whole, **sums)
    return whole


_SUMMED = tuple(field.name for field in fields(Part) if field.name != "label")


def waterfall(
    title: str, estimator: Estimator, setting: Setting, windows: Sequence[Window], runs: int
) -> Waterfall:
    """The stages of a run that was traced, in a setting; what has no label is left out, unless
    nothing has one."""
    cuts = sorted({0, *(one.cut for one in windows)})
    estimate = estimator.estimate(setting, cuts)
    stages = [one for one in windows if one.label] or list(windows)
    behind = {one.cut: index for index, one in enumerate(windows)}  # the last of those at a cut
    by_label: dict[str, list[Part]] = {}
    for window in stages:
        empty = windows[behind[window.cut]] is not window
        part = None if empty else cuts.index(window.cut)
        by_label.setdefault(window.label, []).append(_part(window, part, estimate, setting, runs))
    return Waterfall(
        title=title,
        hz=setting.core_hz,
        runs=runs,
        parts=tuple(total(label, parts) for label, parts in by_label.items()),
        unknown=estimate.unknown / max(1.0, estimate.total.mid),
        mnemonics=tuple(sorted(estimate.mnemonics)),
        doubts=tuple(estimate.doubts()),
    )


def _part(
    window: Window, part: int | None, estimate: Estimate, setting: Setting, runs: int
) -> Part:
    """One stay in a stage; `part` of the estimate, None if nothing was executed in it."""
    ms = 1000 / setting.core_hz / runs  # of a cycle
    spent = dict.fromkeys(CAUSES, 0.0)
    whole = Interval(0, 0, 0)
    if part is not None:
        whole = estimate.of(part) * ms
        by_cause = estimate.cycles[MID, part].sum(axis=1) * ms
        spent = {name: float(by_cause[cause]) for name, cause in CAUSES.items()}
    return Part(
        label=window.label,
        times=window.begins / runs,
        instructions=window.instructions / runs,
        ms=whole,
        waiting=window.waited_us / 1000 / runs,
        **spent,
    )


def verdict(ms: Interval, frames_a_second: float) -> str:
    """Whether a frame is done before the next is due: yes, no, or within the error."""
    due = 1000 / frames_a_second
    if ms.high <= due:
        return "yes"
    return "no" if ms.low > due else "within the error"
