"""`rtbench evaluate` on a scripted machine and on the firmware that is built."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from rt1062 import emulators
from rtbench import cli, host_inference
from rtbench.evaluation import baseline
from tests.rtbench.fake_machine import FakeMachine

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
built = pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file(), reason="`make firmware` has not built it"
)
built_with_tflm = pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file() or host_inference.wanted(FIRMWARE / "classify.elf"),
    reason="no firmware with TFLM is built",
)


@pytest.fixture
def pictures(tmp_path):
    """Two labelled pictures."""
    for label, colour in (("dog", "red"), ("person", "blue")):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        Image.new("RGB", (96, 96), colour).save(tmp_path / f"pictures/{label}/a.png")
    return tmp_path / "pictures"


def real(out, *arguments):
    words = ("evaluate", "--emulator", "unicorn", "--firmware", FIRMWARE, "--out", out, *arguments)
    return cli.main([str(word) for word in words])


def rows_of(folder):
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Runs the command on a scripted machine that says "person" to everything."""
    image = tmp_path / "classify.bin"
    image.write_bytes(b"image")
    machine = FakeMachine(image)
    profile = [{"event": "log", "level": "info", "message": "profile"}]
    machine.answers |= {"profile on": profile, "profile off": profile}
    monkeypatch.setattr(emulators, "create", lambda *arguments: machine)

    def run(*arguments):
        words = ("evaluate", "--image", image, "--out", tmp_path / "out", *arguments)
        return cli.main([str(word) for word in words])

    run.machine = machine
    return run


def test_each_picture_leaves_a_row_and_the_figures_follow(fake, pictures, tmp_path, capsys):
    assert fake("--data", pictures) == 0
    assert [
        (row["id"], row["truth"]["label"], row["answer"]["label"])
        for row in rows_of(tmp_path / "out")
    ] == [
        ("dog/a.png", "dog", "person"), ("person/a.png", "person", "person"),
    ]  # fmt: skip
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["accuracy"] == 0.5
    assert summary["class_accuracy"] == {"dog": 0.0, "person": 1.0}
    out = capsys.readouterr().out
    assert "accuracy 0.5000" in out
    assert "no frame was answered 'dog': does the firmware spell that label otherwise?" in out


def test_a_broken_picture_is_a_row_and_the_others_go_on(fake, pictures, tmp_path, capsys):
    (pictures / "dog/broken.png").write_text("this is no picture")
    for run in ("first", "resumed"):
        assert fake("--data", pictures) == 1, run
        found = {row["id"]: row for row in rows_of(tmp_path / "out")}
        assert "not a picture that pillow can read" in found["dog/broken.png"]["error"]
        assert found["dog/a.png"]["answer"]["label"] == "person"
        assert found["person/a.png"]["answer"]["label"] == "person"
        assert "Traceback" not in capsys.readouterr().err


def test_rows_that_are_there_are_not_done_again(fake, pictures, tmp_path, capsys):
    assert fake("--data", pictures, "--limit", "1") == 0
    assert fake("--data", pictures) == 0
    assert "1 of 2 frames were done before" in capsys.readouterr().err
    assert len(rows_of(tmp_path / "out")) == 2


def test_a_regression_ends_in_1_with_a_table_of_what_moved(fake, pictures, tmp_path, capsys):
    file = tmp_path / "baseline.json"
    assert fake("--data", pictures, "--write-baseline", file) == 0
    assert fake("--data", pictures, "--compare", file) == 0
    assert "gate held" in capsys.readouterr().out
    fake.machine.classify = lambda frame: 0
    assert fake("--data", pictures, "--compare", file, "--fresh") == 1
    out = capsys.readouterr().out
    assert "gate failed" in out
    assert "class_accuracy person" in out


def test_an_error_of_the_firmware_is_a_row_and_the_next_frame_goes_on(fake, pictures, tmp_path):
    error = [{"event": "error", "code": "camera_timeout", "detail": "no frame", "frame": 1}]
    fine = fake.machine._infer()
    fake.machine.answers["infer"] = iter([fine, error, error]).__next__  # the first warms up
    assert fake("--data", pictures) == 1
    rows = rows_of(tmp_path / "out")
    assert [row["error"] for row in rows] == ["camera_timeout no frame"] * 2
    assert "camera_timeout" in rows[0]["console"][-1]


@built
def test_rows_do_not_depend_on_how_many_run_at_a_time(tmp_path):
    for jobs in (1, 3):
        assert real(tmp_path / f"{jobs}", "--scenes", 4, "--jobs", jobs) == 0
    one, three = (tmp_path / name / "rows.jsonl" for name in "13")
    assert one.read_bytes() == three.read_bytes()
    assert len(one.read_bytes().splitlines()) == 4


@built_with_tflm
def test_the_layers_costs_add_up_to_the_inference_s(tmp_path):
    assert real(tmp_path, "--scenes", 1) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    layers = sum(layer["cycles"] for layer in summary["layers"])
    assert 0.95 < layers / summary["instructions"]["invoke"] < 1.05
    # One frame is timed, and the row has its milliseconds.
    (row,) = rows_of(tmp_path)
    whole = summary["estimate"]["whole"]["ms"]
    assert row["estimated_ms"] == pytest.approx(
        [whole[end] for end in ("low", "mid", "high")], abs=0.0001
    )
    assert summary["estimated_ms"]["mid"] == pytest.approx(whole["mid"], abs=0.001)
    assert 10 < whole["low"] < whole["mid"] < whole["high"] < 100
    timed = [one["label"] for one in summary["estimate"]["stages"] if one["label"][0].isdigit()]
    assert timed == [f"{one['layer']} {one['op']}" for one in summary["layers"]]


@built
def test_an_interrupted_run_keeps_what_is_done_and_goes_on(tmp_path):
    command = [
        sys.executable, "-m", "rtbench.cli", "evaluate", "--emulator", "unicorn", "--scenes", "6",
        "--jobs", "1", "--firmware", str(FIRMWARE), "--out", str(tmp_path),
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=FIRMWARE.parents[1], start_new_session=True)
    while process.poll() is None and not (
        (tmp_path / "rows.jsonl").is_file() and (tmp_path / "rows.jsonl").stat().st_size
    ):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the children get it, too
    assert process.wait(timeout=120) == 130
    kept = rows_of(tmp_path)
    assert 0 < len(kept) < 6
    assert real(tmp_path, "--scenes", 6) == 0
    assert len(rows_of(tmp_path)) == 6
    assert rows_of(tmp_path)[: len(kept)] == kept


@built
def test_a_gate_of_other_frames_is_a_wrong_set_up(tmp_path, capsys):
    assert real(tmp_path / "a", "--scenes", 1, "--write-baseline", tmp_path / "b.json") == 0
    assert baseline.read(tmp_path / "b.json")["frames"] == 1
    assert real(tmp_path / "a", "--scenes", 2, "--compare", tmp_path / "b.json") == 2
    assert "other frames" in capsys.readouterr().err


def test_counting_leaves_counts_and_boxes(fake, pictures, tmp_path, capsys):
    (tmp_path / "pictures/2").mkdir()
    (tmp_path / "pictures/dog/a.png").rename(tmp_path / "pictures/2/a.png")
    machine = fake.machine
    machine.at_boot[0] = {**machine.at_boot[0], "app": "count"}

    def counted():
        result = machine._infer()[0]
        boxes = [[16, 16, 320, 640, 90, 1]]
        crc = result["crc32"]
        kept = {name: result[name] for name in ("ms", "cycles", "inference")}
        return [
            {
                "event": "count", "frame": result["frame"], "count": 1, "boxes": boxes,
                "crc32": crc, "output_crc32": crc, **kept,
            }
        ]  # fmt: skip

    machine.answers["infer"] = counted
    machine.answers["reset counts"] = [{"event": "log", "level": "info", "message": "counts reset"}]
    assert fake("--app", "count", "--data", pictures) == 0
    rows = rows_of(tmp_path / "out")
    assert [(row["truth"]["count"], row["answer"]["count"]) for row in rows] == [(2, 1), (None, 1)]
    assert rows[0]["answer"]["boxes"] == [[1.0, 1.0, 20.0, 40.0, 90, 1]]
    assert "mean absolute error 1.0000" in capsys.readouterr().out


@built_with_tflm
def test_reference_holds_every_answer_against_the_host(tmp_path, capsys):
    assert real(tmp_path / "out", "--scenes", "2", "--reference") == 0
    assert "on the host: 2 of 2 answers are the same" in capsys.readouterr().out
    rows = tmp_path / "out/rows.jsonl"
    wrong = rows_of(tmp_path / "out")
    for row in wrong:
        row["answer"]["output"].reverse()
    rows.write_text("".join(json.dumps(row) + "\n" for row in wrong))
    assert real(tmp_path / "out", "--scenes", "2", "--reference") == 1
    assert "on the host: 0 of 2 answers are the same" in capsys.readouterr().out


@built_with_tflm
def test_reference_of_another_model_is_refused_before_any_frame(tmp_path, capsys):
    other = Path(__file__).parents[3] / "models/people_counting/model.tflite"
    assert real(tmp_path / "out", "--scenes", "2", "--reference", other) == 2
    assert "that the firmware was built with" in capsys.readouterr().err
    assert not (tmp_path / "out/rows.jsonl").exists()
