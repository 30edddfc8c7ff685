"""What the pipeline needs to know of an instruction: operands, results, slots, how long alone.

Offsets are stages: 0 is EX1 (address, early ALU, early shifter), 1 EX2 (late ALU), 2 EX3
(accumulate), 3 EX4 (data of a store).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import capstone
from capstone import arm

FLAGS = "flags"


@dataclass(frozen=True)
class Instruction:
    """One instruction for the pipeline.

    `needs`: register to the stage in which it is used; `gives`: to the stage after which it is
    there. `early`: the same where it issues in the older slot and all its operands are there in
    EX1. `late_loads`: operands that a loaded word reaches one stage later. `alone`: cycles in which
    nothing else issues, 0 for what pairs. `units`: what it takes of which there is one a cycle.
    """

    mnemonic: str
    needs: dict[str, int]
    gives: dict[str, int]
    early: tuple[dict[str, int], dict[str, int]] | None = None
    late_loads: frozenset[str] = frozenset()
    loads: bool = False
    older_only: bool = False
    alone: int = 0
    units: frozenset[str] = frozenset()
    bank: tuple[str, int] | None = None  # of a load: base register, parity of the word
    holds_vector: int = 0  # cycles after it without VADD, VLDM, VSTM, VLDR.D, VSTR.D, VMOV of #
    held_by_vector: bool = False
    moves_vector: bool = False  # VLDR, VSTR, VMOV: while those are held not in the younger slot
    shifts: bool = False  # by itself: not with a younger one that takes the shifter
    branch: bool = False
    conditional: bool = False
    known: bool = True


def unknown(mnemonic: str) -> Instruction:
    """An instruction that the table does not have: 3 cycles alone."""
    return Instruction(mnemonic, {}, {}, alone=3, known=False)


class Operands:
    """The operands of a decoded instruction by what is done with them."""

    def __init__(self, one: capstone.CsInsn) -> None:
        self.name = one.reg_name
        self.all = one.operands
        self.registers = [self.name(op.reg) for op in self.all if op.type == arm.ARM_OP_REG]
        self.memory = next((op.mem for op in self.all if op.type == arm.ARM_OP_MEM), None)
        self.shifted = [
            self.name(op.reg)
            for op in self.all
            if op.type == arm.ARM_OP_REG and op.shift.type != arm.ARM_SFT_INVALID
        ]
        self.writeback = one.writeback
        wide = one.size == 4 and not one.mnemonic.startswith(_PLAIN_CONSTANTS)
        last = self.all[-1] if self.all else None
        constant = last is not None and last.type == arm.ARM_OP_IMM
        self.shifted_constant = wide and constant and _is_shifted(last.imm & 0xFFFF_FFFF)

    def address(self) -> list[str]:
        """The registers of the address."""
        if self.memory is None:
            return []
        return [self.name(reg) for reg in (self.memory.base, self.memory.index) if reg]


_PLAIN_CONSTANTS = ("addw", "subw", "movw", "movt")  # whose constant is in the code as it is
BYTE = 0xFF


def _is_shifted(constant: int) -> bool:
    """Whether an operand is a byte that is shifted: neither small nor a pattern of one byte."""
    low = constant & BYTE
    patterns = {low * 0x0001_0001, low * 0x0101_0101, (constant >> 8 & BYTE) * 0x0100_0100}
    return constant > BYTE and constant not in patterns


def sources(registers: Sequence[str], stage: int) -> dict[str, int]:
    """These registers, used in that stage."""
    return dict.fromkeys(registers, stage)
