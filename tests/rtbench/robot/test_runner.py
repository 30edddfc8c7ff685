"""The runner of suites: its verdict comes from what was asked, whatever happens to a suite."""

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from rtbench.exit_codes import INTERRUPTED, TERMINATED
from rtbench.robot import output_folder, processes
from rtbench.robot.__main__ import main
from rtbench.robot.telling import Telling

PASSES = """*** Test Cases ***
One
    [Tags]    fast
    Log    one
Two
    Log    two
"""
FAILS = "*** Test Cases ***\nWrong\n    Should Be Equal    1    2    msg=one is not two\n"
SLEEPS = "*** Test Cases ***\nSlow\n    Sleep    60 s\n"
ENDS = "*** Test Cases ***\nFirst\n    Log    1\nEnds\n    Evaluate    {how}\nNever\n    Log    2\n"


@pytest.fixture
def suites(tmp_path):
    """Writes suites, a name and a text each; their folder."""

    def write(**texts: str) -> Path:
        folder = tmp_path / "suites"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.robot").write_text(text)
        return folder

    return write


@pytest.fixture
def run(tmp_path, capfd):
    """Exit code and everything that was printed; results are in `out`."""

    def call(*words: object) -> tuple[int, str]:
        code = main([*map(str, words), "--output", str(tmp_path / "out")])
        said = capfd.readouterr()
        return code, said.out + said.err

    return call


def start(*words: object, output: Path) -> subprocess.Popen:
    """A run in a process of its own, once its suites run."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rtbench.robot", *map(str, words), "--output", str(output)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list((output / "suites").glob("*.xml")):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    return process


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in tasks.split()]


# What is printed and written.


def test_each_case_each_suite_and_the_total_are_told_as_they_end(suites, run, tmp_path):
    code, said = run(suites(good=PASSES, bad=FAILS), "--jobs", 1)
    assert code == 1
    lines = [line.rpartition("  ")[0] if " s" in line[-3:] else line for line in said.splitlines()]
    assert lines[:6] == [
        "2 suites, 1 at a time",
        "FAIL  Bad: Wrong",
        "      one is not two: 1 != 2",
        "Bad: 1 tests, 0 passed, 1 failed",
        "PASS  Good: One",
        "PASS  Good: Two",
    ]
    assert said.splitlines()[-1].startswith("3 tests, 2 passed, 1 failed; ")
    assert str(tmp_path / "out/log.html") in said
    assert {"log.html", "report.html", "output.xml", "xunit.xml"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_begin_and_end_are_those_of_the_run(suites, run, tmp_path):
    run(suites(good=PASSES))
    top = ElementTree.parse(tmp_path / "out/xunit.xml").getroot()
    assert top.get("timestamp")
    suite = ElementTree.parse(tmp_path / "out/output.xml").find("suite/status")
    assert suite.get("start")
    assert float(suite.get("elapsed")) > 0


@pytest.mark.parametrize(
    ("words", "ran"),
    [
        (("--include", "fast"), {"One"}),
        (("--exclude", "fast"), {"Two", "Other"}),
        (("--test", "T*"), {"Two"}),
        (("--test", "More.Other", "--test", "One"), {"One", "Other"}),
    ],
)
def test_tags_and_names_choose_cases(suites, run, tmp_path, words, ran):
    folder = suites(good=PASSES, more="*** Test Cases ***\nOther\n    Log    ${WORD}\n")
    code, _ = run(folder, *words, "--variable", "WORD:x")
    assert code == 0
    cases = ElementTree.parse(tmp_path / "out/xunit.xml").iter("testcase")
    assert {case.get("name") for case in cases} == ran


def test_a_folder_with_a_set_up_of_its_own_stays_in_one_piece(suites, run):
    folder = suites(good=PASSES, __init__="*** Settings ***\nSuite Setup    Fail    not today\n")
    code, said = run(folder.parent)
    assert (code, "not today" in said) == (1, True)


# The verdict comes from what was asked.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--test", "Tvo"), "--test 'Tvo' matches no case; near it: 'Two'"),
        (("--test", "One", "--test", "xyz"), "--test 'xyz' matches no case of the 2 there are"),
        (("--include", "slow"), "no case is left to run (--include slow, --exclude none); the"),
        (("nowhere",), "nowhere: no such suite or folder of suites"),
        (("--variable", "WORD"), "must be NAME:VALUE, not 'WORD'"),
        (("--jobs", "0"), "must be a number of 1 or more, not '0'"),
    ],
)
def test_what_matches_nothing_is_exit_code_2(suites, run, capfd, words, said):
    folder = suites(good=PASSES)
    try:
        code, heard = run(folder, *words)
    except SystemExit as error:
        code, heard = error.code, capfd.readouterr().err
    assert (code, said in heard) == (2, True), heard


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("__import__('os').kill(__import__('os').getpid(), 9)", "was ended by signal 9"),
        ("__import__('os').kill(__import__('os').getpid(), 11)", "was ended by signal 11"),
        ("__import__('os')._exit(0)", "ended in the middle, the result is cut off (exit code 0)"),
        ("__import__('os')._exit(1)", "ended in the middle, the result is cut off (exit code 1)"),
        ("__import__('os')._exit(255)", "Robot Framework could not run it (exit code 255)"),
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])  # of two suites: forked, or started one by one
def test_a_suite_whose_process_dies_is_named_and_exit_code_2(
    suites, run, tmp_path, how, said, jobs
):
    code, heard = run(suites(good=PASSES, dies=ENDS.format(how=how)), "--jobs", jobs)
    assert code == 2
    assert f"Dies: its process {said}" in heard or f"Dies: {said}" in heard
    assert "not run to the end: Dies" in heard.splitlines()[-1]
    failed = [
        case.get("classname")
        for case in ElementTree.parse(tmp_path / "out/xunit.xml").iter("testcase")
        if case.find("failure") is not None
    ]
    assert failed == ["Suites.Dies"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_exit_code_that_is_not_the_results_is_exit_code_2(suites, run, jobs):
    lies = "*** Test Cases ***\nLies\n    Evaluate    __import__('atexit').register({})\n"
    at_exit = "__import__('os')._exit, 3"
    code, heard = run(suites(lies=lies.format(at_exit), good=PASSES), "--jobs", jobs)
    assert (code, "Lies: its exit code is 3, its result has 0 failed cases" in heard) == (2, True)


def test_a_result_that_is_missing_is_exit_code_2(suites, run, tmp_path):
    xml = tmp_path / "out/suites/gone.xml"
    gone = "*** Test Cases ***\nGone\n    Evaluate    __import__('atexit').register({}, {!r})\n"
    code, heard = run(suites(gone=gone.format("__import__('os').unlink", str(xml))))
    assert (code, "Gone: its process left no result (exit code 0)" in heard) == (2, True)


def test_a_case_that_is_left_out_is_exit_code_2(suites, run, tmp_path):
    (tmp_path / "thief.py").write_text(
        "ROBOT_LISTENER_API_VERSION = 3\ndef start_suite(data, result):\n    data.tests.pop()\n"
    )
    thief = f"*** Settings ***\nLibrary    {tmp_path / 'library.py'}\n{PASSES}"
    (tmp_path / "library.py").write_text(
        "import thief\nclass library:\n    ROBOT_LIBRARY_LISTENER = thief\n    def nothing(self):\n"
        "        pass\n"
    )
    code, heard = run(suites(thief=thief), "--pythonpath", tmp_path)
    assert (code, "Thief: 1 of 2 cases are in its result" in heard) == (2, True), heard


# Forked off a template.


needs_template = pytest.mark.skipif(not processes.can_fork(), reason="Linux only")


@needs_template
def test_a_forked_suite_is_a_process_like_any_other(suites, run):
    said = """*** Test Cases ***
Says
    Evaluate    print("to stdout", file=sys.__stdout__)
    Evaluate    os.system("echo of a child >&2")
    Evaluate    __import__("atexit").register(print, "at exit", file=sys.__stdout__)
    Should Be Equal    ${{ os.read(0, 1) }}    ${{ b"" }}
"""
    code, heard = run(suites(one=said, two=said), "--jobs", 1)
    assert code == 0, heard
    for line in ("to stdout", "of a child", "at exit"):
        assert (f"One: {line}" in heard, f"Two: {line}" in heard) == (True, True)


@needs_template
def test_suites_know_nothing_of_each_other(suites, run):
    leaves = """*** Test Cases ***
Leaves
    Should Be Equal    ${{ hasattr(sys, "left") }}    ${False}
    Evaluate    setattr(sys, "left", 1)
"""
    assert run(suites(one=leaves, two=leaves, three=leaves), "--jobs", 1)[0] == 0


@needs_template
def test_a_template_that_dies_is_exit_code_2(suites, run):
    kills = """*** Test Cases ***
Kills
    Evaluate    os.kill(os.getppid(), 9)
    Sleep    60
"""
    code, heard = run(suites(a=kills, b=PASSES), "--jobs", 1)
    assert code == 2
    assert "A: its process was ended by signal 9" in heard
    assert "the process that suites are forked off has ended (exit code -9)" in heard


# One run at a time in a folder.


def test_a_second_run_in_the_same_folder_is_refused(suites, run, tmp_path):
    first = start(suites(slow=SLEEPS), output=tmp_path / "out")
    try:
        code, heard = run(suites(good=PASSES))
        assert code == 2
        assert f"another run (process {first.pid}) is writing there" in heard
        assert first.poll() is None
        assert (tmp_path / "out/suites").is_dir()
    finally:
        first.terminate()
        first.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends a child with its parent")
@pytest.mark.parametrize(
    ("way", "code"),
    [
        (signal.SIGKILL, -signal.SIGKILL),
        (signal.SIGTERM, TERMINATED),
        (signal.SIGHUP, TERMINATED),
        (signal.SIGINT, INTERRUPTED),
    ],
)
@pytest.mark.parametrize("forked", [False, True])
def test_the_lock_and_the_suites_end_with_a_killed_run(suites, run, tmp_path, way, code, forked):
    folder = suites(slow=SLEEPS, **({"waits": PASSES} if forked else {}))
    first = start(folder, "--jobs", 1, output=tmp_path / "out")
    suite = children(first.pid)
    if forked:
        suite += children(*suite)
        assert len(suite) == 2
    first.send_signal(way)
    assert first.wait(30) == code
    assert "Traceback" not in first.stderr.read()
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in suite):
        assert time.monotonic() < deadline, "a suite outlives its run"
        time.sleep(0.02)
    (tmp_path / "suites/slow.robot").unlink()
    code, _ = run(suites(good=PASSES))
    assert code == 0


def test_a_folder_that_is_removed_meanwhile_is_exit_code_2(suites, run, tmp_path):
    gone = f"*** Settings ***\nLibrary    OperatingSystem\n*** Test Cases ***\nGone\n    " \
           f"Remove Directory    {tmp_path / 'out'}    recursive=True\n"  # fmt: skip
    code, heard = run(suites(gone=gone))
    assert code == 2
    assert "was removed while its suites ran (Gone)" in heard


def test_results_of_an_earlier_run_never_stand_in(suites, run, tmp_path):
    assert run(suites(good=PASSES))[0] == 0
    assert (tmp_path / "out/log.html").is_file()
    assert run(suites(good=PASSES), "--test", "nothing")[0] == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {output_folder.LOCK, "suites"}
    assert not list((tmp_path / "out/suites").iterdir())


def test_a_folder_that_cannot_be_written_is_exit_code_2(suites, tmp_path, capfd):
    (tmp_path / "file").write_text("")
    assert main([str(suites(good=PASSES)), "--output", str(tmp_path / "file")]) == 2
    assert "cannot be written (File exists); name another" in capfd.readouterr().err


def test_a_terminal_gets_colours_and_a_pipe_none(suites, tmp_path):
    command = [sys.executable, "-m", "rtbench.robot", str(suites(good=PASSES))]
    command += ["--output", str(tmp_path / "out")]
    plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR",)}
    piped = subprocess.run(command, capture_output=True, text=True, env=plain, check=True)
    forced = subprocess.run(
        command, capture_output=True, text=True, env=plain | {"FORCE_COLOR": "1"}, check=True
    )
    assert "\x1b[" not in piped.stdout
    assert "\x1b[32mPASS" in forced.stdout


def test_a_run_says_how_much_there_is_and_what_it_took_last_time(suites, run):
    folder = suites(first=PASSES, second=PASSES)
    assert "2 suites, 2 at a time\n" in run(folder, "--jobs", 2)[1]
    assert re.search(
        r"2 suites, 1 at a time; last time 4 cases took \d+ s", run(folder, "--jobs", 1)[1]
    )


def test_a_suite_that_starts_slowly_is_named(monkeypatch, capsys):
    monkeypatch.setattr("rtbench.robot.telling.SILENCE_S", 0.0)
    telling = Telling()
    telling.starts("camera")
    telling.silence()
    assert capsys.readouterr().out.startswith("...   camera: starting, for 0 s")
