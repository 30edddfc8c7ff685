"""Notes what the core executes, block by block, and who called whom; compiled, see native.py.

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
from numba import carray, cfunc, njit, types
from unicorn import arm_const, unicorn_const

from rt1062.observations import Block, CallPath, Executed
from rt1062.symbols import Function
from rt1062.unicorn import calls, native
from rt1062.unicorn.core import Core

# Words of the table: these, then the arrays behind them.
NATIVE = 0  # address of the state of native.py
DEPTH = 1  # frames on the noted stack
NODES_USED = 2
LOST = 3  # instructions that found no room in the table
FUNCTION_COUNT = 4
HEAD = 16
FRAME_WORDS, MAX_DEPTH = 3, 512
FRAME_SP, FRAME_LR, FRAME_NODE = range(FRAME_WORDS)
FRAMES = HEAD
BLOCK_WORDS, MAX_BLOCKS = 6, 1 << 16
TAG, RUNS, COUNT, LOWEST, FUNCTION, FIRST = range(BLOCK_WORDS)
BLOCKS = FRAMES + FRAME_WORDS * MAX_DEPTH
NODE_WORDS, MAX_NODES = 6, 1 << 15
N_FUNCTION, N_PARENT, N_CHILD, N_NEXT, N_INSTRUCTIONS, N_CALLS = range(NODE_WORDS)
NODES = BLOCKS + BLOCK_WORDS * MAX_BLOCKS
FUNCTIONS = NODES + NODE_WORDS * MAX_NODES  # first address and first one behind it, of each

UNKNOWN, ROOT = -1, 0
_SP, _LR = arm_const.UC_ARM_REG_SP, arm_const.UC_ARM_REG_LR
_64 = types.int64


@njit(_64(_64[:], _64), cache=True)
def _function_at(table, address):
    """The function that has an address, UNKNOWN if none."""
    low, high = types.int64(0), table[FUNCTION_COUNT]
    while low < high:
        middle = (low + high) // 2
        if table[FUNCTIONS + 2 * middle] <= address:
            low = middle + 1
        else:
            high = middle
    if low == 0 or address >= table[FUNCTIONS + 2 * (low - 1) + 1]:
        return types.int64(UNKNOWN)
    return low - 1


@njit(_64(_64[:], _64, _64), cache=True)
def _block(table, tag, count):
    """Where a block is noted, new if need be; 0 if there is no room."""
    start = tag & native.ADDRESS
    slot = ((start >> 1) ^ (start >> 15)) & (MAX_BLOCKS - 1)
    for _ in range(MAX_BLOCKS):
        entry = BLOCKS + BLOCK_WORDS * slot
        if table[entry + TAG] == tag and table[entry + COUNT] == count:
            return entry
        if table[entry + RUNS] == 0:
            table[entry + TAG] = tag
            table[entry + COUNT] = count
            table[entry + LOWEST] = native.ADDRESS
            function = _function_at(table, start)
            table[entry + FUNCTION] = function
            if function != UNKNOWN and table[FUNCTIONS + 2 * function] == start:
                table[entry + FIRST] = 1
            return entry
        slot = (slot + 1) & (MAX_BLOCKS - 1)
    return types.int64(0)


@njit(_64(_64[:], _64, _64), cache=True)
def _child(table, parent, function):
    """The node of a function called from `parent`; `parent` itself if there is no room."""
    node = table[NODES + NODE_WORDS * parent + N_CHILD]
    while node:
        if table[NODES + NODE_WORDS * node + N_FUNCTION] == function:
            return node
        node = table[NODES + NODE_WORDS * node + N_NEXT]
    if table[NODES_USED] >= MAX_NODES:
        return parent
    node = table[NODES_USED]
    table[NODES_USED] += 1
    place, above = NODES + NODE_WORDS * node, NODES + NODE_WORDS * parent
    table[place + N_FUNCTION] = function
    table[place + N_PARENT] = parent
    table[place + N_NEXT] = table[above + N_CHILD]
    table[above + N_CHILD] = node
    return node


@njit(_64(_64[:], _64), cache=True)
def _of_frame(table, depth):
    """The function of the frame at a depth from 1."""
    node = table[FRAMES + FRAME_WORDS * (depth - 1) + FRAME_NODE]
    return table[NODES + NODE_WORDS * node + N_FUNCTION]


@njit(types.void(_64[:], _64, _64, _64), cache=True)
def _push(table, function, sp, lr):
    depth = table[DEPTH]
    parent = types.int64(ROOT)
    if depth:
        parent = table[FRAMES + FRAME_WORDS * (depth - 1) + FRAME_NODE]
    if depth < MAX_DEPTH:
        depth += 1
    node = _child(table, parent, function)
    frame = FRAMES + FRAME_WORDS * (depth - 1)
    table[frame + FRAME_SP] = sp
    table[frame + FRAME_LR] = lr
    table[frame + FRAME_NODE] = node
    table[NODES + NODE_WORDS * node + N_CALLS] += 1
    table[DEPTH] = depth


@njit(_64(_64[:], _64, _64, _64), cache=True)
def _left(table, start, sp, is_first):
    """Frames that are still there when a block begins with this stack pointer."""
    depth = table[DEPTH]
    while depth:
        frame = FRAMES + FRAME_WORDS * (depth - 1)
        above = table[frame + FRAME_SP] < sp
        back = table[frame + FRAME_SP] == sp and table[frame + FRAME_LR] == start and not is_first
        if not above and not back:
            break
        depth -= 1
    return depth


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr), cache=True)
def record_hook(handle, address, size, user):
    """UC_HOOK_BLOCK behind that of native.py: note the block that it has just counted."""
    table = carray(user, (FUNCTIONS,), types.int64)
    state = carray(calls.pointer(table[NATIVE]), (native.STATE_WORDS,), types.int64)
    start = types.int64(address)
    tag = start | types.int64(size) << 32
    if state[native.STOP] != native.STOP_NONE or state[native.BLOCK] != tag:
        return
    cached = native.cache_entry(start)
    count = types.int64(size) >> 1
    if state[cached + native.TAG] == tag:
        count = state[cached + native.COUNT] & native.COUNTED
    table = carray(user, (FUNCTIONS + 2 * table[FUNCTION_COUNT],), types.int64)
    block = _block(table, tag, count)
    if block == 0:
        table[LOST] += count
        return
    state[native.SCRATCH] = 0
    native_state = calls.pointer(table[NATIVE])
    calls.reg_read(state[native.REG_READ], handle, _SP, native_state)
    sp = state[native.SCRATCH] & native.ADDRESS
    table[block + RUNS] += 1
    table[block + LOWEST] = min(table[block + LOWEST], sp)
    function, is_first = table[block + FUNCTION], table[block + FIRST]
    depth = _left(table, start, sp, is_first)
    table[DEPTH] = depth
    same = depth > 0 and _of_frame(table, depth) == function
    top_sp = types.int64(-1)
    if depth:
        top_sp = table[FRAMES + FRAME_WORDS * (depth - 1) + FRAME_SP]
    if is_first:
        state[native.SCRATCH] = 0
        calls.reg_read(state[native.REG_READ], handle, _LR, native_state)
        lr = state[native.SCRATCH] & native.ADDRESS & ~1
        # Not called: branched to, with the caller's own return address (or to its own start).
        stays = top_sp == sp and table[FRAMES + FRAME_WORDS * (depth - 1) + FRAME_LR] == lr
        if stays and not same:
            table[DEPTH] = depth - 1
        if not stays or not same:
            _push(table, function, sp, lr)
    elif not same:
        outer = depth
        while outer and _of_frame(table, outer) != function:
            outer -= 1
        if outer:
            table[DEPTH] = outer
        else:
            if top_sp == sp:
                table[DEPTH] = depth - 1
            _push(table, function, sp, types.int64(0))
    node = table[FRAMES + FRAME_WORDS * (table[DEPTH] - 1) + FRAME_NODE]
    table[NODES + NODE_WORDS * node + N_INSTRUCTIONS] += count


class Recorder:
    """What a core has executed since `recorded` began; `executed()` at any time."""

    def __init__(self, core: Core, functions: Sequence[Function]) -> None:
        self._functions = _without_overlaps(functions)
        self.table = np.zeros(FUNCTIONS + 2 * len(self._functions), np.int64)
        self.table[NATIVE] = core.state.ctypes.data
        self.table[NODES_USED] = 1
        self.table[FUNCTION_COUNT] = len(self._functions)
        self.table[FUNCTIONS::2] = [one.start for one in self._functions]
        self.table[FUNCTIONS + 1 :: 2] = [one.end for one in self._functions]

    def executed(self) -> Executed:
        """All of it so far."""
        table = self.table[BLOCKS:NODES].reshape(-1, BLOCK_WORDS)
        rows = table[table[:, RUNS] > 0].tolist()
        blocks = [
            Block(tag & native.ADDRESS, tag >> 32, runs, runs * count, lowest)
            for tag, runs, count, lowest, *_ in rows
        ]
        nodes = self.table[NODES:FUNCTIONS].reshape(-1, NODE_WORDS)[: self.table[NODES_USED]]
        paths: list[tuple[str, ...]] = [()]
        found = []
        for function, parent, _, _, instructions, times in nodes[1:].tolist():
            name = "?" if function == UNKNOWN else self._functions[function].name
            paths.append((*paths[parent], name))  # a parent comes before its children
            found.append(CallPath(paths[-1], instructions, times))
        return Executed(
            tuple(sorted(blocks, key=lambda one: one.start)), tuple(found), int(self.table[LOST])
        )


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
def recorded(core: Core, functions: Sequence[Function]) -> Iterator[Recorder]:
    """Within the `with`, all that the core executes is noted; neither it nor time is changed."""
    recorder = Recorder(core, functions)
    core.hold_translated(True)
    hook = core.add_hook(
        unicorn_const.UC_HOOK_BLOCK, record_hook.address, user=recorder.table.ctypes.data
    )
    core.uc.ctl_flush_tb()  # code that is translated already has no such hook in it
    try:
        yield recorder
    finally:
        core.hold_translated(False)
        core.remove_hook(hook)
        core.uc.ctl_flush_tb()
