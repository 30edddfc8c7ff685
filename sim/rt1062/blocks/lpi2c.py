"""LPI2C, master (i.MX RT1060 reference manual, rev. 2, chapter 47).

Read by way of NXP's register header and the SDK, Teensy and Tock drivers.

Commands and data go through one transmit FIFO. Every START, byte and STOP takes its time on the
bus; a target answers when its ninth bit is through. Nobody stretches the clock, there is no second
master, so arbitration is never lost; the slave half is registers only.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

from rt1062.block import DmaRequest, Peripheral
from rt1062.chip.clock import ticks
from rt1062.registers_old import W1C, Field, R, Register, W
from rt1062.scheduler import NEVER, Event, Scheduler

FIFO_WORDS = 4

MCR = Register(
    "MCR",
    0x10,
    [
        Field("MEN", 0),
        Field("RST", 1),
        Field("DOZEN", 2),
        Field("DBGEN", 3),
        Field("RTF", 8, access=W),
        Field("RRF", 9, access=W),
    ],
)
MSR = Register(
    "MSR",
    0x14,
    [
        Field("TDF", 0, access=R, reset=1),
        Field("RDF", 1, access=R),
        Field("EPF", 8, access=W1C),
        Field("SDF", 9, access=W1C),
        Field("NDF", 10, access=W1C),
        Field("ALF", 11, access=W1C),
        Field("FEF", 12, access=W1C),
        Field("PLTF", 13, access=W1C),
        Field("DMF", 14, access=W1C),
        Field("MBF", 24, access=R),
        Field("BBF", 25, access=R),
    ],
    polled=True,
)
INTERRUPTS = 0x7F03  # the bits of MSR that MIER can pass on
MIER = Register("MIER", 0x18, [Field("TDIE-RDIE", 0, 2), Field("EPIE-DMIE", 8, 7)])
MDER = Register("MDER", 0x1C, [Field("TDDE", 0), Field("RDDE", 1)])
MCFGR0 = Register("MCFGR0", 0x20, [Field("HREN-HRSEL", 0, 3), Field("CIRFIFO-RDMO", 8, 2)])
MCFGR1 = Register(
    "MCFGR1",
    0x24,
    [
        Field("PRESCALE", 0, 3),
        Field("AUTOSTOP", 8),
        Field("IGNACK", 9),
        Field("TIMECFG", 10),
        Field("MATCFG", 16, 3),
        Field("PINCFG", 24, 3),
    ],
)
MCFGR2 = Register(
    "MCFGR2", 0x28, [Field("BUSIDLE", 0, 12), Field("FILTSCL", 16, 4), Field("FILTSDA", 24, 4)]
)
MCFGR3 = Register("MCFGR3", 0x2C, [Field("PINLOW", 8, 12)])
MDMR = Register("MDMR", 0x40, [Field("MATCH0", 0, 8), Field("MATCH1", 16, 8)])
CLOCK_FIELDS = (
    Field("CLKLO", 0, 6),
    Field("CLKHI", 8, 6),
    Field("SETHOLD", 16, 6),
    Field("DATAVD", 24, 6),
)
MCCR0 = Register("MCCR0", 0x48, CLOCK_FIELDS)
MCCR1 = Register("MCCR1", 0x50, CLOCK_FIELDS)
MFCR = Register("MFCR", 0x58, [Field("TXWATER", 0, 2), Field("RXWATER", 16, 2)])
MFSR = Register("MFSR", 0x5C, [Field("TXCOUNT", 0, 3, R), Field("RXCOUNT", 16, 3, R)], polled=True)
MTDR = Register("MTDR", 0x60, [Field("DATA", 0, 8, W), Field("CMD", 8, 3, W)])
MRDR = Register(
    "MRDR", 0x70, [Field("DATA", 0, 8, R), Field("RXEMPTY", 14, 1, R, reset=1)], polled=True
)
MASTER = (
    *(MCR, MSR, MIER, MDER, MCFGR0, MCFGR1, MCFGR2, MCFGR3, MDMR, MCCR0, MCCR1, MFCR, MFSR),
    *(MTDR, MRDR),
)
SLAVE = (
    Register("SCR", 0x110, [Field("SEN-RST", 0, 2), Field("FILTEN-FILTDZ", 4, 2)]),
    Register("SSR", 0x114, [Field("RSF-FEF", 8, 4, W1C)]),
    Register("SIER", 0x118, [Field("TDIE-TAIE", 0, 4), Field("RSIE-SARIE", 8, 8)]),
    Register("SDER", 0x11C, [Field("TDDE-AVDE", 0, 3)]),
    Register(
        "SCFGR1",
        0x124,
        [Field("ADRSTALL-ACKSTALL", 0, 4), Field("GCEN-HSMEN", 8, 6), Field("ADDRCFG", 16, 3)],
    ),
    Register(
        "SCFGR2",
        0x128,
        [
            Field("CLKHOLD", 0, 4),
            Field("DATAVD", 8, 6),
            Field("FILTSCL", 16, 4),
            Field("FILTSDA", 24, 4),
        ],
    ),
    Register("SAMR", 0x140, [Field("ADDR0", 1, 10), Field("ADDR1", 17, 10)]),
    Register("SASR", 0x150, [Field("RADDR", 0, 11, R), Field("ANV", 14, 1, R, reset=1)]),
    Register("STAR", 0x154, [Field("TXNACK", 0)]),
    Register("STDR", 0x160, [Field("DATA", 0, 8, W)]),
    Register("SRDR", 0x170, [Field("DATA", 0, 8, R), Field("RXEMPTY", 14, 1, R, reset=1)]),
)

MEN, RST, RTF, RRF = 0x1, 0x2, 0x100, 0x200
TDF, RDF, EPF, SDF, NDF, FEF, PLTF = 0x1, 0x2, 0x100, 0x200, 0x400, 0x1000, 0x2000
MBF, BBF = 1 << 24, 1 << 25
ERRORS = NDF | 0x800 | FEF | PLTF
AUTOSTOP, IGNACK = 1 << 8, 1 << 9
TRANSMIT, RECEIVE, STOP, DISCARD, START = range(5)  # CMD; START and above address a target
EXPECT_NACK, HIGH_SPEED = 1, 2  # bits of CMD beside START
RXEMPTY = 1 << 14


class Target(Protocol):
    """What sits on the bus at an address."""

    def start(self, read: bool) -> bool:
        """Addressed by a START or a repeated START; True acknowledges."""

    def write(self, byte: int) -> bool:
        """A byte from the master; True acknowledges."""

    def read(self) -> int:
        """A byte for the master."""

    def stop(self) -> None:
        """A STOP, or a repeated START for somebody else."""


class Lpi2c(Peripheral):
    """One LPI2C; `targets` by their 7-bit address."""

    REGISTERS = (
        Register("VERID", 0x00, access=R, reset=0x0100_0003),
        Register("PARAM", 0x04, access=R, reset=0x0202),
        *MASTER,
        *SLAVE,
    )

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Callable[[bool], None],
        targets: Mapping[int, Target],
    ) -> None:
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.irq = irq
        self.targets = targets
        self._tx: deque[int] = deque()
        self._rx: deque[int] = deque()
        self._step: Event | None = None  # the START, byte or STOP that is on the bus
        self._pin_low: Event | None = None
        self._target: Target | None = None
        self._irq_level = False
        super().__init__()
        self._set_defaults()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._set_defaults()
        self._update_irq()

    def _set_defaults(self) -> None:
        self.scheduler.cancel(self._step)
        self.scheduler.cancel(self._pin_low)
        self._step = self._pin_low = None
        self._tx.clear()
        self._rx.clear()
        self._release()
        self._command = 0  # what the step in progress carries out
        self._to_receive = 0  # bytes of a receive command still to come
        self._discard = False

    # Registers.

    def write_mcr(self, value: int) -> None:
        self.store(MCR, value)
        if value & RST:
            for register in MASTER:
                self.value[register.name] = register.reset or 0
            self._set_defaults()
            self.store(MCR, value)
        if value & RTF:
            self._tx.clear()
        if value & RRF:
            self._rx.clear()
        self._go_on()
        self.request_changed()

    def write_mder(self, value: int) -> None:
        self.store(MDER, value)
        self.request_changed()

    def requests(self) -> Mapping[str, DmaRequest]:
        """One for both directions."""
        return {"both": DmaRequest(self._asks_dma, self.next_event_time)}

    def _asks_dma(self) -> bool:
        # MDER has TDDE and RDDE where MSR has TDF and RDF.
        enabled = self.value["MDER"]
        return bool(enabled and self.read_msr() & enabled)

    def read_msr(self) -> int:
        status = self.value["MSR"] & ~TDF
        water = self.value["MFCR"]
        if len(self._tx) <= water & 3:
            status |= TDF
        if len(self._rx) > water >> 16 & 3:
            status |= RDF
        return status | (MBF | BBF if self._busy else 0)

    def write_msr(self, value: int) -> None:
        self.store(MSR, value)
        self._go_on()

    def write_mier(self, value: int) -> None:
        self.store(MIER, value)
        self._update_irq()

    def write_mcfgr1(self, value: int) -> None:
        self.store(MCFGR1, value)
        self._go_on()

    def write_mfcr(self, value: int) -> None:
        self.store(MFCR, value)
        self._update_irq()
        self.request_changed()

    def read_mfsr(self) -> int:
        return len(self._tx) | len(self._rx) << 16

    def write_mtdr(self, value: int) -> None:
        if len(self._tx) < FIFO_WORDS:
            self._tx.append(value & 0x7FF)
        self._go_on()
        self.request_changed()

    def read_mrdr(self) -> int:
        if not self._rx:
            return RXEMPTY
        byte = self._rx.popleft()
        self._go_on()
        return byte

    # The bus.

    def _go_on(self) -> None:
        """Begin the next step if none is on the bus."""
        if self._step is None:
            self.scheduler.cancel(self._pin_low)
            self._pin_low = None
            self._next_step()
        self._update_irq()

    def _next_step(self) -> None:
        if not self.value["MCR"] & MEN:
            if self._busy:
                self._release()
        elif self.value["MSR"] & ERRORS:
            # A STOP goes out by itself; nothing else until software has cleared the flag.
            if self._busy:
                self._begin(STOP << 8)
        elif self._to_receive:
            if self._discard or len(self._rx) < FIFO_WORDS:
                self._begin(RECEIVE << 8)
            else:
                self._hold()
        elif self._tx:
            self._take(self._tx.popleft())
        elif self._busy and self.value["MCFGR1"] & AUTOSTOP:
            self._begin(STOP << 8)
        elif self._busy:
            self._hold()

    def _take(self, command: int) -> None:
        kind = command >> 8
        if kind >= START or (self._busy and kind in (TRANSMIT, STOP)):
            self._begin(command)
        elif kind == STOP:
            self._next_step()  # the bus is free: nothing to stop
        elif not self._busy:
            self.value["MSR"] |= FEF
        else:
            self._to_receive = (command & 0xFF) + 1
            self._discard = kind == DISCARD
            self._next_step()

    def _begin(self, command: int) -> None:
        hz = self.clock_hz()
        if hz <= 0:
            return
        kind = command >> 8
        self._command = command
        fast = kind >= START and kind & HIGH_SPEED
        prescale = self.value["MCFGR1"] & 7
        clock = self.value["MCCR1" if fast else "MCCR0"]
        latency = (2 + (self.value["MCFGR2"] >> 16 & 0xF)) >> prescale
        low = (clock & 0x3F) + 1
        high = (clock >> 8 & 0x3F) + 1 + latency
        hold = (clock >> 16 & 0x3F) + 1
        cycles = 9 * (low + high)
        if kind == STOP:
            cycles = low + hold
        elif kind >= START:
            # Bus free time and hold, or set-up and hold of a repeated START.
            cycles += low + (2 * hold if self._busy else hold)
            if self._busy:
                self.value["MSR"] |= EPF
            self._busy = True
        self._step = self.scheduler.after(ticks(cycles << prescale, hz), self._end_step)

    def _end_step(self) -> None:
        self._step = None
        kind, data = self._command >> 8, self._command & 0xFF
        if kind == STOP:
            self._release()
            self.value["MSR"] |= SDF | EPF
            self._to_receive = 0
        elif kind == RECEIVE:
            self._receive()
        else:
            self._send(kind, data)
        self._go_on()

    def _send(self, kind: int, data: int) -> None:
        if kind >= START:
            acknowledged = self._address(data)
        else:
            acknowledged = self._target is not None and self._target.write(data)
        expected = kind < START or not kind & EXPECT_NACK
        if acknowledged != expected and not self.value["MCFGR1"] & IGNACK:
            self.value["MSR"] |= NDF

    def _address(self, data: int) -> bool:
        target = self.targets.get(data >> 1)
        if self._target is not None and self._target is not target:
            self._target.stop()
        self._target = target
        return target is not None and target.start(bool(data & 1))

    def _receive(self) -> None:
        byte = 0xFF if self._target is None else self._target.read()  # nobody drives: high
        self._to_receive -= 1
        if not self._discard:
            self._rx.append(byte & 0xFF)

    def _release(self) -> None:
        self._busy = False
        target, self._target = self._target, None
        if target is not None:
            target.stop()

    def _hold(self) -> None:
        """SCL stays low until the next command: the pin low timeout counts."""
        pin_low = self.value["MCFGR3"] >> 8
        hz = self.clock_hz()
        if pin_low and hz > 0:
            cycles = pin_low * 256 << (self.value["MCFGR1"] & 7)
            self._pin_low = self.scheduler.after(ticks(cycles, hz), self._time_out)

    def _time_out(self) -> None:
        self._pin_low = None
        self.value["MSR"] |= PLTF
        self._go_on()

    # Outward.

    def next_event_time(self) -> int:
        event = self._step or self._pin_low
        return NEVER if event is None else event.time

    def _update_irq(self) -> None:
        level = bool(self.read_msr() & self.value["MIER"] & INTERRUPTS)
        if level != self._irq_level:
            self._irq_level = level
            self.irq(level)
