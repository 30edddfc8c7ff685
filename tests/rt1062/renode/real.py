"""The chip on a real Renode 1.16.1, its blocks driven over the monitor while the core sleeps."""

import functools
import struct
from pathlib import Path

import pytest

from rt1062.chip.block_table import BLOCKS
from rt1062.errors import SetupError
from rt1062.renode import installation
from rt1062.renode.machine import RenodeMachine
from tests.rt1062.renode.image import flash_image

WORDS = {8: "Byte", 16: "Word", 32: "DoubleWord"}
CODE = 0x2080  # of the image, where the reset vector of `flash_image` points to
SLEEP = struct.pack("<HH", 0xBF30, 0xE7FD)  # wfi; b to it


@functools.cache
def renode() -> str:
    """The Renode to be tested on; skips without one."""
    try:
        found = installation.find()
    except SetupError as error:
        pytest.skip(str(error))
    if found is None:
        pytest.skip("Renode 1.16.1 is not installed (`make renode`)")
    return found


class Chip:
    """A board just after power on; blocks go by their names in rt1062.repl.

    `program` is machine code that the core runs, linked at 0x60002080; without it the core sleeps.
    """

    def __init__(self, folder: Path, program: bytes = SLEEP):
        image = folder / "chip.bin"
        data = bytearray(flash_image().ljust(CODE + len(program), b"\xff"))
        data[CODE : CODE + len(program)] = program
        image.write_bytes(data)
        self.machine = RenodeMachine(image, renode=renode())
        self.machine.power_on()
        self.do("iomuxc ForgetRoutes")  # blocks by themselves: nobody has set up their pads

    def close(self) -> None:
        self.machine.close()

    def do(self, command: str) -> None:
        """A monitor command that has nothing to say."""
        self.machine._monitor.do(command)

    def ask(self, command: str) -> str:
        """A monitor command that answers."""
        return self.machine._monitor.ask(command)

    def add(self, *lines: str) -> None:
        """More of the platform."""
        self.machine._on.directory.joinpath("more.repl").write_text("\n".join(lines) + "\n")
        self.do(f"machine LoadPlatformDescription {self.machine._on.token('more.repl')}")

    def read_at(self, address: int, width: int = 32) -> int:
        return int(self.ask(f"sysbus Read{WORDS[width]} 0x{address:X}"), 16)

    def write_at(self, address: int, value: int, width: int = 32) -> None:
        self.do(f"sysbus Write{WORDS[width]} 0x{address:X} 0x{value:X}")

    def read(self, name: str, offset: int, width: int = 32) -> int:
        return self.read_at(BLOCKS[name.upper()].base + offset, width)

    def write(self, name: str, offset: int, value: int, width: int = 32) -> None:
        self.write_at(BLOCKS[name.upper()].base + offset, value, width)

    def line(self, name: str, line: str | int) -> bool:
        """The level of an output: a property, or a numbered pin."""
        pin = f"Connections[{line}]" if isinstance(line, int) else line
        answer = self.ask(f"{name} {pin}")
        assert answer in ("GPIO: set", "GPIO: unset"), answer
        return answer == "GPIO: set"

    def drive(self, name: str, number: int, level: bool) -> None:
        """Set an input."""
        self.do(f"{name} OnGPIO {number} {level}")

    def wait_us(self, microseconds: float) -> None:
        whole, part = divmod(round(microseconds * 1000), 1_000_000_000)
        # Half a nanosecond more, as Renode cuts what it reads as a double (see seconds_text).
        if whole or part:
            self.do(f'emulation RunFor "{whole}.{part:09d}5"')

    def reset(self) -> None:
        self.do("machine Reset")

    @property
    def warnings(self) -> list[str]:
        return self.machine.warnings
