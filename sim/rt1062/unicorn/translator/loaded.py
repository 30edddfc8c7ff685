"""A program in memory, and what the block hook needs to run it."""

import numpy as np

from rt1062.unicorn import native
from rt1062.unicorn.core import Core
from rt1062.unicorn.hooks import library
from rt1062.unicorn.machine_code import MachineCode
from rt1062.unicorn.memory import Memory
from rt1062.unicorn.translator import entry, words
from rt1062.unicorn.translator.maps import Permissions
from rt1062.unicorn.translator.program import Program

_WORD = 8  # bytes
_GAP = 64  # bytes between two blocks that are not worth a span of their own


class Loaded:
    """The context of a program; `use` lets it run, `close` ends that."""

    def __init__(self, core: Core, memory: Memory, program: Program):
        self._core, self._program = core, program
        self.segments = list(memory.segments)
        self._context, self._arguments = entry.new_context()
        self._machine_code = MachineCode(program.machine_code)
        self._context[entry.RUN] = self._machine_code.address("run")
        self._context[entry.STATE] = core.state.ctypes.data
        self._context[words.DEVICE_READ] = library.address("device_read")
        self._context[words.DEVICE_WRITE] = library.address("device_write")
        self._set_spans(memory)
        tags = [program.blocks[start].tag for start in program.entries]
        self._entries = np.array(tags, np.int64)
        core.words[native.CONTEXT] = self._context.ctypes.data
        core.words[native.ENTRIES] = self._entries.ctypes.data
        core.words[native.ENTRY_COUNT] = len(tags)

    def _set_spans(self, memory: Memory) -> None:
        """Whole words around the blocks, to be compared whenever the code is entered."""
        pieces: list[list[int]] = []
        for start, code in sorted(self._program.blocks.items()):
            low, high = start & -_WORD, (start + len(code.code) + _WORD - 1) & -_WORD
            if (
                pieces
                and low <= pieces[-1][1] + _GAP
                and memory.segment_at(low).base <= pieces[-1][0]
            ):
                pieces[-1][1] = max(high, pieces[-1][1])
            else:
                pieces.append([low, high])
        self._copies, spans = [], []
        for low, high in pieces:
            segment = memory.segment_at(low)
            copy = np.frombuffer(memory.read(low, high - low), np.int64).copy()
            spans += [segment.host + low - segment.base, copy.ctypes.data, len(copy)]
            self._copies.append(copy)
        self._spans = np.array(spans, np.int64)
        self._context[entry.SPANS] = self._spans.ctypes.data
        self._context[entry.SPAN_COUNT] = len(pieces)

    def use(self, maps: tuple[np.ndarray, np.ndarray], permissions: Permissions) -> None:
        """Run with these maps of loads and stores, if all of the code may be executed."""
        self._maps = maps
        read, write = (words_of.ctypes.data for words_of in maps)
        self._context[words.READ_MAP], self._context[words.WRITE_MAP] = read, write
        self._core.words[native.WRITE_MAP] = write
        allowed = self._may_execute(permissions) and not self.is_stale
        self._core.set_translated(library.address("enter") if allowed else 0)

    def _may_execute(self, permissions: Permissions) -> bool:
        for segment in self.segments:
            blocks = [b for s, b in self._program.blocks.items() if segment.base <= s < segment.end]
            allowed = permissions.of(segment) & native.EXECUTE if blocks else None
            for block in blocks:
                first = block.start - segment.base >> native.PAGE_BITS
                last = block.end - 1 - segment.base >> native.PAGE_BITS
                if not allowed[first : last + 1].all():
                    return False
        return True

    def close(self) -> None:
        """It will not run any more."""
        self._core.set_translated(0)
        for word in (native.ENTRIES, native.ENTRY_COUNT, native.CONTEXT, native.WRITE_MAP):
            self._core.words[word] = 0

    @property
    def is_stale(self) -> bool:
        """The guest's code was changed."""
        return bool(self._context[entry.STALE])

    @property
    def executed(self) -> int:
        """Instructions executed in it."""
        return int(self._context[entry.EXECUTED])

    @property
    def figures(self) -> dict[str, int]:
        """How often it was entered, and left for which reason."""
        reasons = self._context[entry.REASONS : entry.WORDS].tolist()
        left = {name: n for name, n in zip(words.REASONS, reasons, strict=True) if name}
        return {"entered": int(self._context[entry.ENTERED]), "executed": self.executed, **left}
