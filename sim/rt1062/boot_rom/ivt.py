"""Image vector table (IVT) and boot data: where the image lies and where it is entered.

RT1060 reference manual, chapter System Boot, section Image Vector Table and Boot Data.
"""

import struct

from rt1062.boot_rom.dcd import read_dcd
from rt1062.boot_rom.image import IVT_OFFSET, BootPlan, Image, refuse_unless
from rt1062.chip import memory_map as chip

IVT_BYTES, BOOT_DATA_BYTES = 32, 12
IVT_TAG = 0xD1
IVT_VERSIONS = range(0x40, 0x44)
# The ROM's own stack lies at the top of the first 32 KB of OCRAM2 while it runs; an image whose
# entry is code finds the pointer there and sets its own.
ROM_STACK = 0x2020_8000
# Where an image may be copied to and run from, besides flash (fuse default FlexRAM split).
RAM_REGIONS = (
    chip.Region("ITCM", chip.ITCM.base, 128 * chip.KIB),
    chip.Region("DTCM", chip.DTCM.base, 128 * chip.KIB),
    chip.OCRAM2,
    chip.Region("OCRAM", chip.OCRAM.base, 256 * chip.KIB),
)
# Where an image that runs in place may say that it ends: flash sizes of other boards are taken,
# and images that name the whole code region (NuttX: 0x1F7FFFFF) run on real boards.
XIP_WINDOW_BYTES = 0x2000_0000
# A stack may be where only the firmware's own FlexRAM split or SDRAM set-up puts memory.
STACK_REGIONS = (
    chip.DTCM,
    chip.Region("OCRAM2 and OCRAM", chip.OCRAM2.base, 1024 * chip.KIB),
    chip.ITCM,
    chip.Region("SDRAM", 0x8000_0000, 0x6000_0000),
)


def read_ivt(image: Image) -> tuple[BootPlan, int]:
    """How the image is entered, and the length that its boot data names."""
    image.need(IVT_OFFSET, IVT_BYTES, "IVT")
    address = image.base + IVT_OFFSET
    words = struct.unpack_from("<8I", image.data, IVT_OFFSET)
    header, entry, _, dcd, boot_data, self_pointer, _csf, _ = words
    tag, version = header & 0xFF, header >> 24
    length = header >> 8 & 0xFF, header >> 16 & 0xFF  # big-endian
    refuse_unless(tag == IVT_TAG, "IVT.header.tag", address, f"0x{tag:02X}", f"0x{IVT_TAG:02X}")
    refuse_unless(
        length == (0, IVT_BYTES),
        "IVT.header.length",
        address + 1,
        f"0x{length[0]:02X}{length[1]:02X}",
        f"0x{IVT_BYTES:04X}",
    )
    refuse_unless(
        version in IVT_VERSIONS, "IVT.header.version", address + 3, f"0x{version:02X}", "0x40..0x43"
    )
    # An image that runs from RAM names its addresses there; its start says where.
    image.base = self_pointer - IVT_OFFSET
    in_ram = any(region.base <= image.base < region.end for region in RAM_REGIONS)
    refuse_unless(
        image.base == chip.FLASH.base or in_ram, "IVT.self", address + 20, self_pointer, address
    )
    length = _check_boot_data(image, address, boot_data, in_ram)
    commands = read_dcd(image, dcd) if dcd else []
    start, stack, table = _read_entry(image, address, entry)
    # What the file leaves out is erased flash.
    copy = (image.base, image.data[:length].ljust(length, b"\xff")) if in_ram else None
    return BootPlan(start, stack, table, commands, copy), length


def _check_boot_data(image: Image, ivt: int, pointer: int, in_ram: bool) -> int:
    """Check the boot data; the length of the image that it names."""
    offset = image.offset(pointer)
    inside = offset >= 0 and offset + BOOT_DATA_BYTES <= len(image.data)
    refuse_unless(
        inside, "IVT.boot_data", ivt + 16, pointer, f"an address within the image, such as "
        f"0x{ivt + IVT_BYTES:08X}",
    )  # fmt: skip
    start, length, plugin = struct.unpack_from("<3I", image.data, offset)
    refuse_unless(start == image.base, "boot_data.start", pointer, start, image.base)
    limit = XIP_WINDOW_BYTES
    if in_ram:
        limit = next(r.end for r in RAM_REGIONS if r.base <= image.base < r.end) - image.base
    refuse_unless(
        IVT_OFFSET + IVT_BYTES <= length <= limit,
        "boot_data.length",
        pointer + 4,
        length,
        f"0x{IVT_OFFSET + IVT_BYTES:X}..0x{limit:X}",
    )
    refuse_unless(plugin & 1 == 0, "boot_data.plugin", pointer + 8, plugin, 0)
    return length


def _read_entry(image: Image, ivt: int, entry: int) -> tuple[int, int, int | None]:
    offset = image.offset(entry & ~1)
    refuse_unless(offset >= 0, "IVT.entry", ivt + 4, entry, "an address within the image")
    if entry & 1:
        refuse_unless(
            image.data[offset : offset + 2] not in (b"\xff\xff", b""),
            "IVT.entry", ivt + 4, entry, "the address of code (erased flash is there)",
        )  # fmt: skip
        return entry, ROM_STACK, None
    stack = image.word(offset, "vector_table.stack_pointer")
    refuse_unless(
        stack % 4 == 0 and any(r.base < stack <= r.end for r in STACK_REGIONS),
        "vector_table.stack_pointer", entry, stack, "a word-aligned address in RAM",
    )  # fmt: skip
    reset = image.word(offset + 4, "vector_table.reset_handler")
    refuse_unless(
        bool(reset & 1), "vector_table.reset_handler", entry + 4, reset, "a Thumb address (bit 0)"
    )
    code = image.offset(reset & ~1)
    refuse_unless(
        code >= 0 and image.data[code : code + 2] != b"\xff\xff",
        "vector_table.reset_handler", entry + 4, reset, "code within the image",
    )  # fmt: skip
    return reset, stack, entry
