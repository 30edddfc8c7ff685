"""`python -m rtbench.robot SUITES`: anybody's Robot Framework suites on the emulated boards."""

import argparse
import sys
from pathlib import Path

from rtbench import ending
from rtbench.near import Parser
from rtbench.robot.options import add_choice, choice
from rtbench.robot.selection import find

PROGRAM = "python -m rtbench.robot"


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    chosen = _parser().parse_args(words)
    return ending.run(PROGRAM, lambda: _run(chosen), words)


def _run(chosen: argparse.Namespace) -> int:
    from rtbench.robot.runner import Plan, run

    return run(
        Plan(
            suites=find(chosen.suites),
            output=chosen.output,
            jobs=chosen.jobs,
            choice=choice(chosen),
            variables=dict(chosen.variable),
            pythonpath=chosen.pythonpath,
            name=chosen.name,
            libraries=("rtbench.robot.board_keywords", "rt1062.unicorn.machine"),
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=PROGRAM,
        description="Runs Robot Framework suites, several at a time, each in a process of its own; "
        "writes log.html, report.html, output.xml and xunit.xml.",
        epilog="Exit codes: 0 passed, 1 a case failed, 2 the set-up is wrong or a suite did not "
        f"run to its end. Example: {PROGRAM} suites --variable IMAGE:build/app.elf --include smoke",
    )
    parser.add_argument("suites", metavar="SUITE", type=Path, nargs="+", help="files or folders")
    parser.add_argument(
        "--output", metavar="DIR", type=Path, default=Path("results"),
        help="where the results go (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--name", default="Suites", help="the title of the log")
    parser.add_argument(
        "--pythonpath", metavar="DIR", type=Path, action="append", default=[],
        help="where libraries and resources of your own are",
    )  # fmt: skip
    add_choice(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
