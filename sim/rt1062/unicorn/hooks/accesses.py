"""Hooks of loads and stores: parts of pages that the MPU denies, and unaligned accesses."""

from numba import carray, cfunc, types
from unicorn import unicorn_const

from rt1062.unicorn import native
from rt1062.unicorn.hooks import calls

_MEM_WRITE = unicorn_const.UC_MEM_WRITE


@cfunc(
    types.void(types.voidptr, types.int32, types.uint64, types.int32, types.int64, types.voidptr),
)
def guard_hook(handle, access, address, size, value, user):
    """UC_HOOK_MEM_READ and WRITE: close the page of a guard before the access reaches it.

    Unicorn looks at a page's permissions after this hook: the access then fails as any other.
    """
    state = carray(user, (native.STATE_WORDS,), types.int64)
    first = types.int64(address)
    end = first + size
    wanted = native.WRITE if access == _MEM_WRITE else native.READ
    for i in range(state[native.GUARD_COUNT]):
        guard = native.GUARDS + 4 * i
        if first < state[guard + 1] and state[guard] < end and state[guard + 2] & wanted:
            page = state[guard] & -native.PAGE
            state[native.GUARD_HIT] = page
            calls.mem_protect(state[native.MEM_PROTECT], handle, page, state[guard + 3])
            return


@cfunc(
    types.void(types.voidptr, types.int32, types.uint64, types.int32, types.int64, types.voidptr),
)
def alignment_hook(handle, access, address, size, value, user):
    """UC_HOOK_MEM_READ and WRITE: refuse an unaligned access; a word's alignment does for VLDR.

    A stop leaves a load without its result (in an IT block it comes behind it). A store would reach
    the memory all the same: its page is closed, at which Unicorn looks after this hook.
    """
    first = types.int64(address)
    if first & (min(size, 4) - 1) == 0 or first >= 0xE000_0000:
        return
    state = carray(user, (native.STATE_WORDS,), types.int64)
    in_memory = first < 0x4000_0000 or 0x6000_0000 <= first < 0xA000_0000
    if access != _MEM_WRITE or not in_memory:
        state[native.STOP] = native.STOP_UNALIGNED
        calls.stop(state[native.EMU_STOP], handle)
    else:
        page = first & -native.PAGE
        state[native.UNALIGNED_HIT] = page
        # A page that loses EXECUTE while the core is in it would stop the core.
        calls.mem_protect(state[native.MEM_PROTECT], handle, page, native.EXECUTE)
