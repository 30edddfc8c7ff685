"""The Makefile with stand-ins for every tool: what it calls, and which exit code it keeps."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The guard runs what it is given.
STANDS_IN = """#!/bin/sh
case "$1" in */guard.py) shift 3; exec "$@";; esac
echo "{name} $*" >>"$LOG"
case "$*" in *"$FAILING"*) [ -n "$FAILING" ] && exit "$CODE";; esac
exit 0
"""


@pytest.fixture
def project(tmp_path):
    """A project that is set up, with nothing behind it."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements-dev.txt", "pyproject.toml", "scripts/system_packages.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    linters = ("ruff", "robocop", "clang-format", "shellcheck", "check-jsonschema", "zizmor")
    for name in ("python", "pip", *linters, "cmake", "ctest", "python3"):
        (tools / name).write_text(STANDS_IN.format(name=name))
        (tools / name).chmod(0o755)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "inference").write_text("tflm\n")
    (tmp_path / "build" / "tflm_directory").write_text("/there/tflm\n")
    later = time.time() + 1
    for stamp in ("build/.packages", ".venv/.installed"):
        (tmp_path / stamp).touch()
        os.utime(tmp_path / stamp, (later, later))

    class Project:
        log = tmp_path / "log"

        def make(self, *words, failing="", code=1):
            done = subprocess.run(
                ["make", "-C", tmp_path, *words],
                env={
                    "PATH": f"{tools}:{os.environ['PATH']}",
                    "LOG": str(self.log),
                    "FAILING": failing,
                    "CODE": str(code),
                },
                capture_output=True,
                text=True,
                timeout=60,
            )
            kept = tmp_path / "build" / "exit_code"
            return done, int(kept.read_text()) if kept.is_file() else None

        def calls(self):
            return self.log.read_text().splitlines() if self.log.is_file() else []

    return Project()


def test_set_up_project_installs_nothing(project):
    assert project.make("setup")[0].returncode == 0
    assert project.calls() == []


def test_sim_test_builds_then_runs_the_suites_on_the_named_emulator(project):
    done, _ = project.make("sim-test", "EMULATOR=unicorn", "INFERENCE=tflm")
    assert done.returncode == 0
    fetch, configure, build, suites = project.calls()
    assert fetch.endswith("--into .cache/tflm --inference tflm --record build")
    assert "-DINFERENCE=tflm -DTFLM_DIR=/there/tflm" in configure
    assert build == "cmake --build build/firmware"
    assert suites == ("python -m robot_tests --emulator unicorn --output build/robot/unicorn")


@pytest.mark.parametrize(
    ("target", "failing", "code", "kept"),
    [
        ("sim-test", "robot_tests", 1, 1),  # a case failed
        ("sim-test", "robot_tests", 2, 2),  # no emulator
        ("sim-test", "fetch_tflm", 2, 2),  # no library
        ("sim-test", "--build build/firmware", 1, 1),  # does not compile
        ("test", "-m pytest", 1, 1),
        ("test", "--test-dir", 8, 1),  # what ctest says of a failed test
        ("lint", "format --check", 1, 1),
        ("lint", "--offline", 14, 1),  # what zizmor says of a finding
        ("bench", "bench.py", 2, 2),
        ("renode", "installation", 1, 2),
    ],
)
def test_failure_keeps_the_exit_code_of_its_kind(project, target, failing, code, kept):
    done, exit_code = project.make(target, failing=failing, code=code)
    assert done.returncode == 2  # make has no other
    assert exit_code == kept
    assert f"Error {kept}" in done.stderr


def test_check_runs_lint_then_unit_tests_then_suites(project):
    done, exit_code = project.make("check")
    assert (done.returncode, exit_code) == (0, 0)
    calls = "\n".join(project.calls())
    places = [calls.index(word) for word in ("ruff check", "-m pytest", "ctest", "-m robot_tests")]
    assert places == sorted(places)


def test_clean_keeps_the_environment_and_the_downloads(project, tmp_path):
    (tmp_path / ".cache").mkdir()
    assert project.make("clean")[0].returncode == 0
    assert not (tmp_path / "build").exists()
    assert (tmp_path / ".venv").exists()
    assert (tmp_path / ".cache").exists()


def test_wheels_in_a_folder_stand_in_for_the_index_and_hashes_are_checked(project, tmp_path):
    (tmp_path / ".venv/.installed").unlink()
    (tmp_path / "wheels").mkdir()
    project.make("setup", f"WHEELS={tmp_path / 'wheels'}")
    installs = [line for line in project.calls() if line.startswith("pip install")]
    assert len(installs) == 2
    assert all(f"--no-index --find-links {tmp_path / 'wheels'}" in line for line in installs)
    assert "--require-hashes" in installs[0]


def test_a_folder_of_wheels_that_is_not_there_is_told(project, tmp_path):
    (tmp_path / ".venv/.installed").unlink()
    done, code = project.make("setup", "WHEELS=/no/such/folder")
    assert (code, "WHEELS=/no/such/folder: no such folder" in done.stderr) == (2, True)


@pytest.mark.skipif(shutil.which("flock") is None, reason="needs flock(1)")
def test_two_builds_in_one_checkout_follow_each_other(project, tmp_path):
    # The stand-in notes its end, too: begin and end of one build lie together.
    tool = tmp_path / ".venv" / "bin" / "cmake"
    tool.write_text('#!/bin/sh\necho "begin $*" >>"$LOG"\nsleep 0.2\necho "end $*" >>"$LOG"\n')
    environment = {"PATH": f"{tool.parent}:{os.environ['PATH']}", "LOG": str(project.log)}
    makes = [
        subprocess.Popen(["make", "-C", tmp_path, "firmware"], env=environment) for _ in range(2)
    ]
    assert [one.wait(60) for one in makes] == [0, 0]
    calls = [call for call in project.calls() if call.startswith(("begin", "end"))]
    assert len(calls) == 8
    for begin, end in zip(calls[::2], calls[1::2], strict=True):
        assert begin.replace("begin", "end") == end
