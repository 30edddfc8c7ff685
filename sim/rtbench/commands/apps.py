"""`rtbench apps`: the table of applications, for whoever makes a list of them."""

import argparse

from rtbench.exit_codes import PASSED
from rtbench.tasks import APPS, TASKS


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `apps` with its option."""
    parser = subparsers.add_parser(
        "apps",
        help="the applications that the bench knows, a line each",
        description="Prints the applications that the bench knows, a line each.",
        epilog="Exit codes: 0 told. Example: rtbench apps --with-task",
    )
    parser.add_argument(
        "--with-task", action="store_true", help="only those that answer to camera frames"
    )
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench apps`."""
    print(*(TASKS if chosen.with_task else APPS), sep="\n")
    return PASSED
