"""Every table fits 80 columns, and no name of a file in it is cut or folded."""

import ast
from pathlib import Path

import pytest
from rich.console import Console

from rt1062 import boards, emulators
from rtbench.cli import main
from rtbench.commands import tables
from rtbench.commands.diff import print_findings
from rtbench.commands.label_table import label_table
from rtbench.evaluation.differences import LayerCheck
from rtbench.evaluation.summary import summarise
from rtbench.host_inference import networks
from rtbench.tasks import TASKS
from tests.rtbench.fake_machine import BOOT, FakeMachine
from tests.rtbench.rows import HEAD, classified

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = ROOT / "sim/rtbench/commands"
LABELS = ("background", "bicycle", "car", "dog", "person")
LONG = "IMG_20261129_101500_of_the_front_door_camera_with_a_name_that_is_longer_than_80.png"


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """A terminal of 80 columns, as a pipe has too."""
    monkeypatch.setenv("COLUMNS", "80")


def too_wide(text):
    return [line for line in text.splitlines() if len(line) > 80]


@pytest.mark.parametrize("module", sorted(path.name for path in COMMANDS.glob("*.py")))
def test_every_table_is_made_and_shown_by_tables(module):
    """So what is tested below of some holds for all."""
    tree = ast.parse((COMMANDS / module).read_text(encoding="utf-8"))
    called = [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert ("Table" in called) == (module == "tables.py")
    shown = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "console.print"
    ]
    assert [one for one in shown if "(table)" in one or "label_table" in one] == []


def test_a_name_is_whole_however_narrow_the_terminal(capsys):
    table = tables.new_table("score", "file", right=range(1))
    table.add_row("0.9", LONG)
    console = Console(width=40)
    tables.show(console, table)
    assert capsys.readouterr().out.splitlines()[1] == f"  0.9  {LONG}"
    assert console.width == 40


def test_labels_of_hundreds_of_frames(capsys):
    rows = [
        classified(n, LABELS[n % 5], LABELS[n % 5 if n % 7 else (n + 1) % 5]) for n in range(500)
    ]
    data = {"name": "drawn", "frames": 500, "sha256": "33"}
    table = label_table(TASKS["classify"], summarise(HEAD, rows, data, []))
    tables.show(Console(), table)
    assert too_wide(capsys.readouterr().out) == []


def test_layers_side_by_side(capsys):
    layer = LayerCheck(
        27, "RESIZE_NEAREST_NEIGHBOR", 1, "name", (1, 48, 48, 16), "int8", None, None
    )
    print_findings("frame", "", [layer])
    assert too_wide(capsys.readouterr().out) == []


@pytest.mark.parametrize("board", boards.BOARDS)
def test_boards(board, capsys):
    assert main(["board", board]) == 0
    assert too_wide(capsys.readouterr().out) == []


@pytest.mark.parametrize("model", networks(), ids=lambda path: path.parent.name)
def test_layers_of_a_model(model, capsys):
    assert main(["model", "inspect", str(model)]) == 0
    table, _, _ = capsys.readouterr().out.partition("\n\n")
    assert len(table.splitlines()) > 20
    assert too_wide(table) == []


def test_runs_of_an_application_and_two_of_them_side_by_side(monkeypatch, tmp_path, capsys):
    image = tmp_path / "classify.bin"
    image.write_bytes(b"image")
    for name in ("left.json", "right.json"):
        machine = FakeMachine(image)
        machine.at_boot[0] = BOOT
        monkeypatch.setattr(emulators, "create", lambda *ignored, machine=machine: machine)
        options = ("--image", image, "--scenes", 2, "--json", tmp_path / name)
        assert main([str(one) for one in ("run", *options)]) == 0
        assert too_wide(capsys.readouterr().out.partition("pictures,")[0]) == []
    assert main(["compare", str(tmp_path / "left.json"), str(tmp_path / "right.json")]) == 0
    told = capsys.readouterr().out
    assert "invoke, instructions" in told
    assert too_wide(told) == []
