"""What is shown of a traceback in a suite's output."""

from datetime import datetime

import pytest

from rt1062.errors import SetupError
from rtbench.robot import results
from rtbench.robot.tracebacks import HEAD, Tracebacks

ROBOT = '  File "/v/site-packages/robot/output/xmllogger.py", line 44, in close'
FROZEN = '  File "<frozen runpy>", line 198, in _run_module_as_main'
OWN = '  File "/home/me/keywords.py", line 3, in <module>'
CODE = "    self.close()"
FULL = "OSError: [Errno 28] No space left on device"


def shown(*lines: str) -> list[str]:
    tracebacks = Tracebacks()
    return [one for line in lines for one in tracebacks.take(line)]


def test_other_lines_are_shown_at_once():
    assert shown("a", "  b", "", "c") == ["a", "  b", "", "c"]


def test_of_one_within_robot_the_exception_is_shown():
    assert shown("a", HEAD, FROZEN, ROBOT, CODE, FULL, "b") == ["a", FULL, "b"]


def test_one_behind_another_is_shortened_too():
    lines = (HEAD, ROBOT, FULL, "", "During handling of the above exception, another:", "")
    assert shown(*lines, HEAD, FROZEN, CODE, FULL) == [FULL, *lines[3:], FULL]


def test_one_that_went_through_a_file_of_ones_own_is_whole():
    lines = (HEAD, ROBOT, OWN, CODE, "ModuleNotFoundError: No module named 'x'")
    assert shown(*lines) == list(lines)


@pytest.mark.parametrize("content", [None, "", "<robot>"])
def test_logs_that_cannot_be_made_are_one_line(tmp_path, content):
    file = tmp_path / "suite.xml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SetupError, match=f"^{tmp_path}: the logs cannot be made .*suite.xml") as no:
        results.merge(tmp_path, "Suites", [], datetime.now(), [file])
    assert len(str(no.value).splitlines()) == 1
