"""rt1062.unicorn.hooks: compiled once, then loaded without numba."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rt1062.unicorn import machine_code
from rt1062.unicorn.hooks import library

START = """
import sys
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.unicorn.processor import Processor
Processor(lambda: 600_000_000, MIMXRT1060_EVK.flash, MIMXRT1060_EVK.sdram).reset()
print(sorted(name for name in sys.modules if name.partition(".")[0] in ("numba", "capstone")))
"""

# A first start in the folder sys.argv[1]: what compiles says so in the file sys.argv[2], and takes
# until there is the file sys.argv[3].
FIRST_START = """
import sys, time
from pathlib import Path
from rt1062.unicorn import machine_code
from rt1062.unicorn.hooks import library
contents = machine_code.kept(library._FOLDER / library._key())
library._FOLDER = Path(sys.argv[1])
def built():
    with open(sys.argv[2], "a") as log:
        log.write("compiled\\n")
    while not Path(sys.argv[3]).exists():
        time.sleep(0.01)
    return contents
library._built = built
print("starts", flush=True)
print(library.address("block_hook") > 0)
"""


@pytest.fixture
def first_start(tmp_path):
    """Starts a process that wants the hooks in a folder; they are compiled once `go` exists."""
    assert library.address("block_hook")  # the object to be "compiled"
    begun = []

    def start(folder: Path) -> subprocess.Popen:
        words = [folder, tmp_path / "log", tmp_path / "go"]
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", FIRST_START, *words], stdout=subprocess.PIPE, text=True
            )
        )
        assert begun[-1].stdout.readline() == "starts\n"
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def wait_for_compilers(tmp_path: Path, count: int) -> None:
    end = time.monotonic() + 20
    while not (log := tmp_path / "log").exists() or log.read_text() != "compiled\n" * count:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_of_first_starts_at_the_same_time_one_compiles(tmp_path, first_start):
    starts = [first_start(tmp_path / "hooks") for _ in range(3)]
    wait_for_compilers(tmp_path, 1)
    time.sleep(0.2)  # the others would begin now
    (tmp_path / "go").touch()
    assert [one.communicate(timeout=20)[0] for one in starts] == ["True\n"] * 3
    assert (tmp_path / "log").read_text() == "compiled\n"


def test_where_the_one_that_compiles_is_killed_the_next_one_does(tmp_path, first_start):
    first = first_start(tmp_path / "hooks")
    wait_for_compilers(tmp_path, 1)
    second = first_start(tmp_path / "hooks")
    first.kill()
    wait_for_compilers(tmp_path, 2)
    (tmp_path / "go").touch()
    assert second.communicate(timeout=20)[0] == "True\n"
    assert machine_code.kept(tmp_path / "hooks" / library._key())


def test_where_nothing_can_be_written_each_compiles_for_itself(tmp_path, first_start):
    (tmp_path / "file").touch()
    starts = [first_start(tmp_path / "file" / "hooks") for _ in range(2)]
    wait_for_compilers(tmp_path, 2)
    (tmp_path / "go").touch()
    assert [one.communicate(timeout=20)[0] for one in starts] == ["True\n"] * 2


def test_a_start_needs_no_numba_where_the_object_is():
    assert library.address("block_hook")  # now it is
    ended = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


def test_a_compiler_that_fails_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(library, "__package__", "rt1062.absent")
    with pytest.raises(SetupError, match="numba does not compile .*: .*No module named"):
        library._built()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_who_waits_at_a_terminal_is_told_why(monkeypatch, capsys, is_terminal):
    monkeypatch.setattr(library, "__package__", "rt1062.absent")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    with pytest.raises(SetupError):
        library._built()
    said = "rt1062: compiling what runs inside the emulator, once on this machine: 10 s of CPU\n"
    assert capsys.readouterr().err == (said if is_terminal else "")


def test_another_source_is_another_object(tmp_path, monkeypatch):
    package = tmp_path / "unicorn"
    shutil.copytree(library._PACKAGE / "hooks", package / "hooks")
    monkeypatch.setattr(library, "_PACKAGE", package)
    before = library._key()
    assert library._key() == before
    source = package / "hooks" / "blocks.py"
    source.write_text(source.read_text() + "# another\n")
    assert library._key() != before


def test_constants_of_compiled_functions_are_in_the_key():
    found = {path for pattern in library._SOURCES for path in library._PACKAGE.glob(pattern)}
    names = {path.resolve().relative_to(library._PACKAGE.parent).as_posix() for path in found}
    used = set()
    for path in library._PACKAGE.glob("hooks/*.py"):
        text = path.read_text()
        for line in text.splitlines() if "import numba" in text or "from numba" in text else ():
            words = line.split()
            if words[:1] == ["from"] and words[1].startswith("rt1062"):
                module = words[1].replace(".", "/")
                used |= {module, *(f"{module}/{word.strip(',()')}" for word in words[3:])}
    files = {Path(one).relative_to("rt1062").as_posix() + ".py" for one in used}
    root = library._PACKAGE.parent
    assert {one for one in files if (root / one).is_file()} <= names


def test_a_damaged_object_counts_as_none(tmp_path):
    path = tmp_path / "folder" / "object"
    machine_code.keep(path, b"code")
    assert machine_code.kept(path) == b"code"
    path.write_bytes(path.read_bytes()[:-1])
    assert machine_code.kept(path) is None
    assert machine_code.kept(tmp_path / "absent") is None


def test_only_the_last_objects_stay(tmp_path):
    for number in range(5):
        machine_code.keep(tmp_path / str(number), b"code")
    machine_code.remove_oldest(tmp_path, 2)
    assert len(list(tmp_path.iterdir())) == 2
