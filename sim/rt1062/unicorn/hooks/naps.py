"""From WFI to WFI by way of SysTick's handler: see rt1062.unicorn.naps."""

from numba import carray, cfunc, njit, types

from rt1062.unicorn import frames as f
from rt1062.unicorn import native
from rt1062.unicorn.core import NEVER_REACHED
from rt1062.unicorn.hooks import calls
from rt1062.unicorn.hooks import frames as stack
from rt1062.unicorn.naps import (
    ASLEEP,
    EMU_START,
    ERROR,
    FRAMES,
    HANDLE,
    HANDLER,
    IDLE,
    LIMIT,
    LINK,
    PC,
    PC_READ,
    PERIOD,
    PHASE,
    READ,
    SLEPT,
    STATE,
    STEP,
    STEP_END,
    SYSTICK,
    THREAD,
    TICK,
    TICKS,
    WORDS,
)
from rt1062.unicorn.native import QEMU_EXIT, QEMU_PREFETCH_ABORT


@njit(types.boolean(types.int64[:], types.int64[:]))
def _run(nap, state):
    """Run from PC to the next stop; False where that is Python's, which has had the nap."""
    state[native.STOP] = native.STOP_NONE
    state[native.RESUME] = native.NOWHERE
    handle = calls.pointer(nap[HANDLE])
    nap[ERROR] = calls.start(nap[EMU_START], handle, nap[PC] | 1, types.int64(NEVER_REACHED))
    calls.registers(nap[READ], handle, nap[PC_READ], nap[PC_READ + 1], types.int64(1))
    nap[PC] = carray(calls.pointer(nap[PC_READ + 2]), (1,), types.int64)[0]
    ended = nap[ERROR] != 0 or state[native.CONTROL_WRITTEN] != 0
    return not ended and state[native.PASSED] & native.NAPPING != 0


@njit(types.boolean(types.int64[:], types.int64[:]))
def _enter(nap, state):
    """Sleep to the tick and enter the handler (Exceptions.enter); False, and nothing was done."""
    now, tick = state[native.NOW], nap[TICK]
    if tick < now or tick >= nap[LIMIT]:
        return False
    frames = stack.words_at(nap[FRAMES])
    registers = stack.read(frames)
    if registers[stack.PRIMASK] | registers[stack.FAULTMASK] | registers[stack.BASEPRI]:
        return False
    handler = stack.push(frames, registers, SYSTICK, nap[PC], 0)
    if handler == f.NOT_DONE:
        return False

    state[native.NOW] = tick
    nap[IDLE] += tick - now
    nap[TICK] += nap[PERIOD]
    nap[TICKS] += 1
    nap[LINK], nap[PC], nap[PHASE] = stack.link_of(frames), handler, HANDLER
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
    frames = stack.words_at(nap[FRAMES])
    registers = stack.read(frames)
    if registers[stack.FAULTMASK]:
        return False
    follows = stack.pop(frames, registers, nap[LINK], 0)
    if follows == f.NOT_DONE:
        return False
    nap[PC], nap[PHASE] = follows, THREAD
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
