"""LPI2C, master (i.MX RT1060 reference manual, rev. 2, chapter 47).

Read by way of NXP's register header and the SDK, Teensy and Tock drivers.

Commands and data go through one transmit FIFO. Every START, byte and STOP takes its time on the
bus; a target answers when its ninth bit is through. Nobody stretches the clock, there is no second
master, so arbitration is never lost; while somebody holds SDA low no START is made. The slave
half is registers only.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

from rt1062.block import Block, DmaRequest, Line
from rt1062.blocks.lpi2c_registers import (
    FIFO_WORDS,
    MASTER,
    MCCR0,
    MCCR1,
    MCFGR1,
    MCFGR2,
    MCFGR3,
    MCR,
    MDER,
    MFCR,
    MFSR,
    MIER,
    MRDR,
    MSR,
    MTDR,
    REGISTERS,
)  # fmt: skip
from rt1062.chip.clock import ticks
from rt1062.registers import W
from rt1062.scheduler import Event, Held, Scheduler

ERRORS = MSR.NDF | MSR.ALF | MSR.FEF | MSR.PLTF
COMMAND = MTDR.masks[W]
TRANSMIT, RECEIVE, STOP, DISCARD, START = range(5)  # CMD; START and above address a target
EXPECT_NACK, HIGH_SPEED = 1, 2  # bits of CMD beside START
RECEIVE_ONE, END = MTDR.CMD.put(RECEIVE), MTDR.CMD.put(STOP)
ONE_SENT, ONE_RECEIVED = MFSR.TXCOUNT.put(1), MFSR.RXCOUNT.put(1)
PIN_LOW_CYCLES = 256  # the unit of PINLOW


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


class Lpi2c(Block):
    """One LPI2C; `targets` by their 7-bit address."""

    REGISTERS = REGISTERS

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Line,
        targets: Mapping[int, Target],
    ) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self.targets = targets
        # Who answers to an address at an SCL of so many Hz; the board's wires may have a say.
        self.reach: Callable[[int, float], Target | None] = lambda address, scl_hz: (
            self.targets.get(address)
        )
        self.sda_held: Callable[[], bool] = lambda: False  # low, and not by this block
        self._tx: deque[int] = deque()
        self._rx: deque[int] = deque()
        self._step: Event | None = None  # the START, byte or STOP that is on the bus
        self._pin_low: Event | None = None
        self._target: Target | None = None
        self._held: Held = []
        self._set_defaults()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._set_defaults()

    def _set_defaults(self) -> None:
        self.scheduler.cancel(self._step)
        self.scheduler.cancel(self._pin_low)
        self._step = self._pin_low = None
        self._tx.clear()
        self._rx.clear()
        self._release()
        self._scl_hz = 0.0
        self._command = 0  # what the step in progress carries out
        self._to_receive = 0  # bytes of a receive command still to come
        self._discard = False
        self._transmit_water = self._receive_water = 0

    # Registers.

    def write_mcr(self, value: int) -> None:
        self.store(MCR, value)
        if value & MCR.RST:
            self.value.update((register.name, register.reset) for register in MASTER)
            self._set_defaults()
            self.store(MCR, value)
        if value & MCR.RTF:
            self._tx.clear()
        if value & MCR.RRF:
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
        enabled, status = self.value["MDER"], self.read_msr()
        return bool(
            (enabled & MDER.TDDE and status & MSR.TDF) or (enabled & MDER.RDDE and status & MSR.RDF)
        )

    def read_msr(self) -> int:
        status = self.value["MSR"] & ~MSR.TDF
        if len(self._tx) <= self._transmit_water:
            status |= MSR.TDF
        if len(self._rx) > self._receive_water:
            status |= MSR.RDF
        return status | (MSR.MBF | MSR.BBF if self._busy else 0)

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
        value = self.store(MFCR, value)
        self._transmit_water = MFCR.TXWATER.get(value)
        self._receive_water = MFCR.RXWATER.get(value)
        self._update_irq()
        self.request_changed()

    def read_mfsr(self) -> int:
        return len(self._tx) * ONE_SENT | len(self._rx) * ONE_RECEIVED

    def write_mtdr(self, value: int) -> None:
        if len(self._tx) < FIFO_WORDS:
            self._tx.append(value & COMMAND)
        self._go_on()
        self.request_changed()

    def read_mrdr(self) -> int:
        if not self._rx:
            return MRDR.RXEMPTY
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
        if not self.value["MCR"] & MCR.MEN:
            if self._busy:
                self._release()
        elif self.value["MSR"] & ERRORS:
            # A STOP goes out by itself; nothing else until software has cleared the flag.
            if self._busy:
                self._begin(END)
        elif self._to_receive:
            if self._discard or len(self._rx) < FIFO_WORDS:
                self._begin(RECEIVE_ONE)
            else:
                self._hold()
        elif self._tx:
            if self._busy or not self.sda_held():
                self._take(self._tx.popleft())
        elif self._busy and self.value["MCFGR1"] & MCFGR1.AUTOSTOP:
            self._begin(END)
        elif self._busy:
            self._hold()

    def _take(self, command: int) -> None:
        kind = MTDR.CMD.get(command)
        if kind >= START or (self._busy and kind in (TRANSMIT, STOP)):
            self._begin(command)
        elif kind == STOP:
            self._next_step()  # the bus is free: nothing to stop
        elif not self._busy:
            self.value["MSR"] |= MSR.FEF
        else:
            self._to_receive = MTDR.DATA.get(command) + 1
            self._discard = kind == DISCARD
            self._next_step()

    def _begin(self, command: int) -> None:
        hz = self.clock_hz()
        if hz <= 0:
            return
        kind = MTDR.CMD.get(command)
        self._command = command
        fast = kind >= START and kind & HIGH_SPEED
        prescale = MCFGR1.PRESCALE.get(self.value["MCFGR1"])
        latency = (2 + MCFGR2.FILTSCL.get(self.value["MCFGR2"])) >> prescale
        timing = MCCR1 if fast else MCCR0
        clock = self.value[timing.name]
        low = timing.CLKLO.get(clock) + 1
        high = timing.CLKHI.get(clock) + 1 + latency
        hold = timing.SETHOLD.get(clock) + 1
        cycles = 9 * (low + high)
        if kind == STOP:
            cycles = low + hold
        elif kind >= START:
            # Bus free time and hold, or set-up and hold of a repeated START.
            cycles += low + (2 * hold if self._busy else hold)
            if self._busy:
                self.value["MSR"] |= MSR.EPF
            self._busy = True
            self._scl_hz = hz / (low + high << prescale)
        self._step = self.scheduler.after(ticks(cycles << prescale, hz), self._end_step)

    def _end_step(self) -> None:
        self._step = None
        kind, data = MTDR.CMD.get(self._command), MTDR.DATA.get(self._command)
        if kind == STOP:
            self._release()
            self.value["MSR"] |= MSR.SDF | MSR.EPF
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
        if acknowledged != expected and not self.value["MCFGR1"] & MCFGR1.IGNACK:
            self.value["MSR"] |= MSR.NDF

    def _address(self, data: int) -> bool:
        target = self.reach(data >> 1, self._scl_hz)
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
        pin_low = MCFGR3.PINLOW.get(self.value["MCFGR3"])
        hz = self.clock_hz()
        if pin_low and hz > 0:
            cycles = pin_low * PIN_LOW_CYCLES << MCFGR1.PRESCALE.get(self.value["MCFGR1"])
            self._pin_low = self.scheduler.after(ticks(cycles, hz), self._time_out)

    def _time_out(self) -> None:
        self._pin_low = None
        self.value["MSR"] |= MSR.PLTF
        self._go_on()

    # Outward.

    def stop_clock(self) -> str:
        super().stop_clock()
        self._held = self.scheduler.hold(self._step, self._pin_low)
        return "is at a transfer" if self._step is not None else ""

    def start_clock(self) -> None:
        super().start_clock()
        self.scheduler.release(self._held)

    def next_event_time(self) -> int:
        return self.next_event(self._step, self._pin_low)

    def _update_irq(self) -> None:
        # MIER has its enables where MSR has its flags.
        self.raise_line(bool(self.read_msr() & self.value["MIER"]))
