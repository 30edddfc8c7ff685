"""FlexSPI: commands to the serial flash by the IP bus; the AHB window is plain memory.

RT1060 reference manual, chapter FlexSPI. A sequence of the look-up table is carried out on the
flash at its trigger (or when the last byte to write is there) and takes the time of its bits.
"""

from collections.abc import Callable

from sim.chip.clock import ticks
from sim.devices.nor_flash import NorFlash
from sim.registers import W1C, Field, Peripheral, R, Register, W, register_array
from sim.scheduler import NEVER, Event, Scheduler

LUT_KEY = 0x5AF0_5AF0
FIFO_BYTES = 128
WORD_BYTES = 8  # FIFO levels and watermarks count 64-bit words

# Instructions of a sequence (opcode; DDR forms are 0x20 higher).
STOP, CMD, RADDR, CADDR = 0x00, 0x01, 0x02, 0x03
MODE1, MODE2, MODE4, MODE8 = 0x04, 0x05, 0x06, 0x07
WRITE, READ, LEARN, DATSZ, DUMMY, DUMMY_RWDS, JMP_ON_CS = 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1F
_MODE_BITS = {MODE1: 1, MODE2: 2, MODE4: 4, MODE8: 8}
_KNOWN = {STOP, CMD, RADDR, CADDR, WRITE, READ, DUMMY, DUMMY_RWDS, DATSZ, JMP_ON_CS, *_MODE_BITS}

IPCMDDONE, IPCMDERR, IPRXWA, IPTXWE = 1 << 0, 1 << 3, 1 << 5, 1 << 6
SWRESET, MDIS = 1 << 0, 1 << 1
ERROR_UNKNOWN_OPCODE, ERROR_SEQUENCE = 0x3, 0x2  # STS1.IPCMDERRCODE


class FlexSpi(Peripheral):
    """One FlexSPI with one flash on port A1. `clock_hz` is the serial root clock."""

    REGISTERS = (
        Register("MCR0", 0x00, reset=0xFFFF_80C2),
        Register("MCR1", 0x04, reset=0xFFFF_FFFF),
        Register("MCR2", 0x08, reset=0x2000_81F7),
        Register("AHBCR", 0x0C, reset=0x0000_0018),
        Register("INTEN", 0x10),
        Register(
            "INTR",
            0x14,
            [
                Field("IPCMDDONE", 0, access=W1C),
                Field("IPCMDGE", 1, access=W1C),
                Field("AHBCMDGE", 2, access=W1C),
                Field("IPCMDERR", 3, access=W1C),
                Field("AHBCMDERR", 4, access=W1C),
                Field("IPRXWA", 5, access=W1C),
                Field("IPTXWE", 6, access=W1C),
                Field("SCKSTOPBYRD", 8, access=W1C),
                Field("SCKSTOPBYWR", 9, access=W1C),
                Field("AHBBUSTIMEOUT", 10, access=W1C),
                Field("SEQTIMEOUT", 11, access=W1C),
            ],
            polled=True,
        ),
        Register("LUTKEY", 0x18, reset=LUT_KEY),
        Register("LUTCR", 0x1C, [Field("LOCK", 0), Field("UNLOCK", 1, reset=1)]),
        *register_array("AHBRXBUFCR", 0x20, 4, reset=0x8000_0020),
        *register_array("FLSHCR0", 0x60, 4, reset=0x0001_0000),
        *register_array("FLSHCR1", 0x70, 4, reset=0x0000_0063),
        *register_array("FLSHCR2", 0x80, 4),
        Register("FLSHCR4", 0x94),
        Register("IPCR0", 0xA0),
        Register("IPCR1", 0xA4),
        Register("IPCMD", 0xB0, access=W),
        Register("IPRXFCR", 0xB8),
        Register("IPTXFCR", 0xBC),
        *register_array("DLLCR", 0xC0, 2, reset=0x0000_0100),
        Register("STS0", 0xE0, access=R, polled=True),
        Register("STS1", 0xE4, access=R),
        Register("STS2", 0xE8, reset=0x0100_0100, access=R),
        Register("AHBSPNDSTS", 0xEC, access=R),
        Register("IPRXFSTS", 0xF0, access=R, polled=True),
        Register("IPTXFSTS", 0xF4, access=R, polled=True),
        *register_array("RFDR", 0x100, 32, access=R),
        *register_array("TFDR", 0x180, 32),
        *register_array("LUT", 0x200, 64),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Callable[[bool], None],
        flash: NorFlash | None,
    ):
        super().__init__()
        self._scheduler = scheduler
        self._clock_hz = clock_hz
        self._irq = irq
        self._flash = flash
        self._event: Event | None = None
        self._clear()

    def _clear(self) -> None:
        self._scheduler.cancel(self._event)
        self._event = None
        self._receive = bytearray()  # what the flash sent and firmware has not popped
        self._transmit = bytearray()  # what firmware pushed
        self._missing = 0  # bytes still to be pushed before the write can go out
        self._pending: tuple[int, int, int] | None = None  # opcode, address, clocks
        self._popped = 0

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._clear()
        self._irq(False)

    def next_event_time(self) -> int:
        return self._event.time if self._event is not None and self._event.pending else NEVER

    # Registers.

    def write_mcr0(self, value: int) -> None:
        if value & SWRESET:
            self._clear()
        self.value["MCR0"] = value & ~SWRESET
        self._update()

    def write_intr(self, value: int) -> None:
        flags = self.read_intr() & value
        if flags & IPRXWA:
            size = self._receive_watermark()
            self._popped += min(size, len(self._receive))
            del self._receive[:size]
        if flags & IPTXWE:
            size = self._transmit_watermark()
            for i in range(size // 4):
                self._transmit += self.value[f"TFDR{i}"].to_bytes(4, "little")
            self._try_write()
        self.value["INTR"] &= ~value
        self._update()

    def read_intr(self) -> int:
        value = self.value["INTR"]
        if len(self._receive) >= self._receive_watermark():
            value |= IPRXWA
        if self._transmit_space() >= self._transmit_watermark():
            value |= IPTXWE
        return value

    def write_inten(self, value: int) -> None:
        self.value["INTEN"] = value & 0xFFF
        self._update()

    def write_lutkey(self, value: int) -> None:
        self.value["LUTKEY"] = value

    def write_lutcr(self, value: int) -> None:
        if self.value["LUTKEY"] == LUT_KEY and value & 3 in (1, 2):
            self.value["LUTCR"] = value & 3

    def write_lut(self, index: int, value: int) -> None:
        if self.value["LUTCR"] & 2:
            self.value[f"LUT{index}"] = value

    def write_iprxfcr(self, value: int) -> None:
        if value & 1:
            self._receive.clear()
            self._popped = 0
        self.value["IPRXFCR"] = value & 0x3E
        self._update()

    def write_iptxfcr(self, value: int) -> None:
        if value & 1:
            self._transmit.clear()
        self.value["IPTXFCR"] = value & 0x3E
        self._update()

    def write_dllcr(self, index: int, value: int) -> None:
        """The delay lines lock as soon as they are enabled."""
        self.value[f"DLLCR{index}"] = value
        locked = 0x3 << (16 * index)
        status = self.value["STS2"] & ~locked
        self.value["STS2"] = status | (locked if value & 1 else 0)

    def read_sts0(self) -> int:
        """SEQIDLE 0, ARBIDLE 1."""
        return 0 if self.next_event_time() != NEVER or self._pending else 3

    def read_iprxfsts(self) -> int:
        return min(-(-len(self._receive) // WORD_BYTES), 16) | self._popped // WORD_BYTES << 16

    def read_iptxfsts(self) -> int:
        return min(-(-len(self._transmit) // WORD_BYTES), 16)

    def read_rfdr(self, index: int) -> int:
        part = self._receive[4 * index : 4 * index + 4]
        return int.from_bytes(part, "little")

    def _receive_watermark(self) -> int:
        return ((self.value["IPRXFCR"] >> 2 & 0xF) + 1) * WORD_BYTES

    def _transmit_watermark(self) -> int:
        return ((self.value["IPTXFCR"] >> 2 & 0xF) + 1) * WORD_BYTES

    def _transmit_space(self) -> int:
        return FIFO_BYTES - min(len(self._transmit), FIFO_BYTES)

    # Commands.

    def write_ipcmd(self, value: int) -> None:
        if not value & 1 or self.value["MCR0"] & MDIS or not self.read_sts0():
            return
        control = self.value["IPCR1"]
        first = control >> 16 & 0xF
        for sequence in range(first, first + (control >> 24 & 7) + 1):
            if not self._start(sequence % 16, control & 0xFFFF):
                return

    def _instructions(self, sequence: int) -> list[tuple[int, int, int]]:
        """(opcode, pads as log2, operand) of a sequence, up to its STOP."""
        found = []
        for i in range(8):
            half = self.value[f"LUT{4 * sequence + i // 2}"] >> (16 * (i % 2)) & 0xFFFF
            opcode, pads, operand = half >> 10, half >> 8 & 3, half & 0xFF
            if opcode in (STOP, JMP_ON_CS):
                break
            found.append((opcode, pads, operand))
        return found

    def _start(self, sequence: int, size: int) -> bool:
        """Begin one sequence; False if it failed or waits for data."""
        instructions = self._instructions(sequence)
        command, address, clocks = None, self.value["IPCR0"], 0
        writes = reads = has_address = False
        for opcode, pads, operand in instructions:
            plain = opcode & ~0x20
            if plain not in _KNOWN:
                return self._fail(ERROR_UNKNOWN_OPCODE)
            half = 2 if opcode & 0x20 else 1  # DDR: two bits a clock and pad
            lanes = (1 << pads) * half
            if plain == CMD:
                command = operand if command is None else command
                clocks += 8 // lanes or 1
            elif plain in (RADDR, CADDR):
                has_address = True
                clocks += -(-operand // lanes)
            elif plain in _MODE_BITS:
                clocks += -(-_MODE_BITS[plain] // lanes)
            elif plain in (DUMMY, DUMMY_RWDS):
                clocks += operand
            elif plain in (WRITE, READ):
                writes, reads = writes or plain == WRITE, reads or plain == READ
                size = size or operand
                clocks += -(-size * 8 // lanes)
        if command is None:
            return self._fail(ERROR_SEQUENCE)
        address = address if has_address else 0
        if writes:
            self._missing = size
            self._pending = (command, address, clocks)
            self._try_write()
            return False
        self._run(command, address, b"", size if reads else 0, clocks)
        return True

    def _try_write(self) -> None:
        if self._pending is None or len(self._transmit) < self._missing:
            return
        command, address, clocks = self._pending
        data = bytes(self._transmit[: self._missing])
        # The FIFO is emptied in whole words.
        del self._transmit[: -(-self._missing // WORD_BYTES) * WORD_BYTES]
        self._pending = None
        self._run(command, address, data, 0, clocks)

    def _run(self, command: int, address: int, data: bytes, count: int, clocks: int) -> None:
        if self._flash is None:
            answer = b"\xff" * count
        else:
            answer = self._flash.execute(command, address, data, count)
        self._receive += answer
        self._scheduler.cancel(self._event)
        delay = ticks(clocks, max(self._clock_hz(), 1))
        self._event = self._scheduler.after(delay, self._finish)

    def _finish(self) -> None:
        self._event = None
        self.value["INTR"] |= IPCMDDONE
        self._update()

    def _fail(self, code: int) -> bool:
        self.value["STS1"] = code << 24 | (self.value["IPCR1"] >> 16 & 0xF) << 16
        self.value["INTR"] |= IPCMDERR | IPCMDDONE
        self._update()
        return False

    def _update(self) -> None:
        self._irq(bool(self.read_intr() & self.value["INTEN"]))
