"""Hooks in front of what the core refuses (rt1062.unicorn.traps), and of its exceptions."""

from numba import carray, cfunc, njit, types
from unicorn import arm_const

from rt1062.unicorn import native
from rt1062.unicorn.hooks import calls
from rt1062.unicorn.hooks.blocks import host_of, mark

_R0, _LR = arm_const.UC_ARM_REG_R0, arm_const.UC_ARM_REG_LR


@njit(types.boolean(types.voidptr, types.voidptr, types.int64, types.int64))
def _refuses(handle, user, first, second):
    """Whether the core refuses an instruction, by its halfwords and the divisor's register."""
    state = carray(user, (native.STATE_WORDS,), types.int64)
    marked = mark(first, second) & state[native.TRAPS]
    if marked == native.DIVIDES:
        register = second & 15
        state[native.SCRATCH] = 0
        calls.reg_read(
            state[native.REG_READ], handle, _LR if register == 14 else _R0 + register, user
        )
        return state[native.SCRATCH] & 0xFFFF_FFFF == 0
    return marked != 0


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr))
def trap_hook(handle, address, size, user):
    """UC_HOOK_CODE on a marked instruction: stop in front of it if the core refuses it now.

    Within an IT block Unicorn does not stop: there the hook is on the IT instruction, and stops if
    the block has an instruction that would be refused, were its condition to hold.
    """
    state = carray(user, (native.STATE_WORDS,), types.int64)
    host = host_of(state, types.int64(address), 4) if state[native.TRAPS] else 0
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
        state[native.STOP] = native.STOP_REFUSED
        calls.stop(state[native.EMU_STOP], handle)


@cfunc(types.void(types.voidptr, types.uint32, types.voidptr))
def interrupt_hook(handle, number, user):
    """UC_HOOK_INTR: note which exception the core raised and stop."""
    state = carray(user, (native.STATE_WORDS,), types.int64)
    state[native.INTERRUPT] = number
    state[native.STOP] = native.STOP_INTERRUPT
    calls.stop(state[native.EMU_STOP], handle)
