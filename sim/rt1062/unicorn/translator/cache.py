"""Translated programs on disk, found by a hot block that they hold.

A file is named after one block of the firmware, the translator and the host's CPU, and after all
its blocks: of two firmwares with that block each keeps its own. It tells all blocks that it
translates, so that whoever loads it can compare them with the code there is.
"""

import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from rt1062 import checkout
from rt1062.unicorn import machine_code
from rt1062.unicorn.translator.program import Code, Program

FOLDER, EAGER_FOLDER = checkout.CACHE / "translated", checkout.CACHE / "translated-eager"
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

    def __init__(self, folder: Path | None = FOLDER):
        self._folder = folder
        self._missing: set[str] = set()  # names of which there is none that fits

    @staticmethod
    def _name(block: Code) -> str:
        key = _translator() + block.start.to_bytes(4, "little") + block.code
        return hashlib.sha256(key).hexdigest()[:32]

    def find(
        self, hot: Iterable[Code], fits: Callable[[Program], bool] = lambda program: True
    ) -> Program | None:
        """A program named after one of these blocks that fits."""
        if self._folder is None:
            return None
        for name in map(self._name, hot):
            if name not in self._missing:
                for path in self._folder.glob(f"{name}-*"):
                    program = _read(path)
                    if program is not None and fits(program):
                        return program
                self._missing.add(name)
        return None

    def keep(self, block: Code, program: Program) -> None:
        """Name a program after one of its blocks; a disk that is full or closed is no error."""
        if self._folder is None:
            return
        name = self._name(block)
        machine_code.keep(self._folder / f"{name}-{_digest(program)}", _packed(program))
        machine_code.remove_oldest(self._folder, MOST_FILES)
        self._missing.discard(name)


def _blocks(program: Program) -> list[list[int | str | bool]]:
    return [[b.start, b.code.hex(), b.facts, b.device] for _, b in sorted(program.blocks.items())]


def _digest(program: Program) -> str:
    return hashlib.sha256(json.dumps(_blocks(program)).encode()).hexdigest()[:16]


def _packed(program: Program) -> bytes:
    head = json.dumps({"entries": program.entries, "blocks": _blocks(program)}).encode()
    return head + b"\n" + program.machine_code


def _read(path: Path) -> Program | None:
    body = machine_code.kept(path)
    if body is None:
        return None
    head, _, code = body.partition(b"\n")
    told = json.loads(head)
    blocks = {s: Code(s, bytes.fromhex(one), *facts) for s, one, *facts in told["blocks"]}
    return Program(blocks, told["entries"], code)
