"""Which registers must be multiples of 4 at a block's start, for LDRD, LDM, VLDR and their like.

ARMv7-M Architecture Reference Manual (DDI 0403), A3.2.1 and the encodings of chapter A5. These
instructions fault when unaligned whatever CCR.UNALIGN_TRP says, and Unicorn carries them out. To
look at each access would slow all of them down; only an address modulo 4 matters, and that follows
a block's straight code well: additions of constants, copies, shifts by 2 and more, literals. A base
that was loaded from memory or computed otherwise within the block is not followed, nor is an IT
block; the stack pointer is a multiple of 4 always.
"""

# What is known of a register: (register << 2 | c) for the one that it had at the block's start
# plus c, with CONSTANT in the register's place for c alone; modulo 4. Or UNKNOWN.
UNKNOWN, CONSTANT = -1, 16
REGISTERS = 16
CHECKED = 13  # R0 to R12
# A block's needs in a word: bit r, register r is looked at; from LOW_BITS on two bits each, what
# they must be; IMPOSSIBLE, some access is unaligned whatever the registers are.
LOW_BITS, IMPOSSIBLE = CHECKED, 1 << 3 * CHECKED


def base_of(first: int, second: int) -> int:
    """The base register of an instruction whose address must be a multiple of 4, or -1.

    Immediate offsets of these instructions are multiples of 4. `second` of a 32-bit one.
    """
    if first >> 12 == 12:  # STM, LDM of 16 bits
        return first >> 8 & 7
    multiple = first & 0xFE40 == 0xE800
    double = first & 0xFE40 == 0xE840 and first & 0x0120 != 0
    floating = first & 0xFE00 == 0xEC00 and first & 0x01A0 != 0 and second & 0x0E00 == 0x0A00
    return first & 15 if multiple or double or floating else -1
