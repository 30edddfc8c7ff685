"""Notes what the core executes, block by block, and who called whom; compiled, see hooks.

A function is told by where a block lies, a call by a block that is a function's first, a return by
the stack pointer, which is above that of the function's entry again, or by its return address. So
an interrupt handler is a call from where it came in, and a tail call, which has the caller's return
address, takes its place. The stacks of several tasks are not told apart: after a switch a path
begins where the task goes on.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from unicorn import unicorn_const

from rt1062.observations import Block, CallPath, Executed, Passage, Recording, Trace
from rt1062.symbols import Function
from rt1062.unicorn import native
from rt1062.unicorn.core import Core, function_address
from rt1062.unicorn.hooks import library

# Words of the table: these, then the arrays behind them.
NATIVE = 0  # address of the state of native.py
DEPTH = 1  # frames on the noted stack
NODES_USED = 2
LOST = 3  # instructions that found no room in the table
FUNCTION_COUNT = 4
LAST = 5  # the block before
EDGE = 6  # the edge behind it
TRACE = 7  # address of the events, 0 for none are kept
ROOM, USED = 8, 9  # of these: words, and how many there were
REG_WRITE = 10  # address of uc_reg_write
HEAD = 16
FRAME_WORDS, MAX_DEPTH = 3, 512
FRAME_SP, FRAME_LR, FRAME_NODE = range(FRAME_WORDS)
FRAMES = HEAD
BLOCK_WORDS, MAX_BLOCKS = 8, 1 << 16
TAG, RUNS, COUNT, LOWEST, FUNCTION, FIRST, TAKEN, MISSES = range(BLOCK_WORDS)
BLOCKS = FRAMES + FRAME_WORDS * MAX_DEPTH
NODE_WORDS, MAX_NODES = 6, 1 << 15
N_FUNCTION, N_PARENT, N_CHILD, N_NEXT, N_INSTRUCTIONS, N_CALLS = range(NODE_WORDS)
NODES = BLOCKS + BLOCK_WORDS * MAX_BLOCKS
EDGE_WORDS, MAX_EDGES = 3, 1 << 16
FROM, TO, TIMES = range(EDGE_WORDS)
EDGES = NODES + NODE_WORDS * MAX_NODES
FUNCTIONS = EDGES + EDGE_WORDS * MAX_EDGES  # first address and first one behind it, of each

UNKNOWN, ROOT = -1, 0


class Recorder(Recording):
    """What a core has executed since `recorded` began."""

    def __init__(self, core: Core, functions: Sequence[Function], events: int = 0) -> None:
        self._functions = _without_overlaps(functions)
        self._events = np.zeros(events, np.int64)  # the system gives pages as they are written
        self.table = np.zeros(FUNCTIONS + 2 * len(self._functions), np.int64)
        self.table[NATIVE] = core.state.ctypes.data
        self.table[NODES_USED] = 1
        self.table[REG_WRITE] = function_address("reg_write")
        if events:
            self.table[TRACE], self.table[ROOM] = self._events.ctypes.data, events
        self.table[FUNCTION_COUNT] = len(self._functions)
        self.table[FUNCTIONS::2] = [one.start for one in self._functions]
        self.table[FUNCTIONS + 1 :: 2] = [one.end for one in self._functions]

    @property
    def position(self) -> int:
        return min(int(self.table[USED]), len(self._events))

    def __call__(self) -> Executed:
        table = self.table[BLOCKS:NODES].reshape(-1, BLOCK_WORDS)
        rows = table[table[:, RUNS] > 0].tolist()
        blocks = [
            Block(tag & native.ADDRESS, tag >> 32, runs, runs * count, lowest, misses)
            for tag, runs, count, lowest, _, _, _, misses in rows
        ]
        nodes = self.table[NODES:EDGES].reshape(-1, NODE_WORDS)[: self.table[NODES_USED]]
        paths: list[tuple[str, ...]] = [()]
        found = []
        for function, parent, _, _, instructions, times in nodes[1:].tolist():
            name = "?" if function == UNKNOWN else self._functions[function].name
            paths.append((*paths[parent], name))  # a parent comes before its children
            found.append(CallPath(paths[-1], instructions, times))
        return Executed(
            tuple(sorted(blocks, key=lambda one: one.start)),
            tuple(found),
            int(self.table[LOST]),
            tuple(self._passages()),
            self._trace() if len(self._events) else None,
        )

    def _trace(self) -> Trace:
        """The events so far, with edges by their number among the passages."""
        events = self._events[: self.position].copy()
        edges = self.table[EDGES:FUNCTIONS].reshape(-1, EDGE_WORDS)
        numbers = np.cumsum(edges[:, TIMES] > 0) - 1
        passed = events < Trace.ACCESS
        events[passed] = numbers[(events[passed] - EDGES) // EDGE_WORDS]
        return Trace(events, int(self.table[USED]) - len(events))

    def _passages(self) -> Iterator[Passage]:
        table = self.table[EDGES:FUNCTIONS].reshape(-1, EDGE_WORDS)
        for before, after, times in table[table[:, TIMES] > 0].tolist():
            tags = (int(self.table[block + TAG]) for block in (before, after))
            yield Passage(*((tag & native.ADDRESS, tag >> 32) for tag in tags), times)


def _without_overlaps(functions: Sequence[Function]) -> list[Function]:
    """By address, one for each; a function without a size goes on to the next."""
    by_start: dict[int, Function] = {}
    for one in functions:
        known = by_start.get(one.start)
        if known is None or (one.size, known.name) > (known.size, one.name):
            by_start[one.start] = one
    starts = sorted(by_start)
    found = []
    for start in starts:
        one, place = by_start[start], bisect_right(starts, start)
        behind = starts[place] if place < len(starts) else start + max(one.size, 2)
        size = min(one.size, behind - start) if one.size else behind - start
        found.append(Function(one.name, start, size))
    return found


@contextmanager
def recorded(core: Core, functions: Sequence[Function], events: int = 0) -> Iterator[Recorder]:
    """Within the `with`, all that the core executes is noted; neither it nor time is changed.

    With `events`, the first so many passages and accesses in their order, too: Trace.
    """
    recorder = Recorder(core, functions, events)
    table = recorder.table.ctypes.data
    core.hold_translated(True)
    hooks = [core.add_hook(unicorn_const.UC_HOOK_BLOCK, library.address("record_hook"), user=table)]
    if events:
        kinds = unicorn_const.UC_HOOK_MEM_READ | unicorn_const.UC_HOOK_MEM_WRITE
        hooks.append(core.add_hook(kinds, library.address("trace_hook"), user=table))
    core.uc.ctl_flush_tb()  # code that is translated already has no such hook in it
    try:
        yield recorder
    finally:
        core.hold_translated(False)
        for hook in hooks:
            core.remove_hook(hook)
        core.uc.ctl_flush_tb()
