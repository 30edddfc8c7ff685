"""One program on two processors, of which the second runs translated code: they must not differ."""

import numpy as np

from rt1062.unicorn import native
from rt1062.unicorn.processor import Processor
from rt1062.unicorn.translator import compiled
from rt1062.unicorn.translator.maps import Permissions
from rt1062.unicorn.translator.program import Code
from rt1062.unicorn.translator.tier import Thresholds, Tier

NEVER = Thresholds(look=1 << 60)
REGISTERS = (*(f"R{n}" for n in range(13)), "SP", "LR", "XPSR", "MSP", "PSP", "CONTROL", "FPSCR")


def seen(processor: Processor, runs: int = 1) -> dict[int, Code]:
    """The blocks that a processor has executed so often, and that may be translated."""
    state = processor.core.state
    table = state[native.CACHE : native.RUNS].reshape(-1, native.CACHE_WORDS)
    blocks = {}
    for tag in table[state[native.RUNS : native.TRACK] >= runs, native.TAG].tolist():
        code = processor.tier.code(tag & native.ADDRESS, tag >> 32)
        if code is not None and code.is_translatable:
            blocks[code.start] = code
    return blocks


def set_tier(processor: Processor, wanted: bool, runs: int = 1) -> None:
    """A tier that has translated what was executed so often; or nothing."""
    processor.core.set_translated(0)

    def permissions() -> Permissions:
        return Permissions(dict(processor._applied), frozenset(processor._mixed))

    processor.tier = Tier(processor.core, processor.memory, permissions, thresholds=NEVER)
    processor._next_look = 1 << 62
    if wanted:
        processor.tier.use(compiled.compile_blocks(seen(processor, runs)))


def state(processor: Processor) -> list[object]:
    """All that must be equal: registers, time, what the core stopped for."""
    values = processor.core.batch(*REGISTERS).read()
    named = [f"{name} {value:#x}" for name, value in zip(REGISTERS, values, strict=True)]
    core = processor.core
    return [*named, f"pc {core.pc:#x}", core.now, processor.instructions, core.access_fault]


def different(one: Processor, other: Processor) -> list[object]:
    """What differs: nothing if all is well."""
    found = [pair for pair in zip(state(one), state(other), strict=True) if pair[0] != pair[1]]
    for a, b in zip(one.memory.segments, other.memory.segments, strict=True):
        if a.permissions & native.WRITE:
            x, y = np.frombuffer(a.view, np.uint64), np.frombuffer(b.view, np.uint64)
            if not np.array_equal(x, y):
                found.append(f"memory at {a.base + 8 * int(np.flatnonzero(x != y)[0]):#x}")
    return found
