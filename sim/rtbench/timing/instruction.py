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
    holds_vector: int = 0  # cycles after it without VADD, VLDM and VLDR.D
    held_by_vector: bool = False
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

    def address(self) -> list[str]:
        """The registers of the address."""
        if self.memory is None:
            return []
        return [self.name(reg) for reg in (self.memory.base, self.memory.index) if reg]


def sources(registers: Sequence[str], stage: int) -> dict[str, int]:
    """These registers, used in that stage."""
    return dict.fromkeys(registers, stage)
