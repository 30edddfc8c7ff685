"""Make a raw QSPI flash image from a firmware's ELF: what its load segments put at 0x60000000.

For `action.yml`, where a user has an ELF and no objcopy; gaps are 0xFF as in erased flash.
"""

import argparse
import sys
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

FLASH = range(0x6000_0000, 0x6080_0000)  # 8 MB of QSPI NOR on the EVK


def flash_image(elf: Path) -> bytes:
    """The flash's contents from its first byte on; ValueError for an ELF that has none."""
    image = bytearray()
    with elf.open("rb") as file:
        for segment in ELFFile(file).iter_segments("PT_LOAD"):
            data = segment.data()
            start = segment["p_paddr"] - FLASH.start
            if not data or not 0 <= start < len(FLASH):
                continue
            if start + len(data) > len(FLASH):
                raise ValueError(f"{elf} does not fit into {len(FLASH)} bytes of flash")
            image.extend(b"\xff" * (start + len(data) - len(image)))
            image[start : start + len(data)] = data
    if not image:
        raise ValueError(f"{elf} loads nothing at 0x{FLASH.start:08X}, where the flash is")
    return bytes(image)


def main(arguments: list[str] | None = None) -> int:
    """The command line; the exit code is 0 or 2."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("elf", type=Path, help="the firmware's ELF")
    parser.add_argument("image", type=Path, help="where to write the flash image")
    options = parser.parse_args(arguments)
    try:
        options.image.write_bytes(flash_image(options.elf))
    except (ELFError, ValueError, OSError) as error:
        print(f"flash_image: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
