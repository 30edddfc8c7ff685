"""`rtbench completion`: what a shell reads to complete commands, options and files."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from rtbench.exit_codes import PASSED

SHELLS = ("bash", "zsh", "tcsh")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `completion` with its argument."""
    parser = subparsers.add_parser(
        "completion",
        help="completion of commands, options and files for bash, zsh or tcsh",
        description="Prints what a shell reads to complete rtbench's commands, options, choices "
        "and files.",
        epilog="Exit codes: 0 printed. Examples: "
        "rtbench completion bash >~/.local/share/bash-completion/completions/rtbench; "
        "rtbench completion zsh >~/.zfunc/_rtbench",
    )
    parser.add_argument("shell", choices=SHELLS)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench completion`."""
    import shtab

    parser = chosen.with_all_commands()
    for action in _actions(parser):
        if action.type is Path:
            is_folder = action.metavar == "DIR"
            action.complete = shtab.DIRECTORY if is_folder else shtab.FILE
    print(shtab.complete(parser, chosen.shell))
    return PASSED


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All arguments and options, of sub-commands too."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for one in {id(sub): sub for sub in action.choices.values()}.values():
                yield from _actions(one)
