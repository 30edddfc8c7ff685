"""The boot-ROM stand-in: forms of images it takes, damage it refuses by name."""

import struct

import pytest

from rt1062 import boot_rom
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.boot_rom import DcdCommand
from rt1062.errors import BootImageError

FLASH = 0x6000_0000
IVT, BOOT_DATA, DCD, VECTORS, CODE = 0x1000, 0x1020, 0x1040, 0x2000, 0x2400

EVK_FLASH = MIMXRT1060_EVK.flash


def build(
    base: int = FLASH,
    header: int = 0x4120_00D1,
    entry: int | None = None,
    dcd: bytes = b"",
    length: int | None = None,
    size: int = 0x3000,
    vectors: tuple[int, int] | None = None,
) -> bytearray:
    """An image as the SDK makes it, of `size` bytes, with no-operations for code."""
    image = bytearray(b"\xff" * size)
    fcb = bytearray(512)
    struct.pack_into("<II", fcb, 0, 0x4246_4346, 0x5601_0400)
    fcb[0x0C], fcb[0x46] = 1, 6
    struct.pack_into("<I", fcb, 0x50, 8 << 20)
    struct.pack_into("<II", fcb, 0x80, 0x0A18_04EB, 0x2604_3206)
    image[:512] = fcb
    entry = base + VECTORS if entry is None else entry
    pointer = base + DCD if dcd else 0
    words = (header, entry, 0, pointer, base + BOOT_DATA, base + IVT, 0, 0)
    struct.pack_into("<8I", image, IVT, *words)
    struct.pack_into("<3I", image, BOOT_DATA, base, size if length is None else length, 0)
    image[DCD : DCD + len(dcd)] = dcd
    struct.pack_into("<2I", image, VECTORS, *(vectors or (0x2001_0000, base + CODE + 1)))
    image[CODE : CODE + 16] = b"\x00\xbf" * 8
    return image


def refused(image: bytes) -> BootImageError:
    with pytest.raises(BootImageError) as caught:
        boot_rom.load(bytes(image), EVK_FLASH)
    assert caught.value.field in str(caught.value)
    return caught.value


# Forms that are taken.


def test_an_sdk_image_starts_by_its_vector_table():
    plan = boot_rom.load(bytes(build()), EVK_FLASH)
    assert (plan.entry, plan.stack_pointer) == (FLASH + CODE + 1, 0x2001_0000)
    assert plan.vector_table == FLASH + VECTORS
    assert (plan.copy, plan.dcd) == (None, [])


def test_a_teensy_image_starts_at_code_with_the_roms_stack():
    plan = boot_rom.load(
        bytes(build(header=0x4320_00D1, entry=FLASH + CODE + 1)), MIMXRT1060_EVK.flash
    )
    assert (plan.entry, plan.vector_table) == (FLASH + CODE + 1, None)
    assert plan.stack_pointer == boot_rom.ROM_STACK


@pytest.mark.parametrize("header", [0x4020_00D1, 0x4120_00D1, 0x4320_00D1])
def test_every_version_of_the_ivt_seen_in_real_images_is_taken(header):
    assert boot_rom.load(bytes(build(header=header)), EVK_FLASH).entry == FLASH + CODE + 1


@pytest.mark.parametrize("length", [0x3000, 0x80_0000, 0x100_0000, 0x400_0000])
def test_the_length_may_be_the_images_or_that_of_some_boards_flash(length):
    boot_rom.load(bytes(build(length=length)), EVK_FLASH)


def test_tocks_layout_has_its_vectors_right_behind_the_header():
    image = build()
    struct.pack_into("<I", image, IVT + 4, FLASH + 0x1400)
    struct.pack_into("<2I", image, 0x1400, 0x2021_0000, FLASH + CODE + 1)
    plan = boot_rom.load(bytes(image), EVK_FLASH)
    assert (plan.vector_table, plan.stack_pointer) == (FLASH + 0x1400, 0x2021_0000)


def test_an_image_that_runs_from_ram_is_copied_there():
    base = 0x2020_2000
    image = build(base=base, length=0x2800)
    plan = boot_rom.load(bytes(image), EVK_FLASH)
    assert plan.copy == (base, bytes(image[:0x2800]))
    assert (plan.entry, plan.vector_table) == (base + CODE + 1, base + VECTORS)


def test_what_the_file_leaves_out_is_copied_as_erased_flash():
    base = 0x2020_2000
    plan = boot_rom.load(bytes(build(base=base, length=0x4000)), EVK_FLASH)
    assert len(plan.copy[1]) == 0x4000
    assert plan.copy[1][-1] == 0xFF


def test_a_signature_placeholder_does_no_harm():
    image = build()
    struct.pack_into("<I", image, IVT + 24, FLASH + 0x2800)
    boot_rom.load(bytes(image), EVK_FLASH)


def test_the_rom_sets_flexspi_as_the_fcb_says():
    plan = boot_rom.load(bytes(build()), EVK_FLASH)
    writes = {one.address: one.value for one in plan.rom}
    assert writes[0x400D_80F0] & 0x3F == 14  # 100 MHz: 480 * 18 / 14 / 6
    assert writes[0x400F_C01C] >> 23 & 7 == 5
    assert writes[0x402A_8060] == 8192
    assert writes[0x402A_8000] == 0xFFFF_0010  # on, sample clock looped back from the DQS pad
    assert writes[0x402A_800C] == 0x78  # AHBCR: prefetch
    assert [writes[0x402A_8020 + 4 * i] for i in range(3)] == [0x8000_0000] * 3  # AHBRXBUF0 to 2
    assert writes[0x402A_8200] == 0x0A18_04EB
    assert plan.rom[-1] == DcdCommand("write", 4, 0x402A_801C, 1)  # locked at last


# Device configuration data.


def command(tag: int, parameter: int, *words: int) -> bytes:
    return struct.pack(f">BHB{len(words)}I", tag, 4 + 4 * len(words), parameter, *words)


def dcd(*commands: bytes) -> bytes:
    body = b"".join(commands)
    return struct.pack(">BHB", 0xD2, 4 + len(body), 0x41) + body


def test_dcd_commands_are_read():
    data = dcd(
        command(0xCC, 0x04, 0x400F_C068, 0xFFFF_FFFF, 0x400F_C06C, 1),
        command(0xCC, 0x1C, 0x401F_8014, 0x10),
        command(0xCC, 0x0A, 0x401F_8014, 0x01),
        command(0xC0, 0x00),
        command(0xCF, 0x1C, 0x402F_003C, 1),
        command(0xCF, 0x04, 0x402F_003C, 2, 5),
        command(0xB2, 0x00, 0),
    )
    assert boot_rom.load(bytes(build(dcd=data)), EVK_FLASH).dcd == [
        DcdCommand("write", 4, 0x400F_C068, 0xFFFF_FFFF),
        DcdCommand("write", 4, 0x400F_C06C, 1),
        DcdCommand("set", 4, 0x401F_8014, 0x10),
        DcdCommand("clear", 2, 0x401F_8014, 0x01),
        DcdCommand("check_any_set", 4, 0x402F_003C, 1),
        DcdCommand("check_all_clear", 4, 0x402F_003C, 2, 5),
    ]


@pytest.mark.parametrize(
    "where",
    [
        0x400B_8000,  # WDOG1: a reset without end
        0x4008_000C,  # DCDC
        0x402A_8000,  # FlexSPI
        0x2020_0000,
        0x8000_0000,
        0x401F_C000,  # behind the last of IOMUXC
    ],
)
def test_the_rom_writes_to_no_other_address(where):
    error = refused(build(dcd=dcd(command(0xCC, 0x04, 0x400F_C068, 1, where, 0))))
    assert (error.field, error.address) == ("DCD.write.address", FLASH + DCD + 4 + 4 + 8)
    assert error.found == where
    assert str(error).endswith("or SEMC: the boot ROM takes no such address")


@pytest.mark.parametrize("where", [0x400A_4000, 0x400A_8000, 0x400A_C044, 0x401F_8014,
                                   0x400D_8030, 0x400F_C014, 0x402F_0000])  # fmt: skip
def test_the_rom_writes_to_clocks_pads_and_semc(where):
    plan = boot_rom.load(bytes(build(dcd=dcd(command(0xCC, 0x04, where, 1)))), EVK_FLASH)
    assert plan.dcd == [DcdCommand("write", 4, where, 1)]


def test_dcd_of_a_single_zero_is_none():
    image = build(dcd=b"\0")
    assert boot_rom.load(bytes(image), EVK_FLASH).dcd == []
    struct.pack_into("<I", image, IVT + 12, FLASH + len(image) - 1)
    image[-1] = 0
    assert boot_rom.load(bytes(image), EVK_FLASH).dcd == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"\xd3" + dcd()[1:], "DCD.header.tag"),
        (dcd()[:3] + b"\x50", "DCD.header.version"),
        (b"\xd2\x00\x02\x41", "DCD.header.length"),
        (b"\xd2\x10\x00\x41", "DCD.header.length"),
        (dcd(command(0xAA, 0x04)), "DCD.command.tag"),
        (dcd(b"\xcc\x00\x02\x04"), "DCD.command.length"),
        (dcd(b"\xcc\x00\x40\x04"), "DCD.command.length"),
        (dcd(command(0xCC, 0x04, 0x400F_C068)), "DCD.command.length"),
        (dcd(command(0xCC, 0x03, 0x400F_C068, 1)), "DCD.command.width"),
        (dcd(command(0xCF, 0x04, 0x400F_C068)), "DCD.check.length"),
    ],
)
def test_damaged_dcd_is_refused(data, field):
    assert refused(build(dcd=data)).field == field


# Damage. Offsets from the beginning of the image.


@pytest.mark.parametrize(
    ("offset", "value", "field", "address"),
    [
        (0x0, 0x4643_4642, "FCB.tag", 0x0),
        (0x4, 0x0104_0000, "FCB.version", 0x4),
        (0x80, 0, "FCB.lookupTable[0]", 0x80),
        (IVT, 0x4120_00D2, "IVT.header.tag", IVT),
        (IVT, 0x4100_20D1, "IVT.header.length", IVT + 1),
        (IVT, 0x4420_00D1, "IVT.header.version", IVT + 3),
        (IVT + 4, 0x7000_0000, "IVT.entry", IVT + 4),
        (IVT + 4, 0, "IVT.entry", IVT + 4),
        (IVT + 4, FLASH + 0x3000, "IVT.entry", IVT + 4),  # the first byte behind the image
        (IVT + 4, FLASH + 0x2801, "IVT.entry", IVT + 4),  # erased flash is no code
        (IVT + 12, 0x7000_0000, "IVT.dcd", IVT + 12),
        (IVT + 16, 0, "IVT.boot_data", IVT + 16),
        (IVT + 16, FLASH + 0x2FF8, "IVT.boot_data", IVT + 16),
        (IVT + 20, FLASH + 0x1004, "IVT.self", IVT + 20),
        (IVT + 20, 0, "IVT.self", IVT + 20),
        (BOOT_DATA, FLASH + 0x1000, "boot_data.start", BOOT_DATA),
        (BOOT_DATA + 4, 0x101F, "boot_data.length", BOOT_DATA + 4),
        (BOOT_DATA + 4, 0x2000_0001, "boot_data.length", BOOT_DATA + 4),
        (BOOT_DATA + 8, 1, "boot_data.plugin", BOOT_DATA + 8),
        (VECTORS, 0, "vector_table.stack_pointer", VECTORS),
        (VECTORS, 0xFFFF_FFFF, "vector_table.stack_pointer", VECTORS),
        (VECTORS, 0x2001_0002, "vector_table.stack_pointer", VECTORS),
        (VECTORS, 0x2008_0004, "vector_table.stack_pointer", VECTORS),
        (VECTORS + 4, FLASH + CODE, "vector_table.reset_handler", VECTORS + 4),
        (VECTORS + 4, FLASH + 0x3001, "vector_table.reset_handler", VECTORS + 4),
        (VECTORS + 4, FLASH + 0x2801, "vector_table.reset_handler", VECTORS + 4),
    ],
)
def test_each_damage_is_named_with_its_address(offset, value, field, address):
    image = build()
    struct.pack_into("<I", image, offset, value)
    error = refused(image)
    assert (error.field, error.address) == (field, FLASH + address)
    assert error.found != error.expected


def test_an_image_for_ram_must_fit_there():
    error = refused(build(base=0x2020_2000, length=0x8_0000))
    assert error.field == "boot_data.length"


@pytest.mark.parametrize(
    ("length", "field"),
    [(0, "FCB"), (511, "FCB"), (0x1000, "IVT"), (0x101F, "IVT"), (0x102B, "IVT.boot_data")],
)
def test_an_image_that_is_cut_short_is_refused(length, field):
    assert refused(build()[:length]).field == field


def test_an_image_cut_in_its_vector_table_is_refused():
    assert refused(build()[: VECTORS + 4]).field == "vector_table.reset_handler"


def test_an_image_larger_than_the_flash_is_refused():
    error = refused(build(size=(8 << 20) + 1))
    assert error.field == "image"
    assert "8388609 bytes" in str(error)
    assert "at most 8388608 bytes" in str(error)


def test_the_message_says_found_and_expected():
    image = build()
    struct.pack_into("<I", image, IVT + 20, FLASH)
    assert str(refused(image)) == (
        "boot image refused: IVT.self at 0x60001014 is 0x60000000, expected 0x60001000"
    )
