"""On a platform without POSIX modules and without TFLM on the host, the rest works."""

import subprocess
import sys

import pytest

from tests.rtbench.robot.talking_firmware import write_firmware

# What Windows has not, and what there is for x86-64 Linux only.
ABSENT = ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp", "tflite_micro")
POORER = f"""
import os, signal, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ABSENT!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
for name in {ABSENT!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
for name in ("fork", "killpg", "getpgrp", "setpgid", "mkfifo", "sched_getaffinity"):
    delattr(os, name)
del signal.SIGHUP
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name in {ABSENT!r} else found(name, *a)
"""


@pytest.fixture
def poorer(tmp_path):
    """Runs code on the poorer platform."""

    def run(code: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-c", POORER + code],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


def test_every_module_can_be_imported(poorer):
    done = poorer(
        "import pkgutil, rt1062, rtbench, importlib\n"
        "for package in (rt1062, rtbench):\n"
        "    for one in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(one.name)\n"
    )
    assert done.returncode == 0, done.stderr


def test_a_firmware_boots(poorer, tmp_path):
    image = write_firmware(tmp_path)
    done = poorer(
        "from rtbench.cli import main\n"
        f"sys.exit(main(['boot', {str(image)!r}, '--expect', 'ready', '--seconds', '1']))"
    )
    assert done.returncode == 0, done.stderr
    assert "own firmware 1.0" in done.stdout


def test_what_needs_tflm_on_the_host_says_so_in_one_line(poorer):
    done = poorer(
        "from rtbench.tflite.reference import Reference\nfrom rt1062.errors import SetupError\n"
        "try:\n    Reference('any.tflite')\nexcept SetupError as error:\n    print(error)"
    )
    assert done.stdout.startswith("TFLM on the host is not installed: its package (tflite-micro)")
    assert len(done.stdout.splitlines()) == 1
