"""When firmware spins on a status: what the bus and the lanes past it (fifo_lane.py) agree on.

A spin on a status: so many repetitions by the same code, each within so many ticks of the one
before. An interrupt handler that looks twice does not spin, nor does a loop that works between two
looks. A spin may look at so many registers in turn.
"""

from rt1062.unicorn import native

SAME_READS, TIGHT_TICKS, SPIN_REGISTERS = 3, 24, 4

# Words of the core's shared state: what was seen by a lane, which Python then takes over.
SEEN = native.SPIN  # entries of ENTRIES in use
REPEATED, LOOKED = SEEN + 1, SEEN + 2  # looks in a row that found nothing new; the last one's time
SPUN_ON, SINCE = SEEN + 3, SEEN + 4  # the register a spin was found on, 0 for none, and when
EVENT = SEEN + 5  # when the next event is due, as it was when a lane was opened
ENTRIES = SEEN + 6  # SPIN_REGISTERS times (address, block of instructions, value)
assert ENTRIES + 3 * SPIN_REGISTERS <= native.SPIN_END
