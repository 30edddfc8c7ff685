"""First compiled pass over a trace: what was passed, mispredicted, unaligned, stored in a row.

None of it depends on where things lie, so once is enough for all what-ifs.
"""

import numpy as np
from numba import njit

from rt1062.observations import Trace

_ACCESS, _WRITES, _SIZE, _ADDRESS = Trace.ACCESS, Trace.WRITES, Trace.SIZE, Trace.ADDRESS
CORNERS = 3
NARROW_BYTES, WORD_BYTES = 2, 4
CROOKED, BESIDE, SAME_BANK, OTHER_BANK, HELD = range(5)
FIRST_DEVICE, LAST_DEVICE = 0x4000_0000, 0x5FFF_FFFF
PRIVATE = 0xE000_0000  # from here on: registers of the core


@njit(cache=True)
def accesses_behind(events: np.ndarray, place: int) -> int:
    """How many accesses follow the passage at a place."""
    end = place + 1
    while end < len(events) and events[end] >= _ACCESS:
        end += 1
    return end - place - 1


@njit(cache=True)
def tally(
    events: np.ndarray,
    cuts: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    taken: np.ndarray,
    cost: np.ndarray,
    blocks: int,
    stores: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """By part (they begin at `cuts`): passages, and by block misses, unaligned loads, and the
    cycles that stores wait for one another which take more than one, these for each corner.

    `before`, `after`, `taken`, `cost`: of each passage; `stores`: for each corner cycles of such a
    store, by the constants above, and how many the store buffer holds.
    """
    parts = len(cuts)
    passed = np.zeros((parts, len(before)), np.int64)
    missed = np.zeros((parts, blocks), np.int64)
    unaligned = np.zeros((parts, blocks), np.int64)
    narrow = np.zeros((CORNERS, parts, blocks))
    counter = np.zeros(blocks, np.int64)
    free = np.zeros(CORNERS)
    shift = np.zeros(CORNERS)
    stored_to, clock, start, step = 0, 0.0, 0.0, 0.0
    part, block = 0, 0
    for place in range(len(events)):
        while part + 1 < parts and place >= cuts[part + 1]:
            part += 1
        event = events[place]
        if event < _ACCESS:
            source, block = before[event], after[event]
            passed[part, event] += 1
            if (counter[source] >= 2) != taken[event]:
                missed[part, source] += 1
            if taken[event]:
                counter[source] = min(counter[source] + 1, 3)
            else:
                counter[source] = max(counter[source] - 1, 0)
            start, clock = clock, clock + cost[event]
            step = cost[event] / (accesses_behind(events, place) + 1)
            continue
        start += step
        address, size = event & _ADDRESS, event >> _SIZE & 0xFF
        if address >= PRIVATE or FIRST_DEVICE <= address <= LAST_DEVICE:
            continue
        crooked = address & (min(size, WORD_BYTES) - 1) != 0
        if not event & _WRITES:
            unaligned[part, block] += crooked
        elif crooked or size <= NARROW_BYTES:
            store = OTHER_BANK
            if crooked:
                store = CROOKED
            elif size == 1 and abs(address - stored_to) == 1:
                store = BESIDE
            elif address >> 2 & 1 == stored_to >> 2 & 1:
                store = SAME_BANK
            stored_to = address
            for corner in range(CORNERS):
                now = start + shift[corner]
                free[corner] = max(free[corner], now) + stores[corner, store]
                wait = free[corner] - now - stores[corner, HELD] * stores[corner, store]
                if wait > 0:
                    shift[corner] += wait
                    narrow[corner, part, block] += wait
    return passed, missed, unaligned, narrow
