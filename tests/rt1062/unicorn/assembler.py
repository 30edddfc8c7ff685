"""Thumb assembly for tests of the core: text in, bytes out, with the project's own toolchain."""

import functools
import subprocess
import tempfile
from pathlib import Path

_HEADER = ".syntax unified\n.thumb\n.cpu cortex-m7\n.fpu fpv5-d16\n"


@functools.cache
def assemble(source: str, origin: int = 0) -> bytes:
    """Machine code of `source` linked at `origin`; raises CalledProcessError on a syntax error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "a.s").write_text(f"{_HEADER}{source}\n.ltorg\n")
        for command in (
            ["arm-none-eabi-as", "-mthumb", "-o", "a.o", "a.s"],
            ["arm-none-eabi-ld", "-e", "0", f"-Ttext={origin:#x}", "-o", "a.elf", "a.o"],
            ["arm-none-eabi-objcopy", "-O", "binary", "a.elf", "a.bin"],
        ):
            subprocess.run(command, cwd=path, check=True, capture_output=True)
        return (path / "a.bin").read_bytes()
