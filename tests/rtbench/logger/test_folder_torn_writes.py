"""A log's folder after a full disk or a kill at each of its writes: the next session is right.

tests/failing_writes.c is preloaded into a session that keeps two frames.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rtbench import items
from rtbench.logger.entry import read_manifest
from tests import failing_writes

MOST_CHANGES = 60
pytestmark = failing_writes.NEEDED

RUN = """
import sys
from pathlib import Path
from rt1062.errors import SetupError
from rtbench.link.frame_record import FrameRecord
from rtbench.logger.collector import Arrival, Wish
from rtbench.logger.folder import LogFolder, Session, new_session

try:
    path = Path(sys.argv[1])
    folder = LogFolder(path, Session(new_session("20260101T000000", path), "log", "ov2640"))
    done = {entry.source for entry in folder.entries}
    for index in range(2):
        if str(index) not in done:
            record = FrameRecord(bytes([index]) * 18432, index + 1)
            folder.add(Arrival(Wish("cat", str(index), ((1, 2, 3, 4),)), record))
    folder.close()
except SetupError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""


@pytest.fixture(scope="module")
def preload(tmp_path_factory) -> Path:
    return failing_writes.build(tmp_path_factory.mktemp("preload"))


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-B", "-c", RUN, folder],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def check(folder: Path) -> None:
    """Every frame is there once, with its line, and nothing else."""
    assert run(folder).returncode == 0
    entries = read_manifest(folder / "manifest.jsonl")
    assert sorted(entry.source for entry in entries) == ["0", "1"]
    for entry, item in zip(
        sorted(entries, key=lambda one: one.file), items.find([folder]), strict=True
    ):
        assert item.id == entry.file
        assert item.draw().data == bytes([int(entry.source)]) * 18432
    known = {folder / entry.file for entry in entries}
    others = {folder / name for name in ("manifest.jsonl", "annotations.json", ".lock")}
    assert {path for path in folder.rglob("*") if path.is_file()} == known | others


@pytest.mark.parametrize("how", ["kill", "full disk"])
def test_any_write_may_be_the_last(how, preload, tmp_path):
    kill = {"AT_KILL": "1"} if how == "kill" else {}
    for change in range(1, MOST_CHANGES):
        folder = tmp_path / str(change)
        place = {"LD_PRELOAD": str(preload), "AT_UNDER": str(folder), "AT_CHANGE": str(change)}
        first = run(folder, **place, **kill)
        if first.returncode == 0:
            break
        assert first.returncode == (-9 if kill else 2)
        if not kill:
            assert first.stderr.count("\n") == 1
            assert "No space left on device" in first.stderr
        check(folder)
    assert 8 < change < MOST_CHANGES - 1
