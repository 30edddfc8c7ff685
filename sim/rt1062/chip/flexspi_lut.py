"""Instructions of FlexSPI's look-up table (RT1060 reference manual, chapter FlexSPI).

An instruction is half a word: opcode in bits 15:10, pads as a power of two in 9:8, operand in 7:0.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

SEQUENCE_WORDS = 4
STOP, CMD, RADDR, CADDR = 0x00, 0x01, 0x02, 0x03
MODE1, MODE2, MODE4, MODE8 = 0x04, 0x05, 0x06, 0x07
WRITE, READ, LEARN, DATSZ, DUMMY, DUMMY_RWDS, JMP_ON_CS = 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1F
DDR = 0x20  # added to the opcode: two bits a clock on each pad
MODE_BITS = {MODE1: 1, MODE2: 2, MODE4: 4, MODE8: 8}
KNOWN = {CMD, RADDR, CADDR, *MODE_BITS, WRITE, READ, LEARN, DATSZ, DUMMY, DUMMY_RWDS}


class Instruction(NamedTuple):
    """`opcode` without DDR, which is `double`; `pads` is 1, 2, 4 or 8."""

    opcode: int
    double: bool
    pads: int
    operand: int

    @property
    def lanes(self) -> int:
        """Bits that move in a clock."""
        return self.pads * (2 if self.double else 1)


def instructions(words: Iterable[int]) -> Iterator[Instruction]:
    """Those of a sequence, STOP and what is behind it left out."""
    for word in words:
        for half in (word & 0xFFFF, word >> 16):
            opcode = half >> 10
            if opcode == STOP:
                return
            jump = opcode == JMP_ON_CS
            plain = opcode if jump else opcode & ~DDR
            yield Instruction(plain, opcode != plain, 1 << (half >> 8 & 3), half & 0xFF)
