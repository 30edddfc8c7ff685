"""The boards that the bench knows, by name; `find` is how others get at one."""

from pathlib import Path

from rt1062.boards.board import Board
from rt1062.boards.from_file import read
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.boards.teensy import TEENSY40, TEENSY41, TEENSY_MICROMOD
from rt1062.errors import SetupError

BOARDS: dict[str, Board] = {
    board.name: board for board in (MIMXRT1060_EVK, TEENSY40, TEENSY41, TEENSY_MICROMOD)
}
DEFAULT = MIMXRT1060_EVK


def find(name: str) -> Board:
    """The board of that name, or of a TOML file (rt1062.boards.from_file); SetupError otherwise."""
    if name in BOARDS:
        return BOARDS[name]
    if name.endswith(".toml"):
        return read(Path(name))
    raise SetupError(
        f"board must be one of {', '.join(BOARDS)} or a file ending in .toml, not {name!r}"
    )
