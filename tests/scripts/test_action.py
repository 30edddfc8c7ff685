"""scripts/action.py, the step of action.yml, run as GitHub runs it: environment, files, code."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from rtbench import cli
from tests.rtbench.robot.talking_firmware import page_suite, write_firmware

ROOT = Path(__file__).parents[2]
needs_firmware = pytest.mark.skipif(
    not (ROOT / "build/firmware/classify.elf").is_file(), reason="`make firmware` has not built it"
)
STEP = next(
    one for one in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    if one.get("id") == "run"
)  # fmt: skip
INPUTS = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]


@pytest.fixture
def step(tmp_path):
    """Run the step as action.yml has it, with the defaults of its inputs."""
    bin_folder = tmp_path / "temp/rtbench/bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (bin_folder / "python").chmod(0o755)

    class Done:
        def __init__(self, **inputs: str) -> None:
            values = {name: str(one["default"]) for name, one in INPUTS.items()} | inputs
            environment = {
                variable: values[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
                for variable, expression in STEP["env"].items()
            }
            for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
                environment[name] = str(tmp_path / name)
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
                cwd=tmp_path,
                env={"PATH": os.environ["PATH"], "RUNNER_TEMP": str(tmp_path / "temp"),
                     "GITHUB_ACTION_PATH": str(ROOT), **environment},
                capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            self.code, self.said = done.returncode, done.stdout + done.stderr
            self.errors = [line for line in self.said.splitlines() if line.startswith("::error")]
            summary = tmp_path / "GITHUB_STEP_SUMMARY"
            self.summary = summary.read_text() if summary.is_file() else ""
            self.results = tmp_path / "rtbench-results"

        def verdicts(self) -> dict[str, str]:
            cases = ElementTree.parse(self.results / "junit.xml").iter("testcase")
            return {one.get("name"): one[0].tag if len(one) else "passed" for one in cases}

    return lambda **inputs: Done(**{key.replace("_", "-"): value for key, value in inputs.items()})


@pytest.fixture
def image(tmp_path):
    return str(write_firmware(tmp_path).relative_to(tmp_path))


def test_a_plain_text_firmware_with_what_it_must_print(step, image, tmp_path):
    done = step(image=image, expect="own firmware\nready 7\n", fail="panic")
    assert (done.code, done.verdicts(), done.errors) == (0, {"boot": "passed"}, [])
    assert "| boot | passed | printed all that was expected |" in done.summary
    outputs = dict(
        line.split("=", 1) for line in (tmp_path / "GITHUB_OUTPUT").read_text().splitlines()
    )
    assert outputs["junit"] == "rtbench-results/junit.xml"
    assert Path(outputs["python"]).is_file()


def test_a_text_that_does_not_come_fails_with_annotation_and_console(step, image):
    done = step(image=image, expect="ready 8", seconds="0.2")
    assert (done.code, done.verdicts()) == (1, {"boot": "failure"})
    assert done.errors[0].startswith(
        "::error title=rtbench boot::rtbench boot: 'ready 8' did not come within 0.2 s%0A"
    )
    assert "| boot | **failed** |" in done.summary
    assert "own firmware 1.0" in done.summary


def test_suites_run_with_the_image_and_a_failed_case_is_named(step, image, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/blinky.robot").write_text(page_suite())
    done = step(image=image, suites="own", include="led\nsmoke")
    assert (done.code, done.verdicts()) == (0, {"suites": "passed"})
    assert "5 tests, 5 passed, 0 failed" in done.summary
    assert (done.results / "suites/log.html").is_file()
    (tmp_path / "own/wrong.robot").write_text("*** Test Cases ***\nWrong\n    Fail    on purpose\n")
    done = step(image=image, suites="own")
    assert (done.code, done.verdicts()) == (1, {"suites": "failure"})
    assert "FAIL  Wrong: Wrong" in done.errors[0]
    assert "      on purpose" in done.summary


def test_an_image_that_is_none_is_exit_code_2(step, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"no firmware at all")
    done = step(image="a.bin", expect="ready")
    assert (done.code, done.verdicts()) == (2, {"boot": "error"})
    assert len(done.errors) == 1


@needs_firmware
def test_pictures_with_labels_are_held_to_a_least_accuracy(step):
    firmware = {"image": str(ROOT / "build/firmware/classify.bin"),
                "elf": str(ROOT / "build/firmware/classify.elf"), "app": "classify"}  # fmt: skip
    done = step(**firmware, scenes="4", least_accuracy="1.01")
    assert done.code == 1, done.said
    assert done.verdicts() == {"pictures": "passed", "accuracy": "failure"}
    assert "at least 1.01 asked for" in done.errors[0]
    assert "| picture | truth | answer | |" in done.summary
    assert (done.results / "report.html").is_file()
    done = step(**firmware, scenes="4", least_accuracy="0.1")
    assert (done.code, done.errors) == (0, [])


@needs_firmware
def test_counts_are_held_to_a_largest_error(step):
    firmware = {"image": str(ROOT / "build/firmware/count.bin"),
                "elf": str(ROOT / "build/firmware/count.elf"), "app": "count"}  # fmt: skip
    done = step(**firmware, scenes="4", largest_error="20")
    assert (done.code, done.verdicts()) == (0, {"pictures": "passed", "count": "passed"}), done.said
    done = step(**firmware, scenes="4", largest_error="-1")
    assert (done.code, done.verdicts()["count"]) == (1, "failure")


@needs_firmware
def test_figures_are_held_to_a_baseline(step, tmp_path):
    firmware = {"image": str(ROOT / "build/firmware/classify.bin"),
                "elf": str(ROOT / "build/firmware/classify.elf"), "app": "classify"}  # fmt: skip
    known = tmp_path / "good.json"
    words = ("evaluate", "--app", "classify", "--image", firmware["image"], "--elf")
    words += (firmware["elf"], "--scenes", "4", "--out", tmp_path / "run", "--write-baseline")
    assert cli.main([str(one) for one in (*words, known)]) == 0
    done = step(**firmware, scenes="4", baseline=str(known))
    assert (done.code, done.verdicts(), done.errors) == (0, {"pictures": "passed"}, [])
    assert "every frame was answered and the baseline holds" in done.summary
    better = json.loads(known.read_text())
    better["arena_used"] //= 2
    known.write_text(json.dumps(better))
    done = step(**firmware, scenes="4", baseline=str(known))
    assert (done.code, done.verdicts()) == (1, {"pictures": "failure"})
    assert "arena_used" in done.errors[0]
    assert "gate failed" in done.summary


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"images": "one.png"}, "give the firmware as image or as elf"),
        ({"image": "a", "images": "b", "scenes": "3", "app": "count"}, "exclude each other"),
        ({"image": "a", "images": "b"}, "pictures need app"),
        ({"image": "a", "least-accuracy": "0.5"}, "need images or scenes"),
        ({"image": "a", "least-accuracy": "high"}, "least-accuracy must be a number, not 'high'"),
    ],
)
def test_inputs_that_make_no_sense_are_exit_code_2(step, inputs, said):
    done = step(**inputs)
    assert (done.code, len(done.errors)) == (2, 1), done.said
    assert said in done.errors[0]


def test_every_input_is_documented_and_reaches_the_step():
    used = {expression.removeprefix("${{ inputs.").removesuffix(" }}")
            for expression in STEP["env"].values()}  # fmt: skip
    assert set(INPUTS) - {"artifact"} == used
    readme = (ROOT / "README.md").read_text()
    assert [name for name in INPUTS if f"`{name}`" not in readme] == []
