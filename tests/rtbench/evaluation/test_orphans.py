"""Children of a run that is killed do not live on, whatever they are about."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# Two children that compute for ever tell their process ids; the parent waits for them.
FORKED = """
import os, pathlib, sys
from rtbench.evaluation.forks import forked
def work(number):
    (pathlib.Path(sys.argv[1]) / str(os.getpid())).touch()
    while True: pass
list(forked(work, [0, 1], jobs=2))
"""
WORKED = """
import contextlib, os, pathlib, sys
from rtbench.evaluation.workers import worked
def work(number):
    (pathlib.Path(sys.argv[1]) / str(os.getpid())).touch()
    while True: pass
list(worked(lambda: contextlib.nullcontext(work), [0, 1], jobs=2))
"""
# As a build: a tool, and what it has started in a process group of its own, as ninja does.
GUARDED = """
import sys
from rt1062.guard import Guarded
started = 'touch "$0/$$"; exec sleep 1000'
tool = f"touch $0/$$; setsid sh -c '{started}' $0 & wait"
Guarded(["sh", "-c", tool, sys.argv[1]]).wait()
"""
# As the Makefile's: the shell that make has started, which nobody but the guard looks at.
SHELL = """
import rt1062.guard, subprocess, sys
started = 'touch "$0/$$"; exec sleep 1000'
tool = f"touch $0/$$; setsid sh -c '{started}' $0 & wait"
guard = [sys.executable, "-I", rt1062.guard.__file__, "-", "", "sh", "-c", tool, sys.argv[1]]
subprocess.Popen(guard).wait()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a child is told of its parent's end on Linux")
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    "program", [FORKED, WORKED, GUARDED, SHELL], ids=["forked", "worked", "guarded", "shell"]
)
def test_no_child_outlives_a_run(program: str, way: signal.Signals, tmp_path: Path):
    parent = subprocess.Popen([sys.executable, "-c", program, tmp_path], stderr=subprocess.DEVNULL)
    while len(list(tmp_path.iterdir())) < 2:
        assert parent.poll() is None
        time.sleep(0.01)
    children = [int(path.name) for path in tmp_path.iterdir()]
    parent.send_signal(way)
    parent.wait(30)
    end = time.monotonic() + 30
    while left := [pid for pid in children if _runs(pid)]:
        assert time.monotonic() < end, f"{left} live on"
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # Nobody may have asked how it ended.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
