"""Results are written whole or not at all."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rt1062.files import remove_parts, whole, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_there_whole_with_ordinary_permissions(tmp_path):
    write_whole(tmp_path / "a.json", "ä\n")
    assert (tmp_path / "a.json").read_bytes() == "ä\n".encode()
    (tmp_path / "plain").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1 and names(tmp_path) == ["a.json", "plain"]


def test_an_error_on_the_way_leaves_what_was_there(tmp_path):
    write_whole(tmp_path / "a.json", "old")
    with pytest.raises(ValueError), whole(tmp_path / "a.json") as part:
        part.write_text("half")
        raise ValueError
    assert (tmp_path / "a.json").read_text() == "old" and names(tmp_path) == ["a.json"]


def test_a_killed_writer_leaves_the_old_file_and_a_part_that_is_removed(tmp_path):
    write_whole(tmp_path / "a.json", "old")
    program = (
        "import os, signal\nfrom rt1062.files import whole\n"
        f"with whole({str(tmp_path / 'a.json')!r}) as part:\n"
        "    part.write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert (tmp_path / "a.json").read_text() == "old" and len(names(tmp_path)) == 2
    remove_parts(tmp_path)
    assert names(tmp_path) == ["a.json"]


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"
    write_whole("/dev/null", "gone")
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize(
    ("name", "reason"),
    [("no/such/a.json", "No such file or directory"), ("folder", "Is a directory")],
)
def test_what_cannot_be_written_is_one_line(tmp_path, name: str, reason: str):
    (tmp_path / "folder").mkdir()
    with pytest.raises(SetupError, match=rf"{name}: cannot be written \({reason}\)"):
        write_whole(tmp_path / name, "text")
    assert names(tmp_path) == ["folder"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_line():
    with pytest.raises(SetupError, match=r"/dev/full: cannot be written \(No space left on device"):
        write_whole("/dev/full", "text")


def test_two_writers_at_once_leave_one_whole_file(tmp_path):
    texts = {str(number) * 100_000 for number in range(4)}
    children = []
    for text in texts:
        pid = os.fork()
        if pid == 0:
            for _ in range(20):
                write_whole(tmp_path / "a.txt", text)
            os._exit(0)
        children.append(pid)
    while children:
        if (tmp_path / "a.txt").exists():
            assert (tmp_path / "a.txt").read_text() in texts
        pid, status = os.waitpid(children[0], os.WNOHANG)
        if pid:
            assert status == 0
            del children[0]
    assert names(tmp_path) == ["a.txt"]
