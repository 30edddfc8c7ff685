"""What is translated, and when: hot blocks, once more has been spent in them than it costs.

The block hook counts how often it sees each block. From time to time, by instructions and never by
the clock, the blocks that carry the instructions are looked for: a program from the cache is taken
at once, a new one is compiled when so many instructions were spent without it that it pays.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rt1062.unicorn import native
from rt1062.unicorn.core import Core
from rt1062.unicorn.memory import Memory
from rt1062.unicorn.translator import availability
from rt1062.unicorn.translator.cache import EAGER_FOLDER, Cache
from rt1062.unicorn.translator.maps import Maps, Permissions
from rt1062.unicorn.translator.program import Code, Program

if TYPE_CHECKING:  # LLVM, capstone and numba's functions: only when something is translated
    from rt1062.unicorn.translator.loaded import Loaded


@dataclass(frozen=True)
class Thresholds:
    """When it pays to translate, in instructions."""

    look: int = 20_000_000  # between two looks; twice as many after each that changed nothing,
    most: int = 160_000_000  # up to these
    load: int = 5_000_000  # spent in hot blocks for which a program is loaded,
    compile: int = 400_000_000  # and for which one is compiled, which takes as long
    runs: int = 100  # of a block between two looks, to be looked at
    share: float = 0.999  # of what was spent must be in the blocks that are translated


# For proofs: boot, drivers and handlers, too.
EAGER = Thresholds(look=500_000, most=8_000_000, load=100_000, compile=100_000, runs=2, share=1.0)
# Instructions that translated code executes in the time of a way out of it and in again: 3.8 us are
# 10,000, but not each block that is left to Unicorn is a way of its own.
_WAY = 1_000
_TRIED_NAMES = 8  # of the hottest blocks, to find a program


class Tier:
    """The second tier of a core. `permissions` tells what the MPU allows now.

    `look` is to be called between two runs of the core when it has executed `next_look`
    instructions, `memory_changed` when segments or permissions are others.
    """

    def __init__(
        self,
        core: Core,
        memory: Memory,
        permissions: Callable[[], Permissions],
        cache: Cache | None = None,
        thresholds: Thresholds | None = None,
    ):
        self._core, self._memory, self._permissions = core, memory, permissions
        eager = availability.is_eager()
        # Programs of proofs hold all code there is, and are slow for whoever finds them.
        self._cache = cache or (Cache(EAGER_FOLDER) if eager else Cache())
        self._maps = Maps()
        self._when = thresholds or (EAGER if eager else Thresholds())
        self._pause = self.next_look = self._when.look
        self._outside: dict[int, tuple[int, Code]] = {}  # tag: executions of what is not translated
        self.program: Program | None = None
        self._loaded: Loaded | None = None
        self.compiled = self.executed = 0  # programs; instructions in translated code before
        self.seconds = 0.0  # of CPU, in all looks: compiling takes some, at once
        core.words[native.CODE_PAGES] = self._maps.code_pages.ctypes.data

    # When.

    def look(self, instructions: int, times: int = 1) -> None:
        """Decide at `instructions` executed so far; they will be executed `times` times in all."""
        begin = time.process_time()
        self._look(instructions, times)
        self.seconds += time.process_time() - begin

    def _look(self, instructions: int, times: int) -> None:
        if self._loaded is not None and self._loaded.is_stale:
            self._drop()
        self._count()
        hot = sorted(self._outside.values(), key=_cost, reverse=True)
        weight = times * sum(map(_weight, hot))
        before = self.program
        if weight >= self._when.load:
            self._replace(_hottest(hot, self._when.share), weight)
        changed = self.program is not before
        self._pause = self._when.look if changed else min(2 * self._pause, self._when.most)
        # Of what is repeated there is nothing new to be seen: a look in the child of each frame
        # cost 2 ms, and 260 pages of the table were copied for it.
        again = instructions if times > 1 else 0
        self.next_look = instructions + max(self._pause, again)

    def _count(self) -> None:
        """Add up the executions since the last look, of blocks that could be translated."""
        runs_of_all = self._core.state[native.RUNS : native.TRACK]
        often = np.flatnonzero(runs_of_all >= self._when.runs)
        tags = self._table()[often, native.TAG].tolist()
        counted = zip(tags, runs_of_all[often].tolist(), strict=True)
        runs_of_all[:] = 0
        translated = self.program.blocks if self.program else {}
        for tag, runs in counted:
            code = None
            if tag & native.ADDRESS not in translated:
                code = self.code(tag & native.ADDRESS, tag >> 32)
            if code is not None and code.is_translatable:
                self._outside[tag] = self._outside.get(tag, (0, code))[0] + runs, code

    def _table(self) -> np.ndarray:
        """What the block hook keeps of each block."""
        return self._core.state[native.CACHE : native.RUNS].reshape(-1, native.CACHE_WORDS)

    def code(self, start: int, length: int) -> Code | None:
        """The block at an address; None where there is no memory."""
        segment = self._memory.segment_at(start)
        if segment is None or start + length > segment.end:
            return None
        offset = start - segment.base
        facts = native.decode(self._core.state, start, segment.host + offset, length)
        words, tag = self._core.words, start | length << 32
        entry = native.find_entry(words, tag)
        device = words[entry + native.TAG] == tag and words[entry + native.DEVICE] == 1
        return Code(start, bytes(segment.view[offset : offset + length]), facts, device)

    # What.

    def _replace(self, hot: list[Code], weight: int) -> None:
        found = self._cache.find(hot[:_TRIED_NAMES], self._fits)
        if found is not None and self._is_better(found):
            self._load(found)
        elif weight >= self._when.compile:
            from rt1062.unicorn.translator import compiled

            blocks = {code.start: code for code in hot if self._is_there(code)}
            if self.program is not None:
                blocks |= self.program.blocks
            program = compiled.compile_blocks(blocks)
            self.compiled += 1
            self._cache.keep(hot[0], program)
            self.use(program)

    def _is_better(self, found: Program) -> bool:
        """Whether a program has most of what is hot, and all that is translated already."""
        if self.program is not None and not found.blocks.keys() >= self.program.blocks.keys():
            return False
        outside = self._outside.values()
        inside = sum(_weight(one) for one in outside if one[1].start in found.blocks)
        return 2 * inside >= sum(map(_weight, outside))

    def _is_there(self, code: Code) -> bool:
        return self.code(code.start, len(code.code)) == code

    def _fits(self, program: Program) -> bool:
        return all(map(self._is_there, program.blocks.values()))

    def use(self, program: Program) -> None:
        """Run this program from now on, if it is of the code there is."""
        self._drop()
        if self._fits(program):
            self._load(program)

    def _load(self, program: Program) -> None:
        from rt1062.unicorn.translator.loaded import Loaded

        self._drop()
        self._loaded = Loaded(self._core, self._memory, program)
        self.program = program
        for code in program.blocks.values():
            self._maps.note_code(code.start, len(code.code))
        self._enable()
        entries = [program.blocks[start].tag for start in program.entries]
        table = self._table()
        table[:, native.PATIENCE] = native.PATIENT * np.isin(table[:, native.TAG], entries)

    def _drop(self) -> None:
        if self._loaded is not None:
            self.executed += self._loaded.executed
            self._loaded.close()
        self._loaded = self.program = None
        self._outside.clear()

    @property
    def instructions(self) -> int:
        """Executed in translated code."""
        return self.executed + (self._loaded.executed if self._loaded is not None else 0)

    # Memory.

    def memory_changed(self) -> None:
        """Segments or permissions are others."""
        if self._loaded is None:
            return
        if self._loaded.segments != self._memory.segments:
            self._maps.forget()
            self._drop()
        else:
            self._enable()

    def _enable(self) -> None:
        """Let translated code run, if the MPU lets all of it be executed."""
        permissions = self._permissions()
        maps = self._maps.current(self._memory.segments, permissions)
        self._loaded.use(maps, permissions)


def _hottest(outside: list[tuple[int, Code]], share: float) -> list[Code]:
    """Those in which a share of the cost is, of blocks in order of that."""
    left = share * sum(map(_cost, outside))
    found = []
    for one in outside:
        if left <= 0:
            break
        left -= _cost(one)
        found.append(one[1])
    return found


def _cost(outside: tuple[int, Code]) -> int:
    """Of leaving blocks to Unicorn, in instructions: the way there and back is some of it."""
    runs, code = outside
    return runs * (code.count + _WAY)


def _weight(outside: tuple[int, Code]) -> int:
    runs, code = outside
    return runs * code.count
