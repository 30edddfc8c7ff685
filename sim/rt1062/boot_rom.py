"""The boot-ROM stand-in: reads a flash image as the ROM does, and refuses or hands over.

RT1060 reference manual, chapter System Boot: FlexSPI NOR configuration block (FCB), image vector
table (IVT), boot data, device configuration data (DCD). One piece over the image's bytes, run
before power on whichever emulator follows. What silicon would not notice is not refused, unless
the image certainly could not run.
"""

import struct
from dataclasses import dataclass, field

from rt1062.chip import memory_map as chip
from rt1062.chip.block_table import BLOCKS
from rt1062.errors import BootImageError

FCB_OFFSET, IVT_OFFSET = 0x0, 0x1000
FCB_TAG = 0x4246_4346  # "FCFB" in byte order
FCB_VERSION_TAG = 0x56  # 'V' in the top byte
FCB_BYTES, IVT_BYTES, BOOT_DATA_BYTES = 512, 32, 12
IVT_TAG, DCD_TAG = 0xD1, 0xD2
IVT_VERSIONS = range(0x40, 0x44)
DCD_VERSIONS = range(0x40, 0x44)
DCD_MAX_BYTES = 1768
DCD_WRITE, DCD_CHECK, DCD_NOP, DCD_UNLOCK = 0xCC, 0xCF, 0xC0, 0xB2
SERIAL_NOR = 1
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
# FCB.serialClkFreq: (PFD0_FRAC of PLL3, FlexSPI divider) that the ROM sets.
FLEXSPI_CLOCKS = {
    1: (34, 8),
    2: (22, 8),
    3: (24, 6),
    4: (30, 4),
    5: (18, 6),
    6: (14, 6),
    7: (12, 6),
    8: (13, 5),
    9: (13, 4),
}
# A stack may be where only the firmware's own FlexRAM split or SDRAM set-up puts memory.
STACK_REGIONS = (
    chip.DTCM,
    chip.Region("OCRAM2 and OCRAM", chip.OCRAM2.base, 1024 * chip.KIB),
    chip.ITCM,
    chip.Region("SDRAM", 0x8000_0000, 0x6000_0000),
)


@dataclass(frozen=True)
class DcdCommand:
    """One write or check of the device configuration data.

    `operation` is "write", "set", "clear", "check_all_clear", "check_any_clear",
    "check_all_set" or "check_any_set"; `width` in bytes; `count` limits a check, 0 means for ever.
    """

    operation: str
    width: int
    address: int
    value: int
    count: int = 0


@dataclass(frozen=True)
class BootPlan:
    """How the ROM hands over: where to go on, with which stack, after which writes.

    `vector_table` is where IVT.entry points if it is a vector table, else None. `copy` is
    (target, bytes) of an image that runs from RAM. `rom` are the ROM's own writes, before `dcd`:
    FlexSPI as the FCB says.
    """

    entry: int
    stack_pointer: int
    vector_table: int | None
    dcd: list[DcdCommand] = field(default_factory=list)
    copy: tuple[int, bytes] | None = None
    rom: list[DcdCommand] = field(default_factory=list)


class _Image:
    """The image's bytes at the addresses that the ROM gives them."""

    def __init__(self, data: bytes):
        self.data = data
        self.base = chip.FLASH.base  # changes if the image is copied to RAM

    def word(self, offset: int, name: str) -> int:
        self.need(offset, 4, name)
        return int.from_bytes(self.data[offset : offset + 4], "little")

    def need(self, offset: int, size: int, name: str) -> None:
        if not offset >= 0 or offset + size > len(self.data):
            raise BootImageError(
                name,
                self.base + max(offset, 0),
                f"outside the image of {len(self.data)} bytes",
                f"{size} bytes there",
            )

    def offset(self, address: int) -> int:
        """Offset of an address of the image, -1 outside."""
        offset = address - self.base
        return offset if 0 <= offset < len(self.data) else -1


def load(data: bytes, flash: chip.Region) -> BootPlan:
    """Read a raw image of a board's flash; BootImageError says what is wrong with it."""
    image = _Image(data)
    if len(data) > flash.size:
        raise BootImageError(
            "image", image.base, f"{len(data)} bytes", f"at most {flash.size} bytes"
        )
    _check_fcb(image)
    return _read_ivt(image)


def _refuse_unless(good: bool, name: str, address: int, found: object, expected: object) -> None:
    if not good:
        raise BootImageError(name, address, found, expected)


def _check_fcb(image: _Image) -> None:
    image.need(FCB_OFFSET, FCB_BYTES, "FCB")
    base = image.base + FCB_OFFSET
    tag = image.word(FCB_OFFSET, "FCB.tag")
    _refuse_unless(tag == FCB_TAG, "FCB.tag", base, tag, FCB_TAG)
    version = image.word(FCB_OFFSET + 4, "FCB.version")
    _refuse_unless(
        version >> 24 == FCB_VERSION_TAG, "FCB.version", base + 4, version, "0x56xxxxxx ('V')"
    )
    lut = image.data[FCB_OFFSET + 0x80 : FCB_OFFSET + 0x84]
    # Without a read sequence the ROM reads nothing back: 0x00 and 0xFF are no instruction.
    _refuse_unless(
        lut not in (bytes(4), b"\xff" * 4),
        "FCB.lookupTable[0]",
        base + 0x80,
        int.from_bytes(lut, "little"),
        "a read sequence",
    )


def _read_ivt(image: _Image) -> BootPlan:
    image.need(IVT_OFFSET, IVT_BYTES, "IVT")
    address = image.base + IVT_OFFSET
    words = struct.unpack_from("<8I", image.data, IVT_OFFSET)
    header, entry, _, dcd, boot_data, self_pointer, _csf, _ = words
    tag, version = header & 0xFF, header >> 24
    length = header >> 8 & 0xFF, header >> 16 & 0xFF  # big-endian
    _refuse_unless(tag == IVT_TAG, "IVT.header.tag", address, f"0x{tag:02X}", f"0x{IVT_TAG:02X}")
    _refuse_unless(
        length == (0, IVT_BYTES),
        "IVT.header.length",
        address + 1,
        f"0x{length[0]:02X}{length[1]:02X}",
        f"0x{IVT_BYTES:04X}",
    )
    _refuse_unless(
        version in IVT_VERSIONS, "IVT.header.version", address + 3, f"0x{version:02X}", "0x40..0x43"
    )
    # An image that runs from RAM names its addresses there; its start says where.
    image.base = self_pointer - IVT_OFFSET
    in_ram = any(region.base <= image.base < region.end for region in RAM_REGIONS)
    _refuse_unless(
        image.base == chip.FLASH.base or in_ram, "IVT.self", address + 20, self_pointer, address
    )
    length = _check_boot_data(image, address, boot_data, in_ram)
    commands = _read_dcd(image, dcd) if dcd else []
    start, stack, table = _read_entry(image, address, entry)
    # What the file leaves out is erased flash.
    copy = (image.base, image.data[:length].ljust(length, b"\xff")) if in_ram else None
    return BootPlan(start, stack, table, commands, copy, _rom_writes(image.data))


def _rom_writes(data: bytes) -> list[DcdCommand]:
    """How the ROM sets up FlexSPI: clock, sizes of the chips, look-up table, locked."""
    sample_clock, frequency = data[FCB_OFFSET + 0x0C], data[FCB_OFFSET + 0x46]
    fraction, divider = FLEXSPI_CLOCKS.get(frequency, FLEXSPI_CLOCKS[1])
    sizes = struct.unpack_from("<4I", data, FCB_OFFSET + 0x50)
    lut = struct.unpack_from("<64I", data, FCB_OFFSET + 0x80)
    analog, ccm = BLOCKS["CCM_ANALOG"].base, BLOCKS["CCM"].base
    flexspi = BLOCKS["FLEXSPI"].base
    writes = [
        (analog + 0xF0, 0x0F1A_2300 | fraction),  # PFD_480
        (ccm + 0x1C, 0x6413_0001 | (divider - 1) << 23),  # CSCMR1
        (flexspi + 0x00, 0xFFFF_0000 | (sample_clock & 3) << 4),  # MCR0
        # FLSHCR0; an FCB that names no size leaves the reset values
        *((flexspi + 0x60 + 4 * i, size // 1024) for i, size in enumerate(sizes) if any(sizes)),
        (flexspi + 0x18, 0x5AF0_5AF0),  # LUTKEY
        (flexspi + 0x1C, 2),  # LUTCR
        *((flexspi + 0x200 + 4 * i, word) for i, word in enumerate(lut)),
        (flexspi + 0x18, 0x5AF0_5AF0),
        (flexspi + 0x1C, 1),
    ]
    return [DcdCommand("write", 4, address, value) for address, value in writes]


def _check_boot_data(image: _Image, ivt: int, pointer: int, in_ram: bool) -> int:
    """Check the boot data; the length of the image that it names."""
    offset = image.offset(pointer)
    inside = offset >= 0 and offset + BOOT_DATA_BYTES <= len(image.data)
    _refuse_unless(
        inside, "IVT.boot_data", ivt + 16, pointer, f"an address within the image, such as "
        f"0x{ivt + IVT_BYTES:08X}",
    )  # fmt: skip
    start, length, plugin = struct.unpack_from("<3I", image.data, offset)
    _refuse_unless(start == image.base, "boot_data.start", pointer, start, image.base)
    limit = XIP_WINDOW_BYTES
    if in_ram:
        limit = next(r.end for r in RAM_REGIONS if r.base <= image.base < r.end) - image.base
    _refuse_unless(
        IVT_OFFSET + IVT_BYTES <= length <= limit,
        "boot_data.length",
        pointer + 4,
        length,
        f"0x{IVT_OFFSET + IVT_BYTES:X}..0x{limit:X}",
    )
    _refuse_unless(plugin & 1 == 0, "boot_data.plugin", pointer + 8, plugin, 0)
    return length


def _read_entry(image: _Image, ivt: int, entry: int) -> tuple[int, int, int | None]:
    offset = image.offset(entry & ~1)
    _refuse_unless(offset >= 0, "IVT.entry", ivt + 4, entry, "an address within the image")
    if entry & 1:
        _refuse_unless(
            image.data[offset : offset + 2] not in (b"\xff\xff", b""),
            "IVT.entry", ivt + 4, entry, "the address of code (erased flash is there)",
        )  # fmt: skip
        return entry, ROM_STACK, None
    stack = image.word(offset, "vector_table.stack_pointer")
    _refuse_unless(
        stack % 4 == 0 and any(r.base < stack <= r.end for r in STACK_REGIONS),
        "vector_table.stack_pointer", entry, stack, "a word-aligned address in RAM",
    )  # fmt: skip
    reset = image.word(offset + 4, "vector_table.reset_handler")
    _refuse_unless(
        bool(reset & 1), "vector_table.reset_handler", entry + 4, reset, "a Thumb address (bit 0)"
    )
    code = image.offset(reset & ~1)
    _refuse_unless(
        code >= 0 and image.data[code : code + 2] != b"\xff\xff",
        "vector_table.reset_handler", entry + 4, reset, "code within the image",
    )  # fmt: skip
    return reset, stack, entry


def _read_dcd(image: _Image, pointer: int) -> list[DcdCommand]:
    """Device configuration data: header, then write, check, nop and unlock commands."""
    offset = image.offset(pointer)
    _refuse_unless(
        offset >= 0, "IVT.dcd", image.base + IVT_OFFSET + 12, pointer, "an address in the image"
    )
    # A single zero stands for no data in images that run on real boards (MicroPython's).
    image.need(offset, 1, "DCD")
    if image.data[offset] == 0:
        return []
    tag, length, version = _header(image, offset, "DCD.header")
    _refuse_unless(tag == DCD_TAG, "DCD.header.tag", pointer, f"0x{tag:02X}", f"0x{DCD_TAG:02X}")
    _refuse_unless(
        version in DCD_VERSIONS, "DCD.header.version", pointer + 3, f"0x{version:02X}", "0x40..0x43"
    )
    _refuse_unless(
        4 <= length <= DCD_MAX_BYTES, "DCD.header.length", pointer + 1, length, "4..1768"
    )
    image.need(offset, length, "DCD")
    commands: list[DcdCommand] = []
    at = offset + 4
    while at < offset + length:
        tag, size, parameter = _header(image, at, "DCD.command")
        address = image.base + at
        _refuse_unless(
            tag in (DCD_WRITE, DCD_CHECK, DCD_NOP, DCD_UNLOCK),
            "DCD.command.tag", address, f"0x{tag:02X}", "0xB2, 0xC0, 0xCC or 0xCF",
        )  # fmt: skip
        _refuse_unless(
            size >= 4 and size % 4 == 0 and at + size <= offset + length,
            "DCD.command.length", address + 1, size, "whole words that are left of the DCD",
        )  # fmt: skip
        words = struct.unpack_from(f">{(size - 4) // 4}I", image.data, at + 4)
        commands += _commands(tag, parameter, words, address)
        at += size
    return commands


def _header(image: _Image, offset: int, name: str) -> tuple[int, int, int]:
    image.need(offset, 4, name)
    return struct.unpack_from(">BHB", image.data, offset)


def _commands(tag: int, parameter: int, words: tuple[int, ...], address: int) -> list[DcdCommand]:
    if tag in (DCD_NOP, DCD_UNLOCK):
        return []
    width = parameter & 7
    _refuse_unless(width in (1, 2, 4), "DCD.command.width", address + 3, width, "1, 2 or 4 bytes")
    mask, put = parameter >> 3 & 1, parameter >> 4 & 1
    if tag == DCD_WRITE:
        _refuse_unless(
            len(words) % 2 == 0, "DCD.command.length", address + 1, len(words), "pairs of words"
        )
        operation = ("set" if put else "clear") if mask else "write"
        return [
            DcdCommand(operation, width, where, value)
            for where, value in zip(words[::2], words[1::2], strict=True)
        ]
    _refuse_unless(
        len(words) in (2, 3), "DCD.check.length", address + 1, len(words), "2 or 3 words"
    )
    operation = f"check_{'any' if mask else 'all'}_{'set' if put else 'clear'}"
    return [DcdCommand(operation, width, words[0], words[1], words[2] if len(words) == 3 else 0)]
