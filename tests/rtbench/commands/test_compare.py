"""`rtbench compare`: two runs are the same where their answers are, and nowhere else."""

import json

import pytest

from rt1062 import emulators
from rtbench import cli
from tests.rtbench.fake_machine import BOOT, FakeMachine


def compare(*arguments) -> int:
    return cli.main(["compare", *map(str, arguments)])


@pytest.fixture
def reports(monkeypatch, tmp_path):
    """Two reports of the same two frames, and how to change the second."""

    def run(name):
        image = tmp_path / "classify.bin"
        image.write_bytes(b"image")
        machine = FakeMachine(image)
        machine.at_boot[0] = BOOT
        monkeypatch.setattr(emulators, "create", lambda *ignored: machine)
        path = tmp_path / name
        arguments = ("run", "--image", image, "--scenes", 2, "--json", path)
        assert cli.main([str(one) for one in arguments]) == 0
        return path

    return run("left.json"), run("right.json")


def changed(path, change):
    report = json.loads(path.read_text())
    change(report)
    path.write_text(json.dumps(report))


def test_the_same_answers_are_exit_code_0_with_memory_and_cycles(reports, capsys):
    capsys.readouterr()
    assert compare(*reports) == 0
    out = capsys.readouterr().out
    assert "2 frames in both: the same answers, byte for byte" in out
    assert "arena_used" in out
    assert "invoke, instructions" in out
    assert "0.000%" in out


def test_one_byte_of_an_output_is_exit_code_1_and_named(reports, capsys):
    changed(reports[1], lambda report: report["results"][1]["answer"]["output"].__setitem__(0, 5))
    assert compare(*reports) == 1
    out = capsys.readouterr().out
    assert "classification-test-1: output" in out
    assert "2 frames in both: 1 differences" in out


def test_a_missing_frame_and_an_error_are_differences(reports, capsys):
    def change(report):
        report["results"][0] |= {"error": "camera_timeout", "answer": None}
        del report["results"][1]

    changed(reports[1], change)
    assert compare(*reports) == 1
    out = capsys.readouterr().out
    assert f"classification-test-1: only in {reports[0]}" in out
    assert "classification-test-0: error '' on fake, 'camera_timeout' on fake" in out


def test_other_memory_and_cycles_are_shown_and_not_judged(reports, capsys):
    def change(report):
        report["boot"]["arena_used"] += 1
        for row in report["results"]:
            row["cycles"]["invoke"] *= 2

    changed(reports[1], change)
    assert compare(*reports) == 0
    out = capsys.readouterr().out
    assert "differs" in out
    assert "50.000%" in out


def test_what_cannot_be_compared_is_exit_code_2_in_one_line(reports, tmp_path, capsys):
    capsys.readouterr()
    other = tmp_path / "other.json"
    other.write_text("[]")
    assert compare(reports[0], other) == 2
    assert "neither a file of `rtbench run --json` nor a folder" in capsys.readouterr().err
    assert compare(reports[0], tmp_path) == 2
    assert "head.json: cannot be read" in capsys.readouterr().err
    changed(reports[1], lambda report: report["results"].clear())
    assert compare(*reports) == 2
    assert "have no frame in common" in capsys.readouterr().err
    changed(reports[1], lambda report: report.update(app="count"))
    assert compare(*reports) == 2
    assert "one run is of classify, the other of count" in capsys.readouterr().err


def test_folders_of_transcripts_are_compared_event_by_event(tmp_path, capsys):
    line = '    0.000100 {"event":"log","level":"info","message":"stopped"}\n'
    for name, text in (("a", line), ("b", line), ("c", line.replace("stopped", "reset"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "suite.log").write_text(text)
    assert compare(tmp_path / "a", tmp_path / "b") == 0
    assert compare(tmp_path / "a", tmp_path / "c") == 1
