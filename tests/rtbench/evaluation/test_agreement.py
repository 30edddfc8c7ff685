"""rtbench.evaluation.agreement: answers of the chip against TFLM on the host."""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rtbench import frames
from rtbench.evaluation.agreement import compare
from rtbench.items import GroundTruth
from rtbench.link.events import Box
from rtbench.tasks.classification import CLASSIFICATION, Label
from rtbench.tasks.counter_reference import CounterReference
from rtbench.tasks.counting import COUNTING, People
from rtbench.tflite.reference import Reference
from rtbench.tflite.tflite_file import read_model
from tests.rtbench.rows import classified as classified_row
from tests.rtbench.rows import counted as counted_row

MODELS = Path(__file__).parents[3] / "models"
FRAME = np.random.default_rng(5).integers(0, 256, frames.FRAME_BYTES, np.uint8).tobytes()


@pytest.fixture(scope="module")
def classified():
    model = read_model(MODELS / "classification/model.tflite")
    with Reference(model.path) as reference:
        output = reference.invoke(frames.input_tensor(FRAME)).ravel().tolist()
    answer = Label("dog", 0, 1.0, (), tuple(output))
    return model, classified_row(0, "dog", "dog", id="noise", answer=answer)


@pytest.fixture(scope="module")
def counted():
    model = read_model(MODELS / "people_counting/model.tflite")
    with CounterReference(model.path.parent) as reference:
        outputs = reference.outputs(FRAME)
        boxes = tuple(Box(*one.pixels, one.score, 0) for one in reference.decode(outputs))
    crc32 = f"{zlib.crc32(b''.join(values.tobytes() for values in outputs)):08x}"
    answer = People(len(boxes), boxes, crc32)
    return model, counted_row(0, 3, 0, id="noise", answer=answer)


def test_the_same_output_agrees(classified):
    model, row = classified
    found = compare(CLASSIFICATION, model, [(row, FRAME)] * 2)
    assert (found.frames, found.wrong, found.chip_error) == (2, (), None)


def test_one_other_value_is_named(classified):
    model, row = classified
    output = row.answer.output
    other = (output[0] ^ 1, *output[1:])
    wrong = replace(row, answer=replace(row.answer, output=other))
    (message,) = compare(CLASSIFICATION, model, [(wrong, FRAME)]).wrong
    assert message.startswith(f"noise: output {list(other)}, on the host {list(output)}")


def test_the_same_boxes_agree_and_so_does_the_error(counted):
    model, row = counted
    found = compare(COUNTING, model, [(row, FRAME)])
    assert found.wrong == ()
    assert found.chip_error == found.host_error == abs(row.answer.count - 3)


def test_a_count_without_truth_has_no_error(counted):
    model, row = counted
    unknown = replace(row, truth=GroundTruth())
    assert compare(COUNTING, model, [(unknown, FRAME)]).host_error is None


def test_other_tensors_and_other_boxes_are_told_apart(counted):
    model, row = counted
    other = replace(row, answer=replace(row.answer, output_crc32="0" * 8))
    (tensors,) = compare(COUNTING, model, [(other, FRAME)]).wrong
    assert "output tensors with CRC 00000000, on the host" in tensors
    boxes = (*row.answer.boxes, Box(1, 2, 3, 4, 99, 0))
    moved = replace(row, answer=replace(row.answer, boxes=boxes))
    (message,) = compare(COUNTING, model, [(moved, FRAME)]).wrong
    assert message.startswith("noise: boxes [")
