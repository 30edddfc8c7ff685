"""Logged frames on disk: whole, once, and gone on with."""

import hashlib
import json
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rtbench import frames, items
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.collector import Arrival, Wish
from rtbench.logger.entry import Entry, read_manifest
from rtbench.logger.folder import LogFolder, Session, check_label, new_session, split_files
from rtbench.tasks import TASKS


def pixels(number: int) -> bytes:
    return number.to_bytes(2, "big") * 9216


def arrival(number: int, label: str) -> Arrival:
    return Arrival(Wish(label, f"scene-{number}"), FrameRecord(pixels(number), number, label, 77))


ONE, TWO = "20260101T000001", "20260101T000002"


def opened(path: Path, session: str = ONE, **options) -> LogFolder:
    return LogFolder(path, Session(session, "log 1", "0x2642"), **options)


def test_a_frame_is_a_picture_in_its_labels_folder_and_a_line(tmp_path):
    folder = opened(tmp_path)
    for number, label in enumerate(("cat", "dog", "cat", "")):
        folder.add(arrival(number, label))
    folder.close()
    assert [entry.file for entry in read_manifest(tmp_path / "manifest.jsonl")] == [
        f"cat/{ONE}-000001.png", f"dog/{ONE}-000002.png",
        f"cat/{ONE}-000003.png", f"{ONE}-000004.png",
    ]  # fmt: skip
    first = json.loads((tmp_path / "manifest.jsonl").read_text().splitlines()[0])
    assert first["sha256"] == hashlib.sha256(pixels(0)).hexdigest()
    assert first["boot_id"] == "0000004d"
    assert first["sensor"] == "0x2642"
    assert folder.counts == {"cat": 2, "dog": 1, "": 1}


def test_the_evaluation_reads_the_pixels_that_were_logged(tmp_path):
    folder = opened(tmp_path)
    for number in range(0, 65536, 4099):
        folder.add(arrival(number, "cat"))
    folder.close()
    found = items.find([tmp_path])
    assert [item.draw().data for item in found] == [pixels(n) for n in range(0, 65536, 4099)]
    assert {item.label for item in found} == {"cat"}


def test_a_folder_is_gone_on_with(tmp_path):
    first = opened(tmp_path)
    first.add(arrival(1, "cat"))
    first.close()
    second = opened(tmp_path, TWO)
    assert [entry.source for entry in second.entries] == ["scene-1"]
    assert second.add(arrival(2, "cat")).file == "cat/20260101T000002-000002.png"
    second.close()
    assert len(read_manifest(tmp_path / "manifest.jsonl")) == 2


def test_what_a_killed_session_left_is_put_away(tmp_path):
    folder = opened(tmp_path)
    for number in range(3):
        folder.add(arrival(number, "cat"))
    folder.close()
    manifest = tmp_path / "manifest.jsonl"
    lines = manifest.read_text().splitlines()
    manifest.write_text(f"{lines[0]}\n{lines[1]}\n{lines[2][:30]}")  # killed within the third line
    (tmp_path / "cat/.part-1-0.png").write_bytes(b"half")
    (tmp_path / "cat/holiday.png").write_bytes(b"somebody's own")
    again = opened(tmp_path, TWO)
    assert [entry.source for entry in again.entries] == ["scene-0", "scene-1"]
    again.close()
    assert {path.name for path in (tmp_path / "cat").iterdir()} == {
        "holiday.png", f"{ONE}-000001.png", f"{ONE}-000002.png",
    }  # fmt: skip


def test_a_frame_whose_picture_was_deleted_is_no_frame(tmp_path):
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    folder.close()
    (tmp_path / "cat/20260101T000001-000001.png").unlink()
    again = opened(tmp_path, TWO)
    assert again.entries == []
    again.close()


def test_the_same_pixels_twice_are_flagged(tmp_path):
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    again = folder.add(Arrival(Wish("dog"), FrameRecord(pixels(1), 2, "dog", 77)))
    folder.close()
    assert again.duplicate_of == "cat/20260101T000001-000001.png"
    assert frames.to_rgb565(frames.load_picture(tmp_path / again.file)) == pixels(1)


def test_two_loggers_do_not_write_into_one_folder(tmp_path):
    folder = opened(tmp_path)
    with pytest.raises(SetupError, match="another logger writes there"):
        opened(tmp_path, TWO)
    folder.close()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=r"file: cannot be written"):
        opened(tmp_path / "file")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sequence": "1"}, "sequence must be a whole number, not '1'"),
        ({"label": None}, "label must be text, not None"),
        ({"boxes": [["a"]]}, r"boxes\[0\]\[0\] must be a number, not 'a'"),
        ({"file": "../other.png"}, "file must be within the folder, not '../other.png'"),
        ({"file": "/etc/hosts"}, "file must be within the folder, not '/etc/hosts'"),
    ],
)
def test_a_line_of_a_manifest_that_was_edited_is_refused(tmp_path, change, said):
    manifest = tmp_path / "manifest.jsonl"
    good = Entry(
        file="dog/1.png", label="dog", session="s", split="train", boot_id="b", sequence=1,
        time_ms=2, crc32="0", sha256="0", likeness="0", source="bench", firmware="f", sensor="o",
        boxes=((1, 2, 3.5, 4),),
    )  # fmt: skip
    manifest.write_text(good.to_json())
    assert read_manifest(manifest) == [good]
    # The last line, too: only one that a crash has cut has no end.
    manifest.write_text(json.dumps(json.loads(good.to_json()) | change) + "\n")
    with pytest.raises(SetupError, match=f"manifest.jsonl:1: {said}"):
        read_manifest(manifest)


def test_a_manifest_of_something_else_is_refused(tmp_path):
    (tmp_path / "manifest.jsonl").write_text("{}\n{}\n")
    with pytest.raises(SetupError, match=r"jsonl:1: file is missing; not a line of a log's mani"):
        read_manifest(tmp_path / "manifest.jsonl")


@pytest.mark.parametrize("label", ["../x", "a/b", ".cat", "ä", "x" * 33])
def test_a_label_must_be_a_folders_name(label):
    with pytest.raises(SetupError, match="a label must be"):
        check_label(label)


def test_a_session_killed_before_its_first_line_leaves_nothing(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / f"{ONE}-000001.png").write_bytes(b"")
    opened(tmp_path, TWO).close()
    assert list((tmp_path / "cat").iterdir()) == []


def test_the_last_frame_can_be_taken_back(tmp_path):
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    folder.add(arrival(2, "cat"))
    assert folder.undo().source == "scene-2"
    assert folder.add(arrival(2, "dog")).duplicate_of == ""
    assert folder.undo().label == "dog"
    assert folder.undo().source == "scene-1"
    assert folder.undo() is None
    folder.close()
    assert read_manifest(tmp_path / "manifest.jsonl") == []
    assert not list(tmp_path.rglob("*.png"))


def test_frames_of_an_earlier_session_are_not_taken_back(tmp_path):
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    folder.close()
    again = opened(tmp_path, TWO)
    assert again.undo() is None
    again.close()


def test_raw_frames_are_kept_as_they_came(tmp_path):
    folder = opened(tmp_path, raw=True)
    entry = folder.add(arrival(7, "cat"))
    folder.close()
    assert (tmp_path / entry.file).read_bytes() == pixels(7)
    again = opened(tmp_path, TWO, raw=True)
    assert len(again.entries) == 1
    again.close()


def test_a_picture_much_like_one_before_is_named(tmp_path):
    drawn = items.draw_scenes(TASKS["classify"].scene, 3, 0, "test")
    folder = opened(tmp_path)
    for item in drawn:
        folder.add(Arrival(Wish("cat"), FrameRecord(item.draw().data)))
    brighter = frames.from_rgb565(drawn[1].draw().data) // 2 + 60
    entry = folder.add(Arrival(Wish("cat"), FrameRecord(frames.to_rgb565(brighter))))
    folder.close()
    assert [one.near for one in folder.entries[:3]] == ["", "", ""]
    assert entry.near == folder.entries[1].file
    assert entry.duplicate_of == ""


def test_a_session_is_in_one_split_as_a_whole(tmp_path):
    for number, split in enumerate(("train", "test")):
        session = Session(f"2026010{number + 1}T000000", "log 1", "0x2642", split)
        folder = LogFolder(tmp_path, session)
        for frame in range(3):
            folder.add(arrival(10 * number + frame, "cat"))
        folder.close()
    assert len(split_files(tmp_path, "test")) == 3
    assert split_files(tmp_path, "test").isdisjoint(split_files(tmp_path, "train"))
    names = [Session(f"202601{n:02}T000000", "", "").its_split for n in range(1, 100)]
    assert {names.count(one) > 0 for one in ("train", "validation", "test")} == {True}
    assert names.count("train") > 60


def test_boxes_become_a_coco_file(tmp_path):
    folder = opened(tmp_path)
    folder.add(Arrival(Wish("2", boxes=((1, 2, 11, 32), (50, 2, 60, 12))), FrameRecord(pixels(1))))
    folder.close()
    again = opened(tmp_path, TWO)
    again.close()
    written = json.loads((tmp_path / "annotations.json").read_text())
    assert [one["bbox"] for one in written["annotations"]] == [[1, 2, 10, 30], [50, 2, 10, 10]]
    assert written["images"][0]["file_name"] == f"2/{ONE}-000001.png"
    assert written["annotations"][0]["area"] == 300


def test_sessions_of_one_second_have_different_names(tmp_path):
    assert new_session(ONE, tmp_path) == ONE
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    folder.close()
    assert new_session(ONE, tmp_path) == f"{ONE}.2"
