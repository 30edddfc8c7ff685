"""When firmware spins on a status: what the bus and the lanes past it (fifo_lane.py) agree on.

A spin on a status: so many repetitions by the same code, each within so many ticks of the one
before. An interrupt handler that looks twice does not spin, nor does a loop that works between two
looks. A spin may look at so many registers in turn.
"""

from numba import njit, types

from rt1062.unicorn import native

SAME_READS, TIGHT_TICKS, SPIN_REGISTERS = 3, 24, 4

# Words of the core's shared state: what was seen by a lane, which Python then takes over.
SEEN = native.SPIN  # entries of ENTRIES in use
REPEATED, LOOKED = SEEN + 1, SEEN + 2  # looks in a row that found nothing new; the last one's time
SPUN_ON, SINCE = SEEN + 3, SEEN + 4  # the register a spin was found on, 0 for none, and when
ENTRIES = SEEN + 5  # SPIN_REGISTERS times (address, block of instructions, value)
assert ENTRIES + 3 * SPIN_REGISTERS <= native.SPIN_END


@njit(types.boolean(types.int64[:], types.int64, types.int64, types.int64), cache=True)
def look(state, address, value, change):
    """A status was read that next changes by itself at `change`: let a spin pass that time.

    False, with nothing done, where Python must: something else is due before.
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
        elif change > state[native.DEADLINE]:
            return False
        else:
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
