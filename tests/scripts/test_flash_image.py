"""scripts/flash_image.py on small ELFs made here."""

import struct
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "flash_image.py"


def make_elf(path, segments):
    """Write a 32-bit Arm ELF whose load segments are [(physical address, bytes)]."""
    offset = 52 + 32 * len(segments)
    header = b"\x7fELF" + bytes([1, 1, 1]) + bytes(9)
    header += struct.pack(
        "<HHIIIIIHHHHHH", 2, 40, 1, 0, 52, 0, 0x0500_0400, 52, 32, len(segments), 40, 0, 0
    )
    table, content = b"", b""
    for address, data in segments:
        place = offset + len(content)
        size = len(data)
        table += struct.pack("<IIIIIIII", 1, place, 0x2000_0000, address, size, size, 5, 4)
        content += data
    path.write_bytes(header + table + content)


def flash_image(elf, image):
    """Run the script."""
    return subprocess.run(
        [sys.executable, SCRIPT, elf, image], capture_output=True, text=True, timeout=60
    )


def test_segments_lie_at_their_load_addresses_with_erased_gaps(tmp_path):
    make_elf(tmp_path / "a.elf", [(0x6000_1000, b"ivt"), (0x6000_0000, b"fcb")])
    assert flash_image(tmp_path / "a.elf", tmp_path / "a.bin").returncode == 0
    assert (tmp_path / "a.bin").read_bytes() == b"fcb" + b"\xff" * 0xFFD + b"ivt"


def test_segments_outside_the_flash_are_left_out(tmp_path):
    make_elf(tmp_path / "a.elf", [(0x6000_0000, b"fcb"), (0x2020_0000, b"ram")])
    assert flash_image(tmp_path / "a.elf", tmp_path / "a.bin").returncode == 0
    assert (tmp_path / "a.bin").read_bytes() == b"fcb"


def test_elf_without_anything_for_the_flash_is_refused(tmp_path):
    make_elf(tmp_path / "a.elf", [(0x0800_0000, b"another chip")])
    done = flash_image(tmp_path / "a.elf", tmp_path / "a.bin")
    assert done.returncode == 2
    assert "loads nothing at 0x60000000" in done.stderr
    assert not (tmp_path / "a.bin").exists()


def test_file_that_is_no_elf_is_refused(tmp_path):
    (tmp_path / "a.elf").write_bytes(b"not an ELF")
    done = flash_image(tmp_path / "a.elf", tmp_path / "a.bin")
    assert done.returncode == 2
    assert done.stderr.startswith("flash_image: ")
