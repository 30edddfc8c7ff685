"""FlexSPI: commands to the serial flash by the IP bus; the AHB window is plain memory.

Source: RT1060 reference manual, chapter FlexSPI. FIFOs fill and empty in the time that the
sequence takes on the pads. Not modelled: grant and sequence time-outs, the FIFOs' AHB windows,
learning and data strobes.
"""

from collections.abc import Callable, Mapping

from rt1062.block import DmaRequest, Peripheral
from rt1062.blocks.flexspi_sequence import (
    OUTSIDE_THE_FLASH,
    READ,
    WRITE,
    Sequence,
    SequenceError,
    decode,
)
from rt1062.chip.clock import ticks
from rt1062.devices.nor_flash import NorFlash
from rt1062.registers_old import W1C, Field, R, Register, W, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

LUT_KEY = 0x5AF0_5AF0
LOCKED, UNLOCKED = 1, 2  # LUTCR
SEQUENCES = 16
ENTRY_BYTES = 8  # FIFO levels and watermarks count entries of 64 bits
FIFO_BYTES = 16 * ENTRY_BYTES

INTR = Register(
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
)
IPCMDDONE, IPCMDERR, IPRXWA, IPTXWE = 1 << 0, 1 << 3, 1 << 5, 1 << 6
SWRESET, MDIS = 1 << 0, 1 << 1
FLSHCR2 = (Field("LOW", 0, 31), Field("CLRINSTRPTR", 31, access=W))


class FlexSpi(Peripheral):
    """Constructor: scheduler, `clock_hz` of the serial root clock, `irq`, the flash on port A1.

    Ports without a flash (A2, B1, B2, or A1 for None) read 0xFF.
    """

    REGISTERS = (
        Register("MCR0", 0x00, reset=0xFFFF_80C2),
        Register("MCR1", 0x04, reset=0xFFFF_FFFF),
        Register("MCR2", 0x08, reset=0x2000_81F7),
        Register("AHBCR", 0x0C, reset=0x0000_0018),
        Register("INTEN", 0x10, [Field("ALL", 0, 12)]),
        INTR,
        Register("LUTKEY", 0x18, reset=LUT_KEY),
        Register("LUTCR", 0x1C, [Field("LOCK", 0), Field("UNLOCK", 1, reset=1)]),
        *(Register(f"AHBRXBUF{i}CR0", 0x20 + 4 * i, reset=0x8000_0020 | i << 16) for i in range(4)),
        *register_array("FLSHCR0", 0x60, 4, reset=0x0001_0000),
        *register_array("FLSHCR1", 0x70, 4, reset=0x0000_0063),
        *register_array("FLSHCR2", 0x80, 4, fields=FLSHCR2),
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
        *register_array("LUT", 0x200, 4 * SEQUENCES),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Callable[[bool], None] = lambda level: None,
        flash: NorFlash | None = None,
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._clock_hz = clock_hz
        self._irq = irq
        self._flash = flash
        self._event: Event | None = None
        self._receive = bytearray()  # the FIFOs
        self._transmit = bytearray()
        self._abort()

    def _abort(self) -> None:
        """Forget commands and FIFO contents."""
        self._scheduler.cancel(self._event)
        self._event = None
        self._receive.clear()
        self._transmit.clear()
        self._read_count = self._write_count = 0  # bytes that went through the FIFOs
        self._queue: list[int] = []  # sequences of the command still to be carried out
        self._sequence: Sequence | None = None  # the one at work
        self._chip: NorFlash | None = None
        self._address: int | None = None
        self._answer = b""  # what the flash sends and is not yet in the FIFO
        self._sent = bytearray()
        self._left = 0  # bytes of the data phase still to come
        self._key_given = False

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._abort()
        self._irq(False)

    def next_event_time(self) -> int:
        return self._event.time if self._event is not None else NEVER

    # Registers.

    def write_mcr0(self, written: int) -> None:
        if written & SWRESET:
            self._abort()
        self.value["MCR0"] = written & ~SWRESET
        self._update()

    def read_intr(self) -> int:
        value = self.value["INTR"]
        if self._receive and self._entries(self._receive) >= self._watermark("IPRXFCR"):
            value |= IPRXWA
        if FIFO_BYTES - len(self._transmit) >= self._watermark("IPTXFCR") * ENTRY_BYTES:
            value |= IPTXWE
        return value

    def write_intr(self, written: int) -> None:
        """Clearing a FIFO flag moves the FIFO by its watermark."""
        flags = self.read_intr() & written
        self.value["INTR"] &= ~written
        if flags & IPRXWA:
            self.pop()
        if flags & IPTXWE:
            self.push()
        self._update()

    def pop(self) -> None:
        """Take a watermark's worth out of the receive FIFO; DMA does so after each loop."""
        size = min(self._watermark("IPRXFCR") * ENTRY_BYTES, len(self._receive))
        self._read_count += size
        del self._receive[:size]
        self._go_on(READ)

    def push(self) -> None:
        """Put a watermark's worth of TFDR into the transmit FIFO; DMA does so after each loop."""
        for i in range(2 * self._watermark("IPTXFCR")):
            self._transmit += self.value[f"TFDR{i}"].to_bytes(4, "little")
        self._go_on(WRITE)

    def requests(self) -> Mapping[str, DmaRequest]:
        """Of the FIFOs, where IPRXFCR.RXDMAEN and IPTXFCR.TXDMAEN allow it."""
        return {
            "receive": DmaRequest(self._requests_receive, self.next_event_time, self.pop),
            "transmit": DmaRequest(self._requests_transmit, self.next_event_time, self.push),
        }

    def _requests_receive(self) -> bool:
        return bool(self.value["IPRXFCR"] & 2 and self.read_intr() & IPRXWA)

    def _requests_transmit(self) -> bool:
        return bool(self.value["IPTXFCR"] & 2 and self.read_intr() & IPTXWE)

    def write_inten(self, written: int) -> None:
        self.value["INTEN"] = written & 0xFFF
        self._update()

    def write_lutkey(self, written: int) -> None:
        self.value["LUTKEY"] = written
        self._key_given = written == LUT_KEY

    def write_lutcr(self, written: int) -> None:
        if self._key_given and written & 3 in (LOCKED, UNLOCKED):
            self.value["LUTCR"] = written & 3
        self._key_given = False

    def write_lut(self, index: int, written: int) -> None:
        if self.value["LUTCR"] == UNLOCKED:
            self.value[f"LUT{index}"] = written

    def write_iprxfcr(self, written: int) -> None:
        if written & 1:
            self._receive.clear()
            self._read_count = 0
        self.value["IPRXFCR"] = written & 0x3E
        self._update()

    def write_iptxfcr(self, written: int) -> None:
        if written & 1:
            self._transmit.clear()
            self._write_count = 0
        self.value["IPTXFCR"] = written & 0x3E
        self._update()

    def write_dllcr(self, index: int, written: int) -> None:
        """The delay lines lock as soon as they are enabled."""
        self.value[f"DLLCR{index}"] = written
        locked = 0x3 << 16 * index
        self.value["STS2"] = self.value["STS2"] & ~locked | (locked if written & 1 else 0)

    def read_sts0(self) -> int:
        """SEQIDLE and ARBIDLE."""
        return 0 if self._sequence or self._queue else 3

    def read_iprxfsts(self) -> int:
        return self._entries(self._receive) | self._read_count // ENTRY_BYTES << 16

    def read_iptxfsts(self) -> int:
        return self._entries(self._transmit) | self._write_count // ENTRY_BYTES << 16

    def read_rfdr(self, index: int) -> int:
        return int.from_bytes(self._receive[4 * index : 4 * index + 4], "little")

    def read_tfdr(self, index: int) -> int:
        return 0

    @staticmethod
    def _entries(fifo: bytearray) -> int:
        return -(-len(fifo) // ENTRY_BYTES)

    def _watermark(self, register: str) -> int:
        return (self.value[register] >> 2 & 0xF) + 1

    # Commands.

    def write_ipcmd(self, written: int) -> None:
        if not written & 1 or self.value["MCR0"] & MDIS or not self.read_sts0():
            return
        control = self.value["IPCR1"]
        first, number = control >> 16 & 0xF, (control >> 24 & 7) + 1
        self._queue = [(first + i) % SEQUENCES for i in range(number)]
        self._next()

    def _next(self) -> None:
        """Begin the next sequence of the command, or end the command."""
        self._sequence = None
        if not self._queue:
            self.value["INTR"] |= IPCMDDONE
            self._update()
            return
        index = self._queue.pop(0)
        try:
            sequence = decode([self.value[f"LUT{4 * index + i}"] for i in range(4)])
            self._chip, self._address = self._port(self.value["IPCR0"])
        except SequenceError as error:
            self._queue = []
            self.value["STS1"] = error.code << 24 | index << 16
            self.value["INTR"] |= IPCMDERR | IPCMDDONE
            self._update()
            return
        self._sequence = sequence
        size = self.value["IPCR1"] & 0xFFFF or sequence.operand
        self._left = size if sequence.data else 0
        self._sent.clear()
        self._after(sequence.clocks, self._begin_data)

    def _port(self, address: int) -> tuple[NorFlash | None, int]:
        """The chip that an address selects, and the address within it."""
        for i in range(4):
            size = (self.value[f"FLSHCR0{i}"] & 0x7F_FFFF) * 1024
            if address < size:
                return self._flash if i == 0 else None, address
            address -= size
        raise SequenceError(OUTSIDE_THE_FLASH)

    def _after(self, clocks: int, callback: Callable[[], None]) -> None:
        """Call later, when so many clocks have passed; never without a clock."""
        hz = self._clock_hz()

        def due() -> None:
            self._event = None
            callback()

        self._scheduler.cancel(self._event)
        self._event = self._scheduler.after(ticks(clocks, hz), due) if hz else None

    def _execute(self, sequence: Sequence, count: int) -> bytes:
        if self._chip is None or sequence.command is None:
            return b"\xff" * count
        address = self._address if sequence.has_address else None
        return self._chip.execute(
            sequence.command, address, bytes(self._sent), count, sequence.waits, sequence.lanes
        )

    def _begin_data(self) -> None:
        sequence = self._sequence
        if sequence is None:
            return
        if sequence.data == READ:
            self._answer = self._execute(sequence, self._left)
        self._go_on(sequence.data)

    def _go_on(self, direction: int) -> None:
        """Move the next portion of the data phase, if the FIFO allows and none is on its way."""
        sequence = self._sequence
        if sequence is None or sequence.data != direction or self._event is not None:
            return
        if not self._left:
            if direction != READ:
                self._execute(sequence, 0)
            self._next()
            return
        if direction == READ:
            room = FIFO_BYTES - len(self._receive)
            size = min(self._left, room, self._watermark("IPRXFCR") * ENTRY_BYTES)
        else:
            size = min(self._left, len(self._transmit), self._watermark("IPTXFCR") * ENTRY_BYTES)
        if size:
            self._after(-(-8 * size // sequence.lanes), lambda: self._moved(size))

    def _moved(self, size: int) -> None:
        if self._sequence is None:
            return
        self._left -= size
        if self._sequence.data == READ:
            self._receive += self._answer[:size]
            self._answer = self._answer[size:]
        else:
            self._sent += self._transmit[:size]
            # The FIFO is emptied in whole entries.
            taken = -(-size // ENTRY_BYTES) * ENTRY_BYTES
            self._write_count += taken
            del self._transmit[:taken]
        self._go_on(self._sequence.data)
        self._update()

    def _update(self) -> None:
        self._irq(bool(self.read_intr() & self.value["INTEN"]))
        if (self.value["IPRXFCR"] | self.value["IPTXFCR"]) & 2:
            self.request_changed()
