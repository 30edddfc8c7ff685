"""A look at a status by a lane past Python: see rt1062.unicorn.spin."""

from numba import njit, types

from rt1062.scheduler import NEVER
from rt1062.unicorn import native
from rt1062.unicorn.spin import (
    ENTRIES,
    EVENT,
    LOOKED,
    REPEATED,
    SAME_READS,
    SEEN,
    SINCE,
    SPIN_REGISTERS,
    SPUN_ON,
    TIGHT_TICKS,
)


@njit(types.boolean(types.int64[:], types.int64, types.int64, types.int64))
def look(state, address, value, change):
    """A status was read that next changes by itself at `change`: let a spin pass that time, up to
    the next event.

    False, with nothing done, where Python must: the block waits for somebody else, or the core naps
    and events are not where they were.
    """
    now, code, count = state[native.NOW], state[native.BLOCK], state[SEEN]
    place = types.int64(0)
    while place < count:
        entry = ENTRIES + 3 * place
        if state[entry] == address and state[entry + 1] == code:
            break
        place += 1
    entry = ENTRIES + 3 * place
    if place < count and state[entry + 2] == value:
        if now - state[LOOKED] > TIGHT_TICKS:
            state[REPEATED] = 0
        elif state[REPEATED] + 1 < SAME_READS:
            state[REPEATED] += 1
        else:
            if change > state[native.DEADLINE]:
                if change == NEVER or state[native.PASSED] & native.NAPPING:
                    return False
                change = min(change, state[EVENT])
            state[REPEATED] += 1
            if state[REPEATED] == SAME_READS:
                state[SPUN_ON], state[SINCE] = address, now
            if change > now:
                state[native.SKIPPED] += change - now
                state[native.NOW] = now = change
        state[LOOKED] = now
        return True
    if count == SPIN_REGISTERS:
        place = count = types.int64(0)
        entry = types.int64(ENTRIES)
    if place == count:
        state[SEEN] = count + 1
    state[entry], state[entry + 1], state[entry + 2] = address, code, value
    state[REPEATED], state[LOOKED] = 0, now
    return True
