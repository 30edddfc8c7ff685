"""`rtbench try`: a model that the project has never seen, and those that cannot run."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from rt1062 import checkout
from rt1062.errors import SetupError
from rtbench import cli, frames
from rtbench.evaluation import user_model
from rtbench.robot.patterns import pattern
from rtbench.tflite.tflite_file import read_model

MODELS = Path(__file__).resolve().parents[2] / "models"
builds = pytest.mark.skipif(
    shutil.which("arm-none-eabi-gcc") is None or not (checkout.CACHE / "tflm/lib").is_dir(),
    reason="no compiler, or `make firmware INFERENCE=tflm` has not fetched TFLM",
)


@pytest.fixture
def pictures(tmp_path):
    """Two pictures of two classes; the model has three."""
    for label, name in (("a", "noise"), ("b", "gradient")):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        picture = Image.fromarray(frames.from_rgb565(pattern(name)))
        picture.save(tmp_path / f"pictures/{label}/{name}.png")
    return tmp_path / "pictures"


def tried(model, pictures, folder, *arguments):
    words = ("try", model, "--images", pictures, "--build", folder, *arguments)
    return cli.main([str(word) for word in words])


@builds
def test_an_unseen_model_is_built_run_and_compared(pictures, tmp_path, capsys):
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    model = MODELS / "odd_operators.tflite"
    assert tried(model, pictures, tmp_path / "out", "--labels", tmp_path / "labels.txt") == 0
    out = capsys.readouterr().out
    assert "agreement: 2 of 2 answers equal TFLM on the host, byte for byte" in out
    assert "accuracy: 0." in out or "accuracy: 1." in out
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["agreed"] == 2
    assert [one["op"] for one in summary["layers"]][:3] == [
        "CONV_2D", "AVERAGE_POOL_2D", "MAX_POOL_2D",
    ]  # fmt: skip
    # The arena is what the first run took.
    assert 0 <= summary["arena_reserved"] - summary["arena_used"] < user_model.ARENA_STEP
    assert f"arena: {summary['arena_used']:,} of {summary['arena_reserved']:,} bytes" in out


@builds
def test_too_large_an_arena_ends_in_one_line(pictures, tmp_path, capsys):
    assert tried(MODELS / "large_arena.tflite", pictures, tmp_path / "out") == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in lines if line.startswith("rtbench: ")]) == 1
    assert "TFLM on the chip refuses the model: Failed to resize buffer" in lines[-1]
    assert "the most that fits the DTCM" in lines[-1]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("unsupported", "TFLM has no operator TOPK_V2"),
        ("grey", r"the firmware hands over int8 [1, 96, 96, 3]"),
    ],
)
def test_a_model_that_cannot_run_ends_in_one_line(name, line, pictures, tmp_path, capsys):
    assert tried(MODELS / f"{name}.tflite", pictures, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("cut", [0, 7, 100, 3000])
def test_a_broken_file_ends_in_one_line(cut, pictures, tmp_path, capsys):
    broken = tmp_path / "broken.tflite"
    broken.write_bytes((MODELS / "odd_operators.tflite").read_bytes()[:cut])
    assert tried(broken, pictures, tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert "broken.tflite: " in error
    assert error.count("\n") == 1


def test_labels_must_be_as_many_as_the_classes(pictures, tmp_path, capsys):
    (tmp_path / "labels.txt").write_text("a\nb\n")
    model = MODELS / "odd_operators.tflite"
    assert tried(model, pictures, tmp_path / "out", "--labels", tmp_path / "labels.txt") == 2
    assert "2 labels, the model has 3 classes" in capsys.readouterr().err


def test_the_input_that_the_firmware_makes_is_no_cause_for_a_warning():
    assert user_model.check(read_model(MODELS / "odd_operators.tflite")) == []


def test_tflm_that_is_not_there_is_said_to_be_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("TFLM_DIR", str(tmp_path))
    with pytest.raises(SetupError, match=r"no TFLM in .*: `make firmware INFERENCE=tflm`"):
        user_model.tflm_directory()


def test_a_build_that_fails_says_why_and_where(monkeypatch, tmp_path):
    library = tmp_path / "tflm/lib/cm7/armgcc/libtflm.a"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"no library")
    monkeypatch.setenv("TFLM_DIR", str(tmp_path / "tflm"))
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("no compiler")
    model = read_model(MODELS / "odd_operators.tflite")
    with pytest.raises(SetupError, match=r"does not build: .*error.*\(all of it in .*build\.log"):
        user_model.build(model, ["a", "b", "c"], tmp_path / "out", 1024)


@pytest.mark.parametrize(("used", "reserved"), [(1, 1024), (1024, 1024), (1025, 2048)])
def test_the_arena_is_rounded_up(used, reserved):
    assert user_model.arena_for(used) == reserved
