"""Accesses of translated code to a FIFO: by its lane, as Unicorn's would go (fifo_lane.py).

Time is where the block hook has it: at the end of the block. What the lane lets pass of it is taken
from the budget of translated code, which time is made of when that is left.
"""

from numba import carray, cfunc, njit, types

from rt1062.blocks.lpspi_registers import TDR
from rt1062.unicorn import native
from rt1062.unicorn.fifo_lane import BASE, LANE_WORDS, OPEN
from rt1062.unicorn.hooks import calls, fifo_lane
from rt1062.unicorn.translator import entry, words

_TDR = TDR.offset
_REACH = 0x1000  # of a block's registers, more than there are


@njit(types.int64(types.int64[:], types.int64, types.int64, types.boolean))
def _access(context, address, value, writes):
    """What is read, or 0 for what was written; -1 where Unicorn must make the access."""
    state = carray(calls.pointer(context[entry.STATE]), (native.STATE_WORDS,), types.int64)
    for i in range(native.MAX_LANES):
        place = state[native.FIFO_LANES + i]
        if place == 0:
            break
        lane = carray(calls.pointer(place), (LANE_WORDS,), types.int64)
        offset = address - lane[BASE]
        if 0 <= offset < _REACH:
            if not lane[OPEN] or (writes and offset != _TDR):
                return types.int64(-1)
            before, code = state[native.NOW], state[native.BLOCK]
            now = before + context[entry.GIVEN] - context[words.BUDGET]
            state[native.NOW], state[native.BLOCK] = now, context[words.BLOCK]
            if writes:
                answer = types.int64(0 if fifo_lane.write(lane, state, value) else -1)
            else:
                answer = fifo_lane.read(lane, state, offset)
            context[words.BUDGET] -= state[native.NOW] - now
            context[entry.SPUN] += state[native.NOW] - now
            state[native.NOW], state[native.BLOCK] = before, code
            return answer
    return types.int64(-1)


@cfunc(types.int64(types.int64, types.int64, types.int64))
def read(at, address, nothing):
    """A word of an address that is not plain memory."""
    context = carray(calls.pointer(at), (entry.WORDS,), types.int64)
    return _access(context, address, nothing, False)


@cfunc(types.int64(types.int64, types.int64, types.int64))
def write(at, address, value):
    """A word to such an address."""
    context = carray(calls.pointer(at), (entry.WORDS,), types.int64)
    return _access(context, address, value, True)
