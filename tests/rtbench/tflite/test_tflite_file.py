"""rtbench.tflite.tflite_file: reads models, and refuses everything else in one line."""

import random
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rtbench.tflite.inspect import inspect
from rtbench.tflite.tflite_file import read_model

MODEL = Path(__file__).parents[3] / "models" / "classification" / "model.tflite"


def test_tensors_and_operators_are_read():
    model = read_model(MODEL)
    pixels = model.tensors[model.inputs[0]]
    assert pixels.shape == (1, 96, 96, 3)
    assert pixels.type == "INT8"
    assert pixels.scales[0] == pytest.approx(1 / 255)
    assert pixels.zero_points == (-128,)
    assert pixels.bytes == 96 * 96 * 3
    answer = model.tensors[model.outputs[0]]
    assert (answer.shape, answer.type, answer.zero_points) == ((1, 5), "INT8", (-128,))
    first = model.operators[0]
    assert first.name == "CONV_2D"
    weights = model.tensors[first.inputs[1]]
    assert len(weights.scales) == weights.shape[0]  # per channel
    assert weights.constant_bytes == weights.bytes


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 100, b"\x89PNG\r\n\x1a\n" + b"1" * 99])
def test_file_of_another_kind_is_refused(content, tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=r"not a \.tflite file"):
        read_model(path)


def test_absent_file_is_refused(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        read_model(tmp_path / "absent.tflite")


def test_model_cut_off_anywhere_is_refused_or_read(tmp_path):
    data = MODEL.read_bytes()
    path = tmp_path / "cut.tflite"
    for share in (0.001, 0.01, 0.1, 0.5, 0.9, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(SetupError, match=r"damaged|not a \.tflite"):
            inspect(read_model(path), {})


def test_flipped_bytes_never_give_anything_but_a_set_up_error(tmp_path):
    data = MODEL.read_bytes()
    path = tmp_path / "flipped.tflite"
    source = random.Random(7)
    refused = 0
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(40):
            place = source.randrange(8, len(damaged))
            damaged[place] = source.randrange(256)
        for _ in range(6):  # and the tables at the end, where the structure is
            damaged[-source.randrange(1, 3000)] = source.randrange(256)
        path.write_bytes(damaged)
        try:
            inspect(read_model(path), {})
        except SetupError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 0
