"""rtbench.tflite.decoding_source: the constants with which the firmware decodes."""

import json
import re
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rtbench.tflite import decoding
from rtbench.tflite.decoding_source import decoding_source, distance_quantization
from rtbench.tflite.source import main
from rtbench.tflite.tflite_file import read_model

FOLDER = Path(__file__).parents[3] / "models" / "people_counting"
MODEL, METRICS = FOLDER / "model.tflite", FOLDER / "metrics.json"


def constants(text):
    return {name: int(value) for name, value in re.findall(r"constexpr int (\w+) = (.+);", text)}


def test_header_has_the_figures_of_the_model_its_metrics_and_the_decoding():
    model = read_model(MODEL)
    (text,) = decoding_source(model, METRICS).values()
    found = constants(text)
    multiplier, zero = distance_quantization(model)
    assert (found["kDistanceMultiplier"], found["kDistanceZeroPoint"]) == (multiplier, zero)
    assert found["kScoreThreshold"] == json.loads(METRICS.read_text())["score_threshold"]
    assert (found["kGrid"], found["kStride"]) == (decoding.GRID, decoding.STRIDE)
    assert found["kOverlap256"] == decoding.OVERLAP_256
    assert model.sha256 in text
    assert "model.tflite and metrics.json; do not edit" in text


def test_multiplier_is_that_of_the_distances_scale():
    model = read_model(MODEL)
    tensor = model.tensors[model.outputs[1]]
    assert distance_quantization(model) == (
        decoding.distance_multiplier(tensor.scales[0]), tensor.zero_points[0],
    )  # fmt: skip


def test_metrics_of_another_model_are_refused(tmp_path):
    other = json.loads(METRICS.read_text()) | {"sha256": "0" * 64}
    (tmp_path / "metrics.json").write_text(json.dumps(other))
    with pytest.raises(SetupError, match=r"must be of .*model\.tflite, SHA-256 \w+, not of 0000"):
        decoding_source(read_model(MODEL), tmp_path / "metrics.json")


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (128, "int <= 127, not 128"),
        (-129, "int >= -128, not -129"),
        (0.5, "a whole number, not 0.5"),
        ("7", "a whole number, not '7'"),
        (None, "a whole number, not None"),
    ],
)
def test_a_threshold_that_is_no_int8_is_refused(threshold, expected, tmp_path):
    other = json.loads(METRICS.read_text()) | {"score_threshold": threshold}
    (tmp_path / "metrics.json").write_text(json.dumps(other))
    with pytest.raises(SetupError, match=f"score_threshold must be {expected}"):
        decoding_source(read_model(MODEL), tmp_path / "metrics.json")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sha256": "0"}'])
def test_metrics_that_are_none_are_refused(content, tmp_path):
    (tmp_path / "metrics.json").write_text(content)
    with pytest.raises(SetupError, match=r"must be a people counter's metrics\.json"):
        decoding_source(read_model(MODEL), tmp_path / "metrics.json")


def test_a_model_of_one_output_is_no_people_counter():
    classifier = read_model(FOLDER.parent / "classification" / "model.tflite")
    with pytest.raises(SetupError, match="must have 2 outputs, scores and distances, not 1"):
        distance_quantization(classifier)


def test_command_writes_the_header_beside_the_other_sources(tmp_path):
    words = [str(MODEL), "--labels", str(FOLDER / "labels.txt"), "--metrics", str(METRICS)]
    assert main([*words, "--out", str(tmp_path / "new")]) == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "model_data.hpp", "model_data.cc", "op_resolver.hpp", "model_decoding.hpp",
    }  # fmt: skip


def test_command_writes_nothing_when_the_metrics_are_wrong(tmp_path, capsys):
    words = [str(MODEL), "--labels", str(FOLDER / "labels.txt"), "--metrics", str(tmp_path / "no")]
    assert main([*words, "--out", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / 'no'}: cannot be read")
