"""Serial NOR flash, 8 MB, as on the EVK: erase to ones, program by AND, busy for a time.

Source: ISSI IS25WP064 data sheet (commands, typical times); the Winbond commands that RT1062 code
uses besides (0x35, 0x32, 0x4B) are understood too. A transaction is one chip-select period:
`execute` gets all of it at once.
"""

from collections.abc import Callable

from sim.chip.clock import TICKS_PER_MICROSECOND
from sim.scheduler import Scheduler

JEDEC_ID = bytes((0x9D, 0x70, 0x17))  # ISSI, IS25WP, 64 Mbit
UNIQUE_ID = bytes.fromhex("52 54 31 30 36 32 4e 4f 52 00 00 00 00 00 00 01")
PAGE, SECTOR, BLOCK_32K, BLOCK_64K = 256, 4096, 32 * 1024, 64 * 1024

# Typical times of the data sheet, microseconds.
PROGRAM_US, SECTOR_US, BLOCK_32K_US, BLOCK_64K_US = 200, 70_000, 130_000, 200_000
CHIP_US, STATUS_US, RESET_US = 16_000_000, 2_000, 35

WIP, WEL, QE = 0x01, 0x02, 0x40  # status register
QE_SECOND = 0x02  # QE as Winbond's second status register shows it

_READS = {0x03, 0x0B, 0x3B, 0x6B, 0xBB, 0xEB, 0x0D, 0xED, 0x13, 0x0C, 0x6C, 0xEC}
_PROGRAMS = {0x02, 0x32, 0x38, 0x12}
_ERASES = {
    0x20: (SECTOR, SECTOR_US),
    0xD7: (SECTOR, SECTOR_US),
    0x52: (BLOCK_32K, BLOCK_32K_US),
    0xD8: (BLOCK_64K, BLOCK_64K_US),
}
_CHIP_ERASES = {0x60, 0xC7}


def _sfdp(size: int) -> bytes:
    """Header and basic parameter table (JESD216): density, 4 KB erase, the rest not said."""
    header = b"SFDP" + bytes((6, 1, 0, 0xFF)) + bytes((0, 6, 1, 16, 0x30, 0, 0, 0xFF))
    table = bytearray(b"\xff" * 64)
    table[0:4] = bytes((0xE5, 0x20, 0xF9, 0xFF))
    table[4:8] = (size * 8 - 1).to_bytes(4, "little")
    table[28:36] = bytes((0x0C, 0x20, 0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF))
    return header.ljust(0x30, b"\xff") + bytes(table)


class NorFlash:
    """The chip; `memory` is its array. `on_changed(start, length)` follows program and erase.

    `unmodelled(text)` is told of commands that the model does not know.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        memory: memoryview | bytearray,
        on_changed: Callable[[int, int], None] = lambda start, length: None,
        unmodelled: Callable[[str], None] = lambda text: None,
    ):
        self._scheduler = scheduler
        self._memory = memoryview(memory)
        self._on_changed = on_changed
        self._unmodelled = unmodelled
        self._sfdp = _sfdp(len(self._memory))
        self.power_on()

    def power_on(self) -> None:
        """Volatile state as after power up; QE was set when the board was made."""
        self.write_enabled = False
        self.status = QE
        self.busy_until = 0
        self._reset_enabled = False
        self._asleep = False

    @property
    def busy(self) -> bool:
        """True while a program, erase or status write goes on."""
        return self._scheduler.now < self.busy_until

    def _work(self, microseconds: int) -> None:
        self.busy_until = self._scheduler.now + microseconds * TICKS_PER_MICROSECOND
        self.write_enabled = False

    def execute(self, opcode: int, address: int, data: bytes, count: int) -> bytes:
        """One transaction: opcode, address (0 if it has none), bytes written; `count` bytes back.

        What the chip ignores (busy, asleep, not write enabled) reads as 0xFF and changes nothing.
        """
        floating = b"\xff" * count
        if self._asleep:
            if opcode == 0xAB:
                self._asleep = False
            return floating
        if opcode in (0x05, 0x35):
            return self._read_status(opcode, count)
        if self.busy:
            return floating
        reset_enabled, self._reset_enabled = self._reset_enabled, opcode == 0x66
        address %= len(self._memory)
        if opcode in _READS:
            return self._read(self._memory, address, count)
        if opcode == 0x99:
            if reset_enabled:
                self.power_on()
                self._work(RESET_US)
        elif opcode in (0x06, 0x04):
            self.write_enabled = opcode == 0x06
        elif opcode in _PROGRAMS or opcode in _ERASES or opcode in _CHIP_ERASES or opcode == 0x01:
            if self.write_enabled:
                self._change(opcode, address, data)
        elif opcode == 0x9F:
            return self._read(JEDEC_ID, 0, count)
        elif opcode == 0xAB:
            return self._read(JEDEC_ID[2:], 0, count)
        elif opcode == 0x90:
            return self._read(JEDEC_ID[::2], address & 1, count)
        elif opcode == 0x4B:
            return self._read(UNIQUE_ID, 0, count)
        elif opcode == 0x5A:
            return self._sfdp[address : address + count].ljust(count, b"\xff")
        elif opcode == 0xB9:
            self._asleep = True
        elif opcode != 0x66:
            self._unmodelled(f"NOR flash command 0x{opcode:02X} is not modelled")
            return floating
        return floating

    @staticmethod
    def _read(source: memoryview | bytes, address: int, count: int) -> bytes:
        """Reads run on from the end to the beginning."""
        first = bytes(source[address : address + count])
        while len(first) < count:
            first += bytes(source[: count - len(first)])
        return first

    def _read_status(self, opcode: int, count: int) -> bytes:
        if opcode == 0x05:
            value = self.status | (WIP if self.busy else 0) | (WEL if self.write_enabled else 0)
        else:
            value = QE_SECOND if self.status & QE else 0
        return bytes((value,)) * count

    def _change(self, opcode: int, address: int, data: bytes) -> None:
        if opcode == 0x01:
            if data:
                self.status = data[0] & ~(WIP | WEL)
            if len(data) > 1:  # Winbond writes both status registers
                self.status = self.status & ~QE | (QE if data[1] & QE_SECOND else 0)
            self._work(STATUS_US)
        elif opcode in _PROGRAMS:
            self._program(address, data)
            self._work(PROGRAM_US)
        elif opcode in _CHIP_ERASES:
            self._erase(0, len(self._memory))
            self._work(CHIP_US)
        else:
            size, microseconds = _ERASES[opcode]
            self._erase(address & ~(size - 1), size)
            self._work(microseconds)

    def _program(self, address: int, data: bytes) -> None:
        """Bits go from one to zero only; behind the end of the page it goes on at its start."""
        if not data:
            return
        page = address & ~(PAGE - 1)
        for i, byte in enumerate(data):
            self._memory[page + (address - page + i) % PAGE] &= byte
        self._on_changed(page, PAGE)

    def _erase(self, start: int, size: int) -> None:
        self._memory[start : start + size] = b"\xff" * size
        self._on_changed(start, size)
