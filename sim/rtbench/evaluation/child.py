"""A forked process: how it begins, that it ends with its parent, how it ended."""

import os
import signal
import traceback
from collections.abc import Callable

from rtbench.parent import end_with


def fork(body: Callable[[], None], has_signals: bool = False) -> int:
    """The id of a child process that does `body` and ends, with 1 if that raises.

    `has_signals`: this process is such a child itself, and a child of it need not be told again
    what to do about signals (0.2 ms, in which 60 pages are copied).
    """
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if not has_signals:
            # Ctrl-C is for the parent: a frame that has begun is finished.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with(parent)
        body()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)  # nothing of the parent's is flushed or closed twice


def died(pid: int) -> str:
    """Wait for the end of a child; how it died, "" for one that ended well."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == 0:
        return ""
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with {code}"


def kill(pid: int) -> None:
    """End a child now."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
