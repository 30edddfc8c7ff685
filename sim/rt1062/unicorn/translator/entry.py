"""Into translated code and back, from within the block hook; compiled (hooks).

Registers go to the context and back with one call into Unicorn each. PC is written by itself:
Unicorn then goes on there within the same uc_emu_start.
"""

import ctypes

import numpy as np
from unicorn import arm_const
from unicorn.unicorn_py3.unicorn import uclib

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
STATE = XPSR + 13  # address of native.py's words
GIVEN = XPSR + 15  # the budget at the last entry
SPUN = XPSR + 16  # ticks since then that a spin let pass
STALE = XPSR + 12  # 1 once the guest's code was another
REASONS = XPSR + 17  # how often it was left for which reason
WORDS = REASONS + len(words.REASONS)


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
