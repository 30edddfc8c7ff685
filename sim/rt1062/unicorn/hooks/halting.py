"""Hooks that halt the core for a debugger: see rt1062.unicorn.halting."""

from numba import carray, cfunc, types

from rt1062.unicorn.halting import (
    EMU_STOP,
    NOWHERE,
    RESUME,
    RESUME_EACH,
    STEP,
    WATCH_HIT,
    WHERE,
    WORDS,
)
from rt1062.unicorn.hooks import calls


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr))
def break_hook(handle, address, size, user):
    """UC_HOOK_CODE on a breakpoint."""
    state = carray(user, (WORDS,), types.int64)
    if state[RESUME] == types.int64(address):
        state[RESUME] = NOWHERE
        return
    state[WHERE] = address
    calls.stop(state[EMU_STOP], handle)


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.voidptr))
def each_hook(handle, address, size, user):
    """UC_HOOK_CODE on every instruction: halt for a step, and behind a watched access."""
    state = carray(user, (WORDS,), types.int64)
    if state[RESUME_EACH] == types.int64(address):
        state[RESUME_EACH] = NOWHERE
        return
    if state[STEP] or state[WATCH_HIT]:
        state[WHERE] = address
        calls.stop(state[EMU_STOP], handle)
