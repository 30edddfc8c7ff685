"""A bad line between board and terminal: the options, and the line."""

import argparse

from rt1062.errors import SetupError
from rt1062.line_faults import LineFaults
from rt1062.machine import Machine


def add_options(parser: argparse.ArgumentParser) -> None:
    """--line-faults and --line-seed."""
    group = parser.add_argument_group("line of an emulated board")
    group.add_argument(
        "--line-faults", metavar="RATE", type=float,
        help="faults a byte, in both directions (default: none)",
    )  # fmt: skip
    group.add_argument("--line-seed", metavar="N", type=int, default=0, help="of the faults")


def put(chosen: argparse.Namespace, machine: Machine) -> None:
    """Make the line as bad as the options say; SetupError for what makes no sense."""
    if chosen.line_faults is None:
        return
    try:
        machine.set_line_faults(LineFaults(chosen.line_faults, chosen.line_seed))
    except ValueError as error:
        raise SetupError(f"--line-faults, --line-seed: {error}") from error
