"""rtbench.evaluation.agreement: answers of the chip against TFLM on the host."""

import zlib
from pathlib import Path

import numpy as np
import pytest

from rtbench import frames
from rtbench.counter_reference import CounterReference
from rtbench.evaluation.agreement import compare
from rtbench.tflite.reference import Reference
from rtbench.tflite.tflite_file import read_model

MODELS = Path(__file__).parents[2] / "models"
FRAME = np.random.default_rng(5).integers(0, 256, frames.FRAME_BYTES, np.uint8).tobytes()


@pytest.fixture(scope="module")
def classified():
    model = read_model(MODELS / "classification/model.tflite")
    with Reference(model.path) as reference:
        output = reference.invoke(frames.input_tensor(FRAME)).ravel().tolist()
    return model, {"id": "noise", "output": output}


@pytest.fixture(scope="module")
def counted():
    model = read_model(MODELS / "people_counting/model.tflite")
    with CounterReference(model.path.parent) as reference:
        outputs = reference.outputs(FRAME)
        boxes = [[*one.pixels, one.score, 0] for one in reference.decode(outputs)]
    crc32 = f"{zlib.crc32(b''.join(values.tobytes() for values in outputs)):08x}"
    row = {"id": "noise", "boxes": boxes, "count": len(boxes), "true_count": 3}
    return model, row | {"output_crc32": crc32}


def test_the_same_output_agrees(classified):
    model, row = classified
    found = compare("classify", model, [(row, FRAME)] * 2)
    assert (found.frames, found.wrong, found.chip_error) == (2, (), None)


def test_one_other_value_is_named(classified):
    model, row = classified
    wrong = row | {"output": [row["output"][0] ^ 1, *row["output"][1:]]}
    (message,) = compare("classify", model, [(wrong, FRAME)]).wrong
    assert message.startswith(f"noise: output {wrong['output']}, on the host {row['output']}")


def test_the_same_boxes_agree_and_so_does_the_error(counted):
    model, row = counted
    found = compare("count", model, [(row, FRAME)])
    assert found.wrong == ()
    assert found.chip_error == found.host_error == abs(row["count"] - 3)


def test_a_count_without_truth_has_no_error(counted):
    model, row = counted
    assert compare("count", model, [(row | {"true_count": None}, FRAME)]).host_error is None


def test_other_tensors_and_other_boxes_are_told_apart(counted):
    model, row = counted
    (tensors,) = compare("count", model, [(row | {"output_crc32": "0" * 8}, FRAME)]).wrong
    assert "output tensors with CRC 00000000, on the host" in tensors
    moved = row | {"boxes": [*row["boxes"], [1, 2, 3, 4, 99, 0]]}
    (boxes,) = compare("count", model, [(moved, FRAME)]).wrong
    assert boxes.startswith("noise: boxes [")
