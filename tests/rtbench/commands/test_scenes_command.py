"""`rtbench scenes`."""

import json

import pytest
from PIL import Image

from rtbench import items
from rtbench.cli import main
from rtbench.scenes import Scene

KINDS = {
    "classification": ("--app", "classify"),
    "counting": ("--app", "count"),
    "sequence": ("--app", "count", "--sequence"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_sheet_and_descriptions_are_written(kind, tmp_path):
    sheet, table = tmp_path / "sheet.png", tmp_path / "scenes.json"
    options = [*KINDS[kind], "--scenes", "5", "--seed", "3", "--out", str(sheet)]
    assert main(["scenes", *options, "--json", str(table)]) == 0
    with Image.open(sheet) as picture:
        assert picture.width > 5 * 96
    lines = [json.loads(line) for line in table.read_text().splitlines()]
    assert len(lines) == 5
    assert Scene.from_json(json.dumps(lines[0]["scene"])).task == kind
    assert "objects" in lines[0]["truth"]


@pytest.mark.parametrize("kind", ["classification", "counting"])
def test_pictures_are_of_the_cameras_size_the_same_each_time_and_labelled(kind, tmp_path):
    for folder in ("one", "two"):
        options = [*KINDS[kind], "--scenes", "3", "--seed", "7"]
        assert main(["scenes", *options, "--pictures", str(tmp_path / folder)]) == 0
    first, second = (sorted((tmp_path / folder).rglob("*.png")) for folder in ("one", "two"))
    assert sorted(path.name for path in first) == ["0007.png", "0008.png", "0009.png"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert Image.open(first[0]).size == (96, 96)
    truths = {path.parent.name for path in first}
    found = items.find([tmp_path / "one"])
    assert {str(one.draw().truth.label) for one in found} == truths
    if kind == "counting":
        assert {str(one.draw().truth.count) for one in found} == truths


def test_pictures_of_a_sequence_stay_in_its_order(tmp_path):
    options = [*KINDS["sequence"], "--scenes", "3", "--seed", "2"]
    table = tmp_path / "walk.jsonl"
    words = ["scenes", *options, "--pictures", str(tmp_path / "walk"), "--json", str(table)]
    assert main(words) == 0
    shown = [one.draw().data for one in items.find([tmp_path / "walk"])]
    assert shown == [one.draw().data for one in items.find([table])]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scenes", "0"], "--scenes must be 1 to 400, not 0"),
        (["--seed", "-1"], "--seed must be 0"),
        (["--zoom", "99"], "--zoom must be 1 to 8, not 99"),
        (["--app", "classify", "--sequence"], "--sequence means nothing to classify"),
    ],
)
def test_senseless_option_is_set_up_wrong(options, message, tmp_path, capsys):
    assert main(["scenes", *options, "--out", str(tmp_path / "a.png")]) == 2
    assert message in capsys.readouterr().err


def test_scenes_that_go_nowhere_are_set_up_wrong(capsys):
    assert main(["scenes", "--scenes", "1"]) == 2
    assert "--out PNG, --pictures DIR or --json FILE" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["sheet.nonsense", "absent/sheet.png"])
def test_sheet_that_cannot_be_written_is_one_line(name, tmp_path, capsys):
    assert main(["scenes", "--scenes", "1", "--out", str(tmp_path / name)]) == 2
    assert "cannot be written" in capsys.readouterr().err
