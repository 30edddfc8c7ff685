"""FlexSPI: what a sequence of the look-up table says, instruction by instruction.

Source: RT1060 reference manual, chapter FlexSPI, table Instruction set.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rt1062.chip.flexspi_lut import (
    CADDR,
    CMD,
    DUMMY,
    DUMMY_RWDS,
    JMP_ON_CS,
    KNOWN,
    MODE_BITS,
    RADDR,
    READ,
    WRITE,
    instructions,
)

# STS1.IPCMDERRCODE
JUMP_IN_IP_COMMAND, UNKNOWN_OPCODE, OUTSIDE_THE_FLASH = 0x2, 0x3, 0x6


class SequenceError(ValueError):
    """The controller refuses the sequence; `code` is what STS1 says."""

    def __init__(self, code: int) -> None:
        super().__init__(f"sequence error 0x{code:X}")
        self.code = code


@dataclass
class Sequence:
    """One transaction: clocks before the data, and what the data phase is."""

    command: int | None = None
    command_lanes: int = 1
    has_address: bool = False
    clocks: int = 0  # of all before the data
    waits: int = 0  # of those, mode and dummy
    lanes: int = 1  # bits a clock of the data
    data: int = 0  # READ, WRITE or 0
    operand: int = 0  # data size if IPCR1 names none


def decode(words: Iterable[int]) -> Sequence:
    """Read the words of a sequence; SequenceError if an IP command may not use it."""
    found = Sequence()
    for one in instructions(words):
        if one.opcode == JMP_ON_CS and not one.double:
            raise SequenceError(JUMP_IN_IP_COMMAND)
        if one.opcode not in KNOWN:
            raise SequenceError(UNKNOWN_OPCODE)
        _add(found, one.opcode, one.lanes, one.operand)
    return found


def _add(found: Sequence, opcode: int, lanes: int, operand: int) -> None:
    if opcode in (READ, WRITE):
        found.data, found.lanes, found.operand = opcode, lanes, operand
    elif opcode == CMD:
        if found.command is None:
            found.command, found.command_lanes = operand, lanes
        found.clocks += -(-8 // lanes)
    elif opcode in (RADDR, CADDR):
        found.has_address = True
        found.clocks += -(-operand // lanes)
    elif opcode in MODE_BITS:
        clocks = -(-MODE_BITS[opcode] // lanes)
        found.clocks += clocks
        found.waits += clocks
    elif opcode in (DUMMY, DUMMY_RWDS):
        found.clocks += operand
        found.waits += operand
