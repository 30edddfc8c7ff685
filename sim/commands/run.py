"""`rtbench run`: boot a firmware, show it pictures or let it run, and print what it says."""

import argparse
import math
from pathlib import Path

from sim.commands import firmware_files
from sim.errors import SetupError


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `run` with its options."""
    from sim.frames import METHOD

    parser = subparsers.add_parser(
        "run",
        help="boot a firmware, show pictures to its camera, print its answers",
        description="Boots the firmware's flash image on the emulated chip, feeds each picture "
        "through the emulated SPI camera and prints what the firmware answers.",
        epilog=f"Pictures of any format that pillow reads are made fit by: {METHOD}. "
        "Exit codes: 0 every picture was classified, 1 one was not, 2 the set-up is wrong, "
        "130 interrupted (what was done is printed and written).",
    )
    parser.add_argument("--app", choices=("classify", "hello"), default="classify")
    parser.add_argument(
        "--images", metavar="PATH", type=Path, nargs="+", default=[],
        help="picture files, and directories of them (classify)",
    )  # fmt: skip
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
        from sim.commands import hello

        return hello.run(image, elf, chosen.emulator, chosen.seconds, chosen.json)
    if not chosen.images:
        raise SetupError("classify needs --images: picture files, or directories of them")
    from sim.commands import classify

    return classify.run(image, elf, chosen.emulator, chosen.images, chosen.json)
