"""What the firmware printed, test by test, with virtual times; the same bytes in every run."""

import re
from pathlib import Path

from rt1062.files import write_whole
from rt1062.machine import Machine
from rtbench.link.firmware import transcript_line


def file_name(suite: str, test: str) -> str:
    """`<suite>.<test>.log` without blanks and signs that a file system may dislike."""
    return ".".join(re.sub(r"\W+", "_", part).strip("_").lower() for part in (suite, test)) + ".log"


class Transcript:
    """Collects the console of one machine after another; `write` starts a new page."""

    def __init__(self) -> None:
        self._page: list[str] = []
        self._machine: Machine | None = None
        self._seen = 0

    def follow(self, machine: Machine, image: str) -> None:
        """From now on this machine's console, which begins with its power on."""
        self.collect()
        self._page.append(f"--- power on, {image}")
        self._machine, self._seen = machine, 0

    def leave(self) -> None:
        """The machine goes away."""
        self.collect()
        self._machine = None

    def collect(self) -> None:
        """Take over what has been printed since."""
        if self._machine is not None:
            lines = self._machine.console
            self._page += [transcript_line(line) for line in lines[self._seen :]]
            self._seen = len(lines)

    def write(self, path: Path) -> None:
        """Write the page, if there is anything on it, and begin the next."""
        self.collect()
        if self._page:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, "\n".join(self._page) + "\n")
            self._page = []
