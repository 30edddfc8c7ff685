"""From WFI to WFI by way of SysTick's handler: see rt1062.unicorn.naps."""

from numba import carray, cfunc, njit, types

from rt1062.unicorn import exceptions as e
from rt1062.unicorn import native
from rt1062.unicorn.core import NEVER_REACHED
from rt1062.unicorn.hooks import calls
from rt1062.unicorn.naps import (
    ASLEEP,
    BASEPRI,
    CONTROL,
    EMU_START,
    ENTER,
    ENTRY,
    ERROR,
    FAULTMASK,
    FLOATS,
    FRAME,
    FRAME_BYTES,
    FRAME_HOST,
    HANDLE,
    HANDLER,
    IDLE,
    LEAVE,
    LIMIT,
    LINK,
    LR,
    MSP,
    PC,
    PC_READ,
    PERIOD,
    PHASE,
    PRIMASK,
    PSP,
    R0,
    R1,
    R2,
    R3,
    R12,
    READ,
    READ_NAMES,
    SLEPT,
    STATE,
    STEP,
    STEP_END,
    THREAD,
    TICK,
    TICKS,
    VECTOR_HOST,
    WORDS,
    WRITE,
    XPSR,
)
from rt1062.unicorn.native import QEMU_EXIT, QEMU_PREFETCH_ABORT

_ENTRY_COUNT, _ENTER_COUNT = len(READ_NAMES), len(e.ENTER)
_LEAVE_COUNT, _FLOAT_COUNT = len(e.LEAVE), len(e.FLOATS)
_FRAME_WORDS = e.EXTENDED_FRAME // 4
_NO_EXCEPTION = ~(e.XPSR_IT | 0x1FF)


@njit(types.int64[:](types.int64[:], types.int64, types.int64))
def _values(nap, batch, count):
    """The registers of a batch."""
    return carray(calls.pointer(nap[batch + 2]), (count,), types.int64)


@njit(types.void(types.int64[:], types.int64, types.int64, types.int64))
def _transfer(nap, function, batch, count):
    """Read or write them."""
    handle = calls.pointer(nap[HANDLE])
    calls.registers(nap[function], handle, nap[batch], nap[batch + 1], count)


@njit(types.boolean(types.int64[:], types.int64[:]))
def _run(nap, state):
    """Run from PC to the next stop; False where that is Python's, which has had the nap."""
    state[native.STOP] = native.STOP_NONE
    state[native.RESUME] = native.NOWHERE
    handle = calls.pointer(nap[HANDLE])
    nap[ERROR] = calls.start(nap[EMU_START], handle, nap[PC] | 1, types.int64(NEVER_REACHED))
    _transfer(nap, READ, PC_READ, 1)
    nap[PC] = _values(nap, PC_READ, 1)[0]
    ended = nap[ERROR] != 0 or state[native.CONTROL_WRITTEN] != 0
    return not ended and state[native.PASSED] & native.NAPPING != 0


@njit(types.boolean(types.int64[:], types.int64[:]))
def _enter(nap, state):
    """Sleep to the tick and enter the handler (Exceptions.enter); False, and nothing was done."""
    now, tick = state[native.NOW], nap[TICK]
    if tick < now or tick >= nap[LIMIT]:
        return False
    _transfer(nap, READ, ENTRY, _ENTRY_COUNT)
    entry = _values(nap, ENTRY, _ENTRY_COUNT)
    control = entry[CONTROL]
    if entry[PRIMASK] | entry[FAULTMASK] | entry[BASEPRI] or control & e.CONTROL_NPRIV:
        return False
    on_psp, extended = control & e.CONTROL_SPSEL, control & e.CONTROL_FPCA
    pointer = entry[PSP] if on_psp else entry[MSP]
    size = e.EXTENDED_FRAME if extended else e.BASIC_FRAME
    frame = pointer - size & 0xFFFF_FFFB
    vector = calls.load32(nap[VECTOR_HOST])
    if frame != nap[FRAME] or size != nap[FRAME_BYTES] or not vector & 1:
        return False

    state[native.NOW] = tick
    nap[IDLE] += tick - now
    nap[TICK] += nap[PERIOD]
    nap[TICKS] += 1
    stack = carray(calls.pointer(nap[FRAME_HOST]), (_FRAME_WORDS,), types.uint32)
    stack[0], stack[1], stack[2], stack[3] = entry[R0], entry[R1], entry[R2], entry[R3]
    stack[4], stack[5], stack[6] = entry[R12], entry[LR], nap[PC]
    stack[7] = entry[XPSR] & ~e.XPSR_ALIGN | (e.XPSR_ALIGN if pointer & 4 else 0)
    if extended:
        _transfer(nap, READ, FLOATS, _FLOAT_COUNT)
        floats = _values(nap, FLOATS, _FLOAT_COUNT)
        for i in range(_FLOAT_COUNT):
            stack[8 + i] = floats[i]
        stack[8 + _FLOAT_COUNT] = 0
    link = 0xFFFF_FFE1 | e.RETURN_THREAD
    link |= 0 if extended else e.RETURN_BASIC
    link |= e.RETURN_PSP if on_psp else 0
    enter = _values(nap, ENTER, _ENTER_COUNT)
    enter[0] = entry[XPSR] & _NO_EXCEPTION | e.XPSR_T | e.SYSTICK
    enter[1], enter[2] = link, control & ~e.CONTROL_FPCA
    enter[3] = entry[MSP] if on_psp else frame
    enter[4] = frame if on_psp else entry[PSP]
    _transfer(nap, WRITE, ENTER, _ENTER_COUNT)
    nap[LINK], nap[PC], nap[PHASE] = link, vector & ~1, HANDLER
    if nap[STEP_END] <= now:  # within the block that ended with WFI
        nap[STEP_END] = now + nap[STEP]
    while nap[STEP_END] <= tick:
        nap[STEP_END] += nap[STEP]
    state[native.DEADLINE] = min(nap[LIMIT], nap[TICK], nap[STEP_END])
    return True


@njit(types.boolean(types.int64[:], types.int64[:]))
def _leave(nap, state):
    """Return from the handler (Exceptions.leave); False, and nothing was done, if it did not come
    to its end or returns to anything else."""
    interrupt = state[native.INTERRUPT]
    if state[native.STOP] != native.STOP_INTERRUPT or nap[PC] | 1 != nap[LINK]:
        return False
    if interrupt != QEMU_EXIT and interrupt != QEMU_PREFETCH_ABORT:
        return False
    _transfer(nap, READ, ENTRY, _ENTRY_COUNT)
    entry = _values(nap, ENTRY, _ENTRY_COUNT)
    control, link = entry[CONTROL], nap[LINK]
    from_psp, extended = link & e.RETURN_PSP, not link & e.RETURN_BASIC
    stack = carray(calls.pointer(nap[FRAME_HOST]), (_FRAME_WORDS,), types.uint32)
    xpsr = types.int64(stack[7])
    frame = entry[PSP] if from_psp else entry[MSP]
    if entry[FAULTMASK] or control & e.CONTROL_NPRIV:
        return False
    if frame != nap[FRAME] or not xpsr & e.XPSR_T:
        return False

    pointer = frame + nap[FRAME_BYTES] | (4 if xpsr & e.XPSR_ALIGN else 0)
    if extended:
        floats = _values(nap, FLOATS, _FLOAT_COUNT)
        for i in range(_FLOAT_COUNT):
            floats[i] = stack[8 + i]
        _transfer(nap, WRITE, FLOATS, _FLOAT_COUNT)
    leave = _values(nap, LEAVE, _LEAVE_COUNT)
    for i in range(6):
        leave[i] = stack[i]
    leave[6] = xpsr & ~(e.XPSR_ALIGN | 0x1FF)
    leave[7] = entry[MSP] if from_psp else pointer
    leave[8] = pointer if from_psp else entry[PSP]
    control &= ~(e.CONTROL_FPCA | e.CONTROL_SPSEL)
    control |= e.CONTROL_FPCA if extended else 0
    leave[9] = control | (e.CONTROL_SPSEL if from_psp else 0)
    _transfer(nap, WRITE, LEAVE, _LEAVE_COUNT)
    nap[PC], nap[PHASE] = types.int64(stack[6]) & ~1, THREAD
    return True


@cfunc(types.int64(types.int64))
def nap(address):
    """Nap; 1 if the core stopped for something that is still to be dealt with."""
    nap = carray(calls.pointer(address), (WORDS,), types.int64)
    state = carray(calls.pointer(nap[STATE]), (native.STATE_WORDS,), types.int64)
    while _enter(nap, state):
        if not _run(nap, state) or not _leave(nap, state):
            return 1
        if state[native.NOW] >= state[native.DEADLINE]:
            return 0
        if not _run(nap, state) or state[native.STOP] != native.STOP_NONE:
            return 1
        nap[PHASE], nap[SLEPT] = ASLEEP, state[native.NOW]
    return 0
