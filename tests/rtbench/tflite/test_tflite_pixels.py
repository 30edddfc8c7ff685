"""rtbench.tflite.pixels: what a pixel is to a model, whatever its input's type."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rtbench import frames
from rtbench.robot.patterns import pattern
from rtbench.tflite.pixels import PixelInput
from rtbench.tflite.tflite_file import read_model

CASES = Path(__file__).resolve().parents[2] / "models/cases"


def input_of(name):
    model = read_model(CASES / f"{name}.tflite")
    return model.tensors[model.inputs[0]]


def ramp(tensor):
    """Every pixel value once, in all channels."""
    _, height, width, _ = tensor.shape
    grey = np.resize(np.arange(256, dtype=np.uint8), (height, width))
    return np.stack([grey] * 3, axis=-1)


def test_the_firmware_s_own_input_is_made_the_same_way():
    tensor, frame = input_of("plain"), pattern("noise")
    values = PixelInput.of(tensor).values(frames.from_rgb565(frame))
    assert (values == frames.input_tensor(frame)).all()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("plain", 0, 1), ("grey", 0, 1), ("uint8_io", 0, 1), ("float32", 0, 1), ("float_io", 0, 1),
        ("int16x8", 0, 1), ("minus1_to_1", -1, 1),
    ],
)  # fmt: skip
def test_the_range_of_a_pixel_is_that_of_the_training(name, low, high):
    pixels = PixelInput.of(input_of(name))
    assert (pixels.low, pixels.high, pixels.usual) == (low, high, True)
    tensor = pixels.tensor
    values = pixels.values(ramp(tensor)).astype(float)
    scale, zero = (tensor.scales[0], tensor.zero_points[0]) if tensor.scales else (1, 0)
    pixel = ramp(tensor)[..., : tensor.shape[3]] / 255 * (high - low) + low
    assert np.abs((values - zero) * scale - pixel).max() <= scale


def test_minus_one_to_one_is_the_whole_range_of_int8_within_one_step():
    tensor = input_of("minus1_to_1")
    values = PixelInput.of(tensor).values(ramp(tensor)).astype(int)
    real = (values - tensor.zero_points[0]) * tensor.scales[0]
    assert np.abs(ramp(tensor) - np.round((real + 1) * 127.5)).max() <= 1


def test_another_range_is_told_and_can_be_named():
    odd = replace(input_of("plain"), scales=(0.0187,), zero_points=(-14,))
    assert not PixelInput.of(odd).usual
    named = PixelInput.of(odd, (-2.1, 2.6))
    assert (named.low, named.high, named.usual) == (-2.1, 2.6, True)


def test_a_tensor_that_is_no_picture_takes_none():
    tensor = input_of("plain")
    for shape in ((1, 96, 96, 2), (1, 16), (2, 96, 96, 3), (1, 96, 3)):
        assert PixelInput.of(replace(tensor, shape=shape)) is None
