"""scripts/killed_logger.py: a logger that is killed and goes on, and folders that are wrong."""

import importlib.util
from pathlib import Path

import pytest
from PIL import Image

from rtbench.frames import FRAME_SIZE
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.collector import Arrival, Wish
from rtbench.logger.entry import MANIFEST, read_manifest
from rtbench.logger.folder import LogFolder, Session

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "build/firmware"

spec = importlib.util.spec_from_file_location("killed_logger", ROOT / "scripts/killed_logger.py")
killed_logger = importlib.util.module_from_spec(spec)
spec.loader.exec_module(killed_logger)


@pytest.mark.skipif(not (FIRMWARE / "log.elf").is_file(), reason="`make firmware` has not built it")
def test_a_board_outlives_loggers_that_are_killed(tmp_path, capsys):
    options = ("--pty", "--times", "2", "--frames", "6", "--folder", str(tmp_path))
    assert killed_logger.main(list(options)) == 0, capsys.readouterr().out
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "2 kills, nothing lost, nothing double"
    assert "6 frames of " in said[-2]


def logged(out: Path) -> None:
    folder = LogFolder(out, Session("20260101T000000", "log", "0x2642"))
    for number in range(3):
        record = FrameRecord(bytes([number]) * 18432, sequence=number + 1)
        folder.add(Arrival(Wish("dog"), record))
    folder.close()


def test_a_right_folder_has_no_faults(tmp_path):
    logged(tmp_path)
    assert killed_logger.faults(tmp_path) == []
    assert killed_logger.beside(tmp_path, read_manifest(tmp_path / MANIFEST)) == []


def test_what_is_wrong_with_a_folder_is_told(tmp_path):
    logged(tmp_path)
    first, second, third = sorted((tmp_path / "dog").iterdir())
    first.unlink()
    Image.new("RGB", FRAME_SIZE, (255, 0, 0)).save(second)
    lines = (tmp_path / MANIFEST).read_text()
    (tmp_path / MANIFEST).write_text(lines + lines.splitlines()[2] + "\n")
    wrong = "\n".join(killed_logger.faults(tmp_path))
    assert f"dog/{first.name} is in the manifest and not in the folder" in wrong
    assert f"dog/{second.name} has other pixels than the manifest says" in wrong
    assert f"dog/{third.name} is named 2 times" in wrong
    assert "('00000000', '20260101T000000', 3) is there 2 times" in wrong
    Image.new("RGB", FRAME_SIZE).save(tmp_path / "other.png")
    beside = killed_logger.beside(tmp_path, read_manifest(tmp_path / MANIFEST))
    assert beside == ["other.png is not in the manifest"]
