"""Into translated code and back, from within the block hook; compiled by numba.

Registers go to the context and back with one call into Unicorn each. PC is written by itself:
Unicorn then goes on there within the same uc_emu_start.
"""

import ctypes

import numpy as np
from numba import carray, cfunc, types
from unicorn import arm_const
from unicorn.unicorn_py3.unicorn import uclib

from rt1062.unicorn import calls, native
from rt1062.unicorn.translator import words

# Words behind the context.
XPSR = words.CONTEXT_WORDS
READ, WRITE, WRITE_ONE = (
    XPSR + 1,
    XPSR + 2,
    XPSR + 3,
)  # uc_reg_read_batch, _write_batch, uc_reg_write
READ_NAMES, WRITE_NAMES, VALUES = XPSR + 4, XPSR + 5, XPSR + 6  # addresses of their arguments
PC_VALUE = XPSR + 7
RUN = XPSR + 8  # the translated code's function
SPANS, SPAN_COUNT = XPSR + 9, XPSR + 14  # address of what guest code must be as it was, below
ENTERED, EXECUTED = XPSR + 10, XPSR + 11  # how often, and how many instructions
STALE = XPSR + 12  # 1 once the guest's code was another
REASONS = XPSR + 16  # how often it was left for which reason
WORDS = REASONS + len(words.REASONS)
_COUNT = 16  # registers
_PC = arm_const.UC_ARM_REG_PC
_IT, _REPLACED = 0x0600_FC00, 0xF60F_FC00  # of XPSR: IT state; with NZCV and GE


@cfunc(types.int64(types.voidptr, types.voidptr, types.int64), cache=True)
def enter(handle, user, address):
    """Run from the block at `address`; how many instructions, or 0 and nothing has happened."""
    state = carray(user, (native.STATE_WORDS,), types.int64)
    at = state[native.CONTEXT]
    context = carray(calls.pointer(at), (WORDS,), types.int64)
    # Each span: host address of the code, address of its copy, words of 8 bytes.
    spans = carray(calls.pointer(context[SPANS]), (3 * context[SPAN_COUNT],), types.int64)
    for i in range(context[SPAN_COUNT]):
        count = spans[3 * i + 2]
        code = carray(calls.pointer(spans[3 * i]), (count,), types.int64)
        copy = carray(calls.pointer(spans[3 * i + 1]), (count,), types.int64)
        different = types.int64(0)
        for k in range(count):
            different |= code[k] ^ copy[k]
        if different:
            context[STALE] = 1
            state[native.TRANSLATED] = 0
            return 0
    calls.registers(context[READ], handle, context[READ_NAMES], context[VALUES], _COUNT)
    xpsr = context[XPSR]
    if xpsr & _IT:
        return 0
    budget = state[native.DEADLINE] - state[native.NOW]
    context[words.NZCV] = xpsr >> 28 & 15
    context[words.GE] = xpsr >> 16 & 15
    context[words.PC] = address
    context[words.BUDGET] = budget
    calls.run(context[RUN], at)
    executed = budget - context[words.BUDGET]
    if executed == 0:
        return 0
    state[native.NOW] += executed
    it = context[words.IT]
    flags = context[words.NZCV] << 28 | context[words.GE] << 16
    context[XPSR] = xpsr & ~_REPLACED | flags | (it & 3) << 25 | (it >> 2) << 10
    calls.registers(context[WRITE], handle, context[WRITE_NAMES], context[VALUES], _COUNT)
    reason = context[words.REASON]
    if reason != words.DEADLINE:
        state[native.BLOCK] = context[words.BLOCK]
    if context[words.RESUME]:
        state[native.RESUME] = context[words.PC]
    context[PC_VALUE] = context[words.PC] | 1
    calls.reg_write(context[WRITE_ONE], handle, _PC, at + 8 * PC_VALUE)
    context[ENTERED] += 1
    context[EXECUTED] += executed
    context[REASONS + reason] += 1
    return executed if reason != words.DEADLINE else max(executed, native.WORTHWHILE)


def new_context() -> tuple[np.ndarray, list[np.ndarray]]:
    """The context, and what must live as long."""
    context = np.zeros(WORDS, np.int64)
    names = [f"R{n}" for n in range(13)] + ["SP", "LR"]
    # XPSR_NZCVQG is all of XPSR: a write by its own name leaves GE alone in Unicorn 2.1.
    read, write = (
        np.array([getattr(arm_const, f"UC_ARM_REG_{name}") for name in [*names, last]], np.int32)
        for last in ("XPSR", "XPSR_NZCVQG")
    )
    base = context.ctypes.data
    places = np.array([base + 8 * word for word in [*range(15), XPSR]], np.int64)
    functions = {READ: "uc_reg_read_batch", WRITE: "uc_reg_write_batch", WRITE_ONE: "uc_reg_write"}
    for word, name in functions.items():
        context[word] = ctypes.cast(getattr(uclib, name), ctypes.c_void_p).value
    context[READ_NAMES], context[WRITE_NAMES] = read.ctypes.data, write.ctypes.data
    context[VALUES] = places.ctypes.data
    return context, [read, write, places]
