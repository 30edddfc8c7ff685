"""Second compiled pass over a trace: the L1 caches; what they ask of the memories behind them.

Instruction cache 32 KB in 2 ways, data cache 32 KB in 4, lines of 32 bytes (RT1060 reference
manual). The Cortex-M7 replaces lines pseudo-randomly; the sequence here is ours, always the same.
"""

import numpy as np
from numba import njit

from rt1062.memory_system import Kind, Policy
from rt1062.observations import Trace
from rtbench.timing.tally import accesses_behind

_ACCESS, _WRITES, _SIZE, _ADDRESS = Trace.ACCESS, Trace.WRITES, Trace.SIZE, Trace.ADDRESS
LINE_BITS, LINE = 5, 32
CACHE_BYTES, I_WAYS, D_WAYS = 32 * 1024, 2, 4
# A request: one of these, and beside it from the bit named: kind of memory, word of the line,
# whether the line was asked for before, block, part.
LOAD, STORE, FETCH, TOUCH, BACK, READ, WRITE = range(7)
KIND, WORD, AGAIN, BLOCK, PART = 4, 8, 12, 16, 40
MOST_AT_ONCE = 256  # requests of one event: lines of the longest block
SEEN = 1 << 20  # lines whose first request is remembered, by their number's low bits
_ITCM, _DTCM, _DEVICE = int(Kind.ITCM), int(Kind.DTCM), int(Kind.DEVICE)
_FLASH, _PSRAM = int(Kind.FLASH), int(Kind.PSRAM)
_UNCACHED, _BACK, _ALLOCATE = int(Policy.UNCACHED), int(Policy.BACK), int(Policy.ALLOCATE)


@njit(cache=True)
def _piece(starts: np.ndarray, address: int, last: int) -> int:
    """The piece that has an address, `last` if it is that one again."""
    if starts[last] <= address and (last + 1 == len(starts) or address < starts[last + 1]):
        return last
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= address:
            low = middle + 1
        else:
            high = middle
    return low - 1


@njit(cache=True)
def _way(tags: np.ndarray, line: int) -> int:
    """The way that has a line, -1 for none."""
    row = line & (tags.shape[0] - 1)
    for way in range(tags.shape[1]):
        if tags[row, way] == line:
            return way
    return -1


@njit(cache=True)
def _victim(tags: np.ndarray, line: int, random: np.ndarray) -> int:
    """An empty way, else one at random."""
    row = line & (tags.shape[0] - 1)
    for way in range(tags.shape[1]):
        if tags[row, way] == 0:
            return way
    random[0] = (random[0] * 1103515245 + 12345) & 0x7FFF_FFFF
    return random[0] >> 16 & (tags.shape[1] - 1)


@njit(cache=True)
def _seen(seen: np.ndarray, line: int) -> int:
    place = line & (SEEN - 1)
    found = seen[place]
    seen[place] = 1
    return found


@njit(cache=True)
def requests(
    events: np.ndarray,
    cuts: np.ndarray,
    after: np.ndarray,
    cost: np.ndarray,
    first: np.ndarray,
    end: np.ndarray,
    pieces: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    icache: bool,
    dcache: bool,
    rounds: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """When, what and which address: all that goes past the caches and tightly coupled memory.

    `first`, `end`: of each block's code; `pieces`: those of a Placement. The trace is gone through
    `rounds` times, so that the last, which is told, finds the caches warm.
    """
    starts, kinds, policies, offsets = pieces
    room = 1 << 16
    when, what, where = np.empty(room), np.empty(room, np.int64), np.empty(room, np.int64)
    used = 0
    i_tags = np.zeros((CACHE_BYTES // LINE // I_WAYS, I_WAYS), np.int64)
    d_tags = np.zeros((CACHE_BYTES // LINE // D_WAYS, D_WAYS), np.int64)
    i_words = np.zeros(i_tags.shape, np.int64)  # words of a line that were used
    d_words = np.zeros(d_tags.shape, np.int64)
    dirty = np.zeros(d_tags.shape, np.int64)  # the kind of memory it goes back to, and one
    random = np.ones(1, np.int64)
    seen = np.zeros(SEEN, np.int8)
    parts = len(cuts)
    for _turn in range(rounds):
        clock, start, step, part, block, used = 0.0, 0.0, 0.0, 0, 0, 0
        code, data = 0, 0  # the last pieces
        seen[:] = 0
        for place in range(len(events)):
            while part + 1 < parts and place >= cuts[part + 1]:
                part += 1
            if used + MOST_AT_ONCE > room:
                room *= 2
                when = np.concatenate((when, np.empty(room - len(when))))
                what = np.concatenate((what, np.empty(room - len(what), np.int64)))
                where = np.concatenate((where, np.empty(room - len(where), np.int64)))
            event = events[place]
            if event < _ACCESS:
                block = after[event]
                start, clock = clock, clock + cost[event]
                step = cost[event] / (accesses_behind(events, place) + 1)
                piece = code = _piece(starts, first[block], code)
                kind = kinds[piece]
                if kind in (_ITCM, _DTCM):
                    continue
                offset = offsets[piece]
                cached = icache and policies[piece] > _UNCACHED
                extra = kind << KIND | block << BLOCK | part << PART
                last = end[block] + offset - 1
                line = first[block] + offset >> LINE_BITS
                while line << LINE_BITS <= last:
                    word = min(last - (line << LINE_BITS), LINE - 1) >> 2
                    row = line & (i_tags.shape[0] - 1)
                    way = _way(i_tags, line) if cached else -1
                    request = FETCH if cached else READ
                    if way >= 0:
                        request = TOUCH
                        if i_words[row, way] >= word:
                            line += 1
                            continue
                    elif cached:
                        way = _victim(i_tags, line, random)
                        i_tags[row, way] = line
                    if cached:
                        i_words[row, way] = word
                    if request != TOUCH or kind in (_FLASH, _PSRAM):
                        when[used], where[used] = start, line << LINE_BITS
                        what[used] = request | word << WORD | extra
                        used += 1
                    line += 1
                continue
            start += step
            address = event & _ADDRESS
            piece = data = _piece(starts, address, data)
            kind, policy = kinds[piece], policies[piece]
            if kind in (_ITCM, _DTCM):
                continue
            writes = event & _WRITES
            address += offsets[piece]
            line = address >> LINE_BITS
            word = address >> 2 & 7
            extra = kind << KIND | word << WORD | block << BLOCK | part << PART
            request = WRITE if writes else READ
            if dcache and policy > _UNCACHED:
                row = line & (d_tags.shape[0] - 1)
                way = _way(d_tags, line)
                if way >= 0:
                    if writes and policy >= _BACK:
                        dirty[row, way] = kind + 1
                        continue
                    if not writes:
                        if d_words[row, way] >> word & 1 or (kind != _FLASH and kind != _PSRAM):
                            continue
                        d_words[row, way] |= 1 << word
                        request = TOUCH
                elif not writes or policy == _ALLOCATE:
                    request = STORE if writes else LOAD
                    way = _victim(d_tags, line, random)
                    if dirty[row, way]:
                        when[used], where[used] = start, d_tags[row, way] << LINE_BITS
                        what[used] = (
                            BACK | (dirty[row, way] - 1) << KIND | block << BLOCK | part << PART
                        )
                        used += 1
                    d_tags[row, way] = line
                    d_words[row, way] = 1 << word
                    dirty[row, way] = kind + 1 if writes else 0
                    extra |= _seen(seen, line) << AGAIN
            when[used], where[used] = start, line << LINE_BITS
            what[used] = request | extra
            used += 1
    return when[:used], what[:used], where[:used]
