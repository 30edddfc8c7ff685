"""`rtbench scenes`."""

import json

import pytest
from PIL import Image

from rtbench.cli import main
from rtbench.scenes import Scene


@pytest.mark.parametrize("task", ["classification", "counting", "sequence"])
def test_sheet_and_descriptions_are_written(task, tmp_path):
    sheet, table = tmp_path / "sheet.png", tmp_path / "scenes.json"
    options = ["--task", task, "--n", "5", "--seed", "3", "--out", str(sheet), "--json", str(table)]
    assert main(["scenes", *options]) == 0
    with Image.open(sheet) as picture:
        assert picture.width > 5 * 96
    lines = [json.loads(line) for line in table.read_text().splitlines()]
    assert len(lines) == 5
    assert Scene.from_json(json.dumps(lines[0]["scene"])).task == task
    assert "objects" in lines[0]["truth"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--n", "0"], "--n must be 1 to 400, not 0"),
        (["--seed", "-1"], "--seed must be 0"),
        (["--zoom", "99"], "--zoom must be 1 to 8, not 99"),
    ],
)
def test_senseless_option_is_set_up_wrong(options, message, tmp_path, capsys):
    assert main(["scenes", *options, "--out", str(tmp_path / "a.png")]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["sheet.nonsense", "absent/sheet.png"])
def test_sheet_that_cannot_be_written_is_one_line(name, tmp_path, capsys):
    assert main(["scenes", "--n", "1", "--out", str(tmp_path / name)]) == 2
    assert "cannot be written" in capsys.readouterr().err
