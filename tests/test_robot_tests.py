"""The suites' own machinery: frames that show mistakes, transcripts, and the runner's refusals."""

import argparse
import sys

import numpy as np
import pytest

from robot_tests import __main__ as runner
from rt1062 import emulators
from rtbench import frames
from rtbench.robot.patterns import MISTAKES, PATTERNS, pattern
from rtbench.robot.transcript import Transcript, file_name
from rtbench.tasks import APPS
from tests.rt1062.tiny_elf import OBJECT, write_elf
from tests.rtbench.fake_machine import FakeMachine

# Patterns.


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_are_whole_frames(name: str):
    assert len(pattern(name)) == frames.FRAME_BYTES
    assert pattern(name) == pattern(name)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_changes_the_tensor_of_the_noise(mistake: str):
    tensor = MISTAKES[mistake](pattern("noise"))
    assert tensor.shape == (1, 96, 96, 3)
    assert tensor.dtype == np.int8
    assert (tensor != frames.input_tensor(pattern("noise"))).mean() > 0.2


def test_an_unknown_pattern_is_misuse():
    with pytest.raises(ValueError, match=r"name must be one of colour bars, .* not 'zebra'"):
        pattern("zebra")


# Transcripts.


def test_transcript_pages_follow_one_machine_after_another(tmp_path):
    transcript = Transcript()
    first, second = FakeMachine(), FakeMachine()
    first.at_boot = ["one"]
    second.at_boot = ["two"]
    transcript.follow(first, "a.bin")
    first.power_on()
    transcript.write(tmp_path / "page1.log")
    first.say("more")
    transcript.follow(second, "b.bin")
    second.power_on()
    transcript.leave()
    transcript.write(tmp_path / "page2.log")
    assert (tmp_path / "page1.log").read_text() == "--- power on, a.bin\n    0.000000 one\n"
    assert (tmp_path / "page2.log").read_text().splitlines() == [
        "    0.000100 more",
        "--- power on, b.bin",
        "    0.000000 two",
    ]


def test_an_empty_page_leaves_no_file(tmp_path):
    Transcript().write(tmp_path / "none.log")
    assert not (tmp_path / "none.log").exists()


def test_transcript_names_are_plain():
    assert file_name("Boot Image", "IVT's Self-Pointer") == "boot_image.ivt_s_self_pointer.log"


# The runner.


@pytest.fixture
def firmware(tmp_path):
    for app in APPS:
        (tmp_path / f"{app}.bin").write_bytes(b"image")
        write_elf(tmp_path / f"{app}.elf", {"main": (0, 4, OBJECT)})
    return tmp_path


def run(monkeypatch, *arguments: object) -> int:
    monkeypatch.setattr(emulators, "find_renode", lambda: None)
    monkeypatch.setattr(sys, "argv", ["robot_tests", *map(str, arguments)])
    return runner.main()


def test_missing_firmware_is_exit_code_2(monkeypatch, tmp_path, capsys):
    assert run(monkeypatch, "--firmware", tmp_path, "--output", tmp_path) == 2
    assert "hello.bin: no such firmware; `make firmware` builds it" in capsys.readouterr().err


@pytest.mark.parametrize(("asked", "built"), [("tflm", "host"), ("host", "tflm")])
def test_firmware_with_another_inference_than_asked_is_exit_code_2(
    monkeypatch, firmware, capsys, asked: str, built: str
):
    if built == "host":
        write_elf(firmware / "classify.elf", {"inference_mailbox": (0, 32, OBJECT)})
    code = run(monkeypatch, "--firmware", firmware, "--output", firmware, "--inference", asked)
    assert code == 2
    assert f"INFERENCE={asked}, but {firmware} was built with {built}" in capsys.readouterr().err


def test_an_unknown_suite_and_emulator_are_exit_code_2(monkeypatch, firmware, capsys):
    options = ("--firmware", firmware, "--output", firmware / "out", "--inference", "auto")
    assert run(monkeypatch, *options, "--emulator", "unicorn", "opera") == 2
    assert "no suite opera; there are boot, boot_image, camera" in capsys.readouterr().err
    assert run(monkeypatch, *options, "--emulator", "qemu") == 2
    assert "EMULATOR must be renode, unicorn or auto" in capsys.readouterr().err


def test_the_longest_suites_begin_and_the_mailbox_is_only_for_the_host():
    first = ["counting", "logging", "counting_sequences", "camera", "boot"]
    always = {
        "boot_image",
        *first,
        "camera_settling",
        "classification",
        "console",
        "duty_cycle",
        "serial_frames",
    }
    names = [path.stem for path in runner._suites([], "tflm")]
    assert names[:5] == first
    assert set(names) == always
    assert {path.stem for path in runner._suites([], "host")} == {*always, "host_inference"}


def test_the_long_run_is_only_for_who_names_it():
    assert "counting_long" not in [path.stem for path in runner._suites([], "tflm")]
    assert [path.stem for path in runner._suites(["counting_long"], "tflm")] == ["counting_long"]


def test_auto_is_unicorn_also_where_a_renode_is_installed(monkeypatch):
    monkeypatch.setattr(emulators, "find_renode", lambda: "/usr/bin/renode")
    assert emulators.choose("auto") == "unicorn"
    assert emulators.choose("renode") == "renode"


def test_both_emulators_run_and_what_was_said_is_compared(monkeypatch, tmp_path, capsys):
    ran = []
    monkeypatch.setattr(emulators, "find_renode", lambda: "renode")
    monkeypatch.setattr(runner, "_run", lambda chosen: ran.append(chosen.emulator) or 0)
    for emulator in ("renode", "unicorn"):
        (tmp_path / emulator / "transcripts").mkdir(parents=True)
        (tmp_path / emulator / "transcripts" / "boot.log").write_text(
            '--- power on, a.bin\n    0.000000 {"event":"log","level":"info",'
            f'"message":"on {emulator}"}}\n'
        )
    assert runner._run_both(argparse.Namespace(output=tmp_path)) == 1
    assert sorted(ran) == ["renode", "unicorn"]
    assert (tmp_path / "comparison.txt").read_text() == capsys.readouterr().out
