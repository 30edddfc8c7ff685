"""scripts/action.sh, the step of action.yml: from its inputs to the command line."""

import os
import subprocess
from pathlib import Path

import pytest

from rtbench.tasks import TASKS

ROOT = Path(__file__).parents[2]
INPUTS = {
    "IMAGE": "",
    "ELF": "",
    "APP": "classify",
    "IMAGES": "",
    "SCENES": "0",
    "EMULATOR": "unicorn",
    "RESULTS": "rtbench.json",
}


@pytest.fixture
def step(tmp_path):
    """Run the step with some inputs; a stand-in for Python writes its words down, one a line."""
    stand_in = tmp_path / "python"
    stand_in.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" -- >>{tmp_path}/log\n'
        f'echo "$PYTHONPATH" >{tmp_path}/path\nexit ${{CODE:-0}}\n'
    )
    stand_in.chmod(0o755)

    def run(code=0, **inputs):
        done = subprocess.run(
            ["bash", ROOT / "scripts" / "action.sh"],
            env={
                **INPUTS,
                **inputs,
                "CODE": str(code),
                "PATH": os.environ["PATH"],
                "RUNNER_TEMP": str(tmp_path),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(tmp_path / "output"),
                "RTBENCH_PYTHON": str(stand_in),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        log = tmp_path / "log"
        calls = log.read_text().split("--\n")[:-1] if log.is_file() else []
        return done, [call.splitlines() for call in calls]

    return run


def test_image_and_pictures_reach_the_command_line(step, tmp_path):
    done, calls = step(IMAGE="a b.bin", IMAGES="one.png\ntwo pictures\n\n")
    assert done.returncode == 0, done.stderr
    (run,) = calls
    assert run[:5] == ["-m", "rtbench.cli", "run", "--app", "classify"]
    assert run[5:9] == ["--emulator", "unicorn", "--json", "rtbench.json"]
    assert run[9:] == ["--image", "a b.bin", "--data", "one.png", "two pictures"]
    assert (tmp_path / "output").read_text() == "results=rtbench.json\n"


def test_the_packages_are_on_the_path_without_being_installed(step, tmp_path):
    step(IMAGE="a.bin", IMAGES="one.png")
    path = Path((tmp_path / "path").read_text().strip())
    assert all((path / name / "__init__.py").is_file() for name in ("rt1062", "rtbench"))


def test_elf_alone_is_enough(step):
    done, (run,) = step(ELF="a.elf", IMAGES="one.png")
    assert done.returncode == 0
    assert "--image" not in run
    assert run[run.index("--elf") + 1] == "a.elf"


@pytest.mark.parametrize("app", TASKS)
def test_scenes_are_a_number_for_every_application(step, app):
    done, (run,) = step(IMAGE="a.bin", APP=app, SCENES="5")
    assert done.returncode == 0
    assert run[3:5] == ["--app", app]
    assert run[-2:] == ["--scenes", "5"]
    assert "--data" not in run


def test_hello_takes_no_pictures(step):
    done, (run,) = step(IMAGE="a.bin", APP="hello")
    assert done.returncode == 0
    assert "--data" not in run
    assert "--scenes" not in run


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"IMAGES": "one.png"}, "give the firmware as image or as elf"),
        ({"IMAGE": "a.bin", "IMAGES": "one.png", "SCENES": "3"}, "exclude each other"),
    ],
)
def test_inputs_that_make_no_sense_are_exit_code_2(step, inputs, said):
    done, calls = step(**inputs)
    assert (done.returncode, calls) == (2, [])
    assert done.stdout.startswith("::error::")
    assert said in done.stdout


def test_failed_claim_stays_exit_code_1(step):
    assert step(IMAGE="a.bin", IMAGES="one.png", code=1)[0].returncode == 1
