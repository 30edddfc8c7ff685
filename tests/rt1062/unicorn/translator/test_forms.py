"""Every form that is translated, with random registers, flags and memory, against Unicorn.

Each runs by itself and under a condition in an IT block. RTBENCH_FUZZ=2000 makes it longer.
"""

import ctypes
import os
import random
import re
from collections.abc import Iterator

import numpy as np
import pytest
from unicorn import Uc, UcError, arm_const, unicorn_const

from rt1062.unicorn import native
from rt1062.unicorn.machine_code import MachineCode
from rt1062.unicorn.translator import compiled, words
from rt1062.unicorn.translator.program import Code
from tests.rt1062.unicorn.assembler import assemble
from tests.rt1062.unicorn.translator.forms import forms

ROUNDS = int(os.environ.get("RTBENCH_FUZZ", "30"))
RAM, SIZE, CODE = 0x2000_0000, 0x1_0000, 0x1000_0000
EDGES = (0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x8000_8000, 0x7FFF_7FFF, 31, 32, 33, 255)
CONDITIONS = ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"]
NAMES = [*(f"R{n}" for n in range(13)), "SP", "LR"]
POINTER = 11


def concrete(form: str, chance: random.Random) -> str:
    """A form with registers."""
    low = chance.sample(range(8), 4)
    high = sorted(chance.sample([n for n in range(13) if n != POINTER and n not in low], 2))
    values = dict(zip("ABCDWXP", (*low, *high, POINTER), strict=True))
    mnemonic, _, operands = form.partition(" ")
    return f"{mnemonic} {re.sub('[ABCDWXP]', lambda m: f'r{values[m[0]]}', operands)}"


def conditional(text: str, condition: str) -> str:
    """The same in an IT block."""
    mnemonic, _, operands = text.partition(" ")
    name, _, width = mnemonic.replace("muls", "mul").partition(".")
    return f"it {condition}\n{name}{condition}{'.' + width if width else ''} {operands}"


class Cases:
    """All forms as blocks one after the other, compiled once."""

    def __init__(self, chance: random.Random):
        sources = self.sources(chance)
        pieces = [f".balign 16\ns{n}: {text}\ne{n}: b ." for n, text in enumerate(sources)]
        table = [f".word s{n}, e{n}" for n in range(len(sources))]
        code = assemble("\n".join([*pieces, ".balign 4", *table]), CODE)
        places = np.frombuffer(code[-8 * len(sources) :], np.uint32).reshape(-1, 2).tolist()
        self.where: dict[int, tuple[str, int]] = {}  # address: what it is, bytes without the end
        self.blocks: dict[int, Code] = {}
        for source, (start, end) in zip(sources, places, strict=True):
            body = code[start - CODE : end + 2 - CODE]
            self.blocks[start] = Code(start, body, native.count_instructions(body))
            self.where[start] = source, end - start
        self.unsupported = compiled.lift(self.blocks)[2]
        program = compiled.compile_blocks(self.blocks)
        self.code = MachineCode(program.machine_code)

    def sources(self, chance: random.Random) -> list[str]:
        """Each form by itself and under a condition."""
        texts = [concrete(form, chance) for form in forms()]
        return [s for t in texts for s in (t, conditional(t, chance.choice(CONDITIONS)))]


class Runner:
    """One block with the same registers and memory in translated code and in Unicorn."""

    def __init__(self, cases: Cases):
        self.mine, self.theirs = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
        self.maps = np.zeros(1 << 22, np.int64)
        self.maps[RAM >> 10 : (RAM + SIZE >> 10) - 1] = self.mine.ctypes.data - RAM
        self.context = np.zeros(words.CONTEXT_WORDS, np.int64)
        self.function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(cases.code.address("run"))
        self.uc = Uc(
            unicorn_const.UC_ARCH_ARM,
            unicorn_const.UC_MODE_THUMB,
            cpu=arm_const.UC_CPU_ARM_CORTEX_M7,
        )
        self.uc.mem_map_ptr(RAM, SIZE, unicorn_const.UC_PROT_ALL, self.theirs.ctypes.data)
        self.uc.mem_map(CODE, 0x10_0000)
        for start, block in cases.blocks.items():
            self.uc.mem_write(start, block.code)

    def translated(self, start: int, registers: list[int], nzcv: int, ge: int) -> list[int] | None:
        """Registers and flags afterwards; None if it left the instruction to Unicorn."""
        context = self.context
        context[: len(registers)] = registers
        context[words.NZCV], context[words.GE] = nzcv, ge
        context[words.PC], context[words.BUDGET] = start, 1
        context[words.READ_MAP] = context[words.WRITE_MAP] = self.maps.ctypes.data
        self.function(context.ctypes.data)
        if context[words.RESUME]:
            return None
        flags = int(context[words.NZCV]) << 28 | int(context[words.GE]) << 16
        return [*map(int, context[: len(registers)]), flags]

    def unicorn(self, start: int, size: int, registers: list[int], nzcv: int, ge: int) -> list[int]:
        """The same in Unicorn, Q with the flags."""
        for name, value in zip(NAMES, registers, strict=True):
            self.uc.reg_write(getattr(arm_const, f"UC_ARM_REG_{name}"), value)
        self.uc.reg_write(arm_const.UC_ARM_REG_XPSR_NZCVQG, 1 << 24 | nzcv << 28 | ge << 16)
        self.uc.emu_start(start | 1, start + size)
        after = [self.uc.reg_read(getattr(arm_const, f"UC_ARM_REG_{name}")) for name in NAMES]
        return [*after, self.uc.reg_read(arm_const.UC_ARM_REG_XPSR) & 0xF80F_0000]


def random_registers(chance: random.Random, source: str) -> list[int]:
    registers = [
        chance.choice(EDGES)
        if chance.random() < 0.3
        else chance.getrandbits(chance.choice((16, 32)))
        for _ in NAMES
    ]
    middle = RAM + chance.randrange(0x4000, 0x9000, 4)
    registers[POINTER] = middle + (chance.randrange(4) if chance.random() < 0.3 else 0)
    index = re.search(r"\[r11, r(\d+)", source)
    if index:
        registers[int(index[1])] = chance.randrange(-256, 256) & 0xFFFF_FFFF
    registers[13] = RAM + chance.randrange(0x4000, 0x9000, 4)
    return registers


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases(random.Random(19))


def test_every_form_is_translated(cases: Cases):
    assert cases.unsupported == []


def differences(cases: Cases, seed: int) -> Iterator[str]:
    runner, chance = Runner(cases), random.Random(seed)
    memory = np.random.default_rng(seed)
    left: dict[str, int] = {}
    for _ in range(ROUNDS):
        contents = memory.integers(0, 256, SIZE, dtype=np.uint8)
        for start, (source, size) in cases.where.items():
            runner.mine[:], runner.theirs[:] = contents, contents
            registers = random_registers(chance, source)
            nzcv, ge = chance.randrange(16), chance.randrange(16)
            ours = runner.translated(start, registers, nzcv, ge)
            if ours is None:
                left[source] = left.get(source, 0) + 1
                if not np.array_equal(runner.mine, contents):
                    yield f"{source}: memory was written before it was left to Unicorn"
                continue
            try:
                theirs = runner.unicorn(start, size, registers, nzcv, ge)
            except UcError as error:
                yield f"{source}: {error}"
                continue
            for name, mine, other in zip([*NAMES, "XPSR"], ours, theirs, strict=True):
                if mine != other:
                    yield f"{source}: {name} {mine:#x}, in Unicorn {other:#x}, nzcv {nzcv:#x}"
            if not np.array_equal(runner.mine, runner.theirs):
                yield f"{source}: memory"
    yield from (f"{source}: always left" for source, n in left.items() if n == ROUNDS)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_form_does_what_unicorn_does(cases: Cases, seed: int):
    found = list(differences(cases, seed))
    assert "\n".join(found[:10]) == ""
