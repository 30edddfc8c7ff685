"""What every runner of suites can be asked: which cases, which variables, how many at a time."""

import argparse

from rtbench import cpus
from rtbench.robot.selection import Choice


def add_choice(parser: argparse.ArgumentParser) -> None:
    """The options about what is run, which every runner of suites has."""
    parser.add_argument(
        "--test", metavar="NAME", action="append", default=[],
        help="this case only; * and ? stand for any letters; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--include", metavar="TAG", action="append", default=[], help="cases with this tag only"
    )
    parser.add_argument(
        "--exclude", metavar="TAG", action="append", default=[], help="no case with this tag"
    )
    parser.add_argument(
        "--variable", metavar="NAME:VALUE", type=_variable, action="append", default=[],
        help="set ${NAME} in all suites",
    )  # fmt: skip
    parser.add_argument(
        "--jobs", metavar="N", type=_jobs, default=cpus.count(),
        help="how many suites at a time (default: %(default)s)",
    )  # fmt: skip


def choice(chosen: argparse.Namespace) -> Choice:
    """What `add_choice`'s options say of cases and tags."""
    return Choice(tuple(chosen.test), tuple(chosen.include), tuple(chosen.exclude))


def _variable(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name:
        raise argparse.ArgumentTypeError(f"must be NAME:VALUE, not {text!r}")
    return name, value


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a number of 1 or more, not {text!r}")
    return int(text)
