"""The hook of each block of instructions: counts it, or stops the core in front of it."""

from numba import carray, cfunc, njit, types
from unicorn import arm_const

from rt1062.unicorn import native
from rt1062.unicorn.alignment import CHECKED, IMPOSSIBLE, LOW_BITS
from rt1062.unicorn.hooks import alignment, calls

_PRIMASK = arm_const.UC_ARM_REG_PRIMASK
_FAULTMASK = arm_const.UC_ARM_REG_FAULTMASK
_BASEPRI = arm_const.UC_ARM_REG_BASEPRI
_R0 = arm_const.UC_ARM_REG_R0

mark = njit(types.int64(types.int64, types.int64))(native.mark_of)
find_entry = njit(types.int64(types.int64[:], types.int64))(native.find_entry)
runs_of = njit(types.int64(types.int64))(native.runs_of)


@njit(types.int64(types.int64[:], types.int64, types.int64))
def host_of(state, start, length):
    """Where code at an address lies in this process; 0 if not all of it is in one region."""
    for i in range(native.MAX_REGIONS):
        region = native.REGIONS + 3 * i
        if state[region] <= start and start + length <= state[region + 1]:
            return state[region + 2] + start - state[region]
    return 0


@njit(types.int64(types.int64[:], types.int64, types.int64, types.int64))
def decode(state, start, host, length):
    """Instructions of a block, with its marks and needs."""
    count, needs, offset = types.int64(0), types.int64(0), types.int64(0)
    conditional = 0  # the mask of the IT block that an instruction is in
    alignment.begin(state, native.TRACK)
    while offset < length:
        first = calls.load16(host + offset)
        # 0b11101, 0b11110 and 0b11111 open a 32-bit instruction (ARMv7-M ARM, A5.1).
        is_wide = first >> 11 >= 0x1D and offset + 4 <= length
        second = calls.load16(host + offset + 2) if is_wide else types.int64(0)
        if not conditional:
            needs = alignment.need(needs, state, native.TRACK, alignment.base_of(first, second))
        if is_wide:
            count |= mark(first, second)
            alignment.wide(state, native.TRACK, first, second)
        else:
            literal = types.int64(-1)
            if first >> 11 == 9:
                pool = host_of(state, (start + offset + 4 & -4) + 4 * (first & 255), 4)
                literal = calls.load32(pool) if pool else literal
            alignment.narrow(state, native.TRACK, first, literal)
        if conditional:
            alignment.forget_all(state, native.TRACK)
            conditional = conditional << 1 & 15
        elif first & 0xFF00 == 0xBF00:
            conditional = first & 15
        count += 1
        offset += 4 if is_wide else 2
    last = calls.load32(host + length - 4) if length >= 4 else 0
    if last & 0xFFFF_FFF0 == 0x8814_F380:  # MSR CONTROL, Rn
        count |= native.WRITES_CONTROL
    return count | needs << native.NEEDS_BIT | (native.MULTIPLE if needs else 0)


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64))
def decode_block(state_address, start, host, length):
    """The same for Python."""
    state = carray(calls.pointer(state_address), (native.STATE_WORDS,), types.int64)
    return decode(state, start, host, length)


@njit(types.void(types.int64[:], types.int64, types.int64))
def _note(state, start, length):
    """A block is executed first: its pages hold code, which only Unicorn may change."""
    first, end = start >> native.PAGE_BITS, (start + length - 1 >> native.PAGE_BITS) + 1
    if state[native.CODE_PAGES]:
        pages = carray(
            calls.pointer(state[native.CODE_PAGES]), (1 << 32 - native.PAGE_BITS,), types.int8
        )
        pages[first:end] = 1
    if state[native.WRITE_MAP]:
        words = carray(
            calls.pointer(state[native.WRITE_MAP]), (1 << 32 - native.PAGE_BITS,), types.int64
        )
        # The word of the page before is about this one, too.
        words[max(first - 1, 0) : end] = 0


@njit(types.int64(types.int64[:], types.int64))
def _patience(state, tag):
    """PATIENCE of a new block: PATIENT if translated code can be entered with it, else 0."""
    if state[native.ENTRIES]:
        entries = carray(
            calls.pointer(state[native.ENTRIES]), (state[native.ENTRY_COUNT],), types.int64
        )
        for i in range(state[native.ENTRY_COUNT]):
            if entries[i] == tag:
                return native.PATIENT
    return 0


@njit(types.boolean(types.voidptr, types.voidptr, types.int64))
def _misaligned(handle, user, needs):
    """Whether the registers are other than what a block needs."""
    state = carray(user, (native.STATE_WORDS,), types.int64)
    if needs & IMPOSSIBLE:
        return True
    register, place = types.int64(_R0), types.int64(LOW_BITS)
    left = needs & (1 << CHECKED) - 1
    while left:
        if left & 1:
            state[native.SCRATCH] = 0
            calls.reg_read(state[native.REG_READ], handle, register, user)
            if (state[native.SCRATCH] ^ needs >> place) & 3:
                return True
        left >>= 1
        register += 1
        place += 2
    return False


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr))
def block_hook(handle, address, size, user):
    """UC_HOOK_BLOCK: count the instructions of the block, or stop in front of it."""
    state = carray(user, (native.STATE_WORDS,), types.int64)
    if types.int64(address) == state[native.RESUME]:
        state[native.RESUME] = native.NOWHERE
        return
    now = state[native.NOW]
    if now >= state[native.DEADLINE]:
        state[native.STOP] = native.STOP_DEADLINE
        calls.stop(state[native.EMU_STOP], handle)
        return
    if now >= state[native.STEP_END]:
        state[native.STEP_END] = now + state[native.STEP]
    if state[native.WATCH] < native.NO_WATCH:
        state[native.SCRATCH] = 0
        calls.reg_read(state[native.REG_READ], handle, _PRIMASK, user)
        masked = state[native.SCRATCH] & 1
        calls.reg_read(state[native.REG_READ], handle, _FAULTMASK, user)
        masked |= state[native.SCRATCH] & 1
        calls.reg_read(state[native.REG_READ], handle, _BASEPRI, user)
        base = state[native.SCRATCH] & state[native.GROUP_MASK]
        if masked == 0 and (base == 0 or state[native.WATCH] < base):
            state[native.STOP] = native.STOP_UNMASKED
            calls.stop(state[native.EMU_STOP], handle)
            return
    start = types.int64(address)
    length = types.int64(size)
    if state[native.FETCH_FIRST] <= start < state[native.FETCH_END]:
        for i in range(state[native.GUARD_COUNT]):
            guard = native.GUARDS + 4 * i
            if state[guard] <= start < state[guard + 1] and state[guard + 2] & native.EXECUTE:
                state[native.STOP] = native.STOP_GUARD
                calls.stop(state[native.EMU_STOP], handle)
                return
    tag = start | (length << 32)
    state[native.BLOCK] = tag
    entry = find_entry(state, tag)
    host = types.int64(0)
    if state[entry + native.TAG] == tag:
        host = state[entry + native.HOST]
    else:
        host = host_of(state, start, length)
        if host == 0:  # a block across two regions: counted as if all were 16-bit
            state[native.NOW] = now + (length >> 1)
            return
    # Code in RAM can change under a tag that stays: both ends of the block must be the same too.
    if length >= 8:
        seen = calls.load64(host) ^ calls.load64(host + length - 8)
    else:
        seen = calls.load16(host) | (calls.load16(host + length - 2) << 16)
    if state[entry + native.TAG] == tag and state[entry + native.BYTES] == seen:
        count = state[entry + native.COUNT]
        state[runs_of(entry)] += 1
    else:
        count = decode(state, start, host, length)
        _note(state, start, length)
        state[entry + native.TAG] = tag
        state[entry + native.HOST] = host
        state[entry + native.BYTES] = seen
        state[entry + native.COUNT] = count
        state[runs_of(entry)] = 1
        state[entry + native.DEVICE] = 0
        state[entry + native.PATIENCE] = _patience(state, tag)
    if (
        state[entry + native.PATIENCE] > 0
        and state[native.TRANSLATED] != 0
        and state[native.WATCH] == native.NO_WATCH
    ):
        ran = calls.enter(state[native.TRANSLATED], handle, user, start)
        if ran:
            # Left at once again and again is not worth the way.
            if ran < native.WORTHWHILE:
                state[entry + native.PATIENCE] -= 1
            elif state[entry + native.PATIENCE] < native.PATIENT:
                state[entry + native.PATIENCE] = native.PATIENT
            return
    if count > native.COUNTED:
        refused = count & state[native.TRAPS]
        if refused & (native.FLOATS | native.DIVIDES):
            state[native.STOP] = native.STOP_MARKED
            calls.stop(state[native.EMU_STOP], handle)
            return
        if refused & native.MULTIPLE and _misaligned(handle, user, count >> native.NEEDS_BIT):
            state[native.STOP] = native.STOP_MISALIGNED
            calls.stop(state[native.EMU_STOP], handle)
            return
        if count & native.WRITES_CONTROL:
            state[native.CONTROL_WRITTEN] = 1
            state[native.DEADLINE] = 0
        count &= native.COUNTED
    state[native.NOW] = now + count
