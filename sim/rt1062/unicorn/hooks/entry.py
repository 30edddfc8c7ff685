"""Into translated code and back, from within the block hook: see translator/entry.py."""

from numba import carray, cfunc, types
from unicorn import arm_const

from rt1062.unicorn import native
from rt1062.unicorn.hooks import calls
from rt1062.unicorn.translator import entry, words

_COUNT = 16  # registers
_PC = arm_const.UC_ARM_REG_PC
_IT, _REPLACED = 0x0600_FC00, 0xF60F_FC00  # of XPSR: IT state; with NZCV and GE


@cfunc(types.int64(types.voidptr, types.voidptr, types.int64))
def enter(handle, user, address):
    """Run from the block at `address`; how many instructions, or 0 and nothing has happened."""
    state = carray(user, (native.STATE_WORDS,), types.int64)
    at = state[native.CONTEXT]
    context = carray(calls.pointer(at), (entry.WORDS,), types.int64)
    # Each span: host address of the code, address of its copy, words of 8 bytes.
    spans = carray(
        calls.pointer(context[entry.SPANS]), (3 * context[entry.SPAN_COUNT],), types.int64
    )
    for i in range(context[entry.SPAN_COUNT]):
        count = spans[3 * i + 2]
        code = carray(calls.pointer(spans[3 * i]), (count,), types.int64)
        copy = carray(calls.pointer(spans[3 * i + 1]), (count,), types.int64)
        different = types.int64(0)
        for k in range(count):
            different |= code[k] ^ copy[k]
        if different:
            context[entry.STALE] = 1
            state[native.TRANSLATED] = 0
            return 0
    calls.registers(
        context[entry.READ], handle, context[entry.READ_NAMES], context[entry.VALUES], _COUNT
    )
    xpsr = context[entry.XPSR]
    if xpsr & _IT:
        return 0
    budget = min(state[native.DEADLINE], state[native.STEP_END]) - state[native.NOW]
    context[words.NZCV] = xpsr >> 28 & 15
    context[words.GE] = xpsr >> 16 & 15
    context[words.PC] = address
    context[words.BUDGET] = context[entry.GIVEN] = budget
    context[entry.SPUN] = 0
    calls.run(context[entry.RUN], at)
    ticks = budget - context[words.BUDGET]
    executed = ticks - context[entry.SPUN]
    if executed == 0:
        return 0
    state[native.NOW] += ticks
    it = context[words.IT]
    flags = context[words.NZCV] << 28 | context[words.GE] << 16
    context[entry.XPSR] = xpsr & ~_REPLACED | flags | (it & 3) << 25 | (it >> 2) << 10
    calls.registers(
        context[entry.WRITE], handle, context[entry.WRITE_NAMES], context[entry.VALUES], _COUNT
    )
    reason = context[words.REASON]
    if reason != words.DEADLINE:
        state[native.BLOCK] = context[words.BLOCK]
    if context[words.RESUME]:
        state[native.RESUME] = context[words.PC]
    context[entry.PC_VALUE] = context[words.PC] | 1
    calls.reg_write(context[entry.WRITE_ONE], handle, _PC, at + 8 * entry.PC_VALUE)
    context[entry.ENTERED] += 1
    context[entry.EXECUTED] += executed
    context[entry.REASONS + reason] += 1
    return executed if reason != words.DEADLINE else max(executed, native.WORTHWHILE)
