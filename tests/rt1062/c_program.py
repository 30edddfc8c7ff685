"""Test programs in C (tests/rt1062/programs), compiled and linked as flash images."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

PROGRAMS = Path(__file__).with_name("programs")
FLAGS = "-mcpu=cortex-m7 -mthumb -mfloat-abi=soft -O1 -g -ffreestanding -nostdlib -Wall -Wextra"
FORMS = {".bin": "binary", ".hex": "ihex", ".s19": "srec"}


def build(folder: Path, name: str, defines: Mapping[str, object] | None = None) -> Path:
    """<folder>/<name>.elf of the program <name>.c; CalledProcessError if it does not compile."""
    elf = folder / f"{name}.elf"
    subprocess.run(
        ["arm-none-eabi-gcc", *FLAGS.split(), "-Werror", f"-T{PROGRAMS / 'image.ld'}",
         *(f"-D{key}={value}" for key, value in (defines or {}).items()),
         PROGRAMS / f"{name}.c", "-o", elf],
        check=True,
    )  # fmt: skip
    return elf


def converted(elf: Path, suffix: str) -> Path:
    """The same image as .bin, .hex or .s19, beside the ELF, which loses its name; .elf as it is."""
    if suffix == ".elf":
        return elf
    path = elf.with_name(f"alone{suffix}")
    subprocess.run(["arm-none-eabi-objcopy", "-O", FORMS[suffix], elf, path], check=True)
    return path
