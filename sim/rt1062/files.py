"""Files of results: whole or not at all, whatever happens while they are written."""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rt1062.errors import SetupError

PART = ".part-"  # what the name of a file begins with that is not whole yet
_numbers = itertools.count()


@contextlib.contextmanager
def whole(path: Path | str) -> Iterator[Path]:
    """A path beside `path`, to be written within the `with`; then it takes the place of `path`.

    An error on the way, a full disk or a kill leave what was there before. A device or a pipe is
    written directly. SetupError, in one line, if it cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link stays one
    if target.exists() and not target.is_file() and not target.is_dir():
        part = target
    else:
        # The suffix stays: writers of pictures and arrays go by it.
        part = target.with_name(f"{PART}{os.getpid()}-{next(_numbers)}{target.suffix}")
    try:
        yield part
        if part != target:
            part.replace(target)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if part != target:
            with contextlib.suppress(OSError):
                part.unlink()


def write_whole(path: Path | str, content: str | bytes) -> None:
    """Write a file (text as UTF-8), whole or not at all; SetupError if it cannot be written."""
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    with whole(path) as part:
        part.write_bytes(data)


def remove_parts(folder: Path) -> None:
    """Remove what killed writers have left in a folder that nobody else writes to now."""
    for part in folder.glob(f"{PART}*"):
        with contextlib.suppress(OSError):
            part.unlink()


def cannot_write(path: Path | str, error: OSError) -> SetupError:
    """The one line about a file that cannot be written."""
    return SetupError(f"{path}: cannot be written ({error.strerror or error})")


def lock_file(file: int | IO, wait: bool = True) -> bool:
    """Lock an open file for this process alone; False where another has it and `wait` is false.

    The kernel's lock: it ends with those who hold the file open, however they end.
    """
    descriptor = file if isinstance(file, int) else file.fileno()
    try:
        import fcntl
    except ImportError:  # Windows
        return _lock_byte(descriptor, wait)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _lock_byte(descriptor: int, wait: bool) -> bool:
    import msvcrt

    while True:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            if not wait:
                return False
            time.sleep(0.1)
        else:
            return True
