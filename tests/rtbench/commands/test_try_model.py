"""`rtbench try`: models that the project has never seen, and those that cannot run."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rt1062 import checkout
from rt1062.errors import SetupError
from rtbench import cli, frames
from rtbench.evaluation import user_model
from rtbench.robot.patterns import pattern
from rtbench.tflite.arena import ArenaUse
from rtbench.tflite.tflite_file import read_model

MODELS = Path(__file__).resolve().parents[2] / "models"
CASES = MODELS / "cases"
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


def tried(model, folder, *arguments):
    return cli.main([str(word) for word in ("try", model, "--build", folder, *arguments)])


def summary_of(folder):
    return json.loads((folder / "summary.json").read_text())


@builds
def test_an_unseen_model_is_built_run_and_compared(pictures, tmp_path, capsys):
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    model, labels = MODELS / "odd_operators.tflite", tmp_path / "labels.txt"
    assert tried(model, tmp_path / "out", "--images", pictures, "--labels", labels) == 0
    out = capsys.readouterr().out
    assert "agreement: 2 of 2 answers equal TFLM on the host" in out
    assert "accuracy: 0." in out or "accuracy: 1." in out
    summary = summary_of(tmp_path / "out")
    assert summary["agreed"] == 2
    assert [one["op"] for one in summary["layers"]][:3] == [
        "CONV_2D", "AVERAGE_POOL_2D", "MAX_POOL_2D",
    ]  # fmt: skip
    # The arena is what the first run took.
    assert 0 <= summary["arena_reserved"] - summary["arena_used"] < user_model.ARENA_STEP
    assert f"arena {summary['arena_reserved']:,} bytes in DTCM" in out
    assert (tmp_path / "out/tensors.elf").is_file()
    page = tmp_path / "page.html"
    assert cli.main(["report", "--run", str(tmp_path / "out"), "--out", str(page)]) == 0
    assert "2 answers and 12 layers equal TFLM on the host" in page.read_text()


@builds
def test_how_long_an_inference_takes_is_told_with_its_layers(tmp_path, capsys):
    # Its kernels have loads and stores in IT blocks, which a traced core must go through all the
    # same.
    assert tried(MODELS / "odd_operators.tflite", tmp_path / "out") == 0
    summary, page = summary_of(tmp_path / "out"), tmp_path / "page.html"
    whole = summary["estimate"]["whole"]["ms"]
    said = f"{whole['mid']:.3f} ({whole['low']:.3f} to {whole['high']:.3f}) ms at 600 MHz"
    out = capsys.readouterr().out
    assert f"time of an inference: {said}, estimate, not measured on silicon" in out
    operators = [one["label"] for one in summary["estimate"]["stages"] if one["label"][0].isdigit()]
    assert operators == [f"{one['layer']} {one['op']}" for one in summary["layers"]]
    assert cli.main(["report", "--run", str(tmp_path / "out"), "--out", str(page)]) == 0
    text = page.read_text()
    assert f"The core takes {whole['mid']:.2f} ms" in text
    assert f">{operators[0]}</text>" in text


@builds
def test_inspect_tells_how_long_each_operator_takes(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "o.json"
    words = ("model", "inspect", CASES / "grey.tflite", "--latency", "--json", out)
    assert cli.main(list(map(str, words))) == 0
    said = capsys.readouterr().out
    assert "estimate, not measured on silicon" in said
    found = json.loads(out.read_text())
    operators = [one["label"] for one in found["estimate"]["stages"] if one["label"][0].isdigit()]
    assert operators == [f"{one['index']} {one['operator']}" for one in found["layers"]]
    assert all(one["ms"]["mid"] > 0 for one in found["estimate"]["stages"])


@builds
@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("grey", ["int8 1x6"]),
        ("size64", ["int8 1x6"]),
        ("minus1_to_1", ["int8 1x6"]),
        ("float32", ["float32 1x6"]),
        ("float_io", ["float32 1x6"]),
        ("uint8_io", ["uint8 1x6"]),
        ("two_outputs", ["int8 1x12x12x4", "int8 1x12x12x1"]),
    ],
)
def test_a_model_of_another_shape_or_type_runs_as_on_the_host(
    name, outputs, pictures, tmp_path, capsys
):
    assert tried(CASES / f"{name}.tflite", tmp_path / "out", "--images", pictures) == 0
    out = capsys.readouterr().out
    assert "agreement: 2 of 2 answers equal TFLM on the host" in out
    assert "warning" not in out
    for output in outputs:
        assert any(
            f"{output}: equal" in line or (f"{output}: " in line and "float rounding" in line)
            for line in out.splitlines()
        )


@builds
def test_a_difference_from_the_host_fails(monkeypatch, tmp_path, capsys):
    from rtbench.tflite.reference import Reference

    honest = Reference.run

    def other(self, inputs):
        first, *rest = honest(self, inputs)
        return [first ^ 1, *rest]

    monkeypatch.setattr(Reference, "run", other)
    assert tried(CASES / "two_outputs.tflite", tmp_path / "out") == 1
    out = capsys.readouterr().out
    assert "agreement: 0 of 4 answers equal TFLM on the host" in out
    assert "4 of 4 differ: noise-0-0: " in out


@builds
def test_what_does_not_fit_dtcm_goes_where_it_fits(tmp_path, capsys):
    assert tried(MODELS / "large_arena.tflite", tmp_path / "out") == 0
    out = capsys.readouterr().out
    assert "bytes in OCRAM2" in out
    assert "agreement: 4 of 4 answers" in out
    assert summary_of(tmp_path / "out")["arena"]["memory"] == "ocram2"


@builds
def test_arrays_are_fed_as_they_are_or_quantised(tmp_path, capsys):
    real = np.random.default_rng(1).random((3, 96, 96, 3))
    whole = (np.round(real * 255) - 128).astype(np.int8)
    for name, values in (("real", real), ("whole", whole)):
        np.save(tmp_path / f"{name}.npy", values)
        given = "--input", tmp_path / f"{name}.npy"
        assert tried(CASES / "plain.tflite", tmp_path / name, *given) == 0
        assert "agreement: 3 of 3 answers" in capsys.readouterr().out
    answers = [summary_of(tmp_path / name)["answers"] for name in ("real", "whole")]
    outputs = [[one["outputs"] for one in answer] for answer in answers]
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (np.zeros((2, 2), np.int8), "must be of shape [1, 96, 96, 3], or several of it"),
        (np.zeros((1, 96, 96, 3), np.int32), "must be int8 or real numbers, not int32"),
        (np.zeros((0, 96, 96, 3), np.int8), "there is no input in it"),
    ],
)
def test_arrays_that_do_not_fit_end_in_one_line(values, line, tmp_path, capsys):
    np.save(tmp_path / "x.npy", values)
    given = "--input", tmp_path / "x.npy"
    assert tried(CASES / "plain.tflite", tmp_path / "out", *given) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


@builds
def test_labels_are_text_in_utf8_from_end_to_end(tmp_path, capsys):
    picture = tmp_path / "data/größe"
    picture.mkdir(parents=True)
    Image.fromarray(frames.from_rgb565(pattern("noise"))).save(picture / "x.png")
    labels = [f"l{number}" for number in range(6)]
    model = CASES / "plain.tflite"
    (tmp_path / "labels.txt").write_text("\n".join(labels))
    options = "--data", tmp_path / "data", "--labels", tmp_path / "labels.txt"
    assert tried(model, tmp_path / "out", *options) == 0
    answer = summary_of(tmp_path / "out")["answers"][0]["outputs"][0][0]
    labels[int(np.argmax(answer))] = 'größe'  # fmt: skip
    labels[int(np.argmin(answer))] = 'quo"te'
    (tmp_path / "labels.txt").write_text("\n".join(labels), encoding="utf-8")
    capsys.readouterr()
    assert tried(model, tmp_path / "out", *options) == 0
    out = capsys.readouterr().out
    assert "accuracy: 1.0000, 1 of 1 right" in out
    assert "größe" in out


@builds
def test_a_broken_picture_is_an_error_and_the_others_go_on(pictures, tmp_path, capsys):
    (pictures / "a/broken.jpg").write_text("this is no picture")
    assert tried(CASES / "plain.tflite", tmp_path / "out", "--images", pictures) == 1
    out = capsys.readouterr().out
    assert "agreement: 2 of 3 answers" in out
    assert "error: a/broken.jpg: " in out


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("unsupported", "TFLM has no operator TOPK_V2"),
        ("cases/dynamic_range", "layer 2 CONV_2D: a hybrid model, int8 weights for float32"),
        ("cases/int16x8", "layer 4 FULLY_CONNECTED: int16 values with a scale for each channel"),
        ("cases/laughs_2k", "a tensor of 2000 dimensions"),
    ],
)
def test_a_model_that_cannot_run_ends_in_one_line(name, line, pictures, tmp_path, capsys):
    assert tried(MODELS / f"{name}.tflite", tmp_path / "out", "--images", pictures) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["while_forever", "slow_convs"])
def test_a_model_without_end_meets_a_limit_and_leaves_no_process(name, tmp_path):
    words = "try", CASES / f"{name}.tflite", "--build", tmp_path, "--time-limit", "1"
    command = [sys.executable, "-m", "rtbench.cli", *map(str, words)]
    begin = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "TFLM on the host gives no answer within 1 s of wall time" in done.stderr
    assert time.monotonic() - begin < 30
    assert not _workers(CASES / f"{name}.tflite")


def test_the_reference_ends_with_whoever_asked_for_it(tmp_path):
    model = CASES / "while_forever.tflite"
    words = "try", model, "--build", tmp_path, "--time-limit", "300"
    command = [sys.executable, "-m", "rtbench.cli", *map(str, words)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as parent:
        end = time.monotonic() + 30
        while not _workers(model) and time.monotonic() < end:
            time.sleep(0.05)
        assert _workers(model)
        parent.kill()
    end = time.monotonic() + 5
    while _workers(model) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _workers(model)


def _workers(model):
    """The processes that run this model on the host."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if b"rtbench.tflite.reference_worker" in words and bytes(model) in words:
            found.append(process.parent.name)
    return found


@pytest.mark.parametrize("cut", [0, 7, 100, 3000])
def test_a_broken_file_ends_in_one_line(cut, pictures, tmp_path, capsys):
    broken = tmp_path / "broken.tflite"
    broken.write_bytes((MODELS / "odd_operators.tflite").read_bytes()[:cut])
    assert tried(broken, tmp_path / "out", "--images", pictures) == 2
    error = capsys.readouterr().err
    assert "broken.tflite: " in error
    assert error.count("\n") == 1


def test_labels_must_be_as_many_as_the_classes(pictures, tmp_path, capsys):
    (tmp_path / "labels.txt").write_text("a\nb\n")
    options = "--images", pictures, "--labels", tmp_path / "labels.txt"
    assert tried(MODELS / "odd_operators.tflite", tmp_path / "out", *options) == 2
    assert "2 labels, the model has 3 classes" in capsys.readouterr().err


def test_pictures_for_a_model_that_takes_none_are_refused(pictures, tmp_path, capsys):
    model = CASES / "while_forever.tflite"
    given = "--input", tmp_path / "x.npy", "--images", pictures
    assert tried(model, tmp_path / "out", *given) == 2
    assert "--input stands alone" in capsys.readouterr().err


def test_tflm_that_is_not_there_is_said_to_be_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("TFLM_DIR", str(tmp_path))
    with pytest.raises(SetupError, match=r"no TFLM in .*: `make firmware INFERENCE=tflm`"):
        user_model.tflm_directory()


def test_a_build_that_fails_says_why_and_where(monkeypatch, tmp_path):
    library = tmp_path / "tflm/lib/cm7/armgcc/libtflm.a"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"no library")
    monkeypatch.setenv("TFLM_DIR", str(tmp_path / "tflm"))
    monkeypatch.setattr(checkout, "CACHE", tmp_path / "cache")
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("no compiler")
    model = read_model(MODELS / "odd_operators.tflite")
    with pytest.raises(SetupError, match=r"does not build: .*error.*\(all of it in .*build\.log"):
        user_model.build(model, tmp_path / "out", user_model.Arena("dtcm", 1024))


@pytest.mark.parametrize(("used", "reserved"), [(1, 1024), (1024, 1024), (1025, 2048)])
def test_the_arena_is_rounded_up(used, reserved):
    assert user_model.arena_for(used) == reserved


@pytest.mark.parametrize(
    ("planned", "kept", "chosen"),
    [
        (100_000, 5_000, "105,472 bytes in DTCM"),
        (400_000, 5_000, "405,504 bytes in OCRAM2"),
        (500_000, 100_000, "500,736 bytes in OCRAM2 and 100,352 in DTCM"),
        (1_200_000, 5_000, "1,205,248 bytes in SDRAM"),
    ],
)
def test_the_arena_goes_where_it_fits(planned, kept, chosen):
    use = ArenaUse(planned, kept, starting=kept + 2000, alive=(), whole=True)
    first, *others = user_model.candidates(use)
    assert str(first) == chosen
    assert others == list(user_model.ARENAS[-len(others) :])
    # Where a kernel hides what it takes, all of the memory is tried.
    hidden = user_model.candidates(replace(use, whole=False))
    assert hidden == others
