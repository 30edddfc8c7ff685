"""The hook that notes what the core executes: see rt1062.unicorn.recorder."""

from numba import carray, cfunc, njit, types
from unicorn import arm_const, unicorn_const

from rt1062.observations import Trace
from rt1062.unicorn import native
from rt1062.unicorn.hooks import calls
from rt1062.unicorn.hooks.blocks import find_entry
from rt1062.unicorn.recorder import (
    BLOCK_WORDS,
    BLOCKS,
    COUNT,
    DEPTH,
    EDGE,
    EDGE_WORDS,
    EDGES,
    FIRST,
    FRAME_LR,
    FRAME_NODE,
    FRAME_SP,
    FRAME_WORDS,
    FRAMES,
    FROM,
    FUNCTION,
    FUNCTION_COUNT,
    FUNCTIONS,
    LAST,
    LOST,
    LOWEST,
    MAX_BLOCKS,
    MAX_DEPTH,
    MAX_EDGES,
    MAX_NODES,
    MISSES,
    N_CALLS,
    N_CHILD,
    N_FUNCTION,
    N_INSTRUCTIONS,
    N_NEXT,
    N_PARENT,
    NATIVE,
    NODE_WORDS,
    NODES,
    NODES_USED,
    REG_WRITE,
    ROOM,
    ROOT,
    RUNS,
    TAG,
    TAKEN,
    TIMES,
    TO,
    TRACE,
    UNKNOWN,
    USED,
)

_SP, _LR = arm_const.UC_ARM_REG_SP, arm_const.UC_ARM_REG_LR
_XPSR, _IT = arm_const.UC_ARM_REG_XPSR, 0x0600_FC00  # EPSR.IT (ARMv7-M, B1.4.2)
_64 = types.int64
_ACCESS, _WRITES, _SIZE = Trace.ACCESS, Trace.WRITES, Trace.SIZE
_MEM_WRITE = unicorn_const.UC_MEM_WRITE


@njit(_64(_64[:], _64))
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


@njit(_64(_64[:], _64, _64))
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


@njit(types.void(_64[:], _64))
def _keep(table, event):
    """Put an event behind the others, if they are kept."""
    if table[TRACE]:
        used = table[USED]
        if used < table[ROOM]:
            events = carray(calls.pointer(table[TRACE]), (table[ROOM],), types.int64)
            events[used] = event
        table[USED] = used + 1


@njit(types.void(_64[:], _64))
def _follow(table, block):
    """Note the edge from the block before, and what a two-bit predictor would have said there."""
    before = table[LAST]
    table[LAST] = block
    if before == 0:
        return
    slot = ((before - BLOCKS) // BLOCK_WORDS * 31 + (block - BLOCKS) // BLOCK_WORDS) & (
        MAX_EDGES - 1
    )
    for _ in range(MAX_EDGES):
        edge = EDGES + EDGE_WORDS * slot
        if table[edge + TIMES] == 0:
            table[edge + FROM] = before
            table[edge + TO] = block
        if table[edge + FROM] == before and table[edge + TO] == block:
            table[edge + TIMES] += 1
            table[EDGE] = edge
            _keep(table, edge)
            break
        slot = (slot + 1) & (MAX_EDGES - 1)
    tag = table[before + TAG]
    taken = table[block + TAG] & native.ADDRESS != (tag & native.ADDRESS) + (tag >> 32)
    counter = table[before + TAKEN]
    if (counter >= 2) != taken:
        table[before + MISSES] += 1
    if taken:
        table[before + TAKEN] = min(counter + 1, 3)
    else:
        table[before + TAKEN] = max(counter - 1, 0)


@njit(_64(_64[:], _64, _64))
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


@njit(_64(_64[:], _64))
def _of_frame(table, depth):
    """The function of the frame at a depth from 1."""
    node = table[FRAMES + FRAME_WORDS * (depth - 1) + FRAME_NODE]
    return table[NODES + NODE_WORDS * node + N_FUNCTION]


@njit(types.void(_64[:], _64, _64, _64))
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


@njit(_64(_64[:], _64, _64, _64))
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


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr))
def record_hook(handle, address, size, user):
    """UC_HOOK_BLOCK behind that of native.py: note the block that it has just counted."""
    table = carray(user, (FUNCTIONS,), types.int64)
    state = carray(calls.pointer(table[NATIVE]), (native.STATE_WORDS,), types.int64)
    start = types.int64(address)
    tag = start | types.int64(size) << 32
    if state[native.STOP] != native.STOP_NONE or state[native.BLOCK] != tag:
        return
    cached = find_entry(state, tag)
    count = types.int64(size) >> 1
    if state[cached + native.TAG] == tag:
        count = state[cached + native.COUNT] & native.COUNTED
    table = carray(user, (FUNCTIONS + 2 * table[FUNCTION_COUNT],), types.int64)
    block = _block(table, tag, count)
    if block == 0:
        table[LOST] += count
        return
    _follow(table, block)
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


@cfunc(
    types.void(types.voidptr, types.int32, types.uint64, types.int32, types.int64, types.voidptr),
)
def trace_hook(handle, access, address, size, value, user):
    """UC_HOOK_MEM_READ and WRITE: keep the access behind the passage that it is of.

    For such a hook Unicorn puts the state of an IT block into the core and leaves it there: the
    next block that is translated would begin as if in it. So it is taken out again; the block that
    runs does not look at it.
    """
    table = carray(user, (FUNCTIONS,), types.int64)
    if table[EDGE]:
        writes = _WRITES if access == _MEM_WRITE else 0
        place = types.int64(address) & native.ADDRESS
        _keep(table, _ACCESS | writes | types.int64(size) << _SIZE | place)
    native_state = calls.pointer(table[NATIVE])
    state = carray(native_state, (native.STATE_WORDS,), types.int64)
    state[native.SCRATCH] = 0
    calls.reg_read(state[native.REG_READ], handle, _XPSR, native_state)
    if state[native.SCRATCH] & _IT:
        state[native.SCRATCH] &= ~_IT
        calls.reg_read(table[REG_WRITE], handle, _XPSR, native_state)  # which writes
