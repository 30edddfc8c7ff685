"""`rtbench run`: boot a firmware, show it pictures or let it run, and print what it says."""

import argparse
import math
from pathlib import Path

from rt1062.errors import SetupError
from rtbench.commands import firmware_files


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `run` with its options."""
    from rtbench.frames import METHOD

    parser = subparsers.add_parser(
        "run",
        help="boot a firmware, show pictures to its camera, print its answers",
        description="Boots the firmware's flash image on the emulated chip, feeds each picture "
        "through the emulated SPI camera and prints what the firmware answers.",
        epilog=f"Pictures of any format that pillow reads are made fit by: {METHOD}. "
        "Exit codes: 0 every picture was answered, 1 one was not, 2 the set-up is wrong, "
        "130 interrupted (what was done is printed and written).",
    )
    parser.add_argument("--app", choices=("classify", "count", "hello"), default="classify")
    parser.add_argument(
        "--images", metavar="PATH", type=Path, nargs="+", default=[],
        help="picture files, and directories of them (classify, count)",
    )  # fmt: skip
    counter = parser.add_argument_group("count")
    counter.add_argument(
        "--scenes", metavar="FILE", type=Path,
        help="scenes with their truth, a file of `rtbench scenes --json`, instead of --images",
    )  # fmt: skip
    counter.add_argument(
        "--video-frames", metavar="DIR", type=Path,
        help="pictures of one scene in the order of their names, instead of --images",
    )  # fmt: skip
    counter.add_argument(
        "--line", metavar=("X0", "Y0", "X1", "Y1"), type=int, nargs=4,
        help="whose crossings are counted, pixels from 0 to 96 (default: up through the middle)",
    )  # fmt: skip
    counter.add_argument(
        "--overlay", metavar="DIR", type=Path, help="write each picture with its boxes there"
    )
    counter.add_argument("--csv", metavar="FILE", type=Path, help="write a line a picture there")
    parser.add_argument(
        "--seconds", metavar="S", type=_seconds, default=2.0,
        help="how long to run, in virtual time (hello; default: %(default)g)",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write the results there as well")
    firmware_files.add_options(parser)
    parser.set_defaults(handler=run)


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value <= 0:
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds, not {text}")
    return value


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench run`."""
    image, elf = firmware_files.find(chosen)
    if chosen.json is not None and not chosen.json.resolve().parent.is_dir():
        raise SetupError(f"{chosen.json}: the directory for --json does not exist")
    if chosen.app == "hello":
        from rtbench.commands import hello

        return hello.run(image, elf, chosen.emulator, chosen.seconds, chosen.json)
    if chosen.app == "count":
        return _count(chosen, image, elf)
    if not chosen.images:
        raise SetupError("classify needs --images: picture files, or directories of them")
    from rtbench.commands import classify

    return classify.run(image, elf, chosen.emulator, chosen.images, chosen.json)


def _count(chosen: argparse.Namespace, image: Path, elf: Path | None) -> int:
    sources = [*chosen.images, *filter(None, (chosen.scenes, chosen.video_frames))]
    kinds = sum(map(bool, (chosen.images, chosen.scenes, chosen.video_frames)))
    if kinds != 1:
        raise SetupError("count needs one of --images, --scenes and --video-frames")
    from rtbench.commands import count
    from rtbench.evaluation import items
    from rtbench.tracking import Line

    if chosen.video_frames is not None and not chosen.video_frames.is_dir():
        raise SetupError(f"{chosen.video_frames}: no such directory")
    line = chosen.line and Line(*chosen.line)
    if line and (min(chosen.line) < 0 or max(chosen.line) > 96 or line.is_a_point):
        raise SetupError(f"--line must be two different points from 0 to 96, not {chosen.line}")
    found = [item for path in sources for item in items.find(path)]
    outputs = count.Outputs(chosen.overlay, chosen.csv, chosen.json)
    return count.run(image, elf, chosen.emulator, found, line, outputs)
