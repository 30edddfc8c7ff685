"""Keys as they are pressed, where the standard input is a terminal."""

import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Keys:
    """`pressed` gives the keys since the last time; none where nobody can press any."""

    def __init__(self, are_there: bool) -> None:
        self.are_there = are_there

    def pressed(self) -> str:
        """The keys, in their order; does not wait."""
        keys = ""
        while self.are_there and select.select([sys.stdin], [], [], 0)[0]:
            key = sys.stdin.read(1)
            if not key:  # the terminal is gone
                self.are_there = False
            keys += key
        return keys


@contextmanager
def keys() -> Iterator[Keys]:
    """Within the `with`, keys come at once and without an echo."""
    try:
        import termios
        import tty
    except ImportError:
        yield Keys(are_there=False)
        return
    if not sys.stdin.isatty():
        yield Keys(are_there=False)
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield Keys(are_there=True)
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
