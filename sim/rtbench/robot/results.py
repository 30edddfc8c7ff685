"""What a suite's process has left: believed only where it is whole, then made into one log."""

import io
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rt1062.errors import SetupError
from rtbench.robot.selection import Suite

MOST_FAILURES = 250  # Robot's exit code counts failed cases up to here; above it are its errors
HELP = "Try --help for usage information."  # rebot's last line of an error
PICTURES = "tag:picture"  # keywords whose picture the log shows at once


def trouble(suite: Suite, xml: Path, code: int) -> str:
    """Why a suite's result cannot be believed, "" where it can.

    The XML must be there and whole, hold every case that was asked for, and agree with the exit
    code: a keyword that calls `exit` ends the process with any code it likes.
    """
    from robot.api import ExecutionResult
    from robot.errors import DataError

    if code < 0:
        return f"its process was ended by signal {-code}"
    if code > MOST_FAILURES:
        return f"Robot Framework could not run it (exit code {code})"
    if not xml.is_file():
        return f"its process left no result (exit code {code})"
    try:
        total = ExecutionResult(str(xml)).statistics.total
    except DataError:
        return f"its process ended in the middle, the result is cut off (exit code {code})"
    if total.total != suite.cases:
        return f"{total.total} of {suite.cases} cases are in its result"
    if min(total.failed, MOST_FAILURES) != code:
        return f"its exit code is {code}, its result has {total.failed} failed cases"
    return ""


def stand_in(suite: Suite, reason: str, xml: Path) -> None:
    """A result with one failed case, for a suite without one, so that every report has it."""
    from robot.errors import DataError
    from robot.result import TestSuite

    now = datetime.now()
    result = TestSuite(name=suite.name, start_time=now, end_time=now)
    result.tests.create(
        name="The suite runs to its end",
        status="FAIL",
        message=reason,
        start_time=now,
        end_time=now,
    )
    try:
        result.to_xml(xml)
    except (OSError, DataError) as error:
        raise SetupError(f"{xml}: cannot be written ({error})") from error


def merge(
    folder: Path, name: str, metadata: Sequence[str], begin: datetime, files: Sequence[Path]
) -> int:
    """log.html, report.html, output.xml and xunit.xml of all suites; rebot's exit code.

    SetupError, in one line, if they cannot be made.
    """
    from robot import rebot

    errors = io.StringIO()
    code = rebot(
        *map(str, files),
        name=name,
        metadata=list(metadata),
        outputdir=str(folder),
        output="output.xml",
        xunit="xunit.xml",
        starttime=begin.isoformat(),
        endtime=datetime.now().isoformat(),
        expandkeywords=PICTURES,
        tagstatexclude="robot:*",
        processemptysuite=True,
        stdout=_Quiet(),
        stderr=errors,
    )
    said = errors.getvalue().replace(HELP, "").strip()
    if code > MOST_FAILURES:
        *_, last = said.splitlines() or [f"exit code {code}"]
        raise SetupError(f"{folder}: the logs cannot be made ({last})")
    if said:
        print(said, file=sys.stderr)
    return code


class _Quiet:
    """Takes what rebot prints: the paths, which are ours already."""

    def write(self, text: str) -> None:
        pass

    def flush(self) -> None:
        pass


def last_time(output: Path) -> str:
    """What the run whose results are there took, for people; "" where there is none."""
    try:
        with (output / "xunit.xml").open(encoding="utf-8") as stream:
            head = stream.read(1000)
    except (OSError, ValueError):
        return ""
    found = re.search(r'<testsuite [^>]*tests="(\d+)"[^>]* time="([\d.]+)"', head)
    return f"; last time {found[1]} cases took {float(found[2]):.0f} s" if found else ""
