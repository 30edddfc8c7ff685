"""What a run of suites prints: each case as it ends, each suite, the total."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

COLOURS = {"PASS": "green", "FAIL": "bold red", "SKIP": "yellow"}
MESSAGE_LINES = 12  # of a failed case; the log has all
SILENCE_S = 20.0  # after so long, what is going on is said


@dataclass
class Tally:
    """How many cases have ended how."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLOURS, 0))

    def text(self) -> str:
        """The form that readers of CI logs count."""
        total, skipped = sum(self.counts.values()), self.counts["SKIP"]
        more = f", {skipped} skipped" if skipped else ""
        passed, failed = self.counts["PASS"], self.counts["FAIL"]
        return f"{total} tests, {passed} passed, {failed} failed{more}"


class Telling:
    """Prints as it is told; what goes on is named when nothing else happens for long."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True, markup=False)
        self._suites: dict[str, Tally] = {}
        self._running: dict[str, tuple[str, float]] = {}
        self._broken: list[str] = []
        self._begin = self._last = time.monotonic()

    def say(self, text: str, style: str = "") -> None:
        """One line."""
        self._console.print(text, style=style or None)
        self._last = time.monotonic()

    def starts(self, suite: str) -> None:
        """A suite's process has started; nothing is printed."""
        self._running[suite] = "starting", time.monotonic()

    def begins(self, suite: str, case: str) -> None:
        """A case has begun; nothing is printed."""
        self._running[suite] = case, time.monotonic()

    def ended(self, suite: str, case: str, status: str, seconds: float, message: str) -> None:
        """A case has ended."""
        self._running.pop(suite, None)
        self._suites.setdefault(suite, Tally()).counts[status] += 1
        self._console.print(status, style=COLOURS[status], end="")
        self.say(f"  {suite}: {case}  {seconds:.1f} s")
        if status != "PASS" and message:
            lines = message.splitlines()
            for line in lines[:MESSAGE_LINES]:
                self.say(f"      {line}")
            if len(lines) > MESSAGE_LINES:
                self.say(f"      ({len(lines) - MESSAGE_LINES} more lines in the log)")

    def suite_ended(self, suite: str) -> None:
        """All of a suite."""
        self._running.pop(suite, None)
        self.say(f"{suite}: {self._suites.get(suite, Tally()).text()}", "bold")

    def suite_broke(self, suite: str, reason: str) -> None:
        """A suite has no result that can be believed."""
        self._running.pop(suite, None)
        self._broken.append(suite)
        self.say(f"{suite}: {reason}", COLOURS["FAIL"])

    def silence(self) -> None:
        """Called now and then: says what runs when nothing has been said for long."""
        if time.monotonic() - self._last < SILENCE_S or not self._running:
            return
        for suite, (case, begun) in self._running.items():
            self.say(f"...   {suite}: {case}, for {time.monotonic() - begun:.0f} s", "dim")

    def total(self, log: Path) -> None:
        """The last line."""
        everything = Tally()
        for tally in self._suites.values():
            for status, count in tally.counts.items():
                everything.counts[status] += count
        text = everything.text()
        if self._broken:
            text += f"; not run to the end: {', '.join(self._broken)}"
        style = COLOURS["FAIL" if self._broken or everything.counts["FAIL"] else "PASS"]
        seconds = time.monotonic() - self._begin
        self._console.print(text, style=style, end="")
        self.say(f"; {seconds:.1f} s; log: {log}")
