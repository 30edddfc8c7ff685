"""Which frames a command shows: the options, and the items they stand for."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import items
from rtbench.items import Item
from rtbench.logger.folder import split_files
from rtbench.scenes.scene import SPLITS
from rtbench.tasks import Task
from rtbench.terminal import printable

SEED, SPLIT = 0, "test"
MOST_LEFT_OUT = 20  # told by name


@dataclass(frozen=True)
class Source:
    """Frames to come, what they are called together, and the options that stand for them."""

    items: list[Item]
    name: str
    options: str


def add_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """--data or --scenes, and what belongs to them; the group, for more of the kind."""
    group = parser.add_argument_group("frames")
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "--data", "--images", "--video-frames", metavar="PATH", type=Path, nargs="+", default=[],
        help="pictures, directories of them (their sub-directories are labels), CSV of file and "
        "label, COCO annotations, animated GIF, video (with ffmpeg), files that `rtbench scenes "
        "--json` wrote; numbers in names count by their value",
    )  # fmt: skip
    either.add_argument(
        "--scenes", metavar="N", type=_number_of_scenes, help="draw N scenes of the application"
    )
    group.add_argument("--seed", type=int, help=f"of the first scene (default: {SEED})")
    group.add_argument(
        "--split",
        choices=SPLITS,
        help=f"of the scenes (default: {SPLIT}), or of a folder of `rtbench log`",
    )
    group.add_argument("--limit", metavar="N", type=positive, help="only the first N frames")
    return group


def positive(text: str) -> int:
    """A number of at least 1, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return value


def _number_of_scenes(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"must be a number of scenes to draw, not {text}; --data takes a file of scenes"
        )
    return int(text)


def find(chosen: argparse.Namespace, task: Task) -> Source:
    """What the options stand for; SetupError if they stand for nothing."""
    limit = "" if chosen.limit is None else f" --limit {chosen.limit}"
    if chosen.scenes is not None:
        seed = SEED if chosen.seed is None else chosen.seed
        split = chosen.split or SPLIT
        if seed < 0:
            raise SetupError(f"--seed must be 0 or more, not {seed}")
        found = items.draw_scenes(task.scene, chosen.scenes, seed, split)
        name = f"{chosen.scenes} {split} scenes from seed {seed}"
        options = f"--scenes {chosen.scenes} --seed {seed} --split {split}"
        return Source(found[: chosen.limit], name, options + limit)
    if not chosen.data:
        raise SetupError(f"{task.app} needs frames: --data PATH, or --scenes N to draw some")
    if chosen.seed is not None:
        raise SetupError("--seed is of drawn scenes: it needs --scenes N")
    found = items.find(chosen.data, _say_left_out)
    named = [str(path) for path in chosen.data]
    name, options = ", ".join(named), f"--data {shlex.join(named)}"
    if chosen.split is not None:
        there = set().union(*(split_files(folder, chosen.split) for folder in chosen.data))
        found = [item for item in found if item.picture in there]
        name, options = f"{chosen.split} of {name}", f"{options} --split {chosen.split}"
        if not found:
            raise SetupError(f"{name}: there is no frame in this split")
    return Source(found[: chosen.limit], name, options + limit)


def _say_left_out(files: Sequence[tuple[Path, str]]) -> None:
    print(f"rtbench: left out {len(files)} files that are no pictures", file=sys.stderr)
    for file, reason in files[:MOST_LEFT_OUT]:
        print(f"  {printable(str(file))}: {reason}", file=sys.stderr)
    if len(files) > MOST_LEFT_OUT:
        print(f"  and {len(files) - MOST_LEFT_OUT} more", file=sys.stderr)
