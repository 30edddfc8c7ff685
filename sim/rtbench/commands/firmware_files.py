"""Which firmware a command means: the options, and the files they stand for."""

import argparse
import os
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError

EMULATORS = ("auto", "unicorn", "renode")


def default_directory() -> Path:
    """build/firmware here; a clone's own where another folder is the current one."""
    here = Path("build/firmware")
    own = checkout.own(str(here))
    return here if own is None or here.is_dir() or Path.cwd() == checkout.ROOT else own


def add_options(parser: argparse.ArgumentParser) -> None:
    """--firmware, --image, --elf and --emulator."""
    group = parser.add_argument_group("firmware")
    group.add_argument(
        "--firmware", metavar="DIR", type=Path, default=default_directory(),
        help="directory with <app>.bin and <app>.elf (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--image",
        metavar="FILE",
        type=Path,
        help="firmware to boot (.bin, .hex, .s19, .elf), instead of --firmware",
    )
    group.add_argument(
        "--elf",
        metavar="ELF",
        type=Path,
        help="the symbols of --image; alone, the firmware itself",
    )
    group.add_argument(
        "--emulator", choices=EMULATORS, default=os.environ.get("EMULATOR") or "auto",
        help="auto is unicorn (default: EMULATOR, or auto)",
    )  # fmt: skip


def find(chosen: argparse.Namespace) -> tuple[Path, Path | None]:
    """Flash image and ELF (None if there is none); SetupError if they are not there."""
    if chosen.image is None:
        chosen.image = chosen.elf
    if chosen.image is not None:
        for path in (chosen.image, chosen.elf):
            if path is not None and not path.is_file():
                raise SetupError(f"{path}: no such file")
        return chosen.image, chosen.elf
    image = chosen.firmware / f"{chosen.app}.bin"
    if not image.is_file():
        raise SetupError(
            f"{image}: no such firmware; `make firmware` builds it, --firmware or --image name "
            "another"
        )
    elf = image.with_suffix(".elf")
    return image, elf if elf.is_file() else None
