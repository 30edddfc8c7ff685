"""`rtbench run`: boot a firmware, show it pictures or let it run, and print what it says."""

import argparse
import math

from rt1062.errors import SetupError
from rtbench.commands import outputs, sources, target
from rtbench.frames import FRAME_WIDTH, METHOD
from rtbench.tasks import APPS, TASKS, Task
from rtbench.tasks.tracking import Line

SECONDS = 2.0
# What an application without a task has no use for.
OF_FRAMES = ("data", "scenes", "seed", "split", "limit", "line", "overlay", "csv")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `run` with its options."""
    parser = subparsers.add_parser(
        "run",
        help="boot a firmware, show pictures to its camera, print its answers",
        description="Boots the firmware's flash image on the emulated chip, feeds each picture "
        "through the emulated SPI camera and prints what the firmware answers; or does the same "
        "with a board, which gets its pictures over the line.",
        epilog=f"Pictures of any format that pillow reads are made fit by: {METHOD}. "
        "Exit codes: 0 every picture was answered, 1 one was not, 2 the set-up is wrong, "
        "130 interrupted (what was done is printed and written). "
        "Examples: rtbench run --app classify --data photos; "
        "rtbench run --app count --scenes 20 --overlay build/walk",
    )
    parser.add_argument("--app", choices=APPS, default="classify")
    sources.add_options(parser)
    outputs.add_options(parser)
    parser.add_argument(
        "--line", metavar=("X0", "Y0", "X1", "Y1"), type=int, nargs=4,
        help="whose crossings are counted, pixels from 0 to 96 (default: up through the middle)",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", metavar="S", type=_seconds,
        help="how long an application without a camera runs, in virtual time "
        f"(default: {SECONDS:g})",
    )  # fmt: skip
    target.add_options(parser)
    parser.set_defaults(handler=run)


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value <= 0:
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds, not {text}")
    return value


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench run`."""
    create = target.find(chosen)
    task = TASKS.get(chosen.app)
    if task is None:
        _refuse(chosen, OF_FRAMES, "it is shown no frames")
        outputs.of(chosen).check()
        from rtbench.commands import hello

        seconds = SECONDS if chosen.seconds is None else chosen.seconds
        return hello.run(create, seconds, chosen.json)
    _refuse(chosen, ("seconds",), "it runs until every frame is answered")
    line = _line(chosen, task)
    shown = sources.find(chosen, task)
    from rtbench.commands import show_frames

    return show_frames.run(create, task, shown.items, line, outputs.of(chosen))


def _refuse(chosen: argparse.Namespace, names: tuple[str, ...], reason: str) -> None:
    """SetupError if one of the options was given."""
    for name in names:
        if getattr(chosen, name) not in (None, []):
            raise SetupError(f"--{name} means nothing to {chosen.app}: {reason}")


def _line(chosen: argparse.Namespace, task: Task) -> Line | None:
    if chosen.line is None:
        return None
    if not task.has_line:
        _refuse(chosen, ("line",), "it counts nobody who crosses one")
    line = Line(*chosen.line)
    if min(chosen.line) < 0 or max(chosen.line) > FRAME_WIDTH or line.is_a_point:
        raise SetupError(
            f"--line must be two different points from 0 to {FRAME_WIDTH}, not {chosen.line}"
        )
    return line
