"""Logged frames on disk: whole, once, and gone on with."""

import hashlib
import json
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rtbench import frames, items
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.collector import Arrival, Wish
from rtbench.logger.folder import LogFolder, check_label, read_manifest


def pixels(number: int) -> bytes:
    return number.to_bytes(2, "big") * 9216


def arrival(number: int, label: str) -> Arrival:
    return Arrival(Wish(label, f"scene-{number}"), FrameRecord(pixels(number), number, label, 77))


def opened(path: Path, session: str = "one") -> LogFolder:
    return LogFolder(path, session, "log 1", "0x2642")


def test_a_frame_is_a_picture_in_its_labels_folder_and_a_line(tmp_path):
    folder = opened(tmp_path)
    for number, label in enumerate(("cat", "dog", "cat", "")):
        folder.add(arrival(number, label))
    folder.close()
    assert [entry.file for entry in read_manifest(tmp_path / "manifest.jsonl")] == [
        "cat/one-000001.png", "dog/one-000002.png", "cat/one-000003.png", "one-000004.png",
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
    second = opened(tmp_path, "two")
    assert [entry.source for entry in second.entries] == ["scene-1"]
    assert second.add(arrival(2, "cat")).file == "cat/two-000002.png"
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
    again = opened(tmp_path, "two")
    assert [entry.source for entry in again.entries] == ["scene-0", "scene-1"]
    again.close()
    assert sorted(path.name for path in (tmp_path / "cat").iterdir()) == [
        "holiday.png", "one-000001.png", "one-000002.png",
    ]  # fmt: skip


def test_a_frame_whose_picture_was_deleted_is_no_frame(tmp_path):
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    folder.close()
    (tmp_path / "cat/one-000001.png").unlink()
    again = opened(tmp_path, "two")
    assert again.entries == []
    again.close()


def test_the_same_pixels_twice_are_flagged(tmp_path):
    folder = opened(tmp_path)
    folder.add(arrival(1, "cat"))
    again = folder.add(Arrival(Wish("dog"), FrameRecord(pixels(1), 2, "dog", 77)))
    folder.close()
    assert again.duplicate_of == "cat/one-000001.png"
    assert frames.to_rgb565(frames.load_picture(tmp_path / again.file)) == pixels(1)


def test_two_loggers_do_not_write_into_one_folder(tmp_path):
    folder = opened(tmp_path)
    with pytest.raises(SetupError, match="another logger writes there"):
        opened(tmp_path, "two")
    folder.close()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=r"file: cannot be written"):
        opened(tmp_path / "file")


def test_a_manifest_of_something_else_is_refused(tmp_path):
    (tmp_path / "manifest.jsonl").write_text("{}\n{}\n")
    with pytest.raises(SetupError, match=r"manifest.jsonl:1: not a line of a log's manifest"):
        opened(tmp_path)


@pytest.mark.parametrize("label", ["../x", "a/b", ".cat", "ä", "x" * 33])
def test_a_label_must_be_a_folders_name(label):
    with pytest.raises(SetupError, match="a label must be"):
        check_label(label)
