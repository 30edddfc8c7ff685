"""Ctrl-C that ends a run between two frames instead of in the middle of one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """True once Ctrl-C has been pressed."""

    def __init__(self) -> None:
        self.requested = False

    def __bool__(self) -> bool:
        return self.requested


@contextmanager
def noticed() -> Iterator[Interruption]:
    """Within the `with`, the first Ctrl-C only sets the flag; the second interrupts at once.

    A process that was started with SIGINT ignored, as a shell does in the background, stays so.
    """
    interruption = Interruption()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield interruption
        return

    def notice(number: int, frame: FrameType | None) -> None:
        if interruption.requested:
            raise KeyboardInterrupt
        interruption.requested = True

    before = signal.signal(signal.SIGINT, notice)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
