"""rt1062.images: every form of a firmware file is the same flash, or refused by name."""

import struct

import pytest

from rt1062 import emulators, images
from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.errors import SetupError
from tests.rt1062.boot_image import boot_image, headers
from tests.rt1062.firmware_files import included, write_elf, write_hex

FLASH = MIMXRT1060_EVK.flash
IMAGE = boot_image("start: b start")
TABLE = """
.word 0x20001000, start + 1
start: ldr r0, =0x20200000
  movs r1, #42
  str r1, [r0]
here: b here
"""


def test_hex_s_records_and_elf_are_the_same_flash_as_the_raw_image(tmp_path):
    (tmp_path / "a.bin").write_bytes(IMAGE)
    files = [
        tmp_path / "a.bin",
        write_hex(tmp_path / "a.hex", IMAGE),
        write_hex(tmp_path / "a.s19", IMAGE),
        write_elf(tmp_path / "a.elf", included(tmp_path / "a.raw", IMAGE)),
    ]
    assert [images.read(file, FLASH).data == IMAGE for file in files] == [True] * 4
    assert [images.read(file, FLASH).elf is not None for file in files] == [False] * 3 + [True]


def test_an_elf_without_boot_header_starts_at_its_vector_table(tmp_path):
    elf = write_elf(tmp_path / "bare.elf", TABLE)
    with emulators.create(elf) as machine:
        machine.power_on()
        machine.run_for(0.0001)
        assert machine.read_memory(0x2020_0000, 4) == bytes([42, 0, 0, 0])
        assert machine.warnings == ["no boot header: the boot ROM would not start this image"]
        assert machine.whereabouts(machine.core_state().pc) == " (here + 0x0, bare.s:9)"
        machine.reset()
        machine.run_for(0.0001)
        assert [reset.cause for reset in machine.resets] == ["reset pin"]


def test_a_raw_image_that_is_no_elf_is_left_to_the_boot_rom(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"hello, this is text and no firmware at all" * 200)
    assert images.read(tmp_path / "a.bin", FLASH).without_rom is None


def rt1064(image: bytearray) -> bytes:
    struct.pack_into("<I", image, 0, 0xFFFF_FFFF)
    return bytes(image)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.bin", struct.pack("<II", 0x2000_1000, 0x6000_2401) + bytes(64), "vector table, where"),
        ("a.bin", rt1064(headers(base=0x7000_0000)), "made for an RT1064"),
        ("a.uf2", b"UF2\n\x57\x51\x5d\x9e" + bytes(500), "a UF2 file"),
        ("a.hex", b"the quick brown fox\n", "not a HEX or S-record file"),
        ("a.hex", b":10000000zz\n", "not a HEX or S-record file"),
        ("a.hex", b"\xff\xfe\x00", "not a HEX or S-record file"),
        ("a.s19", b"S1130000\n", "not a HEX or S-record file"),
        ("a.hex", b":00000001FF\n", "nothing in it is for the flash at 0x60000000"),
        ("a.elf", b"\x7fELF", "not an ELF file that can be read"),
        ("a.elf", b"\x7fELF" + bytes(range(200)), "not an ELF file that can be read"),
    ],
)
def test_what_is_no_firmware_of_this_board_is_refused_by_name(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SetupError, match=said):
        images.read(tmp_path / name, FLASH)


@pytest.mark.parametrize(
    ("base", "said"),
    [
        (0x7000_0000, "made for an RT1064"),
        (0x2000_0000, "bytes are for 0x20000000, outside the flash"),
        (0x6080_0000, "outside the flash of this board"),
        (0x607F_F000, "does not fit into the 8388608 bytes of flash"),
    ],
)
def test_what_lies_elsewhere_is_refused_with_its_address(tmp_path, base, said):
    with pytest.raises(SetupError, match=said):
        images.read(write_hex(tmp_path / "a.hex", IMAGE, base), FLASH)


def test_an_elf_for_another_core_is_refused(tmp_path):
    data = bytearray(write_elf(tmp_path / "a.elf", TABLE).read_bytes())
    data[18] = 62
    (tmp_path / "a.elf").write_bytes(data)
    with pytest.raises(SetupError, match="an ELF for EM_X86_64, not for Arm"):
        images.read(tmp_path / "a.elf", FLASH)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.bin", tmp_path):
        with pytest.raises(SetupError, match="flash image cannot be read"):
            images.read(path, FLASH)
