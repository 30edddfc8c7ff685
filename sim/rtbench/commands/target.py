"""What a command is about: a firmware on an emulator, or a board on a serial port."""

import argparse
from collections.abc import Callable
from functools import partial

from rt1062 import boards, emulators
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rtbench.commands import board_options, firmware_files
from rtbench.commands.sources import positive
from rtbench.link.firmware import BAUD

OF_EMULATORS = ("image", "elf", "console", "led", "led_lit", "camera")


def add_emulated_options(parser: argparse.ArgumentParser) -> None:
    """Those of firmware_files and board_options."""
    firmware_files.add_options(parser)
    board_options.add_options(parser)


def emulated(chosen: argparse.Namespace, emulator: str | None = None) -> Callable[[], Machine]:
    """What makes the emulated board with the firmware in it; SetupError for files that are not
    there, or a board that there is not."""
    image, elf = firmware_files.find(chosen)
    board = board_options.find(chosen)
    return partial(emulators.create, image, elf, emulator or chosen.emulator, board)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Those of an emulated board, --serial and --baud."""
    add_emulated_options(parser)
    group = parser.add_argument_group("real board")
    group.add_argument(
        "--serial", metavar="PORT",
        help="a board with our firmware at this port, instead of an emulator; frames go over the "
        "line (docs/board.md)",
    )  # fmt: skip
    group.add_argument("--baud", metavar="N", type=positive, help=f"of --serial (default: {BAUD})")


def find(chosen: argparse.Namespace) -> Callable[[], Machine]:
    """What makes the machine; SetupError for files that are not there, or options that do not go
    together."""
    if chosen.serial is None:
        if chosen.baud is not None:
            raise SetupError("--baud is of a board: it needs --serial PORT")
        return emulated(chosen)
    given = [name for name in OF_EMULATORS if getattr(chosen, name) is not None]
    if chosen.board != boards.DEFAULT.name:
        given.append("board")
    if given:
        option = given[0].replace("_", "-")
        raise SetupError(f"--{option} means nothing to a board: it runs what is in its flash")
    from rtbench.serial_board import SerialBoard

    return partial(SerialBoard, chosen.serial, chosen.baud or BAUD)
