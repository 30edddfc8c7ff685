"""Where the signals of the serial blocks go on a board, for Iomuxc.cs."""

from rt1062.boards.board import Board
from rt1062.chip.pads import PADS, PADS_CTL, PADS_MUX
from rt1062.chip.routes import ROUTES

ROUTED = ("LPUART", "LPSPI", "LPI2C")  # blocks whose signals arrive only where they are routed


def text(board: Board) -> str:
    """A line for each pad that a signal may be on, as Iomuxc.cs reads them."""
    lines = []
    for signal, ways in ROUTES.items():
        wired = board.wires.get(signal)
        for route in ways:
            if signal.startswith(ROUTED) and wired in (None, route.pad):
                place = PADS.index(route.pad)
                select = -1 if route.select is None else route.select
                numbers = (PADS_MUX + 4 * place, route.mode, select, route.daisy,
                           PADS_CTL + 4 * place)  # fmt: skip
                lines.append(" ".join([signal, route.pad, *map(str, numbers)]) + "\n")
    return "".join(lines)
