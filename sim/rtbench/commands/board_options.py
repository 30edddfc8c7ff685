"""Which board a command means: a name or a file, and what of it is wired otherwise."""

import argparse
from dataclasses import replace

from rt1062 import boards
from rt1062.boards.board import Board, CameraBus
from rt1062.errors import SetupError

LEVELS = ("low", "high")


def add_options(parser: argparse.ArgumentParser) -> None:
    """--board, and what may be moved on it."""
    group = parser.add_argument_group("board")
    group.add_argument(
        "--board", metavar="BOARD", default=boards.DEFAULT.name,
        help=f"{', '.join(boards.BOARDS)}, or a TOML file of your own (default: %(default)s)",
    )  # fmt: skip
    group.add_argument("--console", metavar="NAME", help="another port than the board's: lpuart6")
    group.add_argument("--led", metavar="PIN", help="another pad than the board's: GPIO2.3")
    group.add_argument(
        "--led-lit", choices=LEVELS, help="at which level it is lit (default: as on the board)"
    )
    group.add_argument(
        "--camera", metavar="SPI,I2C,SELECT",
        help="the camera on other blocks and another pad: lpspi4,lpi2c1,GPIO2.0",
    )  # fmt: skip


def find(chosen: argparse.Namespace) -> Board:
    """The board that the options describe; SetupError if there is no such one."""
    board = boards.find(chosen.board)
    try:
        if chosen.console:
            board = replace(board, console=chosen.console.upper())
        if chosen.led or chosen.led_lit:
            board = _with_led(board, chosen)
        if chosen.camera:
            board = _with_camera(board, chosen.camera)
    except ValueError as error:
        raise SetupError(str(error)) from error
    return board


def _with_led(board: Board, chosen: argparse.Namespace) -> Board:
    led = board.find_pin(chosen.led) if chosen.led else board.led
    if led is None:
        raise SetupError(f"--led-lit needs a LED: {board.title} has none, --led names a pad")
    idle = board.led.idle if board.led else True
    if chosen.led_lit:
        idle = chosen.led_lit == "low"
    return replace(board, led=replace(led, idle=idle))


def _with_camera(board: Board, text: str) -> Board:
    parts = text.split(",")
    if len(parts) != 3:
        raise SetupError(
            f"--camera must be SPI,I2C,SELECT such as lpspi4,lpi2c1,GPIO2.0, not {text!r}"
        )
    spi, i2c, select = parts
    return replace(board, camera=CameraBus(spi.upper(), i2c.upper(), board.find_pin(select)))
