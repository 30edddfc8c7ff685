"""Keywords about serial ports, for any firmware: what is printed, and what is typed."""

import re
from collections.abc import Callable
from datetime import timedelta

from robot.api.deco import keyword, library

from rtbench.robot.bench import BENCH

SECOND = timedelta(seconds=1)


@library(scope="GLOBAL")
class UartKeywords:
    """What comes out of LPUART1 to LPUART8, and what goes in.

    ``uart`` is a port's name; without one it is the board's console. Each waiting keyword goes on
    behind the line that the one before has found, so that a sequence is checked in its order.
    """

    @keyword
    def wait_for_line(self, text: str, uart: str | None = None, timeout: timedelta = SECOND) -> str:
        """A line that contains ``text`` comes; returns the whole line."""
        return self._line(lambda line: line if text in line else None, repr(text), uart, timeout)

    @keyword
    def wait_for_match(
        self, pattern: str, uart: str | None = None, timeout: timedelta = SECOND
    ) -> list[str]:
        """A line comes in which the expression is found; returns the match and its groups."""
        match = self._line(re.compile(pattern).search, f"/{pattern}/", uart, timeout)
        return [match[0], *match.groups()]

    def _line(
        self, find: Callable[[str], object], what: str, uart: str | None, timeout: timedelta
    ) -> object:
        port = BENCH.uart(uart)
        found: list[object] = []

        def arrived() -> bool:
            lines = port.lines
            for number in range(BENCH.seen.get(port.name, 0), len(lines)):
                match = find(lines[number].text)
                BENCH.seen[port.name] = number + 1
                if match is not None:
                    found.append(match)
                    return True
            return False

        seconds = timeout.total_seconds()
        came = BENCH.run_until(arrived, seconds)
        BENCH.check(came, f"{what} did not come on {port.name} within {seconds:g} s")
        return found[0]

    @keyword
    def wait_for_prompt(
        self, text: str, uart: str | None = None, timeout: timedelta = SECOND
    ) -> str:
        """``text`` comes at the end of what no newline has ended yet; returns all of that."""
        port = BENCH.uart(uart)
        seconds = timeout.total_seconds()
        came = BENCH.run_until(lambda: port.unfinished.endswith(text), seconds)
        BENCH.check(came, f"the prompt {text!r} did not come on {port.name} within {seconds:g} s")
        BENCH.seen[port.name] = len(port.lines)
        return port.unfinished

    @keyword
    def should_not_appear(
        self, text: str, duration: timedelta = SECOND, uart: str | None = None
    ) -> None:
        """``text`` is not printed within a span of virtual time, in a line or a prompt."""
        port = BENCH.uart(uart)
        first = BENCH.seen.get(port.name, 0)

        def printed() -> bool:
            return any(text in one.text for one in port.lines[first:]) or text in port.unfinished

        came = BENCH.run_until(printed, duration.total_seconds())
        BENCH.check(not came, f"{text!r} was printed on {port.name}")

    @keyword
    def fail_on_text(self, text: str) -> None:
        """From now on every keyword that lets time pass fails once any port has printed ``text``.

        Until the board is stopped or another is started.
        """
        BENCH.forbidden.append(text)

    @keyword
    def uart_should_be_silent(self, duration: timedelta, uart: str | None = None) -> None:
        """Not a character is printed for a span of virtual time."""
        port = BENCH.uart(uart)
        before = len(port.lines), port.unfinished
        said = BENCH.run_until(
            lambda: (len(port.lines), port.unfinished) != before, duration.total_seconds()
        )
        BENCH.check(not said, f"{port.name} was not silent")

    @keyword
    def type_line(self, text: str, uart: str | None = None) -> None:
        """Type a line and its newline, paced as the baud rate allows."""
        BENCH.uart(uart).send(text + "\n")

    @keyword
    def type_text(self, text: str, uart: str | None = None) -> None:
        """Type text as it is, without a newline."""
        BENCH.uart(uart).send(text)

    @keyword
    def printed_lines(self, uart: str | None = None) -> list[str]:
        """All lines that a port has printed since power on."""
        return [line.text for line in BENCH.uart(uart).lines]
