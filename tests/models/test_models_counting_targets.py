"""models.people_counting: targets and figures, which need no TensorFlow."""

import numpy as np
import pytest

from models.people_counting.figures import (
    average_precision,
    best_threshold,
    counts,
    overlap,
)
from models.people_counting.targets import mirrored, person_boxes, targets
from rtbench.scenes import counting_scene, render
from rtbench.tflite.decoding import DISTANCE_UNIT_PX, Detection, decode, distance_multiplier

SCALE = 6 / 255


def truth_of(*boxes, hidden=()):
    return {
        "objects": [
            *({"kind": "person", "box": box, "visible_fraction": 1.0} for box in boxes),
            *({"kind": "person", "box": box, "visible_fraction": 0.1} for box in hidden),
        ]
    }


def detection(score, *pixels):
    return Detection(score, tuple(int(16 * edge) for edge in pixels))


def perfect_answer(heat, boxes):
    """The tensors of a network that answers exactly what it was taught."""
    scores = np.clip(np.round(heat[..., :1] * 256) - 128, -128, 127).astype(np.int8)
    steps = np.clip(np.round(boxes[..., 1:] / SCALE) - 128, -128, 127).astype(np.int8)
    return scores, steps


def test_perfect_answer_decodes_to_the_boxes_it_was_made_from():
    boxes = [(10.0, 20.0, 24.0, 60.0), (50.0, 30.0, 61.0, 55.0), (80.0, 10.0, 96.0, 50.0)]
    scores, steps = perfect_answer(*targets(boxes, []))
    found = decode(scores, steps, 100, distance_multiplier(SCALE), -128)
    assert len(found) == 3
    for box in boxes:
        assert max(overlap(item.pixels, box) for item in found) > 0.9


def test_scenes_can_be_answered_within_the_bars():
    truths, detections = [], []
    for seed in range(90):
        objects = [
            {"kind": o.kind, "box": o.box, "visible_fraction": o.visible_fraction}
            for o in render(counting_scene(seed)).truth.objects
        ]
        truths.append({"objects": objects})
        scores, steps = perfect_answer(*targets(*person_boxes(truths[-1])))
        detections.append(decode(scores, steps, 90, distance_multiplier(SCALE), -128))
    assert average_precision(detections, truths) > 0.95
    error = np.abs(counts(detections, 90) - [len(person_boxes(t)[0]) for t in truths])
    assert error.mean() < 0.12


def test_mirrored_targets_are_those_of_the_mirrored_boxes():
    boxes = [(10.0, 20.0, 23.0, 60.0)]
    flipped = [(96 - 23.0, 20.0, 96 - 10.0, 60.0)]
    for ours, theirs in zip(mirrored(*targets(boxes, [])), targets(flipped, []), strict=True):
        assert np.allclose(ours, theirs, atol=1e-5)


def test_hidden_person_is_neither_taught_nor_punished():
    heat, boxes = targets([], [(40.0, 40.0, 52.0, 60.0)])
    assert heat[..., 0].max() == 0
    assert heat[..., 1].min() == 0
    assert boxes.max() == 0


def test_distances_are_in_units_of_the_contract():
    _, boxes = targets([(40.0, 40.0, 56.0, 72.0)], [])
    row, column = 14, 12
    assert boxes[row, column, 0] == 1.0
    wanted = [50 - 40, 58 - 40, 56 - 50, 72 - 58]
    assert boxes[row, column, 1:] * DISTANCE_UNIT_PX == pytest.approx(wanted)


def test_average_precision_by_hand():
    truths = [truth_of((0, 0, 10, 10), (50, 50, 60, 60))]
    hit, wrong = detection(50, 0, 0, 10, 10), detection(60, 30, 30, 40, 40)
    assert average_precision([[hit]], truths) == pytest.approx(0.5)
    assert average_precision([[wrong, hit]], truths) == pytest.approx(0.25)
    double = detection(40, 0, 0, 10, 9)
    both = [hit, double, detection(30, 50, 50, 60, 60)]
    assert average_precision([both], truths) == pytest.approx(0.5 + 0.5 * 2 / 3)
    assert average_precision([[]], truths) == 0.0


def test_detection_of_a_hidden_person_is_not_wrong():
    truths = [truth_of((0, 0, 10, 10), hidden=[(30, 30, 40, 40)])]
    found = [[detection(60, 30, 30, 40, 40), detection(50, 0, 0, 10, 10)]]
    assert average_precision(found, truths) == pytest.approx(1.0)


def test_threshold_is_the_one_with_the_least_error():
    truths = [truth_of((0, 0, 10, 10))] * 3
    found = [[detection(40, 0, 0, 10, 10), detection(10, 50, 0, 60, 10)]] * 3
    assert 10 < best_threshold(found, truths) <= 40
