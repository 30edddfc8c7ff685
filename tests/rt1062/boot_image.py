"""Small bootable flash images for tests: FCB, IVT, boot data, vector table and assembled code."""

import struct

from tests.rt1062.unicorn.assembler import assemble

BASE = 0x6000_0000
VECTORS, CODE = BASE + 0x2000, BASE + 0x2400
STACK = 0x2000_1000
# Connects LPUART1 to AD_B0_12 and AD_B0_13; uses r4 and r5.
LPUART1_PINS = """ ldr r4, =0x401F80EC
 movs r5, #2
 str r5, [r4]
 str r5, [r4, #4]
"""


def headers(
    entry: int = VECTORS,
    length: int = 0x80_0000,
    base: int = BASE,
    ivt_header: int = 0x4120_00D1,
    dcd: int = 0,
) -> bytearray:
    """The first 8 KB of an image, as the SDK makes them."""
    image = bytearray(b"\xff" * 0x2000)
    fcb = bytearray(512)
    struct.pack_into("<II", fcb, 0, 0x4246_4346, 0x5601_0400)
    struct.pack_into("<II", fcb, 0x80, 0x0A18_04EB, 0x2604_3206)
    image[0:512] = fcb
    ivt = base + 0x1000
    words = (ivt_header, entry, 0, dcd, ivt + 0x20, ivt, 0, 0)
    struct.pack_into("<8I", image, 0x1000, *words)
    struct.pack_into("<3I", image, 0x1020, base, length, 0)
    return image


def boot_image(source: str, handlers: dict[int, str] | None = None) -> bytes:
    """An image that starts at the label `start`; `handlers`: exception number to label."""
    names = handlers or {}
    table = [f".word {STACK}, start + 1"]
    table += [f".word {names[n]} + 1" if n in names else ".word hang + 1" for n in range(2, 256)]
    text = "\n".join([*table, source, "hang: b hang"])
    return bytes(headers()) + assemble(text, VECTORS)
