"""Data sets as people have them: folders, COCO, tables, videos, and forty awkward pictures."""

import csv
import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rt1062.errors import SetupError
from rtbench import cli, frames, host_inference, items
from rtbench.evaluation import feeds
from rtbench.tflite.pixels import PixelInput
from rtbench.tflite.tflite_file import read_model
from tests.rtbench import awkward

FIRMWARE = Path(__file__).resolve().parents[2] / "build/firmware"
built = pytest.mark.skipif(
    not (FIRMWARE / "classify.elf").is_file() or host_inference.wanted(FIRMWARE / "classify.elf"),
    reason="no firmware with TFLM is built",
)


def picture(path, size=(96, 96), colour="red"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


# Forty awkward pictures.


@pytest.fixture
def forty(tmp_path):
    """The folder, and by id whether each can be read."""
    return tmp_path / "forty", awkward.make(tmp_path / "forty")


def test_each_awkward_picture_is_right_or_says_what_is_wrong(forty):
    folder, expected = forty
    left_out = []
    found = items.find([folder], left_out.extend)
    assert {item.id for item in found} == set(expected)
    assert len(expected) >= 40
    drawn = {item.id: item.draw_or_say() for item in found}
    assert {name: not reason for name, (_, reason) in drawn.items()} == expected
    # The same gradient, whatever it was saved as: nothing is clipped, nothing is black.
    plain = np.frombuffer(drawn["köter/rgb.bmp"][0].data, np.uint8)
    for name in ("deep.png", "deep.tif", "unit.tif", "levels.tif", "grey.png", "rgb.tif"):
        assert np.array_equal(np.frombuffer(drawn[f"köter/{name}"][0].data, np.uint8), plain), name
    turned = frames.from_rgb565(drawn["köter/turned.jpg"][0].data)
    assert int(turned[48, 10, 0]) > int(turned[48, 85, 0]) + 100  # the gradient runs across
    names = [item.id for item in found]
    assert names.index("köter/frame9.png") < names.index("köter/frame10.png")
    assert {file.name: reason for file, reason in left_out} == {
        "phone.heic": "HEIC needs the package pillow-heif: pip install pillow-heif",
        "notes.txt": "pillow reads no .txt files",
        "gone.png": "a link that leads nowhere",
        "loop": "a link to a directory that it is in",
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pages.tif", "has 2 pages: save each as a picture of its own"),
        ("radiance.tif", "real numbers must be 0 to 1 or 0 to 255, not 0 to 238000"),
        ("nan.tif", "real numbers must be 0 to 1 or 0 to 255, not nan to nan"),
        ("huge.tif", "levels must be 0 to 65535, not 0 to 2380000"),
        ("text.jpg", "it is of no format that pillow knows"),
    ],
)
def test_what_cannot_be_right_says_why(forty, name, said):
    with pytest.raises(SetupError, match=said):
        frames.load_picture(forty[0] / "köter" / name)


@built
@pytest.mark.parametrize(
    "command", ["run classify", "run count", "evaluate classify", "evaluate count"]
)
def test_the_forty_go_through_and_leave_one_table(forty, command, tmp_path, capsys):
    folder, expected = forty
    name, app = command.split()
    out = tmp_path / "out"
    where = ("--csv", out / "rows.csv") if name == "run" else ("--out", out)
    out.mkdir()
    words = (name, "--app", app, "--data", folder, "--firmware", FIRMWARE, *where)
    assert cli.main([str(word) for word in words]) == 1  # some are broken, and told
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert "\x1b[31m" not in said.out
    assert "phone.heic: HEIC needs" in said.err
    with (out / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["id"].lstrip("'"): not row["error"] for row in rows} == expected
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    if name == "evaluate":
        page = tmp_path / "page.html"
        assert cli.main(["report", "--run", str(out), "--out", str(page)]) == 1
        assert '<b>"&.png' not in page.read_text(encoding="utf-8")


def test_a_model_of_another_size_gets_each_of_the_forty_or_its_reason(forty):
    folder, expected = forty
    model = read_model(host_inference.MODELS / "classification/model.tflite")
    pixels = PixelInput.of(model.tensors[model.inputs[0]])
    made = {}
    for feed in feeds.from_items(items.find([folder]), pixels):
        try:
            made[feed.id] = feed.make()[0].shape == (1, 96, 96, 3)
        except SetupError:
            made[feed.id] = False
    assert made == expected


# COCO.


def coco(tmp_path, **changes):
    value = {
        "images": [
            {"id": 1, "file_name": "a.png", "width": 200, "height": 100},
            {"id": 2, "file_name": "b.png", "width": 96, "height": 96},
            {"id": 3, "file_name": "gone.png", "width": 96, "height": 96},
        ],
        "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [60, 10, 40, 50]},
            {"image_id": 1, "category_id": 1, "bbox": [0, 10, 40, 50]},  # cut off by the crop
            {"image_id": 2, "category_id": 7, "bbox": [0, 0, 9, 9]},
        ],
        "categories": [{"id": 1, "name": "person"}, {"id": 7, "name": "dog"}],
    }
    (tmp_path / "notes").mkdir(exist_ok=True)
    file = tmp_path / "notes/instances_val.json"
    file.write_text(json.dumps(value | changes))
    return file


def test_coco_s_boxes_go_the_way_of_the_picture(tmp_path):
    picture(tmp_path / "val/a.png", (200, 100))
    picture(tmp_path / "val/b.png")
    first, second, third = items.find([coco(tmp_path)])
    truth = first.draw().truth
    assert (truth.label, truth.count) == ("person", 1)
    assert truth.boxes == ((9.6, 9.6, 48.0, 57.6),)  # of 50..150 at 0.96
    assert (second.label, second.draw().truth.count) == ("dog", 0)
    frame, reason = third.draw_or_say()
    assert "no such picture" in reason
    assert frame.truth.count == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"images": 3}, "images must be a list, not 3"),
        ({"images": [{"id": 1}]}, r"images\[0\].file_name must be str, not None"),
        ({"annotations": [4]}, r"annotations\[0\].image_id must be int or str, not None"),
        ({"annotations": [{"image_id": 1, "category_id": 1, "bbox": [1]}]}, "four numbers"),
        ({"images": []}, "no image in it"),
    ],
)
def test_a_coco_file_that_is_none_is_refused_with_the_place(tmp_path, changes, said):
    with pytest.raises(SetupError, match=said):
        items.find([coco(tmp_path, **changes)])


# Tables.


@pytest.mark.parametrize(
    "text",
    [
        "file,label\nx/a.png,dog\nb.png,3\n",
        "x/a.png;dog\nb.png;3\n",
        "\ufefflabel\tfile\ndog\tx/a.png\n3\tb.png",
    ],
)
def test_a_table_of_labels_is_read_with_and_without_a_head(tmp_path, text):
    picture(tmp_path / "x/a.png")
    picture(tmp_path / "b.png")
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    found = items.find([tmp_path / "labels.csv"])
    assert [(one.id, one.label) for one in found] == [("x/a.png", "dog"), ("b.png", "3")]
    assert found[1].draw().truth.count == 3


def test_a_table_may_have_label_and_count_and_a_file_that_is_gone(tmp_path):
    (tmp_path / "t.csv").write_text("image,class,persons\ngone.png,person,2\n")
    item = items.find([tmp_path / "t.csv"])[0]
    frame, reason = item.draw_or_say()
    assert "no such picture" in reason
    assert (frame.truth.label, frame.truth.count) == ("person", 2)
    (tmp_path / "t.csv").write_text("image,persons\na.png,two\n")
    with pytest.raises(SetupError, match="t.csv:2: count must be a whole number, not 'two'"):
        items.find([tmp_path / "t.csv"])
    (tmp_path / "t.csv").write_text("image,label\n,dog\n")
    with pytest.raises(SetupError, match="t.csv:2: no file name"):
        items.find([tmp_path / "t.csv"])


# Videos.


def fake_ffmpeg(tmp_path, monkeypatch, script):
    program = tmp_path / "bin/ffmpeg"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def test_a_video_s_frames_come_through_ffmpeg_s_pipe(tmp_path, monkeypatch):
    for number, colour in enumerate(("red", "lime")):
        Image.new("RGB", (200, 100), colour).save(tmp_path / f"{number}.ppm")
    fake_ffmpeg(tmp_path, monkeypatch, f"cat {tmp_path}/0.ppm {tmp_path}/1.ppm")
    (tmp_path / "walk.mp4").write_bytes(b"video")
    found = items.find([tmp_path / "walk.mp4"])
    assert [one.id for one in found] == ["walk.mp4[0]", "walk.mp4[1]"]
    assert found[0].draw().data == b"\xf8\x00" * 9216
    assert found[1].draw().data == b"\x07\xe0" * 9216


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo moov atom not found >&2; exit 1", "ffmpeg cannot read it: moov atom not found"),
        ("printf 'P6\\n200 100\\n255\\nabc'", "cut short"),
        ("echo hello", "gave no picture but"),
        ("exit 0", "ended with 0"),
    ],
)
def test_a_video_that_cannot_be_read_says_why(tmp_path, monkeypatch, script, said):
    fake_ffmpeg(tmp_path, monkeypatch, script)
    (tmp_path / "walk.mp4").write_bytes(b"video")
    with pytest.raises(SetupError, match=said):
        items.find([tmp_path / "walk.mp4"])


def test_without_ffmpeg_a_video_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "walk.mp4").write_bytes(b"video")
    with pytest.raises(SetupError, match="videos need ffmpeg.*numbered pictures"):
        items.find([tmp_path / "walk.mp4"])
