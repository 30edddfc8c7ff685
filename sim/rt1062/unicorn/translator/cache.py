"""Translated programs on disk, found by a hot block that they hold.

A file is named after one block of the firmware, the translator and the host's CPU. It tells all
blocks that it translates, so that whoever loads it can compare them with the code there is. It is
written aside and moved into place: of two writers the later one wins, and a file that was cut short
or damaged does not have the digest in its first line and counts as none.
"""

import contextlib
import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError
from rt1062.files import write_whole
from rt1062.unicorn.translator.program import Code, Program

_FOLDER = "translated"
MOST_FILES = 64  # some 200 KB each: of the last firmwares, whatever is built after them


@functools.cache
def _translator() -> bytes:
    """Everything that the machine code depends on besides the guest's code."""
    from rt1062.unicorn.translator import compiled

    sources = sorted(Path(__file__).parent.glob("*.py"))
    sources.append(Path(__file__).parent.with_name("native.py"))
    parts = [path.read_bytes() for path in sources]
    return hashlib.sha256(b"".join([*parts, compiled.host_cpu().encode()])).digest()


class Cache:
    """The programs in a folder; without a folder it finds nothing and keeps nothing."""

    def __init__(self, folder: Path | None = checkout.CACHE / _FOLDER):
        self._folder = folder
        self._missing: set[Path] = set()

    def _path(self, block: Code) -> Path:
        key = _translator() + block.start.to_bytes(4, "little") + block.code
        name = hashlib.sha256(key).hexdigest()
        return self._folder / name[:32]

    def find(self, hot: Iterable[Code]) -> Program | None:
        """A program named after one of these blocks."""
        if self._folder is None:
            return None
        for block in hot:
            path = self._path(block)
            if path not in self._missing:
                program = _read(path)
                if program is not None:
                    return program
                self._missing.add(path)
        return None

    def keep(self, block: Code, program: Program) -> None:
        """Name a program after one of its blocks; a disk that is full or closed is no error."""
        if self._folder is None:
            return
        path = self._path(block)
        with contextlib.suppress(OSError, SetupError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, _packed(program))
        self._missing.discard(path)
        with contextlib.suppress(OSError):  # another one removes the same
            files = sorted(self._folder.iterdir(), key=lambda one: one.stat().st_mtime_ns)
            for old in files[:-MOST_FILES]:
                old.unlink()


def _packed(program: Program) -> bytes:
    blocks = [[b.start, b.code.hex(), b.facts] for _, b in sorted(program.blocks.items())]
    head = json.dumps({"entries": program.entries, "blocks": blocks}).encode()
    body = head + b"\n" + program.machine_code
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _read(path: Path) -> Program | None:
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    head, _, machine_code = body.partition(b"\n")
    told = json.loads(head)
    blocks = {s: Code(s, bytes.fromhex(code), facts) for s, code, facts in told["blocks"]}
    return Program(blocks, told["entries"], machine_code)
