"""FlexSPI: commands to the serial flash by the IP bus; the AHB window is plain memory.

Source: RT1060 reference manual, chapter FlexSPI. FIFOs fill and empty in the time that the
sequence takes on the pads. Not modelled: grant and sequence time-outs, the FIFOs' AHB windows,
learning and data strobes.
"""

from collections.abc import Callable, Mapping

from rt1062.block import Block, DmaRequest, Line
from rt1062.blocks.flexspi_poll import BusyPoll
from rt1062.blocks.flexspi_registers import (
    DLLCR,
    FLSHCR0,
    FLSHCR2,
    INTEN,
    INTR,
    IPCMD,
    IPCR1,
    IPRXFCR,
    IPRXFSTS,
    IPTXFCR,
    IPTXFSTS,
    LUT_KEY,
    LUTCR,
    MCR0,
    REGISTERS,
    SEQUENCE_WORDS,
    SEQUENCES,
    STS0,
    STS1,
    STS2,
)
from rt1062.blocks.flexspi_sequence import (
    OUTSIDE_THE_FLASH,
    READ,
    WRITE,
    Sequence,
    SequenceError,
    decode,
)
from rt1062.blocks.flexspi_window import shown
from rt1062.chip.clock import ticks
from rt1062.devices.nor_flash import READ_STATUS, NorFlash
from rt1062.devices.psram import Psram
from rt1062.scheduler import Event, Scheduler

ENTRY_BYTES = 8  # FIFO levels and watermarks count entries of 64 bits
FIFO_BYTES = 16 * ENTRY_BYTES
LOCKS = (STS2.ASLVLOCK | STS2.AREFLOCK, STS2.BSLVLOCK | STS2.BREFLOCK)  # of the two delay lines


class FlexSpi(Block):
    """`clock_hz` is the serial root clock, `flash` the chip on port A1.

    Ports without a chip (A2, B1, B2, or A1 for None) read 0xFF. Of a PSRAM, `on_window(bytes)` is
    told how much the core sees of it.
    """

    REGISTERS = REGISTERS

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Line,
        flash: NorFlash | Psram | None,
        on_window: Callable[[int], None] = lambda size: None,
    ) -> None:
        super().__init__(irq)
        self._on_window = on_window
        self._shown = 0
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.flash = flash
        self._event: Event | None = None
        self._poll = BusyPoll()
        self._receive = bytearray()  # the FIFOs
        self._transmit = bytearray()
        self._receive_water = self._transmit_water = ENTRY_BYTES  # their watermarks, bytes
        self._abort()

    def _abort(self) -> None:
        """Forget commands and FIFO contents."""
        self.scheduler.cancel(self._event)
        self._event = None
        self._receive.clear()
        self._transmit.clear()
        self._read_count = self._write_count = 0  # bytes that went through the FIFOs
        self._queue: list[int] = []  # sequences of the command still to be carried out
        self._sequence: Sequence | None = None  # the one at work
        self._chip: NorFlash | Psram | None = None
        self._address: int | None = None
        self._answer = b""  # what the flash sends and is not yet in the FIFO
        self._sent = bytearray()
        self._left = 0  # bytes of the data phase still to come
        self._key_given = False

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._receive_water = self._transmit_water = ENTRY_BYTES
        self._abort()
        self._show()

    def next_event_time(self) -> int:
        return self.next_event(self._event)

    # Registers.

    def write_mcr0(self, written: int) -> None:
        if written & MCR0.SWRESET:
            self._abort()
        self.value["MCR0"] = written & ~MCR0.SWRESET
        self._update()
        self._show()

    def read_intr(self) -> int:
        value = self.value["INTR"]
        if self._receive and self._whole(self._receive) >= self._receive_water:
            value |= INTR.IPRXWA
        if FIFO_BYTES - len(self._transmit) >= self._transmit_water:
            value |= INTR.IPTXWE
        return value

    def write_intr(self, written: int) -> None:
        """Clearing a FIFO flag moves the FIFO by its watermark."""
        flags = self.read_intr() & written
        self.value["INTR"] &= ~written
        if flags & INTR.IPRXWA:
            self.pop()
        if flags & INTR.IPTXWE:
            self.push()
        self._update()

    def pop(self) -> None:
        """Take a watermark's worth out of the receive FIFO; DMA does so after each loop."""
        size = min(self._receive_water, len(self._receive))
        self._read_count += size
        del self._receive[:size]
        self._go_on(READ)

    def push(self) -> None:
        """Put a watermark's worth of TFDR into the transmit FIFO; DMA does so after each loop."""
        for i in range(self._transmit_water // 4):
            self._transmit += self.value[f"TFDR{i}"].to_bytes(4, "little")
        self._go_on(WRITE)

    def requests(self) -> Mapping[str, DmaRequest]:
        """Of the FIFOs, where IPRXFCR.RXDMAEN and IPTXFCR.TXDMAEN allow it."""
        return {
            "receive": DmaRequest(self._requests_receive, self.next_event_time, self.pop),
            "transmit": DmaRequest(self._requests_transmit, self.next_event_time, self.push),
        }

    def _requests_receive(self) -> bool:
        return bool(self.value["IPRXFCR"] & IPRXFCR.RXDMAEN and self.read_intr() & INTR.IPRXWA)

    def _requests_transmit(self) -> bool:
        return bool(self.value["IPTXFCR"] & IPTXFCR.TXDMAEN and self.read_intr() & INTR.IPTXWE)

    def write_inten(self, written: int) -> None:
        self.store(INTEN, written)
        self._update()

    def write_lutkey(self, written: int) -> None:
        self.value["LUTKEY"] = written
        self._key_given = written == LUT_KEY

    def write_lutcr(self, written: int) -> None:
        wanted = written & (LUTCR.LOCK | LUTCR.UNLOCK)
        if self._key_given and wanted in (LUTCR.LOCK, LUTCR.UNLOCK):
            self.value["LUTCR"] = wanted
        self._key_given = False

    def write_lut(self, index: int, written: int) -> None:
        if self.value["LUTCR"] == LUTCR.UNLOCK:
            self.value[f"LUT{index}"] = written
            self._show()

    def write_flshcr0(self, index: int, written: int) -> None:
        self.store(FLSHCR0, written, index)
        self._show()

    def write_flshcr2(self, index: int, written: int) -> None:
        self.store(FLSHCR2, written, index)
        self._show()

    def _show(self) -> None:
        """Tell how much of a PSRAM the window has, where that has changed."""
        size = shown(self.value, self.flash) if isinstance(self.flash, Psram) else 0
        if size != self._shown:
            self._shown = size
            self._on_window(size)

    def write_iprxfcr(self, written: int) -> None:
        if written & IPRXFCR.CLRIPRXF:
            self._receive.clear()
            self._read_count = 0
        value = self.store(IPRXFCR, written)
        self._receive_water = (IPRXFCR.RXWMRK.get(value) + 1) * ENTRY_BYTES
        self._update()

    def write_iptxfcr(self, written: int) -> None:
        if written & IPTXFCR.CLRIPTXF:
            self._transmit.clear()
            self._write_count = 0
        value = self.store(IPTXFCR, written)
        self._transmit_water = (IPTXFCR.TXWMRK.get(value) + 1) * ENTRY_BYTES
        self._update()

    def write_dllcr(self, index: int, written: int) -> None:
        """The delay lines lock as soon as they are enabled."""
        self.value[f"DLLCR{index}"] = written
        locks = LOCKS[index]
        self.value["STS2"] = self.value["STS2"] & ~locks | (locks if written & DLLCR.DLLEN else 0)

    @property
    def _idle(self) -> bool:
        return self._sequence is None and not self._queue

    def read_sts0(self) -> int:
        return STS0.SEQIDLE | STS0.ARBIDLE if self._idle else 0

    def read_iprxfsts(self) -> int:
        level, moved = self._whole(self._receive), self._read_count
        return IPRXFSTS.FILL.put(level // ENTRY_BYTES) | IPRXFSTS.RDCNTR.put(moved // ENTRY_BYTES)

    def read_iptxfsts(self) -> int:
        level, moved = self._whole(self._transmit), self._write_count
        return IPTXFSTS.FILL.put(level // ENTRY_BYTES) | IPTXFSTS.WRCNTR.put(moved // ENTRY_BYTES)

    def read_rfdr(self, index: int) -> int:
        return int.from_bytes(self._receive[4 * index : 4 * index + 4], "little")

    def read_tfdr(self, index: int) -> int:
        return 0

    @staticmethod
    def _whole(fifo: bytearray) -> int:
        """Bytes of the entries that a FIFO's bytes take up."""
        return -(-len(fifo) // ENTRY_BYTES) * ENTRY_BYTES

    # Commands.

    def write_ipcmd(self, written: int) -> None:
        if not written & IPCMD.TRG or self.value["MCR0"] & MCR0.MDIS or not self._idle:
            return
        control = self.value["IPCR1"]
        first, number = IPCR1.ISEQID.get(control), IPCR1.ISEQNUM.get(control) + 1
        self._queue = [(first + i) % SEQUENCES for i in range(number)]
        self._next()

    def _next(self) -> None:
        """Begin the next sequence of the command, or end the command."""
        self._sequence = None
        if not self._queue:
            self.value["INTR"] |= INTR.IPCMDDONE
            self._update()
            self._show()
            return
        index = self._queue.pop(0)
        try:
            sequence = decode(
                [self.value[f"LUT{SEQUENCE_WORDS * index + i}"] for i in range(SEQUENCE_WORDS)]
            )
            self._chip, self._address = self._port(self.value["IPCR0"])
        except SequenceError as error:
            self._queue = []
            self.value["STS1"] = STS1.IPCMDERRCODE.put(error.code) | STS1.IPCMDERRID.put(index)
            self.value["INTR"] |= INTR.IPCMDERR | INTR.IPCMDDONE
            self._update()
            return
        self._sequence = sequence
        size = IPCR1.IDATSZ.get(self.value["IPCR1"]) or sequence.operand
        self._left = size if sequence.data else 0
        self._sent.clear()
        begun = self.scheduler.now
        self._after(sequence.clocks, lambda: self._answered(begun))

    def _port(self, address: int) -> tuple[NorFlash | Psram | None, int]:
        """The chip that an address selects, and the address within it."""
        for i in range(4):
            size = FLSHCR0.FLSHSZ.get(self.value[f"FLSHCR0{i}"]) * 1024
            if address < size:
                return self.flash if i == 0 else None, address
            address -= size
        raise SequenceError(OUTSIDE_THE_FLASH)

    def _after(self, clocks: int, callback: Callable[[], None]) -> None:
        """Call later, when so many clocks have passed; never without a clock."""
        hz = self.clock_hz()

        def due() -> None:
            self._event = None
            callback()

        self.scheduler.cancel(self._event)
        self._event = self.scheduler.after(ticks(clocks, hz), due) if hz else None

    def _execute(self, sequence: Sequence, count: int) -> bytes:
        chip = self._chip
        if chip is None or sequence.command is None:
            return b"\xff" * count
        if isinstance(chip, Psram) and chip.quad != (sequence.command_lanes == 4):
            return b"\xff" * count  # it sees something else than a command
        address = self._address if sequence.has_address else None
        return chip.execute(
            sequence.command, address, bytes(self._sent), count, sequence.waits, sequence.lanes
        )

    def _answered(self, begun: int) -> None:
        """Command and address are out: the flash has its answer, at once or a poll's step later."""
        longer, chip = 0, self._chip
        if chip is None or self._sequence is None or self._sequence.command != READ_STATUS:
            self._poll.forget()
        elif chip.busy:
            longer = self._poll.wait(begun, self.scheduler.now, chip.busy_until)
        if not longer:
            self._begin_data()
            return

        def due() -> None:
            self._event = None
            self._begin_data()

        self._event = self.scheduler.after(longer, due)

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
            size = min(self._left, room, self._receive_water)
        else:
            size = min(self._left, len(self._transmit), self._transmit_water)
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
        # INTEN has its enables where INTR has its flags.
        self.raise_line(bool(self.read_intr() & self.value["INTEN"]))
        receives = self.value["IPRXFCR"] & IPRXFCR.RXDMAEN
        if receives or self.value["IPTXFCR"] & IPTXFCR.TXDMAEN:
            self.request_changed()
