"""Keywords about memory and variables, for any firmware."""

import struct
from datetime import timedelta
from typing import Literal

from robot.api.deco import keyword, library

from rt1062.errors import SetupError
from rtbench.robot.bench import BENCH

Kind = Literal["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"]
FORMATS = dict(zip(Kind.__args__, "BbHhIiQqfd", strict=True))
BY_SIZE: dict[int, Kind] = {1: "u8", 2: "u16", 4: "u32", 8: "u64"}


@library(scope="GLOBAL")
class MemoryKeywords:
    """Memory behind the core's back, and variables by their names in the firmware's ELF.

    ``kind`` says how a variable is read: u8 to u64, i8 to i64, f32, f64; without one it is an
    unsigned number of the variable's own size. An element or a member has an ``offset``, in bytes.
    """

    @keyword
    def read_memory(self, address: int, length: int) -> bytes:
        """Bytes at an address (memory, not registers)."""
        return BENCH.machine.read_memory(address, length)

    @keyword
    def write_memory(self, address: int, content: bytes | str) -> None:
        """Write bytes, or hexadecimal digits, to an address; flash as well."""
        BENCH.machine.write_memory(address, _bytes(content))

    @keyword
    def memory_should_be(self, address: int, content: bytes | str) -> None:
        """These bytes, or hexadecimal digits, are at an address."""
        wanted = _bytes(content)
        found = BENCH.machine.read_memory(address, len(wanted))
        BENCH.check(
            found == wanted, f"at 0x{address:08X} is {found.hex(' ')}, expected {wanted.hex(' ')}"
        )

    @keyword
    def read_variable(self, name: str, kind: Kind | None = None, offset: int = 0) -> int | float:
        """The value of a variable."""
        kind = kind or self._kind(name)
        size = struct.calcsize(f"<{FORMATS[kind]}")
        address = BENCH.machine.symbols.address(name) + offset
        return struct.unpack(f"<{FORMATS[kind]}", BENCH.machine.read_memory(address, size))[0]

    @keyword
    def write_variable(
        self, name: str, value: int | float, kind: Kind | None = None, offset: int = 0
    ) -> None:
        """Give a variable another value."""
        kind = kind or self._kind(name)
        try:
            data = struct.pack(f"<{FORMATS[kind]}", value)
        except struct.error as error:
            raise ValueError(f"value must fit into {kind}, not {value!r}") from error
        BENCH.machine.write_memory(BENCH.machine.symbols.address(name) + offset, data)

    @keyword
    def variable_should_be(
        self, name: str, value: int | float, kind: Kind | None = None, offset: int = 0
    ) -> None:
        """A variable has this value now."""
        found = self.read_variable(name, kind, offset)
        BENCH.check(found == value, f"{name} is {found}, expected {value}")

    @keyword
    def wait_for_variable(
        self,
        name: str,
        value: int | float,
        kind: Kind | None = None,
        timeout: timedelta = timedelta(seconds=1),
    ) -> None:
        """A variable gets this value; it is looked at each millisecond of virtual time."""
        seconds = timeout.total_seconds()
        came = BENCH.run_until(lambda: self.read_variable(name, kind) == value, seconds)
        found = self.read_variable(name, kind)
        BENCH.check(came, f"{name} is {found} after {seconds:g} s, expected {value}")

    def _kind(self, name: str) -> Kind:
        size = BENCH.machine.symbols.size(name)
        if size not in BY_SIZE:
            raise SetupError(f"{name} has {size} bytes; say of what kind with kind= and offset=")
        return BY_SIZE[size]


def _bytes(content: bytes | str) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        return bytes.fromhex(content)
    except ValueError as error:
        raise ValueError(f"content must be hexadecimal digits, not {content!r}") from error
