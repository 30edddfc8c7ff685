"""`rtbench compare`: two runs, or two folders of transcripts, side by side."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.text import Text

from rtbench import compare
from rtbench.commands import tables
from rtbench.evaluation import side_by_side
from rtbench.evaluation.side_by_side import Run, SideBySide
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.tasks.figure import counted

MOST_SHOWN = 20  # differences


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `compare` with its arguments."""
    parser = subparsers.add_parser(
        "compare",
        help="two runs side by side: outputs byte for byte, memory, cost",
        description="Sets two runs of the same frames side by side, of an emulator and a board or "
        "of whatever else: the answers byte for byte, memory and cost. A run is a file of "
        "`rtbench run --json` or a folder of `rtbench evaluate`; two folders of transcripts, as "
        "the suites write them, are compared event by event.",
        epilog="Exit codes: 0 the same answers, 1 not, 2 they cannot be compared. Memory and "
        "cost of runs are shown, not judged. Example: rtbench compare emulator.json board.json",
    )
    parser.add_argument("left", metavar="RUN", type=Path)
    parser.add_argument("right", metavar="RUN", type=Path)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench compare`."""
    if all(_is_transcripts(path) for path in (chosen.left, chosen.right)):
        names = (str(chosen.left), str(chosen.right))
        comparison = compare.compare_folders(chosen.left, chosen.right, names)
        print(comparison.text())
        return CLAIM_FAILED if comparison.differences else PASSED
    left, right = side_by_side.read(chosen.left), side_by_side.read(chosen.right)
    found = side_by_side.compare(left, right)
    _print(left, right, found)
    return CLAIM_FAILED if found.differences else PASSED


def _is_transcripts(path: Path) -> bool:
    return path.is_dir() and any(path.glob("*.log"))


def _print(left: Run, right: Run, found: SideBySide) -> None:
    table = tables.new_table("", left.name, right.name, "apart", right=range(1, 4))
    for name, (one, other) in found.memory.items():
        table.add_row(name, _text(one), _text(other), "" if one == other else Text("differs"))
    units = [counted(left.name), counted(right.name)]
    for stage, (one, other) in found.cycles.items():
        apart = f"{abs(one - other) / max(one, other, 1):.3%}"
        if units[0] == units[1]:
            table.add_row(f"{stage}, {units[0]}", f"{one:,.0f}", f"{other:,.0f}", apart)
        else:  # an instruction of an emulator is no cycle of a board
            table.add_row(stage, f"{one:,.0f} {units[0]}", f"{other:,.0f} {units[1]}", "")
    console = Console(highlight=False)
    tables.show(console, table)
    say = {"markup": False, "soft_wrap": True}
    for line in found.differences[:MOST_SHOWN]:
        console.print(line, **say)
    if len(found.differences) > MOST_SHOWN:
        console.print(f"... and {len(found.differences) - MOST_SHOWN} more", **say)
    verdict = f"{len(found.differences)} differences" if found.differences else "the same answers"
    console.print(f"{found.frames} frames in both: {verdict}, byte for byte", **say)


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
