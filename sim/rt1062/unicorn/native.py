"""The hooks that run inside Unicorn's translated code, compiled by numba.

A hook written in Python would be called for every block of instructions and cost more than the
blocks themselves. These are C functions: one counts instructions and stops the core when the next
event is due, one notes which exception the core raised, one refuses accesses to parts of a page,
two stand in front of what the core's configuration forbids (traps.py).
They share one array of 64-bit words with Python, whose indices are the constants below.
"""

import ctypes

import numpy as np
from numba import carray, cfunc, njit, types
from unicorn import arm_const, unicorn_const
from unicorn.unicorn_py3.unicorn import uclib

from rt1062.unicorn import alignment, calls
from rt1062.unicorn.calls import PAGE, PAGE_BITS, SCRATCH

# Words of the shared state.
NOW = 0  # virtual time in ticks; every instruction adds one
DEADLINE = 1  # stop before the first block that starts at or behind this time
STOP = 2  # why the core was stopped, one of the STOP_ values
INTERRUPT = 3  # QEMU's number of the exception that the core raised
EMU_STOP = 4  # address of uc_emu_stop
REG_READ = 5  # address of uc_reg_read
WATCH = 6  # group priority of a pending exception that a mask register holds back, or NO_WATCH
GROUP_MASK = 7  # which bits of BASEPRI take part in the comparison (AIRCR.PRIGROUP)
BLOCK = 8  # the block last entered: its address, and its length in bytes shifted by 32
MEM_PROTECT = 11  # address of uc_mem_protect
GUARD_COUNT = 12  # entries of GUARDS in use
GUARD_HIT = 13  # the page that the guard hook closed, or -1
FETCH_FIRST = 14  # guards that deny a fetch lie from here
FETCH_END = 15  # to here
CONTROL_WRITTEN = 16  # 1 behind a block that ends with MSR CONTROL
PASSED = 17  # 1 when something may have passed a lane (fifo_lane.py) that Python has not seen
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
REGIONS = 48  # MAX_REGIONS times (base, end, host address): where code can be read
MAX_REGIONS = 48
GUARDS = REGIONS + 3 * MAX_REGIONS  # MAX_GUARDS times (first, end, denied, page's when closed)
# 16 MPU regions have at most 9 edges each with their subregions, and an edge two sides.
MAX_GUARDS = 288
CACHE = GUARDS + 4 * MAX_GUARDS  # CACHE_ENTRIES times CACHE_WORDS, of which these are in use:
CACHE_ENTRIES, CACHE_WORDS = 1 << 14, 8
TAG, HOST, BYTES, COUNT = range(4)  # address and length, where it lies here, bytes of its ends
RUNS = 4  # how often it was executed by Unicorn since somebody set this to 0
PATIENCE = 5  # not 0 for an entry of translated code: how often that may be left at once
TRACK = CACHE + CACHE_WORDS * CACHE_ENTRIES  # for alignment.py, while a block is decoded
STATE_WORDS = TRACK + alignment.REGISTERS

NO_WATCH = 256
ADDRESS = 0xFFFF_FFFF  # of a block, in its tag
NOWHERE = -1  # in RESUME
PATIENT, WORTHWHILE = 32, 48  # what PATIENCE begins with; instructions that are not "at once"
STOP_NONE, STOP_DEADLINE, STOP_UNMASKED, STOP_INTERRUPT, STOP_GUARD = range(5)
# In front of a block with a marked instruction, of a refused one, and of an unaligned access.
STOP_MARKED, STOP_REFUSED, STOP_UNALIGNED = 5, 6, 7
STOP_MISALIGNED = 8  # in front of a block with an unaligned LDRD or the like
READ, WRITE, EXECUTE = 1, 2, 4  # as Unicorn's UC_PROT_
# Marks beside the count of a block: it ends with MSR CONTROL, or has such instructions in it.
COUNTED = (1 << 16) - 1
WRITES_CONTROL, FLOATS, DIVIDES, MULTIPLE = 1 << 16, 1 << 17, 1 << 18, 1 << 19
NEEDS_BIT = 20  # from here on, with MULTIPLE: what alignment.py says that the block needs

_PRIMASK = arm_const.UC_ARM_REG_PRIMASK
_FAULTMASK = arm_const.UC_ARM_REG_FAULTMASK
_BASEPRI = arm_const.UC_ARM_REG_BASEPRI
_R0, _LR = arm_const.UC_ARM_REG_R0, arm_const.UC_ARM_REG_LR
_MEM_WRITE = unicorn_const.UC_MEM_WRITE


@njit(types.int64(types.int64[:], types.int64, types.int64), cache=True)
def _host(state, start, length):
    """Where code at an address lies in this process; 0 if not all of it is in one region."""
    for i in range(MAX_REGIONS):
        region = REGIONS + 3 * i
        if state[region] <= start and start + length <= state[region + 1]:
            return state[region + 2] + start - state[region]
    return 0


@njit(types.int64(types.int64, types.int64), cache=True)
def _mark(first, second):
    """The mark of a 32-bit instruction by its halfwords: FLOATS, DIVIDES or 0 (ARMv7-M, A5.3)."""
    if first & 0xEC00 == 0xEC00 and first & 0x0300 != 0x0300 and second & 0x0E00 == 0x0A00:
        return FLOATS  # coprocessors 10 and 11
    if first & 0xFFD0 == 0xFB90 and second & 0x00F0 == 0x00F0:
        return DIVIDES  # SDIV, UDIV
    return 0


@njit(types.int64(types.int64), cache=True)
def cache_entry(start):
    """Index of the CACHE entry of a block that starts at an address."""
    return CACHE + CACHE_WORDS * (((start >> 1) ^ (start >> 15)) & (CACHE_ENTRIES - 1))


@njit(types.int64(types.int64[:], types.int64, types.int64, types.int64), cache=True)
def decode(state, start, host, length):
    """Instructions of a block, with its marks and needs."""
    count, needs, offset = types.int64(0), types.int64(0), types.int64(0)
    conditional = 0  # the mask of the IT block that an instruction is in
    alignment.begin(state, TRACK)
    while offset < length:
        first = calls.load16(host + offset)
        # 0b11101, 0b11110 and 0b11111 open a 32-bit instruction (ARMv7-M ARM, A5.1).
        is_wide = first >> 11 >= 0x1D and offset + 4 <= length
        second = calls.load16(host + offset + 2) if is_wide else types.int64(0)
        if not conditional:
            needs = alignment.need(needs, state, TRACK, alignment.base_of(first, second))
        if is_wide:
            count |= _mark(first, second)
            alignment.wide(state, TRACK, first, second)
        else:
            literal = types.int64(-1)
            if first >> 11 == 9:
                pool = _host(state, (start + offset + 4 & -4) + 4 * (first & 255), 4)
                literal = calls.load32(pool) if pool else literal
            alignment.narrow(state, TRACK, first, literal)
        if conditional:
            alignment.forget_all(state, TRACK)
            conditional = conditional << 1 & 15
        elif first & 0xFF00 == 0xBF00:
            conditional = first & 15
        count += 1
        offset += 4 if is_wide else 2
    last = calls.load32(host + length - 4) if length >= 4 else 0
    if last & 0xFFFF_FFF0 == 0x8814_F380:  # MSR CONTROL, Rn
        count |= WRITES_CONTROL
    return count | needs << NEEDS_BIT | (MULTIPLE if needs else 0)


@njit(types.void(types.int64[:], types.int64, types.int64), cache=True)
def _note(state, start, length):
    """A block is executed first: its pages hold code, which only Unicorn may change."""
    first, end = start >> PAGE_BITS, (start + length - 1 >> PAGE_BITS) + 1
    if state[CODE_PAGES]:
        pages = carray(calls.pointer(state[CODE_PAGES]), (1 << 32 - PAGE_BITS,), types.int8)
        pages[first:end] = 1
    if state[WRITE_MAP]:
        words = carray(calls.pointer(state[WRITE_MAP]), (1 << 32 - PAGE_BITS,), types.int64)
        # The word of the page before is about this one, too.
        words[max(first - 1, 0) : end] = 0


@njit(types.int64(types.int64[:], types.int64), cache=True)
def _patience(state, tag):
    """PATIENCE of a new block: PATIENT if translated code can be entered with it, else 0."""
    if state[ENTRIES]:
        entries = carray(calls.pointer(state[ENTRIES]), (state[ENTRY_COUNT],), types.int64)
        for i in range(state[ENTRY_COUNT]):
            if entries[i] == tag:
                return PATIENT
    return 0


@njit(types.boolean(types.voidptr, types.voidptr, types.int64), cache=True)
def _misaligned(handle, user, needs):
    """Whether the registers are other than what a block needs."""
    state = carray(user, (STATE_WORDS,), types.int64)
    if needs & alignment.IMPOSSIBLE:
        return True
    register, place = types.int64(_R0), types.int64(alignment.LOW_BITS)
    left = needs & (1 << alignment.CHECKED) - 1
    while left:
        if left & 1:
            state[SCRATCH] = 0
            calls.reg_read(state[REG_READ], handle, register, user)
            if (state[SCRATCH] ^ needs >> place) & 3:
                return True
        left >>= 1
        register += 1
        place += 2
    return False


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr), cache=True)
def block_hook(handle, address, size, user):
    """UC_HOOK_BLOCK: count the instructions of the block, or stop in front of it."""
    state = carray(user, (STATE_WORDS,), types.int64)
    if types.int64(address) == state[RESUME]:
        state[RESUME] = NOWHERE
        return
    now = state[NOW]
    if now >= state[DEADLINE]:
        state[STOP] = STOP_DEADLINE
        calls.stop(state[EMU_STOP], handle)
        return
    if state[WATCH] < NO_WATCH:
        state[SCRATCH] = 0
        calls.reg_read(state[REG_READ], handle, _PRIMASK, user)
        masked = state[SCRATCH] & 1
        calls.reg_read(state[REG_READ], handle, _FAULTMASK, user)
        masked |= state[SCRATCH] & 1
        calls.reg_read(state[REG_READ], handle, _BASEPRI, user)
        base = state[SCRATCH] & state[GROUP_MASK]
        if masked == 0 and (base == 0 or state[WATCH] < base):
            state[STOP] = STOP_UNMASKED
            calls.stop(state[EMU_STOP], handle)
            return
    start = types.int64(address)
    length = types.int64(size)
    if state[FETCH_FIRST] <= start < state[FETCH_END]:
        for i in range(state[GUARD_COUNT]):
            guard = GUARDS + 4 * i
            if state[guard] <= start < state[guard + 1] and state[guard + 2] & EXECUTE:
                state[STOP] = STOP_GUARD
                calls.stop(state[EMU_STOP], handle)
                return
    tag = start | (length << 32)
    state[BLOCK] = tag
    entry = cache_entry(start)
    host = types.int64(0)
    if state[entry + TAG] == tag:
        host = state[entry + HOST]
    else:
        host = _host(state, start, length)
        if host == 0:  # a block across two regions: counted as if all were 16-bit
            state[NOW] = now + (length >> 1)
            return
    # Code in RAM can change under a tag that stays: both ends of the block must be the same too.
    if length >= 8:
        seen = calls.load64(host) ^ calls.load64(host + length - 8)
    else:
        seen = calls.load16(host) | (calls.load16(host + length - 2) << 16)
    if state[entry + TAG] == tag and state[entry + BYTES] == seen:
        count = state[entry + COUNT]
        state[entry + RUNS] += 1
    else:
        count = decode(state, start, host, length)
        _note(state, start, length)
        state[entry + TAG] = tag
        state[entry + HOST] = host
        state[entry + BYTES] = seen
        state[entry + COUNT] = count
        state[entry + RUNS] = 1
        state[entry + PATIENCE] = _patience(state, tag)
    if state[entry + PATIENCE] > 0 and state[TRANSLATED] != 0 and state[WATCH] == NO_WATCH:
        ran = calls.enter(state[TRANSLATED], handle, user, start)
        if ran:
            # Left at once again and again is not worth the way.
            patience = PATIENT if ran >= WORTHWHILE else state[entry + PATIENCE] - 1
            state[entry + PATIENCE] = patience
            return
    if count > COUNTED:
        refused = count & state[TRAPS]
        if refused & (FLOATS | DIVIDES):
            state[STOP] = STOP_MARKED
            calls.stop(state[EMU_STOP], handle)
            return
        if refused & MULTIPLE and _misaligned(handle, user, count >> NEEDS_BIT):
            state[STOP] = STOP_MISALIGNED
            calls.stop(state[EMU_STOP], handle)
            return
        if count & WRITES_CONTROL:
            state[CONTROL_WRITTEN] = 1
            state[DEADLINE] = 0
        count &= COUNTED
    state[NOW] = now + count


@njit(types.boolean(types.voidptr, types.voidptr, types.int64, types.int64), cache=True)
def _refuses(handle, user, first, second):
    """Whether the core refuses an instruction, by its halfwords and the divisor's register."""
    state = carray(user, (STATE_WORDS,), types.int64)
    mark = _mark(first, second) & state[TRAPS]
    if mark == DIVIDES:
        register = second & 15
        state[SCRATCH] = 0
        calls.reg_read(state[REG_READ], handle, _LR if register == 14 else _R0 + register, user)
        return state[SCRATCH] & 0xFFFF_FFFF == 0
    return mark != 0


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr), cache=True)
def trap_hook(handle, address, size, user):
    """UC_HOOK_CODE on a marked instruction: stop in front of it if the core refuses it now.

    Within an IT block Unicorn does not stop: there the hook is on the IT instruction, and stops if
    the block has an instruction that would be refused, were its condition to hold.
    """
    state = carray(user, (STATE_WORDS,), types.int64)
    host = _host(state, types.int64(address), 4) if state[TRAPS] else 0
    if host == 0:
        return
    first = calls.load16(host)
    mask = first & 15 if first & 0xFF00 == 0xBF00 else 0
    refused = mask == 0 and _refuses(handle, user, first, calls.load16(host + 2))
    host += 2
    while mask:
        first = calls.load16(host)
        refused = refused or _refuses(handle, user, first, calls.load16(host + 2))
        host += 4 if first >> 11 >= 0x1D else 2
        mask = mask << 1 & 15
    if refused:
        state[STOP] = STOP_REFUSED
        calls.stop(state[EMU_STOP], handle)


@cfunc(types.void(types.voidptr, types.uint32, types.voidptr), cache=True)
def interrupt_hook(handle, number, user):
    """UC_HOOK_INTR: note which exception the core raised and stop."""
    state = carray(user, (STATE_WORDS,), types.int64)
    state[INTERRUPT] = number
    state[STOP] = STOP_INTERRUPT
    calls.stop(state[EMU_STOP], handle)


@cfunc(
    types.void(types.voidptr, types.int32, types.uint64, types.int32, types.int64, types.voidptr),
    cache=True,
)
def guard_hook(handle, access, address, size, value, user):
    """UC_HOOK_MEM_READ and WRITE: close the page of a guard before the access reaches it.

    Unicorn looks at a page's permissions after this hook: the access then fails as any other.
    """
    state = carray(user, (STATE_WORDS,), types.int64)
    first = types.int64(address)
    end = first + size
    wanted = WRITE if access == _MEM_WRITE else READ
    for i in range(state[GUARD_COUNT]):
        guard = GUARDS + 4 * i
        if first < state[guard + 1] and state[guard] < end and state[guard + 2] & wanted:
            page = state[guard] & -PAGE
            state[GUARD_HIT] = page
            calls.mem_protect(state[MEM_PROTECT], handle, page, state[guard + 3])
            return


@cfunc(
    types.void(types.voidptr, types.int32, types.uint64, types.int32, types.int64, types.voidptr),
    cache=True,
)
def alignment_hook(handle, access, address, size, value, user):
    """UC_HOOK_MEM_READ and WRITE: refuse an unaligned access; a word's alignment does for VLDR.

    A stop leaves a load without its result (in an IT block it comes behind it). A store would reach
    the memory all the same: its page is closed, at which Unicorn looks after this hook.
    """
    first = types.int64(address)
    if first & (min(size, 4) - 1) == 0 or first >= 0xE000_0000:
        return
    state = carray(user, (STATE_WORDS,), types.int64)
    in_memory = first < 0x4000_0000 or 0x6000_0000 <= first < 0xA000_0000
    if access != _MEM_WRITE or not in_memory:
        state[STOP] = STOP_UNALIGNED
        calls.stop(state[EMU_STOP], handle)
    else:
        page = first & -PAGE
        state[UNALIGNED_HIT] = page
        # A page that loses EXECUTE while the core is in it would stop the core.
        calls.mem_protect(state[MEM_PROTECT], handle, page, EXECUTE)


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
    return _mark(int.from_bytes(code[:2], "little"), int.from_bytes(code[2:4], "little"))


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
