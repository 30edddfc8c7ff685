"""Firmware files as flash images: raw binary, Intel HEX, Motorola S-records, ELF.

Whatever the form, what comes out is the contents of the board's flash from its first byte on, as a
programmer would write it. Gaps are 0xFF, as in erased flash.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from rt1062 import boot_rom
from rt1062.boot_rom import FCB_TAG, BootPlan
from rt1062.chip import memory_map as chip
from rt1062.chip.memory_map import Region
from rt1062.errors import SetupError

UF2_MAGIC = b"UF2\n"
RT1064_FLASH = Region("RT1064 flash", 0x7000_0000, 4096 * chip.KIB)
SELF_POINTER = 0x1014  # IVT.self of an image with its IVT at 0x1000
MOST_BYTES = 64 * 1024 * chip.KIB  # of a file; no flash of these chips is larger


@dataclass(frozen=True)
class FlashImage:
    """The flash's contents from its first byte on.

    `without_rom`: how an ELF without a boot header is started, which the boot ROM would not do;
    None for an image that the boot ROM starts. `elf`: the file with the symbols, if there is one.
    """

    data: bytes
    elf: Path | None = None
    without_rom: BootPlan | None = None

    def plan(self, contents: bytes, flash: Region, quad_enabled: bool) -> BootPlan:
        """How the boot ROM starts what the flash now holds; BootImageError if it does not.

        `quad_enabled`: QE in the flash's status register.
        """
        return self.without_rom or boot_rom.load(contents, flash, quad_enabled)


def read(path: Path, flash: Region, elf: Path | None = None) -> FlashImage:
    """A firmware file for a board's flash; `elf` gives the symbols of one that has none.

    SetupError for a file that cannot be read, is none of these forms, is made for another chip, or
    does not fit; a raw image is left to the boot ROM's own judgement.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SetupError(f"{path}: larger than any flash of this chip, not a firmware")
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path}: flash image cannot be read: {error.strerror}") from error
    if data.startswith(b"\x7fELF"):
        return _elf(path, flash)
    if data.startswith(UF2_MAGIC):
        raise SetupError(f"{path}: a UF2 file; this board's boot ROM takes .bin, .hex or an ELF")
    if path.suffix.lower() in (".hex", ".ihex", ".s19", ".s28", ".s37", ".srec", ".mot"):
        return FlashImage(_records(path, flash), elf)
    _refuse_other_kinds(path, data)
    return FlashImage(data, elf)


def is_elf(path: Path) -> bool:
    """Whether a file begins as an ELF does; one that cannot be read is none."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(4) == b"\x7fELF"
    except OSError:
        return False


def _elf(path: Path, flash: Region) -> FlashImage:
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with path.open("rb") as stream:
            file = ELFFile(stream)
            if file["e_machine"] != "EM_ARM":
                raise SetupError(f"{path}: an ELF for {file['e_machine']}, not for Arm")
            entry = file["e_entry"]
            pieces = [
                (segment["p_paddr"], segment.data())
                for segment in file.iter_segments("PT_LOAD")
                if segment["p_filesz"]
            ]
            tables = [one["sh_addr"] for one in file.iter_sections() if one.name in VECTOR_SECTIONS]
    except (ELFError, OSError, struct.error, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: not an ELF file that can be read ({error})") from error
    data = _placed(path, pieces, flash)
    if len(data) < 4 or int.from_bytes(data[:4], "little") == FCB_TAG:
        return FlashImage(data, path)
    return FlashImage(data, path, _start_without_rom(path, data, flash, entry, tables))


VECTOR_SECTIONS = (".isr_vector", ".vectors", ".interrupts", "rom_start", ".vector_table")


def _start_without_rom(
    path: Path, data: bytes, flash: Region, entry: int, tables: list[int]
) -> BootPlan:
    """Stack and entry out of the vector table, wherever the linker has put it."""
    for address in (*tables, flash.base):
        if not flash.base <= address <= flash.base + len(data) - 8:
            continue
        stack, reset = struct.unpack_from("<II", data, address - flash.base)
        if reset & 1 and flash.base <= reset < flash.base + len(data):
            return BootPlan(reset, stack, address)
    if entry & 1 and flash.base <= entry < flash.base + len(data):
        return BootPlan(entry, boot_rom.ROM_STACK, None)
    raise SetupError(
        f"{path}: neither boot header nor vector table, and its entry 0x{entry:08X} is no code in "
        f"the flash at 0x{flash.base:08X}"
    )


def _records(path: Path, flash: Region) -> bytes:
    import bincopy

    file = bincopy.BinFile()
    try:
        text = path.read_text(encoding="ascii")
        (file.add_srec if text.lstrip().startswith("S") else file.add_ihex)(text)
    except (bincopy.Error, ValueError) as error:
        raise SetupError(f"{path}: not a HEX or S-record file ({error})") from error
    return _placed(path, [(one.address, bytes(one.data)) for one in file.segments], flash)


def _placed(path: Path, pieces: list[tuple[int, bytes]], flash: Region) -> bytes:
    """The flash's contents of pieces at their addresses; what is loaded elsewhere is refused."""
    image = bytearray()
    for address, data in sorted(pieces):
        start = address - flash.base
        if RT1064_FLASH.base <= address < RT1064_FLASH.end:
            raise SetupError(
                f"{path}: made for an RT1064, whose flash is at 0x{RT1064_FLASH.base:08X}; link it "
                f"for 0x{flash.base:08X}"
            )
        if not 0 <= start < flash.size:
            raise SetupError(
                f"{path}: {len(data)} bytes are for 0x{address:08X}, outside the flash of this "
                f"board (0x{flash.base:08X} to 0x{flash.end - 1:08X}); a debugger could put them "
                "there, the boot ROM cannot"
            )
        if start + len(data) > flash.size:
            raise SetupError(f"{path}: does not fit into the {flash.size} bytes of flash")
        image.extend(b"\xff" * (start + len(data) - len(image)))
        image[start : start + len(data)] = data
    if not image:
        raise SetupError(f"{path}: nothing in it is for the flash at 0x{flash.base:08X}")
    return bytes(image)


def _refuse_other_kinds(path: Path, data: bytes) -> None:
    """Raw files that are something else than an image of this chip's flash, by name."""
    if len(data) < 8 or int.from_bytes(data[:4], "little") == FCB_TAG:
        return
    if len(data) >= SELF_POINTER + 4:
        pointer = int.from_bytes(data[SELF_POINTER : SELF_POINTER + 4], "little")
        if RT1064_FLASH.base <= pointer < RT1064_FLASH.end:
            raise SetupError(f"{path}: made for an RT1064 (IVT.self is 0x{pointer:08X})")
    stack, reset = struct.unpack_from("<II", data)
    in_ram = any(one.base < stack <= one.end for one in (chip.DTCM, chip.OCRAM, chip.OCRAM2))
    if in_ram and not stack % 4 and reset & 1 and chip.FLASH.base <= reset < chip.FLASH.end:
        raise SetupError(
            f"{path}: begins with a vector table, where the boot ROM wants its FCB; link the boot "
            "header (FCB, IVT, boot data) in front of it, or boot the ELF, which is done without"
        )
