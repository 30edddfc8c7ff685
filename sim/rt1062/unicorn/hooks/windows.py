"""Accesses to the registers of a block: see rt1062.unicorn.windows."""

from numba import carray, cfunc, types

from rt1062.unicorn.hooks import calls
from rt1062.unicorn.windows import PYTHON, READ, WINDOW_WORDS, WRITE


@cfunc(types.uint64(types.voidptr, types.uint64, types.uint32, types.voidptr))
def read_callback(handle, offset, size, user):
    """uc_cb_mmio_read_t: what Python says."""
    window = carray(user, (WINDOW_WORDS,), types.int64)
    return calls.call_reader(window[PYTHON], window[READ], offset << 4 | size)


@cfunc(types.void(types.voidptr, types.uint64, types.uint32, types.uint64, types.voidptr))
def write_callback(handle, offset, size, value, user):
    """uc_cb_mmio_write_t: Python takes it."""
    window = carray(user, (WINDOW_WORDS,), types.int64)
    calls.call_writer(window[PYTHON], window[WRITE], offset << 4 | size, value)
