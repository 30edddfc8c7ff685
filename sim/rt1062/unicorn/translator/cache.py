"""Translated programs on disk, found by a hot block that they hold.

A file is named after one block of the firmware, the translator and the host's CPU. It tells all
blocks that it translates, so that whoever loads it can compare them with the code there is.
"""

import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from rt1062 import checkout
from rt1062.unicorn import machine_code
from rt1062.unicorn.translator.program import Code, Program

_FOLDER = "translated"
MOST_FILES = 64  # some 200 KB each: of the last firmwares, whatever is built after them


@functools.cache
def _translator() -> bytes:
    """Everything that the machine code depends on besides the guest's code."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    sources.append(Path(__file__).parent.with_name("native.py"))
    parts = [path.read_bytes() for path in sources]
    return hashlib.sha256(b"".join([*parts, machine_code.host_cpu().encode()])).digest()


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
        machine_code.keep(path, _packed(program))
        machine_code.remove_oldest(self._folder, MOST_FILES)
        self._missing.discard(path)


def _packed(program: Program) -> bytes:
    blocks = [[b.start, b.code.hex(), b.facts] for _, b in sorted(program.blocks.items())]
    head = json.dumps({"entries": program.entries, "blocks": blocks}).encode()
    return head + b"\n" + program.machine_code


def _read(path: Path) -> Program | None:
    body = machine_code.kept(path)
    if body is None:
        return None
    head, _, code = body.partition(b"\n")
    told = json.loads(head)
    blocks = {s: Code(s, bytes.fromhex(one), facts) for s, one, facts in told["blocks"]}
    return Program(blocks, told["entries"], code)
