"""Serial PSRAM APS6404L, 8 MB, as soldered under a Teensy 4.1.

Source: AP Memory APS6404L-3SQR data sheet: commands on one pad after power on, on four once 0x35
has switched to QPI. Refresh, its limit on the time of a burst and the page's wrap are not modelled.
"""

from collections.abc import Callable

MANUFACTURER, KNOWN_GOOD_DIE = 0x0D, 0x5D
READ_ID, RESET_ENABLE, RESET, ENTER_QUAD, EXIT_QUAD = 0x9F, 0x66, 0x99, 0x35, 0xF5
READS, WRITES = {0x03, 0x0B, 0xEB}, {0x02, 0x38}
UNIQUE = b"\x40\x45\x52\x54\x31\x30"  # density of 64 Mbit in the upper bits of the first byte


class Psram:
    """The chip on one port of a FlexSPI; `read(address, count)` and `write(address, data)` reach
    its array. `quad`: it takes commands on four pads."""

    busy = False
    busy_until = 0

    def __init__(
        self,
        size: int,
        read: Callable[[int, int], bytes],
        write: Callable[[int, bytes], None],
    ) -> None:
        self.size = size
        self._read = read
        self._write = write
        self.power_on()

    def power_on(self) -> None:
        """Commands on one pad."""
        self.quad = False
        self._reset_enabled = False

    def execute(
        self,
        opcode: int,
        address: int | None = None,
        data: bytes = b"",
        count: int = 0,
        waits: int | None = None,
        lanes: int = 1,
    ) -> bytes:
        """One transaction, as NorFlash has it; what the chip does not know reads 0xFF."""
        reset_enabled, self._reset_enabled = self._reset_enabled, opcode == RESET_ENABLE
        if opcode == RESET and reset_enabled:
            self.power_on()
        elif opcode == ENTER_QUAD:
            self.quad = True
        elif opcode == EXIT_QUAD:
            self.quad = False
        elif opcode == READ_ID and not self.quad:
            return (bytes((MANUFACTURER, KNOWN_GOOD_DIE)) + UNIQUE)[:count].ljust(count, b"\0")
        elif opcode in READS and address is not None:
            return self._read(address % self.size, count)
        elif opcode in WRITES and address is not None and data:
            self._write(address % self.size, data)
        return b"\xff" * count
