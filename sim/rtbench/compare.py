"""Two emulators, the same suites: whether the firmware said the same on both, and what it cost.

`python -m rtbench.compare LEFT RIGHT` compares two folders of transcripts, file by file (written by
robot_tests under `<output>/transcripts`). The same are events, tensors and results; virtual times
and the up time are each emulator's own, and so is MMFAR where an exception could not be stacked.
Costs are listed stage by stage; how far those of one frame may part is `allowed`.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import SequenceMatcher
from pathlib import Path

from rt1062.camera_faults import FRAME_US
from rt1062.errors import SetupError
from rtbench.exit_codes import CLAIM_FAILED, PASSED, SETUP_WRONG
from rtbench.link.events import (
    Capture,
    Cycles,
    Event,
    Fatal,
    FrameAnswer,
    Log,
    Milliseconds,
    Profile,
    ProtocolError,
)
from rtbench.link.parser import parse

EMULATORS = ("unicorn", "renode")
CALCULATION = 0.001  # of the cycles of a stage that is nothing but instructions
PREPROCESSING = 0.002  # the same; it is so short that an interrupt, of a typed byte, shows
AFTERTHOUGHT_CYCLES = 100  # of the postprocessing, which is short
LOOK_MS = 3  # the capture is looked at every 2 ms, and told in whole ones
MSTKERR = 1 << 4  # of CFSR: silicon and Unicorn keep the MMFAR of the first fault, Renode does not
POWER_ON = "--- power on, "
LINE = re.compile(r" *\d+\.\d+ (.*)")
OWN_FIELDS = ("uptime_ms",)  # of a log event: what may differ
SPANS = tuple(span.name for span in fields(Milliseconds))
STAGES = tuple(stage.name for stage in fields(Cycles))
NOTHING = {"ms": Milliseconds(*[0] * len(SPANS)), "cycles": Cycles(*[0] * len(STAGES))}
SHOWN = 160  # characters of a line that a difference quotes


@dataclass
class Stage:
    """What one stage cost, summed over all frames, and the largest difference of one frame."""

    left: int = 0
    right: int = 0
    largest: float = 0.0  # of the larger count

    def add(self, left: int, right: int) -> None:
        """Take one frame over."""
        self.left += left
        self.right += right
        self.largest = max(self.largest, abs(left - right) / max(left, right, 1))


@dataclass
class Comparison:
    """What two sets of transcripts have in common, and where they part."""

    names: tuple[str, str] = EMULATORS
    events: int = 0
    frames: int = 0
    stages: dict[str, Stage] = field(
        default_factory=lambda: {name: Stage() for name in (*SPANS, *STAGES)}
    )
    differences: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The figures as a table, then every difference."""
        left, right = self.names
        lines = [f"{self.events} events, {self.frames} classified frames on both emulators"]
        lines.append(
            f"{'ms, cycles':<12}{left:>16}{right:>16}{'apart':>10}{'largest of a frame':>20}"
        )
        for name, stage in self.stages.items():
            apart = abs(stage.left - stage.right) / max(stage.left, stage.right, 1)
            lines.append(
                f"{name:<12}{stage.left:>16,}{stage.right:>16,}{apart:>10.3%}{stage.largest:>20.3%}"
            )
        return "\n".join(lines + self.differences)


def compare_folders(left: Path, right: Path, names: tuple[str, str] | None = None) -> Comparison:
    """Compare every transcript of two folders; SetupError if one of them has none."""
    comparison = Comparison() if names is None else Comparison(names)
    files = [{path.name: path for path in sorted(one.glob("*.log"))} for one in (left, right)]
    for folder, found in zip((left, right), files, strict=True):
        if not found:
            raise SetupError(f"{folder}: no transcripts")
    for name in sorted(files[0].keys() | files[1].keys()):
        missing = [side for side in (0, 1) if name not in files[side]]
        if missing:
            comparison.differences.append(f"{name}: not on {comparison.names[missing[0]]}")
            continue
        texts = [found[name].read_text(encoding="utf-8") for found in files]
        compare_texts(comparison, name, *texts)
    return comparison


def compare_texts(comparison: Comparison, name: str, left: str, right: str) -> None:
    """Compare two transcripts to their ends; what only one has is one difference and no more."""
    pages = [read(text) for text in (left, right)]
    kinds = [[_kind(one) for one in page] for page in pages]
    for tag, i, to_i, j, to_j in SequenceMatcher(None, *kinds, autojunk=False).get_opcodes():
        if tag != "equal":
            parts = zip(pages, ((i, to_i), (j, to_j)), strict=True)
            _tell(comparison, name, *(page[a] if a < b else "nothing" for page, (a, b) in parts))
            continue
        for one, other in zip(pages[0][i:to_i], pages[1][j:to_j], strict=True):
            if essence(one) != essence(other):
                _tell(comparison, name, one, other)
            comparison.events += isinstance(one, Event)
            _take_costs(comparison, name, one, other)


def _kind(one: Event | str) -> str:
    """What is compared with each other at all."""
    if isinstance(one, str):
        return one
    said = getattr(one, "message", None) or getattr(one, "code", None) or ""
    return f"{type(one).__name__} {said}"


def read(text: str) -> list[Event | str]:
    """Events, and marks of a power on as text. What a reset has cut short is left out."""
    found: list[Event | str] = []
    for line in text.splitlines():
        if line.startswith(POWER_ON):
            found.append(line)
            continue
        match = LINE.fullmatch(line)
        printed = match[1] if match else line
        event = _event(printed)
        if event is None and (start := printed.rfind('{"event":')) > 0:
            event = _event(printed[start:])  # the boot event behind a line that was cut short
        if event is not None:
            found.append(event)
    return found


def essence(one: Event | str) -> Event | str:
    """What must be the same on every emulator."""
    if isinstance(one, FrameAnswer):
        return replace(one, **NOTHING)
    if isinstance(one, Capture):
        return replace(one, ms=0)
    if isinstance(one, Profile):
        return replace(one, cycles=0)
    if isinstance(one, Fatal) and one.cfsr & MSTKERR:
        return replace(one, mmfar=0)
    if isinstance(one, Log):
        return replace(one, fields=_without(one.fields, OWN_FIELDS))
    return one


def _without(pairs: Mapping[str, object], keys: Sequence[str]) -> dict[str, object]:
    return {key: value for key, value in pairs.items() if key not in keys}


def _event(printed: str) -> Event | None:
    try:
        return parse(printed)
    except ProtocolError:
        return None


def allowed(stage: str, cost: int) -> float:
    """How far apart the same stage of a frame may be, of so many milliseconds or cycles."""
    if stage == "invoke":
        return CALCULATION * cost
    if stage == "preprocess":
        return PREPROCESSING * cost
    if stage == "postprocess":
        return AFTERTHOUGHT_CYCLES
    # The capture, and the total with it: it begins with the next frame, which one may just miss.
    return -(-FRAME_US // 1000) + LOOK_MS


def _take_costs(comparison: Comparison, name: str, one: Event | str, other: Event | str) -> None:
    if isinstance(one, Capture):
        _hold(comparison, name, "capture", one.frame, (one.ms, other.ms))
    if not isinstance(one, FrameAnswer) or not isinstance(other, FrameAnswer):
        return
    comparison.frames += 1
    costs = [asdict(event.ms) | asdict(event.cycles) for event in (one, other)]
    for stage, counts in {stage: (costs[0][stage], costs[1][stage]) for stage in costs[0]}.items():
        comparison.stages[stage].add(*counts)
        # What takes the host's place of TFLM waits for the host, and its time means nothing.
        if one.inference == "tflm" or stage not in ("invoke", "total"):
            _hold(comparison, name, stage, one.frame, counts)


def _hold(
    comparison: Comparison, name: str, stage: str, frame: int | None, counts: tuple[int, int]
) -> None:
    """A difference, if the counts of a stage are further apart than that allows."""
    apart, most = abs(counts[0] - counts[1]), allowed(stage, max(counts))
    if apart > most:
        unit = "ms" if stage in SPANS else "cycles"
        comparison.differences.append(
            f"{name}: {stage} of frame {frame}, {unit}: {counts[0]:,} on "
            f"{comparison.names[0]}, {counts[1]:,} on {comparison.names[1]}, "
            f"{apart:,} apart, {most:,.0f} allowed"
        )


def _tell(comparison: Comparison, name: str, *sides: Event | str) -> None:
    lines = [side.text if isinstance(side, Event) else side for side in sides]
    width = max(map(len, comparison.names))
    text = [f"{name}: not the same{_keys(*lines)}"]
    for who, line in zip(comparison.names, lines, strict=True):
        text.append(f"  {who:<{width}} {line if len(line) <= SHOWN else line[:SHOWN] + '...'}")
    comparison.differences.append("\n".join(text))


def _keys(left: str, right: str) -> str:
    """The keys whose values differ, if both lines are the same kind of event."""
    if not left.startswith("{") or not right.startswith("{"):
        return ""
    one, other = json.loads(left), json.loads(right)
    if one["event"] != other["event"]:
        return ""
    own = (*NOTHING, *OWN_FIELDS)
    keys = [key for key in one | other if key not in own and one.get(key) != other.get(key)]
    return f" in {', '.join(keys)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare two folders and print the outcome; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m rtbench.compare", description=__doc__)
    parser.add_argument("left", type=Path, help="transcripts of one emulator")
    parser.add_argument("right", type=Path, help="transcripts of the other")
    parser.add_argument("--names", nargs=2, default=EMULATORS, metavar="NAME")
    chosen = parser.parse_args(arguments)
    try:
        comparison = compare_folders(chosen.left, chosen.right, tuple(chosen.names))
    except SetupError as error:
        print(f"compare: {error}", file=sys.stderr)
        return SETUP_WRONG
    print(comparison.text())
    return CLAIM_FAILED if comparison.differences else PASSED


if __name__ == "__main__":
    sys.exit(main())
