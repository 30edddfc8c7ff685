"""The folder that a run of suites writes: one run at a time, nothing of an earlier one in it."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.files import lock_file

LOCK = ".lock"
RESULTS = ("output.xml", "log.html", "report.html", "xunit.xml", "comparison.txt")
FOLDERS = ("suites", "transcripts", "images", "states")


@contextlib.contextmanager
def taken(folder: Path) -> Iterator[int]:
    """The folder for this run alone, emptied of earlier results; the lock's file descriptor.

    The lock (flock(2)) is the kernel's, so it ends with the processes that hold it, however they
    end. SetupError where another run has the folder, or where it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be written ({error.strerror}); name another") from error
    try:
        if not lock_file(lock, wait=False):
            owner = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise SetupError(
                f"{folder}: another run (process {owner}) is writing there; wait for its end, or "
                "name another folder with --output"
            )
        os.truncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        _empty(folder)
        yield lock
    finally:
        os.close(lock)


def still_ours(folder: Path, lock: int) -> bool:
    """Whether the folder is the one that was locked, not removed or made anew meanwhile."""
    try:
        there, held = (folder / LOCK).stat(), os.fstat(lock)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (held.st_dev, held.st_ino)


def _empty(folder: Path) -> None:
    try:
        for name in RESULTS:
            (folder / name).unlink(missing_ok=True)
        for name in FOLDERS:
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        (folder / "suites").mkdir()
    except OSError as error:
        raise SetupError(
            f"{folder}: results of an earlier run cannot be removed ({error.strerror})"
        ) from error
