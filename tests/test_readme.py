"""Every command of the README's first hour, in its order, in a folder as a newcomer has one."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from rtbench.cli import COMMANDS
from rtbench.host_inference import networks
from rtbench.scenes.scene import SPLITS
from tests.rtbench.robot import talking_firmware

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
HOUR = README.partition("\n## Every command")[0]
BUILT = ROOT / "build/firmware"


def lines():
    """All lines of the fences that are to be typed."""
    fences = re.findall(r"^```sh\n(.*?)^```", HOUR, re.MULTILINE | re.DOTALL)
    return [line for fence in fences for line in fence.splitlines()]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """What the README takes for granted: a firmware, photos, a model and suites of one's own."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "build").mkdir()
    (folder / "build/firmware").symlink_to(BUILT)
    talking_firmware.write_firmware(folder)
    shutil.copy(min(networks(), key=lambda path: path.stat().st_size), folder / "model.tflite")
    (folder / "suites").mkdir()
    (folder / "suites/own.robot").write_text(talking_firmware.page_suite())
    assert "train" in SPLITS
    command = "rtbench scenes --app classify --scenes 3 --seed 7 --split train --pictures photos"
    assert typed(command, folder) == 0
    return folder


def typed(line, folder):
    """The exit code of a line, as in a shell with the environment active."""
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env={**os.environ, "PATH": path}, check=False
    ).returncode


def test_the_first_hour_has_its_steps():
    steps = re.findall(r"^## \d\. (.*)", HOUR, re.MULTILINE)
    assert [one.split(",")[0] for one in steps] == [
        "Set up", "Run the demo", "Your firmware", "Your pictures", "Your model", "Your CI",
    ]  # fmt: skip
    assert lines()[:2] == ["make sim-test", "make test"]


@pytest.mark.parametrize("line", [one for one in lines() if one.startswith("make")])
def test_targets_are_there(line):
    """CI runs them themselves; a test that ran the tests would not end."""
    asked = ["make", "--dry-run", *shlex.split(line)[1:]]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not (BUILT / "count.elf").is_file(), reason="`make firmware` has not built it")
@pytest.mark.parametrize("line", [one for one in lines() if not one.startswith(("make", "."))])
def test_the_command_ends_well(line, desk):
    if line.startswith("rtbench try") and not (ROOT / "build/tflm_directory").is_file():
        pytest.skip("there is no TFLM to build a firmware with")
    assert typed(line, desk) == 0


def test_every_command_is_in_the_table():
    told = re.findall(r"^\| `rtbench ([a-z]+)", README, re.MULTILINE)
    assert set(told) == set(COMMANDS)


def test_every_page_is_linked_with_its_purpose():
    table = README.partition("## Every page")[2].partition("\n## ")[0]
    linked = set(re.findall(r"^\| \[[^]]*\]\((docs/[\w.]+)\) \| \w+", table, re.MULTILINE))
    assert linked == {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
