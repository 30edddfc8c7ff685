"""Blocks of Thumb-2 code as decoded instructions, each with the IT state in front of it."""

from dataclasses import dataclass, field

import capstone
from capstone import arm

from rt1062.unicorn.translator.program import Code

NUMBERS = {getattr(arm, f"ARM_REG_R{i}"): i for i in range(13)} | {
    arm.ARM_REG_SP: 13,
    arm.ARM_REG_LR: 14,
    arm.ARM_REG_PC: 15,
}
NAMES = {
    getattr(arm, name): name.removeprefix("ARM_INS_").lower()
    for name in dir(arm)
    if name.startswith("ARM_INS_")
}
_CONDITIONS = "EQ NE HS LO MI PL VS VC HI LS GE LT GT LE AL"
CONDITIONS = {getattr(arm, f"ARM_CC_{name}"): name.lower() for name in _CONDITIONS.split()} | {
    arm.ARM_CC_INVALID: "al"
}
BRANCHES = (arm.ARM_INS_B, arm.ARM_INS_CBZ, arm.ARM_INS_CBNZ)
_NOPS = (b"\x00\xbf", b"\xaf\xf3\x00\x80")
MASK_32 = 0xFFFF_FFFF


class Unsupported(Exception):
    """This instruction is left to Unicorn."""


def decoder() -> capstone.Cs:
    """Capstone for the instructions of a Cortex-M."""
    mode = capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS
    found = capstone.Cs(capstone.CS_ARCH_ARM, mode)
    found.detail = True
    return found


def advanced(state: int) -> int:
    """ITSTATE behind an instruction (ARMv7-M ARM, A7.3.3)."""
    return (state & 0xE0 | state << 1 & 0x1F) if state & 7 else 0


def number(operand: arm.ArmOp) -> int:
    """The core register that an operand is, or Unsupported."""
    if operand.type != arm.ARM_OP_REG or operand.reg not in NUMBERS:
        raise Unsupported("operand")
    return NUMBERS[operand.reg]


@dataclass(frozen=True)
class Instruction:
    """One instruction as capstone decodes it, and the IT state in front of it."""

    decoded: capstone.CsInsn
    it: int

    def __post_init__(self) -> None:
        # Capstone makes a new list each time it is asked.
        object.__setattr__(self, "operands", self.decoded.operands)
        name = NAMES.get(self.decoded.id, "")
        if bytes(self.decoded.bytes) in _NOPS:  # to capstone a hint, as WFI is
            name = "nop"
        object.__setattr__(self, "name", name)

    operands: list[arm.ArmOp] = field(init=False)
    name: str = field(init=False)

    @property
    def address(self) -> int:
        """Where it lies."""
        return self.decoded.address

    @property
    def next(self) -> int:
        """Address of the one behind it."""
        return self.decoded.address + self.decoded.size

    @property
    def it_next(self) -> int:
        """The IT state behind it."""
        if self.decoded.id == arm.ARM_INS_IT:
            return self.decoded.bytes[0]
        return advanced(self.it) if self.it & 15 else 0

    @property
    def sets_flags(self) -> bool:
        """Whether NZCV change. Of ADC and SBC capstone says it always."""
        if self.name not in ("adc", "sbc"):
            return self.decoded.update_flags
        return bool(self.decoded.bytes[0] & 0x10) if self.decoded.size == 4 else not self.it & 15

    @property
    def condition(self) -> str:
        """Under which condition it is executed, "al" for always."""
        return CONDITIONS[self.decoded.cc]

    def __str__(self) -> str:
        return f"{self.decoded.mnemonic} {self.decoded.op_str}"


class Block:
    """One block, `it` its IT state at the start."""

    def __init__(self, cs: capstone.Cs, found: Code, it: int = 0):
        start, code = found.start, found.code
        self.start, self.end, self.it = start, found.end, it
        self.needs, self.device = found.needs, found.device
        self.instructions: list[Instruction] = []
        # Within an IT block capstone must see an IT to know the conditions.
        prefix = bytes([it, 0xBF]) if it & 15 else b""
        for decoded in cs.disasm(prefix + code, start - len(prefix)):
            if decoded.address >= start:
                instruction = Instruction(decoded, it)
                self.instructions.append(instruction)
                it = instruction.it_next
        self.it_end = it

    @property
    def whole(self) -> bool:
        """Whether all of it could be decoded."""
        return bool(self.instructions) and self.instructions[-1].next == self.end

    @property
    def count(self) -> int:
        """Instructions in it."""
        return len(self.instructions)

    @property
    def tag(self) -> int:
        """Address, and length in bytes shifted by 32, as in native.BLOCK."""
        return self.start | self.end - self.start << 32

    def target(self) -> int | None:
        """Where the branch at its end leads, if that is in the instruction."""
        last = self.instructions[-1]
        if last.name in ("b", "bl", "cbz", "cbnz"):
            return last.operands[-1].imm & MASK_32
        return None

    def followers(self) -> list[int]:
        """Addresses that may be executed next, calls and returns apart."""
        last = self.instructions[-1]
        if last.decoded.id in BRANCHES:
            always = last.name == "b" and last.condition == "al"
            return [self.target()] if always else [self.target(), self.end]
        return [] if last.name in ("bl", "blx", "bx") else [self.end]
