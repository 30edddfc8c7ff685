"""`rtbench model inspect` and the figures behind it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rtbench.cli import main
from rtbench.tasks import TASKS
from rtbench.tflite.arena import arena_use
from rtbench.tflite.graph_cost import activation_lives, macs_of, peak_activation_bytes
from rtbench.tflite.inspect import inspect
from rtbench.tflite.tflite_file import Graph, ModelFile, Operator, Tensor, read_model

BUDGETS = {app: task.budget for app, task in TASKS.items()}
PROJECT = Path(__file__).parents[3]
MODEL = PROJECT / "models" / "classification" / "model.tflite"
CASES = PROJECT / "tests" / "models" / "cases"


def tensor(index, shape, constant=0):
    return Tensor(index, f"t{index}", shape, "INT8", (0.5,), (0,), 0, constant)


def chain(*sizes):
    """A graph of one-input operators over activations of the given sizes."""
    tensors = tuple(tensor(index, (1, size)) for index, size in enumerate(sizes))
    operators = tuple(
        Operator(index, "RELU", False, 1, (index,), (index + 1,)) for index in range(len(sizes) - 1)
    )
    graph = Graph(tensors, operators, (0,), (len(sizes) - 1,))
    return ModelFile(Path("chain"), b"", (graph,))


def test_macs_of_a_convolution_and_a_depthwise_one():
    tensors = (
        tensor(0, (1, 8, 8, 3)), tensor(1, (16, 3, 3, 3), 432), tensor(2, (1, 4, 4, 16)),
        tensor(3, (1, 3, 3, 16), 144), tensor(4, (1, 4, 4, 16)),
    )  # fmt: skip
    operators = (
        Operator(0, "CONV_2D", False, 1, (0, 1), (2,)),
        Operator(1, "DEPTHWISE_CONV_2D", False, 1, (2, 3), (4,)),
    )
    model = ModelFile(Path("m"), b"", (Graph(tensors, operators, (0,), (4,)),))
    assert macs_of(model, operators[0]) == 4 * 4 * 16 * 27
    assert macs_of(model, operators[1]) == 4 * 4 * 16 * 9


def test_peak_is_what_is_alive_at_once():
    assert peak_activation_bytes(chain(100, 400, 200, 50)) == 600


def test_planner_reuses_memory_and_never_needs_less_than_the_peak():
    model = chain(160, 400, 160, 400, 16)
    assert activation_lives(model)[1] == (0, 1)
    assert peak_activation_bytes(model) <= arena_use(model).planned < 160 + 400 + 400


def test_committed_model_fits_its_budget():
    found = inspect(read_model(MODEL), BUDGETS)
    assert found.fits["classify"]
    assert found.missing_in_tflm == ()
    assert found.warnings == ()
    assert found.bytes <= BUDGETS["classify"].model_bytes
    assert found.peak_activation_bytes < found.estimated_arena_bytes < 225 * 1024
    assert found.macs == sum(layer.macs for layer in found.layers)


# What the firmware reports as used on the emulated chip (`rtbench try`, its boot event).
ON_THE_CHIP = {
    MODEL: 84_436,
    PROJECT / "models/people_counting/model.tflite": 96_312,
    PROJECT / "tests/models/odd_operators.tflite": 33_060,
    PROJECT / "tests/models/large_arena.tflite": 463_764,
    CASES / "plain.tflite": 47_636,
    CASES / "grey.tflite": 29_140,
    CASES / "size64.tflite": 22_036,
    CASES / "float32.tflite": 185_392,
    CASES / "float_io.tflite": 139_792,
    CASES / "uint8_io.tflite": 56_884,
    CASES / "two_outputs.tflite": 29_848,
}


@pytest.mark.parametrize(("path", "used"), ON_THE_CHIP.items(), ids=lambda one: str(one)[-24:])
def test_the_arena_is_what_the_chip_takes(path, used):
    use = arena_use(read_model(path))
    assert use.used == used
    assert used <= inspect(read_model(path), {}).estimated_arena_bytes < used + 16


def test_operator_that_tflm_lacks_is_named():
    model = chain(10, 10)
    tile = replace(model.operators[0], name="TILE")
    strange = replace(model, graphs=(replace(model.graphs[0], operators=(tile,)),))
    found = inspect(strange, BUDGETS)
    assert found.missing_in_tflm == ("TILE",)
    assert not any(found.fits.values())


def test_model_of_other_input_is_warned_of():
    assert any("camera delivers" in text for text in inspect(chain(10, 10), BUDGETS).warnings)


@pytest.mark.parametrize("name", ["dynamic_range", "int16x8"])
def test_what_tflm_refuses_fits_no_budget(name, capsys):
    model = CASES / f"{name}.tflite"
    assert main(["model", "inspect", str(model), "--budget", "classify"]) == 1
    out = capsys.readouterr().out
    assert "TFLM      refuses it: layer" in out
    assert "does not fit classify" in out


def test_a_budget_of_ones_own_says_what_fails_and_by_how_much(capsys):
    command = ["model", "inspect", str(MODEL)]
    assert main([*command, "--arena", "83K", "--flash", "200K"]) == 0
    assert "fits yours: model 135,224 of 204,800 bytes, arena 84,448 of 84,992" in (
        capsys.readouterr().out
    )
    assert main([*command, "--arena", "84447"]) == 1
    assert "does not fit yours: arena 84,448 of 84,447 bytes (1 too many)" in (
        capsys.readouterr().out
    )
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--flash", "0.1M"])
    assert "must be a size like 153600, 150K or 2M, not '0.1M'" in capsys.readouterr().err


def test_memory_and_operators_stand_in_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["model", "inspect", str(PROJECT / "tests/models/large_arena.tflite")]) == 0
    table, _, rest = capsys.readouterr().out.partition("\n\n")
    lines = table.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[2].split() == [
        "1", "CONV_2D", "1x48x48x40", "int8", "40x3x3x40", "33,177,600", "462,240",
    ]  # fmt: skip
    assert "in dtcm   119,712 bytes too large" in rest
    assert "in ocram2 fits, 60,512 bytes left" in rest


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
