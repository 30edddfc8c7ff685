"""Registers that are kept as two halfwords: pieces of kernels, to their end and to any way out."""

import random

import numpy as np
import pytest

from rt1062.unicorn.translator import words
from tests.rt1062.unicorn.translator.test_forms import (
    CONDITIONS,
    ROUNDS,
    Cases,
    Runner,
    conditional,
    random_registers,
)

# What makes halves, what takes them apart, and what wants the whole register.
FORMS = (
    "sxtb16 {0}, {1}", "sxtb16 {0}, {1}, ror #8", "sxtab16 {0}, {1}, {2}",
    "sxtab16 {0}, {1}, {2}, ror #8", "pkhbt {0}, {1}, {2}, lsl #16", "pkhtb {0}, {1}, {2}, asr #16",
    "pkhbt {0}, {1}, {2}, lsl #3", "sadd16 {0}, {1}, {2}",
    "smlad {0}, {1}, {2}, {3}", "smlabb {0}, {1}, {2}, {3}", "smlatt {0}, {1}, {2}, {3}",
    "smulbt {0}, {1}, {2}", "add.w {0}, {1}, {2}", "eor {0}, {1}, {2}", "mov.w {0}, {1}",
    "ldr {0}, [r11, #4]", "str {0}, [r11, #8]", "ldrd {0}, {1}, [r11, #16]", "cmp.w {0}, {1}",
    "clz {0}, {1}", "ubfx {0}, {1}, #8, #16",
)  # fmt: skip
NO_CONDITION = ("cmp",)


def piece(chance: random.Random) -> str:
    """Some instructions over few registers, one in six of them conditional."""
    lines = []
    for _ in range(chance.randrange(2, 9)):
        form = chance.choice(FORMS)
        names = [f"r{n}" for n in chance.sample(range(5), 4)]
        text = form.format(*names)
        if chance.random() < 1 / 6 and not form.startswith(NO_CONDITION):
            text = conditional(text, chance.choice(CONDITIONS))
        lines.append(text)
    return "\n".join(lines)


class Pieces(Cases):
    """The same with pieces for single forms."""

    def sources(self, chance: random.Random) -> list[str]:
        return [piece(chance) for _ in range(120)]


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(random.Random(7))


def after(runner: Runner, start: int, registers: list[int], nzcv: int) -> tuple[int, list[int]]:
    """Where translated code left a piece, and with which registers and flags."""
    context = runner.context
    context[: len(registers)] = registers
    context[words.NZCV], context[words.GE] = nzcv, 0
    context[words.PC], context[words.BUDGET] = start, 1
    context[words.READ_MAP] = context[words.WRITE_MAP] = runner.maps.ctypes.data
    runner.function(context.ctypes.data)
    flags = int(context[words.NZCV]) << 28 | int(context[words.GE]) << 16
    return int(context[words.PC]), [*map(int, context[: len(registers)]), flags]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pieces_of_kernels_are_as_in_unicorn(pieces: Pieces, seed: int):
    runner, chance = Runner(pieces), random.Random(seed)
    memory, left = np.random.default_rng(seed), 0
    for _ in range(ROUNDS):
        contents = memory.integers(0, 256, len(runner.mine), dtype=np.uint8)
        for start, (source, size) in pieces.where.items():
            runner.mine[:], runner.theirs[:] = contents, contents
            registers, nzcv = random_registers(chance, ""), chance.randrange(16)
            if chance.random() < 0.1:
                registers[11] = 0x3000_0000  # no memory: a way out at the first access
            pc, ours = after(runner, start, registers, nzcv)
            if pc == start:
                continue
            left += pc != start + size
            theirs = runner.unicorn(start, pc - start, registers, nzcv, 0)
            assert ours == theirs, f"{source}\nto {pc - start}"
            assert np.array_equal(runner.mine, runner.theirs), source
    assert left > ROUNDS  # ways out in the middle, where registers are joined
