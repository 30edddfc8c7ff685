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
from rt1062.errors import SetupError
from rtbench.tasks import TASKS
from rtbench.tflite.inspect import inspect


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (4, 96, 96, 3), np.uint8)


def test_classification_network_converts_within_its_budget(pictures, tmp_path):
    model = classification_network.network(classification_config.Config(), 5)
    file = convert(model, pictures, tmp_path / "model.tflite")
    found = inspect(file, {"classify": TASKS["classify"].budget})
    assert found.fits["classify"]
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
    assert file.bytes <= TASKS["count"].budget.model_bytes
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


def test_what_compaction_leaves_out_no_kernel_reads(pictures, tmp_path, monkeypatch):
    from models.shared import conversion

    model = counting_network.network(counting_config.Config())
    # Biases that are not all zero, as a trained network has them.
    model.set_weights(
        [
            weight + np.random.default_rng(1).normal(0, 0.02, weight.shape)
            for weight in model.get_weights()
        ]
    )
    small = convert(model, pictures, tmp_path / "small.tflite", OUTPUTS)
    monkeypatch.setattr(conversion, "compacted", bytes)
    full = convert(model, pictures, tmp_path / "full.tflite", OUTPUTS)
    assert small.bytes < 0.9 * full.bytes
    for run in (run_tflite, run_tflite_micro):
        for one, other in zip(run(small.path, pictures), run(full.path, pictures), strict=True):
            assert np.array_equal(one, other)


def test_a_model_over_its_budget_leaves_the_old_one_alone(pictures, tmp_path):
    path = tmp_path / "model.tflite"
    path.write_bytes(b"the old one")
    model = counting_network.network(counting_config.Config())
    with pytest.raises(SetupError, match="bytes, the budget is 1000"):
        convert(model, pictures, path, OUTPUTS, 1000)
    assert path.read_bytes() == b"the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["model.tflite"]


def test_shares_of_the_classes_come_off_the_last_bias():
    from models.classification.train import _forget_shares

    model = classification_network.network(classification_config.Config(), 3)
    _forget_shares(model, np.array([200, 100, 100]))
    bias = model.get_layer("probabilities").get_weights()[1]
    assert bias[1] - bias[0] == pytest.approx(np.log(2))
    assert bias[1] == pytest.approx(bias[2])


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


def test_the_fused_normalisation_computes_what_keras_own_does():
    from models.shared.layers import FusedBatchNormalization, layers

    values = np.random.default_rng(3).normal(2, 3, (16, 8, 8, 4)).astype(np.float32)
    ours, theirs = FusedBatchNormalization(momentum=0.9), layers.BatchNormalization(momentum=0.9)
    for _ in range(3):
        mine, other = (np.asarray(layer(values, training=True)) for layer in (ours, theirs))
    assert mine == pytest.approx(other, abs=1e-4)
    # The fused kernel takes the variance of a sample, n/(n - 1) of Keras' own; n is 1,024 here.
    assert np.asarray(ours(values)) == pytest.approx(np.asarray(theirs(values)), rel=1e-3, abs=1e-3)
    assert np.asarray(ours.moving_mean) == pytest.approx(np.asarray(theirs.moving_mean), abs=1e-4)
