"""scripts/system_packages.py with a PATH of its own: what it finds, installs and says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "system_packages.py"
TOOLS = ("git", "arm-none-eabi-g++", "cmake", "ninja", "g++")


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing on PATH but what a test puts there."""
    programs = tmp_path / "bin"
    programs.mkdir()

    class Machine:
        log = tmp_path / "log"

        def has(self, name, script="exit 0"):
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)

        def run(self, *options):
            return subprocess.run(
                [sys.executable, SCRIPT, *options],
                env={"PATH": str(programs)},
                capture_output=True,
                text=True,
                timeout=60,
            )

    machine = Machine()
    for name in TOOLS:
        machine.has(name)
    machine.has("arm-none-eabi-g++", 'echo "/usr/lib/${1#-print-file-name=}"')
    return machine


def test_complete_machine_installs_nothing_and_says_nothing(machine):
    machine.has("apt-get", f"echo called >>{machine.log}")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not machine.log.exists()


def test_missing_package_is_one_line_with_the_exact_command(machine):
    machine.has("arm-none-eabi-g++", 'echo "${1#-print-file-name=}"')
    done = machine.run("--check")
    assert done.returncode == 2
    assert done.stderr == (
        "system_packages: as root, run: apt-get install --yes --no-install-recommends "
        "libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib\n"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_root_installs_what_is_missing_and_nothing_else(machine, tmp_path):
    (tmp_path / "bin" / "cmake").unlink()
    for name in ("env", "chmod"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    cmake = tmp_path / "bin" / "cmake"
    machine.has(
        "apt-get",
        f'echo "$*" >>{machine.log}\n'
        f'case "$*" in *install*) echo "#!/bin/sh" >{cmake}; chmod +x {cmake};; esac',
    )
    done = machine.run()
    assert (done.returncode, done.stdout) == (0, "installing cmake\n")
    assert machine.log.read_text().splitlines()[-1].endswith("--no-install-recommends cmake")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_failing_installation_is_told_with_apts_last_word(machine, tmp_path):
    (tmp_path / "bin" / "ninja").unlink()
    (tmp_path / "bin" / "env").symlink_to(shutil.which("env"))
    machine.has("apt-get", 'echo "E: Unable to locate package ninja-build" >&2; exit 100')
    done = machine.run()
    assert done.returncode == 2
    assert "E: Unable to locate package ninja-build" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("--no-install-recommends ninja-build")
