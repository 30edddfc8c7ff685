"""`rtbench time --export` and `--compare`: the estimate beside what a board has measured."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.commands import tables
from rtbench.evaluation.run_folder import write_json
from rtbench.timing import measured
from rtbench.timing.measured import Compared
from rtbench.timing.waterfall import NOTE, Waterfall


def export(path: Path, fall: Waterfall, model: str) -> None:
    """Write cycles by the names that the firmware's own figures have."""
    cycles = measured.cycles_of(fall)
    if not cycles:
        raise SetupError("--export is of the stages that the firmware measures: --app or --model")
    write_json(
        path,
        {
            "note": NOTE, "title": fall.title, "model": model, "mhz": fall.hz / 1e6,
            "cycles": {stage: asdict(interval) for stage, interval in cycles.items()},
        },
    )  # fmt: skip


def compare(path: Path, fall: Waterfall, model: str) -> list[Compared]:
    """Print a log's cycles beside the estimate's; what was printed."""
    log = measured.read_log(foreign.read_text(path))
    found = measured.compared(measured.cycles_of(fall), log)
    table = tables.new_table(
        "stage", "measured", "times", "least", "most", "estimate", "low", "high", "error", "",
        right=range(1, 9),
    )  # fmt: skip
    for one in found:
        table.add_row(
            one.stage, f"{one.measured:,.0f}", str(one.times), f"{one.least:,}", f"{one.most:,}",
            *(f"{end:,.0f}" for end in (one.estimate.mid, one.estimate.low, one.estimate.high)),
            f"{one.error:+.1%}", "within" if one.within else "OUTSIDE",
        )  # fmt: skip
    console = Console(highlight=False, markup=False)
    console.print(f"cycles that {path} has measured, and the estimate", soft_wrap=True)
    tables.show(console, table)
    inside = sum(one.within for one in found)
    mean = sum(abs(one.error) for one in found) / len(found)
    console.print(f"{inside} of {len(found)} within the interval, mean error {mean:.1%}")
    for line in measured.differences(log.boots, model, fall.hz):
        console.print(f"warning: {line}", soft_wrap=True)
    if log.damaged:
        console.print(f"{log.damaged} lines were damaged and left out")
    return found


def to_json(found: Sequence[Compared]) -> list[dict[str, object]]:
    """For a file."""
    return [asdict(one) for one in found]
