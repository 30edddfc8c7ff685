"""A child process that ends with its parent, however that ends."""

import ctypes
import functools
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with(parent: int) -> None:
    """Have the kernel kill this process when `parent`, which has started it, is gone.

    On Linux; elsewhere a child goes on until it notices that nobody takes its answer.
    """
    if sys.platform == "linux":
        _prctl()(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended meanwhile
            os._exit(1)


@functools.cache
def _prctl() -> "ctypes._FuncPointer":
    return ctypes.CDLL(None).prctl
