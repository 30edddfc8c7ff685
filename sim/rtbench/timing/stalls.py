"""Third compiled pass, over what went past the caches: how long the core waits for it.

FlexSPI (RT1060 reference manual, chapter FlexSPI) runs its read sequence at a miss and streams on
into its buffer; words arrive one by one, so that the core goes on meanwhile. The next line of the
stream waits for its words; a line further down waits or begins a new command (Parameters). OCRAM
and SDRAM give a line after a time and do one thing after the other; stores do not wait for theirs.
"""

import numpy as np
from numba import njit

from rt1062.memory_system import Kind
from rtbench.timing.caches import (
    AGAIN,
    BACK,
    BLOCK,
    KIND,
    LINE,
    PART,
    READ,
    STORE,
    TOUCH,
    WORD,
    WRITE,
)
from rtbench.timing.costs import A_BYTE, COMMAND, GOES_ON

_OCRAM, _FLASH, _PSRAM, _DEVICE = (
    int(kind) for kind in (Kind.OCRAM, Kind.FLASH, Kind.PSRAM, Kind.DEVICE)
)
FLASH, RAM, DEVICE = range(3)  # what is waited for
CAUSES = 3
# Where it is: its first address, the one behind it, when its first byte began, the next line.
RUN, RUN_END, BEGAN, NEXT = range(4)
WRITTEN = 0.25  # a store past the cache, or half a line going back: part of a line's time, ours
POSTED = 0.5  # a store to a device, of a load: ours


@njit(cache=True)
def _arrival(
    at: np.ndarray, stream: np.ndarray, line: int, word: int, now: float, buffered: float,
    waits: bool,
) -> tuple[float, bool]:  # fmt: skip
    """When a word of a line is there, and whether that took a new command."""
    behind = 4.0 * (word + 1) * stream[A_BYTE]
    if at[RUN] <= line < at[RUN_END]:
        there = at[BEGAN] + (line - at[RUN]) * stream[A_BYTE] + behind
        come = at[BEGAN] + (line - at[RUN]) * stream[A_BYTE] <= now
        fresh = now + stream[COMMAND] + behind
        if line <= at[NEXT] or come or (waits and there <= fresh):
            at[NEXT] = max(at[NEXT], line + LINE)
            return max(there, now + buffered), False
    # The line that is on its way comes first.
    done = at[BEGAN] + (at[NEXT] - at[RUN]) * stream[A_BYTE]
    at[BEGAN] = max(now, done) + stream[COMMAND]
    at[RUN], at[RUN_END], at[NEXT] = line, line + stream[GOES_ON], line + LINE
    return at[BEGAN] + behind, True


@njit(cache=True)
def waits(
    when: np.ndarray,
    what: np.ndarray,
    where: np.ndarray,
    scale: float,
    streams: np.ndarray,
    ocram: float,
    sdram: float,
    device: float,
    buffered: float,
    waits_in_stream: bool,
    shape: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cycles waited by part, cause and block; by part those of lines that were read again by a new
    command, and those of what no cache holds.

    `scale`: the core's time by that of `when`; `shape`: parts and blocks.
    """
    found = np.zeros((shape[0], CAUSES, shape[1]))
    again, bare = np.zeros(shape[0]), np.zeros(shape[0])
    at = np.zeros((2, 4))
    free, shift = 0.0, 0.0
    for one in range(len(when)):
        word = what[one]
        request, kind, line = word & 15, word >> KIND & 15, where[one]
        part, block = word >> PART, word >> BLOCK & 0xFF_FFFF
        now = when[one] * scale + shift
        wait, cause = 0.0, RAM
        if kind in (_FLASH, _PSRAM):
            cause = FLASH
            row = 0 if kind == _FLASH else 1
            stream = streams[row]
            index = word >> WORD & 7
            if request == TOUCH:
                if at[row, RUN] <= line < at[row, RUN_END]:
                    ends = line - at[row, RUN] + 4 * (index + 1)
                    wait = max(0.0, at[row, BEGAN] + ends * stream[A_BYTE] - now)
            elif request in (WRITE, BACK, STORE):
                begin = max(now, free)
                wait = begin - now
                free = begin + stream[COMMAND] + LINE * stream[A_BYTE]
            else:
                there, fresh = _arrival(
                    at[row], stream, line, index, max(now, free), buffered, waits_in_stream
                )
                wait = there - now
                if fresh and word >> AGAIN & 1:
                    again[part] += wait
        elif kind == _DEVICE:
            cause = DEVICE
            wait = device * POSTED if request == WRITE else device
        else:
            takes = ocram if kind == _OCRAM else sdram
            begin = max(now, free)
            if request in (STORE, BACK, WRITE):
                part_of_it = 1.0 if request == STORE else WRITTEN
                wait = max(0.0, begin - now - takes)
                free = begin + takes * part_of_it
            else:
                wait = begin - now + takes
                free = begin + takes
        if request in (READ, WRITE):
            bare[part] += wait
        found[part, cause, block] += wait
        shift += wait
    return found, again, bare
