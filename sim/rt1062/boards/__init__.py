"""The boards that the bench knows, by name; `find` is how others get at one."""

from rt1062.boards.board import Board
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.errors import SetupError

BOARDS: dict[str, Board] = {board.name: board for board in (MIMXRT1060_EVK,)}
DEFAULT = MIMXRT1060_EVK


def find(name: str) -> Board:
    """The board of that name; SetupError for any other."""
    try:
        return BOARDS[name]
    except KeyError as error:
        raise SetupError(f"board must be one of {', '.join(BOARDS)}, not {name!r}") from error
