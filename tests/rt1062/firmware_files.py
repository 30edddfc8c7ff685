"""Firmware files of every kind for tests, made with the project's own toolchain."""

import subprocess
from pathlib import Path

FLASH = 0x6000_0000


def write_hex(path: Path, data: bytes, base: int = FLASH) -> Path:
    """Intel HEX (.hex) or S-records (.s19) of `data` at `base`."""
    raw = path.with_suffix(".raw")
    raw.write_bytes(data)
    form = "srec" if path.suffix == ".s19" else "ihex"
    subprocess.run(
        ["arm-none-eabi-objcopy", "-I", "binary", "-O", form, f"--change-addresses={base:#x}",
         raw, path],
        check=True,
    )  # fmt: skip
    raw.unlink()
    return path


def write_elf(path: Path, source: str, base: int = FLASH) -> Path:
    """An ELF of assembly text at `base`, with debug information."""
    text = path.with_suffix(".s")
    text.write_text(f".syntax unified\n.thumb\n.cpu cortex-m7\n{source}\n.ltorg\n")
    for command in (
        ["arm-none-eabi-as", "-g", "-mthumb", "-o", path.with_suffix(".o"), text.name],
        ["arm-none-eabi-ld", "-e", "0", f"-Ttext={base:#x}", "-o", path, path.with_suffix(".o")],
    ):
        subprocess.run(command, cwd=path.parent, check=True, capture_output=True)
    return path


def included(path: Path, data: bytes) -> str:
    """Assembly text that stands for the bytes of an image."""
    path.write_bytes(data)
    return f'.incbin "{path}"'
