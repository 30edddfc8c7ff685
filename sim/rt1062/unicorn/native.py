"""What the hooks that run inside Unicorn's translated code (hooks) share with Python.

A hook written in Python would be called for every block of instructions and cost more than the
blocks themselves, so they are C functions: one counts instructions and stops the core when the next
event is due, one notes which exception the core raised, one refuses accesses to parts of a page,
two stand in front of what the core's configuration forbids (traps.py). They have one array of
64-bit words with Python, whose indices are the constants below.
"""

import ctypes
from collections.abc import Sequence

import numpy as np
from unicorn.unicorn_py3.unicorn import uclib

from rt1062.unicorn import alignment
from rt1062.unicorn.hooks import library

PAGE_BITS = 10
PAGE = 1 << PAGE_BITS  # the smallest Unicorn protects

# Words of the shared state.
NOW = 0  # virtual time in ticks; every instruction adds one
DEADLINE = 1  # stop before the first block that starts at or behind this time
STOP = 2  # why the core was stopped, one of the STOP_ values
INTERRUPT = 3  # QEMU's number of the exception that the core raised
EMU_STOP = 4  # address of uc_emu_stop
REG_READ = 5  # address of uc_reg_read
WATCH = 6  # group priority of a pending exception that a mask register holds back, or NO_WATCH
GROUP_MASK = 7  # which bits of BASEPRI take part in the comparison (AIRCR.PRIGROUP)
STEP_END = 9  # when a step of the run ends: behind the first block that reaches it the next begins
BLOCK = 8  # the block last entered: its address, and its length in bytes shifted by 32
SCRATCH = 10  # where uc_reg_read puts its answer
MEM_PROTECT = 11  # address of uc_mem_protect
GUARD_COUNT = 12  # entries of GUARDS in use
GUARD_HIT = 13  # the page that the guard hook closed, or -1
FETCH_FIRST = 14  # guards that deny a fetch lie from here
FETCH_END = 15  # to here
CONTROL_WRITTEN = 16  # 1 behind a block that ends with MSR CONTROL
PASSED = 17  # what may have happened that Python has not seen, the two below
TRAPS = 18  # which of the marks below the core refuses now
UNALIGNED_HIT = 19  # the page that the alignment hook closed, or -1
RESUME = 20  # where a block that is counted already goes on, or -1
TRANSLATED = 21  # address of what runs translated code (translator/entry.py), or 0
ENTRIES = 22  # address of the tags of blocks at which it can be entered
ENTRY_COUNT = 23  # how many
WRITE_MAP = 24  # address of a word per page, not 0 where translated code may write, or 0
CODE_PAGES = 25  # address of a byte per page, 1 where code was executed
CONTEXT = 26  # address of what it works on
SKIPPED = 27  # ticks that polling let pass
SPIN, SPIN_END = 28, 48  # for spin.py
FIFO_LANES = 48  # MAX_LANES addresses of FIFO lanes (fifo_lane.py), 0 behind the last
MAX_LANES = 4
STEP = FIFO_LANES + MAX_LANES  # ticks of a step
# MAX_REGIONS times (base, end, host address): where code can be read
REGIONS = STEP + 1
MAX_REGIONS = 48
GUARDS = REGIONS + 3 * MAX_REGIONS  # MAX_GUARDS times (first, end, denied, page's when closed)
# 16 MPU regions have at most 9 edges each with their subregions, and an edge two sides.
MAX_GUARDS = 288
CACHE = GUARDS + 4 * MAX_GUARDS  # CACHE_ENTRIES times CACHE_WORDS, of which these are in use:
CACHE_ENTRIES, CACHE_WORDS = 1 << 14, 8
TAG, HOST, BYTES, COUNT = range(4)  # address and length, where it lies here, bytes of its ends
DEVICE = 5  # 1 once an access of the block went past Python, by a FIFO's lane
PATIENCE = 4  # not 0 for an entry of translated code: how often that may be left at once
# A word for each entry: how often Unicorn executed the block since somebody set this to 0. Close
# together, as every fork copies the pages of those that it counts: 32, and not 160 among the rest.
RUNS = CACHE + CACHE_WORDS * CACHE_ENTRIES
TRACK = RUNS + CACHE_ENTRIES  # for alignment.py, while a block is decoded
STATE_WORDS = TRACK + alignment.REGISTERS

LANES, NAPPING = 1, 2  # something passed a lane (fifo_lane.py); the core naps (naps.py)
NO_WATCH = 256
ADDRESS = 0xFFFF_FFFF  # of a block, in its tag
NOWHERE = -1  # in RESUME
PATIENT, WORTHWHILE = 32, 48  # what PATIENCE begins with; instructions that are not "at once"
STOP_NONE, STOP_DEADLINE, STOP_UNMASKED, STOP_INTERRUPT, STOP_GUARD = range(5)
# In front of a block with a marked instruction, of a refused one, and of an unaligned access.
STOP_MARKED, STOP_REFUSED, STOP_UNALIGNED = 5, 6, 7
STOP_MISALIGNED = 8  # in front of a block with an unaligned LDRD or the like
READ, WRITE, EXECUTE = 1, 2, 4  # as Unicorn's UC_PROT_
# In INTERRUPT, what QEMU calls the exceptions. Which of the last two an EXC_RETURN arrives as
# depends on how translated code got there.
QEMU_SVC, QEMU_DATA_ABORT, QEMU_BKPT, QEMU_NOCP = 2, 4, 7, 17  # NOCP: of an absent coprocessor
QEMU_PREFETCH_ABORT, QEMU_EXIT = 3, 8
# Marks beside the count of a block: it ends with MSR CONTROL, or has such instructions in it.
COUNTED = (1 << 16) - 1
WRITES_CONTROL, FLOATS, DIVIDES, MULTIPLE = 1 << 16, 1 << 17, 1 << 18, 1 << 19
NEEDS_BIT = 20  # from here on, with MULTIPLE: what alignment.py says that the block needs


def mark_of(first: int, second: int) -> int:
    """The mark of a 32-bit instruction by its halfwords: FLOATS, DIVIDES or 0 (ARMv7-M, A5.3)."""
    if first & 0xEC00 == 0xEC00 and first & 0x0300 != 0x0300 and second & 0x0E00 == 0x0A00:
        return FLOATS  # coprocessors 10 and 11
    if first & 0xFFD0 == 0xFB90 and second & 0x00F0 == 0x00F0:
        return DIVIDES  # SDIV, UDIV
    return 0


def find_entry(words: Sequence[int], tag: int) -> int:
    """Index of the CACHE entry of a block, which is in force if TAG there is `tag`.

    A block has the place beside its own where another got that first: ITCM and flash lie over each
    other in the table, and blocks of one loop would turn each other out at every round.
    """
    start = tag & ADDRESS
    place = CACHE_WORDS * (((start >> 1) ^ (start >> 15)) & (CACHE_ENTRIES - 1))
    own = words[CACHE + place + TAG]
    return CACHE + (place if own in (tag, 0) else place ^ CACHE_WORDS)


def runs_of(entry: int) -> int:
    """Index of the count in RUNS that belongs to a CACHE entry."""
    return RUNS + (entry - CACHE) // CACHE_WORDS


def decode(state: np.ndarray, start: int, host: int, length: int) -> int:
    """Instructions of a block, with its marks and needs; `host` is where its code lies here."""
    return library.function("decode_block", 4)(state.ctypes.data, start, host, length)


def new_state() -> np.ndarray:
    """The shared array, with no deadline and no regions."""
    state = np.zeros(STATE_WORDS, np.int64)
    functions = {EMU_STOP: "uc_emu_stop", REG_READ: "uc_reg_read", MEM_PROTECT: "uc_mem_protect"}
    for index, name in functions.items():
        state[index] = ctypes.cast(getattr(uclib, name), ctypes.c_void_p).value
    state[WATCH] = NO_WATCH
    state[GUARD_HIT] = state[UNALIGNED_HIT] = -1
    state[RESUME] = NOWHERE
    state[REGIONS:GUARDS:3] = 1 << 40  # no address is in an unused region
    return state


def mark(code: bytes) -> int:
    """FLOATS, DIVIDES or 0 for an instruction of two or four bytes."""
    return mark_of(int.from_bytes(code[:2], "little"), int.from_bytes(code[2:4], "little"))


def is_wide(code: bytes) -> bool:
    """True if a piece of Thumb code begins with a 32-bit instruction."""
    return code[1] >> 3 >= 0x1D


def aligned_base(code: bytes) -> int:
    """The base register of an instruction whose address must be a multiple of 4, or -1."""
    first, second = int.from_bytes(code[:2], "little"), int.from_bytes(code[2:4], "little")
    return alignment.base_of(first, second)


def count_instructions(code: bytes) -> int:
    """Instructions in a piece of Thumb code, counted as the block hook counts them."""
    count = offset = 0
    while offset < len(code):
        offset += 4 if is_wide(code[offset : offset + 2]) else 2
        count += 1
    return count
