"""A status that passes a lane past Python: see rt1062.unicorn.status_lane."""

from numba import carray, cfunc, types

from rt1062.unicorn import native
from rt1062.unicorn.hooks import calls, spin
from rt1062.unicorn.status_lane import BASE, CHANGE, LANE_WORDS, OFFSET, STATE, VALUE
from rt1062.unicorn.windows import PYTHON, READ


@cfunc(types.uint64(types.voidptr, types.uint64, types.uint32, types.voidptr))
def read_callback(handle, offset, size, user):
    """uc_cb_mmio_read_t: the status as it was, or whatever Python says."""
    lane = carray(user, (LANE_WORDS,), types.int64)
    if types.int64(offset) == lane[OFFSET] and size == 4:
        state = carray(calls.pointer(lane[STATE]), (native.STATE_WORDS,), types.int64)
        if spin.look(state, lane[BASE] + lane[OFFSET], lane[VALUE], lane[CHANGE]):
            return types.uint64(lane[VALUE])
    return calls.call_reader(lane[PYTHON], lane[READ], offset << 4 | size)
