"""Serial NOR flash: erase to ones, program by AND, busy for a time.

Source: ISSI IS25WP064A data sheet (commands; times are the part's: flash_parts); the Winbond
commands that RT1062 code uses besides (0x35, 0x4B) are understood too. A transaction is one
chip-select period. Not modelled: block protection, QPI, 4-byte addresses, suspend.
"""

from collections.abc import Callable

from rt1062.chip import flash_reads
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.chip.flash_reads import QE, QE_SECOND
from rt1062.devices.flash_parts import IS25WP064, FlashPart
from rt1062.devices.sfdp import sfdp
from rt1062.scheduler import Scheduler

UNIQUE_ID = bytes.fromhex("52 54 31 30 36 32 4e 4f 52 00 00 00 00 00 00 01")
PAGE, SECTOR, BLOCK_32K, BLOCK_64K = 256, 4096, 32 * 1024, 64 * 1024

RESET_US = 35
WIP, WEL = 0x01, 0x02  # status register

WRITE_ENABLE, WRITE_DISABLE, READ_STATUS, READ_STATUS_2, WRITE_STATUS = 0x06, 0x04, 0x05, 0x35, 0x01
RESET_ENABLE, RESET, POWER_DOWN, POWER_UP = 0x66, 0x99, 0xB9, 0xAB
READ_ID, READ_SFDP, READ_UNIQUE_ID, READ_MANUFACTURER = 0x9F, 0x5A, 0x4B, 0x90
# Reads, and the clocks between address and data that the chip takes for each.
READS = {opcode: read.waits for opcode, read in flash_reads.READS.items()}
QUAD_READS = {opcode for opcode, read in flash_reads.READS.items() if read.data_pads == 4}
PROGRAMS = {0x02, 0x32, 0x38}
ERASES = {
    0x20: (SECTOR, "sector_us"),
    0xD7: (SECTOR, "sector_us"),
    0x52: (BLOCK_32K, "block_32k_us"),
    0xD8: (BLOCK_64K, "block_64k_us"),
}
CHIP_ERASES = {0x60, 0xC7}


class NorFlash:
    """The chip; `memory` is its array, `part` what it is sold as. `on_changed(start, length)`
    follows program and erase.

    `unmodelled(text)` is told of what is not known here or the chip would take ill.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        memory: memoryview | bytearray,
        on_changed: Callable[[int, int], None] = lambda start, length: None,
        unmodelled: Callable[[str], None] = lambda text: None,
        part: FlashPart = IS25WP064,
    ) -> None:
        self._scheduler = scheduler
        self._memory = memoryview(memory)
        self._part = part
        self._on_changed = on_changed
        self._unmodelled = unmodelled
        self._sfdp = sfdp(len(self._memory))
        self.status = QE  # not volatile
        self.power_on()

    def power_on(self) -> None:
        """Volatile state as after power up."""
        self.write_enabled = False
        self.busy_until = 0
        self._reset_enabled = False
        self._asleep = False

    @property
    def quad_enabled(self) -> bool:
        """QE of the status register, without which the chip has no data pads 2 and 3."""
        return bool(self.status & QE)

    @quad_enabled.setter
    def quad_enabled(self, value: bool) -> None:
        self.status = self.status & ~QE | (QE if value else 0)

    @property
    def busy(self) -> bool:
        """True while a program, erase or status write goes on."""
        return self._scheduler.now < self.busy_until

    def execute(
        self,
        opcode: int,
        address: int | None = None,
        data: bytes = b"",
        count: int = 0,
        waits: int | None = None,
        lanes: int = 1,
    ) -> bytes:
        """One transaction: opcode, address if one was sent, bytes written; `count` bytes back.

        `waits` are the clocks between address and data, if they are to be checked, `lanes` the
        data pads. What the chip ignores reads as 0xFF and changes nothing: commands while it is
        busy or asleep, changes that are not write-enabled.
        """
        if self._asleep:
            if opcode == POWER_UP:
                self._asleep = False
            return b"\xff" * count
        if opcode in (READ_STATUS, READ_STATUS_2):
            return self._read_status(opcode, count)
        if self.busy:
            return b"\xff" * count
        reset_enabled, self._reset_enabled = self._reset_enabled, opcode == RESET_ENABLE
        if opcode == RESET and reset_enabled:
            self.power_on()
            self._work(RESET_US)
        elif opcode in (WRITE_ENABLE, WRITE_DISABLE):
            self.write_enabled = opcode == WRITE_ENABLE
        elif opcode == POWER_DOWN:
            self._asleep = True
        elif opcode in PROGRAMS or opcode in ERASES or opcode in CHIP_ERASES:
            self._change(opcode, address, data)
        elif opcode == WRITE_STATUS:
            self._write_status(data)
        elif opcode in READS:
            return self._read_memory(opcode, address, count, waits, lanes)
        elif opcode not in (RESET, RESET_ENABLE):
            return self._identify(opcode, address, count)
        return b"\xff" * count

    # Reading.

    @staticmethod
    def _wrapped(source: memoryview | bytes, address: int, count: int) -> bytes:
        """Reads run on from the end to the beginning."""
        found = bytes(source[address : address + count])
        while len(found) < count:
            found += bytes(source[: count - len(found)])
        return found

    def _read_memory(
        self, opcode: int, address: int | None, count: int, waits: int | None, lanes: int
    ) -> bytes:
        if address is None:
            return b"\xff" * count
        if opcode in QUAD_READS and not self.quad_enabled:
            self._unmodelled(f"NOR flash read 0x{opcode:02X} on four pads, its QE is 0")
            return b"\xff" * count
        start = address % len(self._memory)
        needed = READS[opcode]
        if waits is None or needed is None or waits == needed:
            return self._wrapped(self._memory, start, count)
        self._unmodelled(
            f"NOR flash read 0x{opcode:02X} with {waits} wait clocks, it takes {needed}"
        )
        # Too late loses bits at the front, too early finds ones before them.
        shift = (waits - needed) * lanes
        if shift > 0:
            more = -(-shift // 8)
            bits = int.from_bytes(self._wrapped(self._memory, start, count + more), "big")
            return (bits >> (8 * more - shift) & ((1 << 8 * count) - 1)).to_bytes(count, "big")
        bits = int.from_bytes(self._wrapped(self._memory, start, count), "big")
        ones = ((1 << -shift) - 1) << 8 * count
        return ((bits | ones) >> -shift & ((1 << 8 * count) - 1)).to_bytes(count, "big")

    def _read_status(self, opcode: int, count: int) -> bytes:
        if opcode == READ_STATUS:
            value = self.status
            if self.busy:  # the latch falls when the work is done
                value |= WIP | WEL
            elif self.write_enabled:
                value |= WEL
        else:
            value = QE_SECOND if self.status & QE else 0
        return bytes((value,)) * count

    def _identify(self, opcode: int, address: int | None, count: int) -> bytes:
        if opcode == READ_ID:
            return self._wrapped(self._part.jedec, 0, count)
        if opcode == POWER_UP:
            return self._wrapped(self._part.jedec[2:], 0, count)
        if opcode == READ_MANUFACTURER:
            return self._wrapped(self._part.jedec[::2], (address or 0) & 1, count)
        if opcode == READ_UNIQUE_ID:
            return self._wrapped(UNIQUE_ID, 0, count)
        if opcode == READ_SFDP:
            start = address or 0
            return self._sfdp[start : start + count].ljust(count, b"\xff")
        self._unmodelled(f"NOR flash command 0x{opcode:02X} is not modelled")
        return b"\xff" * count

    # Changing.

    def _work(self, microseconds: int) -> None:
        self.busy_until = self._scheduler.now + microseconds * TICKS_PER_MICROSECOND
        self.write_enabled = False

    def _write_status(self, data: bytes) -> None:
        if not self.write_enabled or not data:
            return
        self.status = data[0] & ~(WIP | WEL)
        # Of two bytes the second is Winbond's second register.
        self.quad_enabled = flash_reads.quad_enabled_by(WRITE_STATUS, data, self.quad_enabled)
        self._work(self._part.status_us)

    def _change(self, opcode: int, address: int | None, data: bytes) -> None:
        if not self.write_enabled or (address is None and opcode not in CHIP_ERASES):
            return
        start = (address or 0) % len(self._memory)
        if opcode in PROGRAMS:
            if data:
                self._program(start, data)
                self._work(self._part.program_us)
        elif opcode in CHIP_ERASES:
            self._erase(0, len(self._memory))
            self._work(self._part.chip_us)
        else:
            size, time = ERASES[opcode]
            self._erase(start & ~(size - 1), size)
            self._work(getattr(self._part, time))

    def _program(self, address: int, data: bytes) -> None:
        """Bits go from one to zero only; behind the end of the page it goes on at its start.

        Of more than a page the last bytes count.
        """
        page = address & ~(PAGE - 1)
        buffer = bytearray(b"\xff" * PAGE)
        for i, byte in enumerate(data):
            buffer[(address - page + i) % PAGE] = byte
        for i, byte in enumerate(buffer):
            self._memory[page + i] &= byte
        self._on_changed(page, PAGE)

    def _erase(self, start: int, size: int) -> None:
        self._memory[start : start + size] = b"\xff" * size
        self._on_changed(start, size)
