"""FlexSPI: what a sequence of the look-up table says, instruction by instruction.

Source: RT1060 reference manual, chapter FlexSPI, table Instruction set.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rt1062.blocks.flexspi_registers import LUT

STOP, CMD, RADDR, CADDR = 0x00, 0x01, 0x02, 0x03
MODE1, MODE2, MODE4, MODE8 = 0x04, 0x05, 0x06, 0x07
WRITE, READ, LEARN, DATSZ, DUMMY, DUMMY_RWDS, JMP_ON_CS = 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1F
DDR = 0x20  # added to the opcode: two bits a clock on each pad
MODE_BITS = {MODE1: 1, MODE2: 2, MODE4: 4, MODE8: 8}
KNOWN = {CMD, RADDR, CADDR, *MODE_BITS, WRITE, READ, LEARN, DATSZ, DUMMY, DUMMY_RWDS}

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
    has_address: bool = False
    clocks: int = 0  # of all before the data
    waits: int = 0  # of those, mode and dummy
    lanes: int = 1  # bits a clock of the data
    data: int = 0  # READ, WRITE or 0
    operand: int = 0  # data size if IPCR1 names none


def decode(words: Iterable[int]) -> Sequence:
    """Read the words of a sequence; SequenceError if an IP command may not use it."""
    found = Sequence()
    for opcode, pads, operand in _instructions(words):
        plain = opcode & ~DDR
        if opcode == STOP:
            break
        if opcode == JMP_ON_CS:
            raise SequenceError(JUMP_IN_IP_COMMAND)
        if plain not in KNOWN:
            raise SequenceError(UNKNOWN_OPCODE)
        _add(found, plain, (1 << pads) * (2 if opcode & DDR else 1), operand)
    return found


def _instructions(words: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """Opcode, pads (the power of two) and operand of each."""
    for word in words:
        yield LUT.OPCODE0.get(word), LUT.NUM_PADS0.get(word), LUT.OPERAND0.get(word)
        yield LUT.OPCODE1.get(word), LUT.NUM_PADS1.get(word), LUT.OPERAND1.get(word)


def _add(found: Sequence, opcode: int, lanes: int, operand: int) -> None:
    if opcode in (READ, WRITE):
        found.data, found.lanes, found.operand = opcode, lanes, operand
    elif opcode == CMD:
        if found.command is None:
            found.command = operand
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
