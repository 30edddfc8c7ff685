"""The two emulators: which there are, which one is meant, and a machine on it."""

from pathlib import Path

from rt1062 import boards
from rt1062.boards.board import Board
from rt1062.errors import SetupError
from rt1062.machine import Machine

NAMES = ("unicorn", "renode")


def find_renode() -> str | None:
    """The Renode that would be used: RENODE=, the project's cache, PATH; None without one."""
    from rt1062.renode import installation  # 8 ms of a start, which most do without

    return installation.find()


def choose(emulator: str = "auto") -> str:
    """Resolve `auto` to `unicorn`, which models more and starts at once; SetupError for others."""
    if emulator == "auto":
        return "unicorn"
    if emulator not in NAMES:
        raise SetupError(f"EMULATOR must be renode, unicorn or auto, not {emulator!r}")
    if emulator == "renode" and not find_renode():
        raise SetupError("Renode is not installed: run `make renode`, or set RENODE= to its path")
    return emulator


def without_second_tier() -> str:
    """Why hot code is not translated on the Unicorn machine, "" if it is."""
    from rt1062.unicorn.translator import availability

    return availability.unavailable()


def create(
    image: Path,
    elf: Path | None = None,
    emulator: str = "auto",
    board: Board = boards.DEFAULT,
) -> Machine:
    """A machine, off: `board` with `image` in its flash."""
    if choose(emulator) == "renode":
        from rt1062.renode.machine import RenodeMachine

        return RenodeMachine(image, elf, board=board)
    from rt1062.unicorn.machine import UnicornMachine

    return UnicornMachine(image, elf, board)


def end_kept() -> None:
    """End what a machine that is closed has left for the next one; it starts in 2 s again."""
    from rt1062.renode import process

    process.close_idle()
