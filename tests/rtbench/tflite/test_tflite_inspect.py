"""`rtbench model inspect` and the figures behind it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rtbench.cli import main
from rtbench.tasks import TASKS
from rtbench.tflite.graph_cost import (
    activation_lives,
    estimated_arena_bytes,
    macs_of,
    peak_activation_bytes,
    planned_activation_bytes,
)
from rtbench.tflite.inspect import inspect
from rtbench.tflite.tflite_file import ModelFile, Operator, Tensor, read_model

BUDGETS = {app: task.budget for app, task in TASKS.items()}
MODEL = Path(__file__).parents[3] / "models" / "classification" / "model.tflite"


def tensor(index, shape, constant=0):
    return Tensor(index, f"t{index}", shape, "INT8", (0.5,), (0,), 0, constant)


def chain(*sizes):
    """A graph of one-input operators over activations of the given sizes."""
    tensors = tuple(tensor(index, (1, size)) for index, size in enumerate(sizes))
    operators = tuple(
        Operator(index, "RELU", False, 1, (index,), (index + 1,)) for index in range(len(sizes) - 1)
    )
    return ModelFile(Path("chain"), b"", tensors, operators, (0,), (len(sizes) - 1,), 1)


def test_macs_of_a_convolution_and_a_depthwise_one():
    tensors = (
        tensor(0, (1, 8, 8, 3)), tensor(1, (16, 3, 3, 3), 432), tensor(2, (1, 4, 4, 16)),
        tensor(3, (1, 3, 3, 16), 144), tensor(4, (1, 4, 4, 16)),
    )  # fmt: skip
    operators = (
        Operator(0, "CONV_2D", False, 1, (0, 1), (2,)),
        Operator(1, "DEPTHWISE_CONV_2D", False, 1, (2, 3), (4,)),
    )
    model = ModelFile(Path("m"), b"", tensors, operators, (0,), (4,), 1)
    assert macs_of(model, operators[0]) == 4 * 4 * 16 * 27
    assert macs_of(model, operators[1]) == 4 * 4 * 16 * 9


def test_peak_is_what_is_alive_at_once():
    assert peak_activation_bytes(chain(100, 400, 200, 50)) == 600


def test_planner_reuses_memory_and_never_needs_less_than_the_peak():
    model = chain(160, 400, 160, 400, 16)
    assert activation_lives(model)[1] == (0, 1)
    assert peak_activation_bytes(model) <= planned_activation_bytes(model) < 160 + 400 + 400


def test_committed_model_fits_its_budget():
    found = inspect(read_model(MODEL), BUDGETS)
    assert found.fits["classify"]
    assert found.missing_in_tflm == ()
    assert found.warnings == ()
    assert found.bytes <= BUDGETS["classify"].model_bytes
    assert found.peak_activation_bytes < found.estimated_arena_bytes < 225 * 1024
    assert found.macs == sum(layer.macs for layer in found.layers)


def test_estimate_covers_the_plan():
    model = read_model(MODEL)
    assert estimated_arena_bytes(model) > planned_activation_bytes(model)


def test_operator_that_tflm_lacks_is_named():
    model = chain(10, 10)
    strange = replace(model, operators=(replace(model.operators[0], name="TILE"),))
    found = inspect(strange, BUDGETS)
    assert found.missing_in_tflm == ("TILE",)
    assert not any(found.fits.values())


def test_model_of_other_input_is_warned_of():
    assert any("camera delivers" in text for text in inspect(chain(10, 10), BUDGETS).warnings)


def test_command_prints_layers_and_verdict(tmp_path, capsys):
    table = tmp_path / "found.json"
    assert main(["model", "inspect", str(MODEL), "--json", str(table)]) == 0
    out = capsys.readouterr().out
    for text in ("CONV_2D", "DEPTHWISE_CONV_2D", "has all operators", "fits classify"):
        assert text in out
    assert json.loads(table.read_text())["sha256"] == read_model(MODEL).sha256


def test_budget_that_is_met_is_a_claim_that_holds():
    assert main(["model", "inspect", str(MODEL), "--budget", "classify"]) == 0


@pytest.mark.parametrize("content", [b"garbage", b"\0\0\0\0TFL3" + b"\xff" * 500])
def test_garbage_is_exit_code_2_and_one_line(content, tmp_path, capsys):
    path = tmp_path / "garbage.tflite"
    path.write_bytes(content)
    assert main(["model", "inspect", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.strip().splitlines()) == 1
    assert "garbage.tflite" in captured.err
