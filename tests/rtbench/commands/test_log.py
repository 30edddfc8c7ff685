"""`rtbench log`: frames into a folder, from the bench and from a board."""

import json
from pathlib import Path

import pytest

from rtbench import cli, items
from rtbench.tasks import TASKS

FIRMWARE = Path(__file__).resolve().parents[3] / "build/firmware"
built = pytest.mark.skipif(
    not (FIRMWARE / "log.elf").is_file(), reason="`make firmware` has not built it"
)


def log(*arguments: object) -> int:
    return cli.main(["log", *(str(one) for one in arguments)])


def bench(out: Path, *arguments: object) -> int:
    place = ("--firmware", FIRMWARE, "--emulator", "unicorn", "--out", out)
    return log("--bench", *place, *arguments)


def manifest(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]


def check(out: Path, scenes: int) -> None:
    """Each scene is there once, in order, pixel for pixel, in its label's folder."""
    drawn = items.draw_scenes(TASKS["classify"].scene, scenes, 0, "test")
    entries = manifest(out)
    assert [entry["source"] for entry in entries] == [item.id for item in drawn]
    pictures, _ = items.picture_files(out)
    assert {str(path.relative_to(out)) for path in pictures} == {one["file"] for one in entries}
    read = {item.id: item.draw() for item in items.find([out])}
    for entry, item in zip(entries, drawn, strict=True):
        frame = item.draw()
        assert read[entry["file"]].data == frame.data
        assert read[entry["file"]].truth.label == frame.truth.label == entry["label"]


@built
@pytest.mark.parametrize("rate", [115_200, 921_600, 3_000_000])
def test_every_scene_is_a_picture(rate, tmp_path, capsys):
    assert bench(tmp_path, "--scenes", 9, "--rate", rate) == 0
    said = capsys.readouterr()
    assert "9 frames wanted, 9 in" in said.out
    assert "0 asked for again" in said.out
    assert "note:" not in said.err
    check(tmp_path, 9)
    assert [entry["sequence"] for entry in manifest(tmp_path)] == list(range(1, 10))


@built
def test_a_folder_is_gone_on_with(tmp_path, capsys):
    assert bench(tmp_path, "--scenes", 3, "--rate", 3_000_000) == 0
    assert bench(tmp_path, "--scenes", 5, "--rate", 3_000_000) == 0
    assert "3 of 5 frames are there already" in capsys.readouterr().err
    check(tmp_path, 5)


def test_the_bench_needs_frames(tmp_path, capsys):
    assert bench(tmp_path) == 2
    assert "--bench needs frames: --scenes N or --images PATH" in capsys.readouterr().err
