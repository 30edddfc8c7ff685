"""The firmware's build writes the sources of its models, and writes them again when it has to."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rtbench.tflite.decoding_source import decoding_source
from rtbench.tflite.source import model_sources, read_labels
from rtbench.tflite.tflite_file import read_model

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "models"
TOOLS = ("cmake", "ninja", "arm-none-eabi-gcc")

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="no tools to build firmware with"
)


def configure(out, *options):
    toolchain = ROOT / "firmware/cmake/arm-none-eabi.cmake"
    return subprocess.run(
        ["cmake", "-S", ROOT / "firmware", "-B", out, "-G", "Ninja", "-DINFERENCE=host",
         f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", *options],
        capture_output=True, text=True,
    )  # fmt: skip


def ninja(out, *words):
    done = subprocess.run(["ninja", "-C", out, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def build(tmp_path):
    """A build folder around a copy of the classifier."""
    for name in ("model.tflite", "labels.txt"):
        shutil.copy(MODELS / "classification" / name, tmp_path)
    options = [
        f"-DPYTHON={sys.executable}",
        f"-DMODEL={tmp_path / 'model.tflite'}",
        f"-DMODEL_LABELS={tmp_path / 'labels.txt'}",
    ]
    done = configure(tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    return tmp_path / "out"


def test_sources_are_made_of_the_models_and_made_again_after_a_change(build):
    ninja(build, "models/classify/model_data.cc", "models/count/model_decoding.hpp")
    folder = build.parent
    model = read_model(folder / "model.tflite")
    made = {path.name: path.read_text() for path in (build / "models/classify").iterdir()}
    assert made == model_sources(model, read_labels(folder / "labels.txt"))
    counter = MODELS / "people_counting"
    expected = decoding_source(read_model(counter / "model.tflite"), counter / "metrics.json")
    text = (build / "models/count/model_decoding.hpp").read_text()
    assert {"model_decoding.hpp": text} == expected
    assert "no work to do" in ninja(build, "models/classify/model_data.cc")

    shutil.copy(MODELS.parent / "tests/models/odd_operators.tflite", folder / "model.tflite")
    os.utime(folder / "model.tflite", times=(time.time() + 1,) * 2)
    ninja(build, "models/classify/model_data.cc")
    assert (
        read_model(folder / "model.tflite").sha256
        in (build / "models/classify/model_data.hpp").read_text()
    )


def test_sources_depend_on_labels_metrics_and_the_generator(build):
    classify = ninja(build, "-t", "query", "models/classify/model_data.cc")
    count = ninja(build, "-t", "query", "models/count/model_decoding.hpp")
    for name in ("source.py", "operators.py", "tflite_file.py", "decoding.py"):
        assert f"sim/rtbench/tflite/{name}" in classify
    assert "labels.txt" in classify
    assert "models/people_counting/metrics.json" in count


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (
            "-DPYTHON=/nowhere/python",
            "PYTHON must be one with this project's packages (make setup)",
        ),
        ("-DBOARD=nowhere", 'BOARD must be a folder of boards/, not "nowhere"'),
        ("-DMODEL=/nowhere/model.tflite", "the model of classify must be a file"),
    ],
)
def test_what_is_missing_is_said(option, said, tmp_path):
    done = configure(tmp_path / "out", f"-DPYTHON={sys.executable}", option)
    assert done.returncode != 0
    assert said in " ".join(done.stderr.split())


def test_a_model_that_cannot_run_ends_the_build_in_one_line(build):
    folder = build.parent
    shutil.copy(ROOT / "tests/models/unsupported.tflite", folder / "model.tflite")
    os.utime(folder / "model.tflite", times=(time.time() + 1,) * 2)
    done = subprocess.run(
        ["ninja", "-C", build, "models/classify/model_data.cc"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "model.tflite: TFLM has no operator TOPK_V2" in done.stdout
