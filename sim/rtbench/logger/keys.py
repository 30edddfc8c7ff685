"""Keys as they are pressed, where the standard input is a terminal."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MOST_KEYS = 64  # at a time


class Keys:
    """`pressed` gives the keys since the last time; none where nobody can press any."""

    def __init__(self, are_there: bool) -> None:
        self.are_there = are_there

    def pressed(self) -> str:
        """The keys, in their order; does not wait."""
        keys = ""
        while self.are_there and select.select([sys.stdin], [], [], 0)[0]:
            try:
                # Not by sys.stdin, which takes all there is and gives one.
                data = os.read(sys.stdin.fileno(), MOST_KEYS)
            except OSError:
                data = b""
            self.are_there = bool(data)  # or the terminal is gone
            keys += data.decode("ascii", "ignore")
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
