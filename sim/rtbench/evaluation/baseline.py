"""A run's figures against a committed baseline: what moved, and what moved too far.

A baseline is the summary.json of a run with its tolerances. A figure may get better by any
amount; it may get worse by at most its tolerance. Runs of other data are not compared.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rtbench.evaluation.summary import FORMAT

# How much worse a figure may get: absolute, or (with %) as a share of the baseline.
TOLERANCES = {
    "accuracy": "0.01",
    "class_accuracy": "0.05",
    "exact_share": "0.01",
    "mean_absolute_error": "0.02",
    "errors": "0",
    "arena_used": "0",
    "arena_reserved": "0",
    "memory": "1024",
    "instructions": "1%",
}
MORE_IS_BETTER = ("accuracy", "class_accuracy", "exact_share")


@dataclass(frozen=True)
class Change:
    """One figure then and now; `worse` is how far it went in the wrong direction."""

    figure: str
    before: float
    now: float
    tolerance: str

    @property
    def worse(self) -> float:
        """Positive if it got worse."""
        ahead = self.now - self.before
        return -ahead if self.figure.split(" ")[0] in MORE_IS_BETTER else ahead

    @property
    def allowed(self) -> float:
        """The tolerance in the figure's own unit."""
        if self.tolerance.endswith("%"):
            return abs(self.before) * float(self.tolerance[:-1]) / 100
        return float(self.tolerance)

    @property
    def failed(self) -> bool:
        """Worse than its tolerance allows."""
        return self.worse > self.allowed + 1e-9


def make(summary: dict[str, object], tolerances: dict[str, str] | None = None) -> dict[str, object]:
    """A baseline from a run's summary."""
    return {**summary, "tolerances": dict(tolerances or TOLERANCES)}


def read(path: Path) -> dict[str, object]:
    """A baseline from a file; SetupError if it is none."""
    try:
        baseline = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"{path}: cannot be read as a baseline ({error})") from error
    if not isinstance(baseline, dict) or baseline.get("format") != FORMAT:
        raise SetupError(f"{path}: not a baseline; `rtbench evaluate --write-baseline` makes one")
    known = baseline.setdefault("tolerances", dict(TOLERANCES))
    for figure, tolerance in known.items():
        try:
            float(str(tolerance).removesuffix("%"))
        except ValueError as error:
            raise SetupError(
                f"{path}: tolerance of {figure} must be a number, or one with %, not {tolerance!r}"
            ) from error
    return baseline


def compare(baseline: dict[str, object], summary: dict[str, object]) -> list[Change]:
    """Every figure that both know and that has a tolerance; SetupError if they do not compare."""
    for name in ("app", "inference"):
        if baseline[name] != summary[name]:
            raise SetupError(
                f"the baseline is of {name} {baseline[name]!r}, this run of {summary[name]!r}"
            )
    if baseline["data"]["sha256"] != summary["data"]["sha256"]:
        raise SetupError(
            f"the baseline is of other frames ({baseline['data']['name']}, "
            f"{baseline['frames']} frames): run those, or write a new baseline"
        )
    changes = []
    for figure, tolerance in baseline["tolerances"].items():
        if figure == "instructions" and baseline["emulator"] != summary["emulator"]:
            continue  # the two emulators count differently, by less than a per cent
        before, now = baseline.get(figure), summary.get(figure)
        if isinstance(before, dict) and isinstance(now, dict):
            changes += [
                Change(f"{figure} {name}", before[name], now[name], str(tolerance))
                for name in before
                if name in now
            ]
        elif before is not None and now is not None:
            changes.append(Change(figure, before, now, str(tolerance)))
    return changes
