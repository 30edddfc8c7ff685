"""A listener that tells the runner, in whose process a suite is, of each case: a line of JSON."""

import json
import sys

from rtbench.parent import end_with

MARK = "\x1e"  # ASCII's record separator begins our lines; all others are somebody's output


class Progress:
    """Robot Framework's listener interface, version 3."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, runner: str) -> None:
        end_with(int(runner))

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
