"""A listener that tells the runner, in whose process a suite is, of each case: a line of JSON."""

import ctypes
import json
import os
import signal
import sys

MARK = "\x1e"  # ASCII's record separator begins our lines; all others are somebody's output
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Progress:
    """Robot Framework's listener interface, version 3."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, runner: str) -> None:
        self._end_with(int(runner))

    def start_test(self, data: object, result: object) -> None:
        """A case begins."""
        self._say(begins=result.name)

    def end_test(self, data: object, result: object) -> None:
        """A case has ended."""
        self._say(
            ended=result.name,
            status=result.status,
            seconds=result.elapsed_time.total_seconds(),
            message=result.message,
        )

    @staticmethod
    def _say(**what: object) -> None:
        sys.__stdout__.write(f"{MARK}{json.dumps(what)}\n")
        sys.__stdout__.flush()

    @staticmethod
    def _end_with(runner: int) -> None:
        """Have the kernel end this process when the runner is gone, where it can (Linux)."""
        if sys.platform != "linux":
            return
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != runner:  # gone before we asked
            os._exit(2)
