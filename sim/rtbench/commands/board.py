"""`rtbench board`: the boards there are, what one of them is made of, one behind a serial port."""

import argparse
import itertools
import sys
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.text import Text

from rt1062 import boards, emulators
from rt1062.boards.board import Board, Pin
from rt1062.errors import SetupError
from rtbench import host_inference, items
from rtbench.commands import diagnoses, firmware_files, interruption, line_faults, tables
from rtbench.exit_codes import PASSED
from rtbench.pty_bridge import PtyBridge
from rtbench.tasks import APPS


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `board` with its option."""
    parser = subparsers.add_parser(
        "board",
        help="the boards there are, and what one of them is made of",
        description="Without BOARD: the names of all boards. With one, a name or a TOML file of "
        "your own: its flash, console, LED, button, camera and pins, each with its pad. --pty puts "
        "the emulated board with the firmware in it behind a pseudo-terminal, in step with the "
        "wall clock, for any program that talks to a serial port; its path is printed, Ctrl-C "
        "ends it.",
        epilog="Exit codes: 0 it is a board, 2 it is none (and why). "
        "Example: rtbench board --check my-board.toml",
    )
    parser.add_argument("board", metavar="BOARD", nargs="?", help="a name, or a TOML file")
    parser.add_argument(
        "--check", action="store_true",
        help="say also which pads have two uses, which on a board is one too many",
    )  # fmt: skip
    parser.add_argument("--pty", action="store_true", help="run the board behind a pseudo-terminal")
    parser.add_argument("--app", choices=APPS, default="classify", help="of --pty")
    parser.add_argument(
        "--images", metavar="PATH", type=Path, nargs="+", default=[],
        help="what the camera of --pty sees, one after the other, over and over",
    )  # fmt: skip
    line_faults.add_options(parser)
    firmware_files.add_options(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench board`."""
    if chosen.pty:
        return serve(chosen)
    console = Console(highlight=False)
    if chosen.board is None and chosen.check:
        raise SetupError("--check needs a BOARD: a name, or a TOML file of your own")
    if chosen.board is None:
        for board in boards.BOARDS.values():
            console.print(f"{board.name:16}  {board.title}", markup=False)
        return PASSED
    board = boards.find(chosen.board)
    table = tables.new_table("what", board.title)
    for what, text in described(board):
        table.add_row(Text(what), Text(text))
    tables.show(console, table)
    if chosen.check:
        for pad, uses in shared_pads(board).items():
            text = f"pad {pad} has {len(uses)} uses: {', '.join(uses)}"
            console.print(text, markup=False, soft_wrap=True)
    return PASSED


def shared_pads(board: Board) -> dict[str, list[str]]:
    """Pads that the LED, the button and the camera's select share."""
    uses: dict[str, list[str]] = {}
    select = board.camera and board.camera.select
    for what, pin in (("LED", board.led), ("button", board.button), ("camera select", select)):
        if pin is not None:
            uses.setdefault(pin.pad, []).append(what)
    return {pad: names for pad, names in uses.items() if len(names) > 1}


def serve(chosen: argparse.Namespace) -> int:
    """Run the board behind a pseudo-terminal until Ctrl-C."""
    image, elf = firmware_files.find(chosen)
    board = boards.DEFAULT if chosen.board is None else boards.find(chosen.board)
    with (
        interruption.noticed() as stop,
        emulators.create(image, elf, chosen.emulator, board) as machine,
        host_inference.attached(machine),
        diagnoses.told(machine),
    ):
        machine.power_on()
        line_faults.put(chosen, machine)
        with closing(PtyBridge(machine)) as bridge:
            print(bridge.path, flush=True)
            print(f"rtbench: {image} on {board.name}; Ctrl-C ends it", file=sys.stderr)
            slides = itertools.cycle(items.find(chosen.images)) if chosen.images else None

            def stopped() -> bool:
                if slides is not None and machine.frames_queued == 0:
                    frame = next(slides).draw()
                    machine.feed_frame(frame.data, frame.id)
                return bool(stop)

            bridge.serve(stopped)
            if bridge.lost:
                print(f"rtbench: {bridge.lost} bytes were not read in time", file=sys.stderr)
    return PASSED


def described(board: Board) -> list[tuple[str, str]]:
    """What the board has, line by line."""
    lines = [
        ("name", board.name),
        (
            "flash",
            f"{board.flash_part}, {board.flash.size:,} bytes at 0x{board.flash.base:08X}"
            + ("" if board.quad_enabled else ", QE 0 as it is bought"),
        ),
        ("SDRAM", f"{board.sdram.size:,} bytes" if board.sdram else "none"),
        ("PSRAM", f"{board.psram.size:,} bytes" if board.psram else "none"),
        ("console", board.console),
        ("LED", _pin(board.led, "lit")),
        ("button", _pin(board.button, "pressed")),
    ]
    camera = board.camera
    if camera is None:
        lines.append(("camera", "none"))
    else:
        mode = (
            "" if camera.select_mode is None else f", {camera.spi}_PCS0 in ALT{camera.select_mode}"
        )
        lines.append(("camera", f"{camera.spi} and {camera.i2c}"))
        lines.append(("camera select", f"{camera.select}, pad {camera.select.pad}{mode}"))
    lines += [(f"pin {name}", f"{pin}, pad {pin.pad}") for name, pin in board.pins.items()]
    return lines


def _pin(pin: Pin | None, active: str) -> str:
    if pin is None:
        return "none"
    return f"{pin}, pad {pin.pad}, {active} when {'low' if pin.idle else 'high'}"
