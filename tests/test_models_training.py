"""Networks, losses and conversion; skipped where TensorFlow is not installed."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed (make models installs it)")

from models.classification import config as classification_config
from models.classification import network as classification_network
from models.people_counting import config as counting_config
from models.people_counting import losses, targets
from models.people_counting import network as counting_network
from models.people_counting.quantize import OUTPUTS
from models.shared.conversion import convert, run_tflite, run_tflite_micro
from sim.model.inspect import BUDGETS, inspect


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (4, 96, 96, 3), np.uint8)


def test_classification_network_converts_within_its_budget(pictures, tmp_path):
    model = classification_network.network(classification_config.Config(), 5)
    file = convert(model, pictures, tmp_path / "model.tflite")
    found = inspect(file)
    assert found.fits["classification"]
    pixels = file.tensors[file.inputs[0]]
    assert pixels.scales == pytest.approx((1 / 255,))
    assert pixels.zero_points == (-128,)
    for litert, micro in zip(
        run_tflite(file.path, pictures), run_tflite_micro(file.path, pictures), strict=True
    ):
        assert np.array_equal(litert, micro)


def test_counting_network_converts_within_its_budget_scores_first(pictures, tmp_path):
    model = counting_network.network(counting_config.Config())
    file = convert(model, pictures, tmp_path / "model.tflite", OUTPUTS)
    assert file.bytes <= BUDGETS["counting"].model_bytes
    scores, distances = (file.tensors[index] for index in file.outputs)
    assert scores.shape == (1, 24, 24, 1)
    assert (scores.scales, scores.zero_points) == ((1 / 256,), (-128,))
    assert distances.shape == (1, 24, 24, 4)


def test_conversion_leaves_nothing_behind_when_tflm_lacks_an_operator(pictures, tmp_path):
    from models.shared import conversion

    model = counting_network.network(replace(counting_config.Config(), stem_filters=4))
    file = convert(model, pictures, tmp_path / "model.tflite", OUTPUTS)
    assert [path.name for path in tmp_path.iterdir()] == [file.path.name]
    assert conversion.quantize_images(np.array([0, 128, 255], np.uint8)).tolist() == [-128, 0, 127]


def test_perfect_answer_costs_less_than_any_other():
    boxes = [(10.0, 20.0, 24.0, 60.0), (50.0, 30.0, 61.0, 55.0)]
    heat, wanted = (answer[np.newaxis] for answer in targets.targets(boxes, []))
    perfect = float(losses.box_loss(wanted, wanted[..., 1:]))
    assert perfect == pytest.approx(0.0, abs=1e-3)
    assert float(losses.box_loss(wanted, wanted[..., 1:] * 1.3)) > 0.1
    sure = float(losses.score_loss(heat, (heat[..., :1] > 0.999).astype(np.float32)))
    unsure = float(losses.score_loss(heat, np.full_like(heat[..., :1], 0.3)))
    assert sure < 0.01 < unsure


def test_ignored_cells_cost_nothing():
    heat, _ = targets.targets([], [(40.0, 40.0, 52.0, 60.0)])
    scores = np.where(heat[..., 1:] == 0, 0.9, 0.0).astype(np.float32)
    assert float(losses.score_loss(heat[np.newaxis], scores[np.newaxis])) < 0.01
