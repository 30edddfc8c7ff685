"""A traceback within Robot Framework alone tells the writer of a suite nothing: it is shortened."""

import re

HEAD = "Traceback (most recent call last):"
FRAME = re.compile(r'  File "(.*)", line \d+')
ROBOTS_OWN = re.compile(r"<frozen .*>|.*[/\\]robot[/\\].*")


class Tracebacks:
    """Takes the lines of one process; gives those to show."""

    def __init__(self) -> None:
        self._held: list[str] | None = None  # of a traceback that has not ended

    def take(self, line: str) -> list[str]:
        """The lines that are to be shown now: none within a traceback; of one whose frames are
        all Robot Framework's, its last line.
        """
        if line == HEAD:
            self._held = [line]
            return []
        if self._held is None:
            return [line]
        self._held.append(line)
        if line.startswith(" "):
            return []
        held, self._held = self._held, None
        files = [found[1] for one in held if (found := FRAME.match(one))]
        if not all(ROBOTS_OWN.fullmatch(file) for file in files):
            return held
        return [line]
