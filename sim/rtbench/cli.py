"""The console script `rtbench`: one sub-command a module, loaded only when it is asked for."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from rt1062.errors import BootImageError, SetupError, SimError
from rtbench import __version__
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED, SETUP_WRONG, TERMINATED
from rtbench.near import Parser
from rtbench.terminal import prepare_streams, printable

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


def _one_line(error: SimError) -> str:
    """The first line of a message; a console excerpt below it shrinks to its last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if len(lines) < 2:
        return printable("".join(lines) or type(error).__name__)
    return printable(f"{lines[0]} {lines[-1]}")


@contextmanager
def _ending_well() -> Iterator[None]:
    """Within the `with`, SIGTERM and a closed terminal end the command as an exception does: what
    was begun is put away, children end, locks are let go."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    before = {
        one: signal.signal(one, end)
        for one in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))  # not on Windows
        if signal.getsignal(one) is not signal.SIG_IGN  # nohup
    }
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    with _ending_well():
        return _run(arguments)


def _run(arguments: list[str]) -> int:
    first = next((one for one in arguments if not one.startswith("-")), None)
    if first in ALIASES:
        arguments[arguments.index(first)] = first = ALIASES[first]
    try:
        chosen = parser_of(first).parse_args(arguments)
        code = chosen.handler(chosen) or PASSED
        sys.stdout.flush()
        return code
    except (SetupError, BootImageError) as error:
        print(f"rtbench: {_one_line(error)}", file=sys.stderr)
        return SETUP_WRONG
    except SimError as error:
        print(f"rtbench: {_one_line(error)}", file=sys.stderr)
        return CLAIM_FAILED
    except KeyboardInterrupt:
        print("rtbench: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left (`rtbench ... | head`); nothing more can be said to it.
        _drop_output()
        return CLAIM_FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(printable(f"rtbench: {where}{error.strerror or error}"), file=sys.stderr)
        _drop_output()
        return SETUP_WRONG
    except Exception as error:  # noqa: BLE001 - the last door: what nobody expected is no verdict
        from rtbench import bug

        print(printable(f"rtbench: {bug.tell(error, arguments)}"), file=sys.stderr)
        return SETUP_WRONG


def _drop_output() -> None:
    """What could not be written to the console shall not fail once more at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
