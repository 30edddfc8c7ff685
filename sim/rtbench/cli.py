"""The console script `rtbench`: one sub-command a module, loaded only when it is asked for."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from rt1062.errors import SetupError
from rtbench import __version__, ending
from rtbench.exit_codes import PASSED
from rtbench.near import Parser

# name: module with add_parser(subparsers), and the line that `rtbench --help` shows.
COMMANDS = {
    "board": ("rtbench.commands.board", "the boards there are; one behind a serial port"),
    "boot": ("rtbench.commands.boot", "any firmware: consoles, LED and pads, and how it ends"),
    "run": (
        "rtbench.commands.run",
        "boot a firmware, show pictures to its camera, print its answers",
    ),
    "log": ("rtbench.commands.log", "labelled frames from a camera into a folder, none lost"),
    "evaluate": ("rtbench.commands.evaluate", "hundreds of frames: accuracy, cost, and a gate"),
    "compare": ("rtbench.commands.compare", "two runs side by side: answers, memory, cost"),
    "diff": ("rtbench.commands.diff", "frames, layer by layer, on the chip and on the host"),
    "explain": ("rtbench.commands.explain", "from one answer to its cause: tensor, layers, boxes"),
    "try": (
        "rtbench.commands.try_model",
        "any .tflite on the emulated chip: does it run and agree",
    ),
    "report": ("rtbench.commands.report", "one self-contained page from the runs of evaluate"),
    "doctor": ("rtbench.commands.doctor", "what is installed, and what a run would use"),
    "apps": ("rtbench.commands.apps", "the applications that the bench knows, a line each"),
    "scenes": ("rtbench.commands.scenes", "draw synthetic camera scenes with their ground truth"),
    "profile": ("rtbench.commands.profile", "instructions by function, flame graph, stack depth"),
    "time": ("rtbench.commands.time_core", "milliseconds on the chip, estimated, stage by stage"),
    "energy": ("rtbench.commands.energy", "how long a battery lasts, from a duty cycle that ran"),
    "size": ("rtbench.commands.size", "code and data of a firmware by memory and by symbol"),
    "completion": ("rtbench.commands.completion", "completion of all this for bash, zsh or tcsh"),
    "model": ("rtbench.commands.model", "inspect a .tflite model: operators, shapes, budgets"),
}
ALIASES = {"info": "doctor"}


def parser_of(*wanted: str | None) -> argparse.ArgumentParser:
    """The parser; only the sub-commands `wanted` get their options, the others their one line."""
    parser = Parser(
        prog="rtbench",
        description="Test bench for vision firmware on an emulated NXP i.MX RT1062.",
        epilog="Exit codes: 0 passed, 1 a claim failed, 2 the set-up is wrong, 130 interrupted. "
        "`rtbench COMMAND --help` explains a command. "
        "Examples: rtbench boot firmware.elf --expect ready; "
        "rtbench run --app classify --data photos",
    )
    parser.add_argument("--version", action="version", version=f"rtbench {__version__}")
    parser.set_defaults(with_all_commands=lambda: parser_of(*COMMANDS))  # for `completion`
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for name, (module, line) in COMMANDS.items():
        if name in wanted:
            importlib.import_module(module).add_parser(subparsers)
        else:
            aliases = [alias for alias, real in ALIASES.items() if real == name]
            subparsers.add_parser(name, help=line, aliases=aliases, add_help=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    return ending.run("rtbench", lambda: _run(arguments), arguments)


def _run(arguments: list[str]) -> int:
    if any("\0" in one for one in arguments):  # never from a shell
        raise SetupError("no word of a command may have a NUL in it")
    first = next((one for one in arguments if not one.startswith("-")), None)
    if first in ALIASES:
        arguments[arguments.index(first)] = first = ALIASES[first]
    chosen = parser_of(first).parse_args(arguments)
    return chosen.handler(chosen) or PASSED


if __name__ == "__main__":
    sys.exit(main())
