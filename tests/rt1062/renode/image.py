"""The smallest flash image that the boot ROM takes."""

import struct

FLASH = 0x6000_0000
# Where the image has device configuration data that does one of each: write, set, clear, check.
DCD = FLASH + 0x2040


def flash_image(entry: int = FLASH + 0x2000, dcd: int = 0) -> bytes:
    """FCB, IVT, boot data and a vector table at +0x2000 whose handler is an endless loop."""
    image = bytearray(b"\xff" * 0x2100)
    image[0:512] = bytes(512)
    struct.pack_into("<II", image, 0, 0x4246_4346, 0x5601_0400)
    struct.pack_into("<II", image, 0x80, 0x0A18_04EB, 0x2604_3206)
    ivt = (0x4120_00D1, entry, 0, dcd, FLASH + 0x1020, FLASH + 0x1000, 0, 0)
    struct.pack_into("<8I", image, 0x1000, *ivt)
    struct.pack_into("<3I", image, 0x1020, FLASH, len(image), 0)
    struct.pack_into("<II", image, 0x2000, 0x2006_0000, FLASH + 0x2081)
    struct.pack_into("<H", image, 0x2080, 0xE7FE)
    dcd_words = (
        0xD200_3441, 0xCC00_0C04, 0x401F_8000, 5, 0xCC00_0C1A, 0x400F_C000, 3,
        0xCC00_0C09, 0x400F_C001, 255, 0xCF00_0C04, 0x400D_8000, 1,
    )  # fmt: skip
    struct.pack_into(">13I", image, DCD - FLASH, *dcd_words)
    return bytes(image)
