"""`rtbench boot --interactive`: the terminal is the firmware's, until Ctrl-]."""

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rt1062.errors import SetupError
from rt1062.observations import Uart

LEAVE = b"\x1d"  # Ctrl-]
LOOK_S = 0.02  # wall time between two looks at the keyboard while virtual time is ahead
AHEAD_S = 0.05  # how far virtual time may run before wall time


class Keyboard:
    """Standard input in raw mode. `typed()` is what was typed since, `left` whether Ctrl-] was."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._begin = time.monotonic()
        self.left = False

    def typed(self, virtual_s: float) -> str:
        """What was typed; waits while virtual time is ahead of the wall's, as a board would."""
        wait = virtual_s - (time.monotonic() - self._begin) - AHEAD_S
        ready, _, _ = select.select([self._descriptor], [], [], min(max(wait, 0), LOOK_S))
        if not ready:
            return ""
        data = os.read(self._descriptor, 4096)
        text, leave, _ = data.partition(LEAVE)
        self.left = bool(leave) or not data
        return text.decode("utf-8", "ignore")


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """The terminal in raw mode within the `with`; SetupError where there is none."""
    try:
        import termios
        import tty
    except ImportError as error:
        raise SetupError("--interactive needs a POSIX terminal; --type takes a script") from error
    descriptor = sys.stdin.fileno()
    if not os.isatty(descriptor):
        raise SetupError("--interactive needs a terminal; --type takes text from a script")
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        yield Keyboard(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


class Screen:
    """Shows one port as a terminal does: characters as they come, without times."""

    def __init__(self, uart: Uart, write: Callable[[str], object]) -> None:
        self._uart = uart
        self._write = write
        self._lines = self._column = 0

    def show(self) -> None:
        """What has come since."""
        lines = [line.text for line in self._uart.lines[self._lines :]]
        self._lines += len(lines)
        for line in lines:
            self._write(line[self._column :] + "\r\n")
            self._column = 0
        rest = self._uart.unfinished
        self._write(rest[self._column :])
        self._column = len(rest)
