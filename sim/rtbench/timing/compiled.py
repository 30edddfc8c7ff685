"""The compiled passes, from disk where they were compiled before.

numba looks whether a function's own file has changed, not where its constants come from: its
folder here is named after all sources that are compiled in. Importing it takes its time, so nothing
that needs no trace does.
"""

import contextlib
import functools
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rt1062 import checkout, memory_system, observations

_FOLDER = checkout.CACHE / "timing"
_MOST_FOLDERS = 4  # of the last states of the sources
_SOURCES = ("tally.py", "caches.py", "stalls.py", "costs.py")


class Passes(NamedTuple):
    """`tally`, `requests` and `waits` of the modules tally, caches and stalls."""

    tally: Callable
    requests: Callable
    waits: Callable


@functools.cache
def passes() -> Passes:
    """They are compiled when they are first called, 15 s once on a machine."""
    from numba import config

    folder, before = _FOLDER / _key(), config.CACHE_DIR
    with contextlib.suppress(OSError):  # numba then looks for another place
        folder.mkdir(parents=True, exist_ok=True)
    config.CACHE_DIR = str(folder)
    try:
        from rtbench.timing import caches, stalls, tally
    finally:
        config.CACHE_DIR = before
    _remove_oldest()
    return Passes(tally.tally, caches.requests, stalls.waits)


def _remove_oldest() -> None:
    with contextlib.suppress(OSError):  # another one removes the same
        folders = sorted(_FOLDER.iterdir(), key=lambda one: one.stat().st_mtime_ns)
        for old in folders[:-_MOST_FOLDERS]:
            shutil.rmtree(old, ignore_errors=True)


def _key() -> str:
    found = hashlib.sha256()
    here = Path(__file__).parent
    modules = (Path(one.__file__) for one in (memory_system, observations))
    for path in (*(here / name for name in _SOURCES), *modules):
        found.update(path.read_bytes())
    return found.hexdigest()[:32]
