"""What the serial flash says of itself: SFDP header and basic parameter table (JESD216B)."""

import struct

PARAMETERS_AT = 0x30


def sfdp(flash_bytes: int) -> bytes:
    """The table of an IS25WP064-like chip: 256-byte pages, erases of 4, 32 and 64 KB."""
    header = b"SFDP" + bytes((6, 1, 0, 0xFF))  # revision 1.6, one parameter header
    parameters = bytes((0x00, 6, 1, 16, PARAMETERS_AT, 0, 0, 0xFF))
    words = (
        0xFFF9_20E5,  # 4 KB erase is 0x20; 1-1-2, 1-2-2, 1-4-4 and 1-1-4 reads; 3-byte addresses
        flash_bytes * 8 - 1,
        0x6B08_EB44,  # 1-4-4: 0xEB, 2 mode + 4 wait clocks; 1-1-4: 0x6B, 8
        0xBB80_3B08,  # 1-1-2: 0x3B, 8; 1-2-2: 0xBB, 4 mode clocks
        0xFFFF_FFEE,  # no 2-2-2, no 4-4-4 read
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0x520F_200C,  # erase 4 KB 0x20, 32 KB 0x52
        0x0000_D810,  # 64 KB 0xD8
        2 | 4 << 4 | 1 << 9 | 8 << 11 | 1 << 16 | 12 << 18 | 1 << 23,  # typical erase times
        2 | 8 << 4 | 24 << 8 | 3 << 24 | 2 << 29 | 1 << 31,  # page 256, program 200 us
        1 << 31,  # no suspend
        0,
        0x04 | 4 << 8 | 1 << 13 | 0xAB << 15 | 0xB9 << 23,  # poll status bit 0; deep power down
        2 << 20,  # quad enable is bit 6 of the status register
        0x10 << 8 | 1,  # soft reset 0x66, 0x99; status register is not volatile
    )
    table = struct.pack("<16I", *words)
    return (header + parameters).ljust(PARAMETERS_AT, b"\xff") + table
