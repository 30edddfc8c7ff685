"""Device configuration data (DCD): writes and checks that the boot ROM does for the image.

RT1060 reference manual, chapter System Boot, section Device Configuration Data.
"""

import struct

from rt1062.boot_rom.image import IVT_OFFSET, DcdCommand, Image, refuse_unless
from rt1062.chip.block_table import BLOCKS

DCD_TAG = 0xD2
DCD_VERSIONS = range(0x40, 0x44)
DCD_MAX_BYTES = 1768
DCD_WRITE, DCD_CHECK, DCD_NOP, DCD_UNLOCK = 0xCC, 0xCF, 0xC0, 0xB2
# The ROM writes to these blocks only, over the 16 KB of each.
WRITABLE = ("IOMUXC_SNVS_GPR", "IOMUXC_SNVS", "IOMUXC_GPR", "IOMUXC", "CCM_ANALOG", "CCM", "SEMC")
SLOT_BYTES = 0x4000


def read_dcd(image: Image, pointer: int) -> list[DcdCommand]:
    """Device configuration data: header, then write, check, nop and unlock commands."""
    offset = image.offset(pointer)
    refuse_unless(
        offset >= 0, "IVT.dcd", image.base + IVT_OFFSET + 12, pointer, "an address in the image"
    )
    # A single zero stands for no data in images that run on real boards (MicroPython's).
    image.need(offset, 1, "DCD")
    if image.data[offset] == 0:
        return []
    tag, length, version = _header(image, offset, "DCD.header")
    refuse_unless(tag == DCD_TAG, "DCD.header.tag", pointer, f"0x{tag:02X}", f"0x{DCD_TAG:02X}")
    refuse_unless(
        version in DCD_VERSIONS, "DCD.header.version", pointer + 3, f"0x{version:02X}", "0x40..0x43"
    )
    refuse_unless(4 <= length <= DCD_MAX_BYTES, "DCD.header.length", pointer + 1, length, "4..1768")
    image.need(offset, length, "DCD")
    commands: list[DcdCommand] = []
    at = offset + 4
    while at < offset + length:
        tag, size, parameter = _header(image, at, "DCD.command")
        address = image.base + at
        refuse_unless(
            tag in (DCD_WRITE, DCD_CHECK, DCD_NOP, DCD_UNLOCK),
            "DCD.command.tag", address, f"0x{tag:02X}", "0xB2, 0xC0, 0xCC or 0xCF",
        )  # fmt: skip
        refuse_unless(
            size >= 4 and size % 4 == 0 and at + size <= offset + length,
            "DCD.command.length", address + 1, size, "whole words that are left of the DCD",
        )  # fmt: skip
        words = struct.unpack_from(f">{(size - 4) // 4}I", image.data, at + 4)
        commands += _commands(tag, parameter, words, address)
        at += size
    return commands


def _header(image: Image, offset: int, name: str) -> tuple[int, int, int]:
    image.need(offset, 4, name)
    return struct.unpack_from(">BHB", image.data, offset)


def _commands(tag: int, parameter: int, words: tuple[int, ...], address: int) -> list[DcdCommand]:
    if tag in (DCD_NOP, DCD_UNLOCK):
        return []
    width = parameter & 7
    refuse_unless(width in (1, 2, 4), "DCD.command.width", address + 3, width, "1, 2 or 4 bytes")
    mask, put = parameter >> 3 & 1, parameter >> 4 & 1
    if tag == DCD_WRITE:
        refuse_unless(
            len(words) % 2 == 0, "DCD.command.length", address + 1, len(words), "pairs of words"
        )
        operation = ("set" if put else "clear") if mask else "write"
        for i, where in enumerate(words[::2]):
            refuse_unless(
                any(0 <= where - BLOCKS[name].base < SLOT_BYTES for name in WRITABLE),
                "DCD.write.address",
                address + 4 + 8 * i,
                where,
                f"an address in {', '.join(WRITABLE[:-1])} or {WRITABLE[-1]}: the boot ROM takes "
                "no such address",
            )
        return [
            DcdCommand(operation, width, where, value)
            for where, value in zip(words[::2], words[1::2], strict=True)
        ]
    refuse_unless(len(words) in (2, 3), "DCD.check.length", address + 1, len(words), "2 or 3 words")
    operation = f"check_{'any' if mask else 'all'}_{'set' if put else 'clear'}"
    return [DcdCommand(operation, width, words[0], words[1], words[2] if len(words) == 3 else 0)]
