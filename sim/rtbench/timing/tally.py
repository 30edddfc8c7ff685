"""First compiled pass over a trace: what was passed, mispredicted, unaligned, stored in a row.

None of it depends on where things lie, so once is enough for all what-ifs.
"""

import numpy as np
from numba import njit

from rt1062.observations import Trace

_ACCESS, _WRITES, _SIZE, _ADDRESS = Trace.ACCESS, Trace.WRITES, Trace.SIZE, Trace.ADDRESS
CORNERS = 3
NARROW_BYTES, WORD_BYTES = 2, 4
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
    """By part (they begin at `cuts`): passages, and by block misses, unaligned accesses, and the
    cycles that byte and half-word stores wait for one another, these for each corner.

    `before`, `after`, `taken`, `cost`: of each passage; `stores`: for each corner cycles of a store
    beside the last one, of one elsewhere, and how many may wait.
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
        if address & (min(size, WORD_BYTES) - 1):
            unaligned[part, block] += 1
        if event & _WRITES and size <= NARROW_BYTES:
            beside = abs(address - stored_to) <= size
            stored_to = address
            for corner in range(CORNERS):
                now = start + shift[corner]
                service = stores[corner, 0] if beside else stores[corner, 1]
                free[corner] = max(free[corner], now) + service
                wait = free[corner] - now - stores[corner, 2] * stores[corner, 1]
                if wait > 0:
                    shift[corner] += wait
                    narrow[corner, part, block] += wait
    return passed, missed, unaligned, narrow
