"""LPSPI, master (i.MX RT1060 reference manual, rev. 2, chapter 48; module version 1.0).

Read by way of NXP's register header and the SDK, Teensy and Zephyr drivers.

Registers, interrupt and the moments of looking. The block is evaluated when somebody looks
(`sync`), so a polling firmware costs no events; only with an interrupt enabled the scheduler is
asked to look in time. Whoever moves a chip select that is not the block's own calls `sync` first.
Slave mode is registers only.
"""

from collections.abc import Callable, Mapping
from functools import partial

from rt1062.block import Block, DmaRequest, Line
from rt1062.blocks.lpspi_registers import (
    CCR,
    CFGR1,
    COMMAND,
    CR,
    DER,
    FCR,
    FIFO_WORDS,
    FIRST,
    FSR,
    IER,
    REGISTERS,
    RSR,
    SR,
    TCR_FIELDS,
    WORD,
)  # fmt: skip
from rt1062.blocks.lpspi_shifter import (
    IDLE,
    SHIFT,
    Ahead,
    Coming,
    Listener,
    Passed,
    Shifter,
    Transfer,
    TransferMany,
)
from rt1062.scheduler import NEVER, Event, Scheduler

# Without interrupts a device need not see a word before firmware looks; but not much later.
UNWATCHED_TICKS = 600_000
ONE_RECEIVED = FSR.RXCOUNT.put(1)  # TXCOUNT begins at bit 0
INTERRUPTS = SR.TDF | SR.RDF | SR.WCF | SR.FCF | SR.TCF | SR.TEF | SR.REF | SR.DMF


class Lpspi(Block):
    """One LPSPI. `transfer(pcs, byte)` exchanges a byte with what is on the bus, first bit on the
    wire = bit 7; `transfer_many(pcs, bytes)` does so with some in a row, where a device can do that
    faster, and `coming(count)` says what the next bytes will be, as far as they do not depend on
    what is sent (None: not at all); `chip_select(pcs, active)` follows the block's own chip-select
    lines.
    """

    REGISTERS = REGISTERS

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irq: Line,
        transfer: Transfer,
        chip_select: Callable[[int, bool], None] | None = None,
        transfer_many: TransferMany | None = None,
        coming: Coming | None = None,
    ) -> None:
        super().__init__(irq)
        self.scheduler = scheduler
        self._shifter = Shifter(clock_hz, transfer, chip_select, transfer_many, coming)
        self.event: Event | None = None  # the coming look, None while nothing is under way
        self._ier = self._der = self._transmit_water = self._receive_water = 0
        self._last_received = 0
        self._left = NEVER  # of the shifter's next change, ticks, while the clock stands still

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.scheduler.cancel(self.event)
        self.event = None
        self._ier = self._der = self._transmit_water = self._receive_water = 0
        self._last_received = 0
        self._shifter.reset()
        self._update_irq()

    def follow_chip_select(self, chip_select: Callable[[int, bool], None] | None) -> None:
        """Connect the chip-select lines, as the constructor does, or disconnect them (None)."""
        self.sync()
        self._shifter.follow(chip_select)

    def listen(self, listener: Listener) -> None:
        """`listener(hz, command)` says who hears words at an SCK of so many Hz with this command
        word: `transfer`, `transfer_many` and `coming` as above; asked again after `look_at_wires`.
        """
        self._shifter.listener = listener
        self._shifter.forget_timing()

    def look_at_wires(self) -> None:
        """The pads have changed."""
        self.sync()
        self._shifter.forget_timing()

    # Looking.

    def sync(self) -> None:
        """Bring the block up to the present."""
        due = self._shifter.next_time
        if due < NEVER:
            now = self.scheduler.now
            if due <= now:
                self._shifter.run(now)
                if self._ier:
                    self._update_irq()
                self._rest()

    def _rest(self) -> None:
        """Nothing is left to be seen: the coming look need not wake anybody."""
        shifter = self._shifter
        if self.event is not None and shifter.next_time == NEVER:
            self.event.quiet = not shifter.rx and not shifter.tx

    def stop_clock(self) -> str:
        super().stop_clock()
        self.sync()
        self.scheduler.cancel(self.event)
        self.event = None
        self._left = self._shifter.hold(self.scheduler.now)
        return "shifts" if self._left < NEVER else ""

    def start_clock(self) -> None:
        super().start_clock()
        self._shifter.release(self.scheduler.now, self._left)
        self._watch()

    def next_event_time(self) -> int:
        return self._shifter.next_time

    def next_change(self, offset: int) -> int:
        if offset != SR.offset:
            return self._shifter.next_time
        rising = (SR.TDF | SR.RDF | SR.WCF | SR.FCF) & ~self._shifter.flags
        return self._next_rise(rising, self._shifter.gap_ticks)

    def _look(self) -> None:
        self.event = None
        self.sync()
        self._watch()

    def _go_on(self) -> None:
        """Something came that the shifter may have waited for."""
        self._shifter.take(self.scheduler.now)
        self._update_irq()
        self._watch()

    def _watch(self) -> None:
        """Have the scheduler call when the next change matters to somebody outside."""
        next_time = self._shifter.next_time
        if next_time == NEVER:
            return
        event = self.event
        if self._ier:
            time = self._next_rise(self._ier)
            if event is not None:
                if event.time == time:
                    return
                self.scheduler.cancel(event)
            self.event = self.scheduler.at(time, self._look)
        elif event is None:
            self.event = self.scheduler.at(next_time + UNWATCHED_TICKS, self._look)
        else:
            event.quiet = False

    def _next_rise(self, flags: int, after: int = 0) -> int:
        """When one of some flags of SR can next rise or, `after` the last word, MBF fall.

        As far as that is known: it may be too early, never too late.
        """
        shifter = self._shifter
        tx, received = shifter.tx, len(shifter.rx)
        if (
            not shifter.plain
            or shifter.phase != SHIFT
            or flags & (SR.WCF | SR.FCF)
            or (tx and max(tx) >= COMMAND)
        ):
            return shifter.next_time
        words = min(len(tx) + 1, FIFO_WORDS - received)
        to_receive = self._receive_water + 1 - received
        to_send = len(tx) - self._transmit_water
        for flag, enough in ((SR.RDF, to_receive), (SR.TDF, to_send)):
            if flags & flag and 0 < enough < words:
                words, after = enough, 0
        return shifter.next_time + (words - 1) * (shifter.gap_ticks + shifter.word_ticks) + after

    def _update_irq(self) -> None:
        # IER has its enables where SR has its flags.
        self.raise_line(bool(self._ier and self.read_sr() & self._ier & INTERRUPTS))

    # Control.

    def read_cr(self) -> int:
        self.sync()
        busy = CR.MEN if self._shifter.phase != IDLE else 0
        return self.value["CR"] | busy  # MEN stays until the transfer under way is over

    def write_cr(self, value: int) -> None:
        self.sync()
        if value & CR.RST:
            self.reset(cold=False)
            self.store(CR, value)
            return
        self.store(CR, value)
        if value & CR.RTF:
            self._shifter.tx.clear()
        if value & CR.RRF:
            self._shifter.rx.clear()
        self._set_running()

    def write_cfgr1(self, value: int) -> None:
        self.sync()
        self._shifter.cfgr1 = self.store(CFGR1, value)
        self._set_running()

    def _set_running(self) -> None:
        shifter = self._shifter
        shifter.forget_timing()
        shifter.running = bool(self.value["CR"] & CR.MEN and shifter.cfgr1 & CFGR1.MASTER)
        if not shifter.running:
            shifter.stop(self.scheduler.now)
        self._go_on()
        self.request_changed()

    def write_ier(self, value: int) -> None:
        self.sync()
        self._ier = self.store(IER, value)
        self._update_irq()
        self._watch()

    def write_der(self, value: int) -> None:
        self._der = self.store(DER, value)
        self.request_changed()

    def write_ccr(self, value: int) -> None:
        self.sync()
        self._shifter.ccr = self.store(CCR, value)
        self._shifter.forget_timing()

    def write_fcr(self, value: int) -> None:
        self.sync()
        value = self.store(FCR, value)
        self._transmit_water = FCR.TXWATER.get(value)
        self._receive_water = FCR.RXWATER.get(value)
        self._update_irq()
        self._watch()
        self.request_changed()

    def write_dmr0(self, value: int) -> None:
        self.value["DMR0"] = self._shifter.dmr0 = value

    def write_dmr1(self, value: int) -> None:
        self.value["DMR1"] = self._shifter.dmr1 = value

    # Status.

    def read_sr(self) -> int:
        shifter = self._shifter
        if shifter.next_time < NEVER:
            self.sync()
        status = shifter.flags
        if len(shifter.tx) <= self._transmit_water:
            status |= SR.TDF
        if len(shifter.rx) > self._receive_water:
            status |= SR.RDF
        if shifter.phase != IDLE or (shifter.tx and shifter.running):
            status |= SR.MBF
        return status

    def write_sr(self, value: int) -> None:
        self.sync()
        self._shifter.flags &= ~value
        self._update_irq()

    def read_fsr(self) -> int:
        shifter = self._shifter
        if shifter.next_time < NEVER:
            self.sync()
        return len(shifter.tx) | len(shifter.rx) * ONE_RECEIVED

    def read_rsr(self) -> int:
        shifter = self._shifter
        if shifter.next_time < NEVER:
            self.sync()
        if not shifter.rx:
            return RSR.RXEMPTY
        return RSR.SOF if shifter.rx[0] & FIRST else 0

    # Data.

    def read_tcr(self) -> int:
        self.sync()
        return self._shifter.command

    def write_tcr(self, value: int) -> None:
        self._push(value & TCR_FIELDS | COMMAND)

    def write_tdr(self, value: int) -> None:
        shifter = self._shifter
        if shifter.next_time < NEVER:
            self.sync()
        if self._ier:
            self._push(value)
            return
        if shifter.phase == SHIFT and len(shifter.tx) < FIFO_WORDS:
            shifter.tx.append(value)
        elif not shifter.start_plain(value, self.scheduler.now):
            self._push(value)
            return
        elif self.event is None:
            self._watch()
        else:
            self.event.quiet = False

    def _push(self, entry: int) -> None:
        self.sync()
        # What becomes of a write to a full FIFO the manual does not say: it is lost.
        if len(self._shifter.tx) < FIFO_WORDS:
            self._shifter.tx.append(entry)
        self._go_on()

    def read_rdr(self) -> int:
        shifter = self._shifter
        if shifter.next_time < NEVER:
            self.sync()
        if shifter.rx:
            self._last_received = shifter.rx.popleft() & WORD
            if self._ier or (shifter.tx and shifter.phase != SHIFT):
                self._go_on()  # there is room again
            self._rest()
        return self._last_received

    # What may go past the block, and what it asks of DMA.

    def ahead(self) -> Ahead | None:
        """What may go past the block up to the next event, reads of SR and FSR included; None where
        every access must come here."""
        if self._ier or self._der or self.event is None:
            return None
        return self._shifter.ahead()

    def passed(self, passed: Passed) -> None:
        """What went past the block since `ahead`."""
        last = self._shifter.passed(passed)
        if last is not None:
            self._last_received = last
        self._rest()

    @property
    def watermarks(self) -> tuple[int, int]:
        """TXWATER and RXWATER."""
        return self._transmit_water, self._receive_water

    def requests(self) -> Mapping[str, DmaRequest]:
        return {
            "transmit": DmaRequest(partial(self._asks, DER.TDDE, SR.TDF), self.next_event_time),
            "receive": DmaRequest(partial(self._asks, DER.RDDE, SR.RDF), self.next_event_time),
        }

    def _asks(self, enable: int, flag: int) -> bool:
        return bool(self._der & enable and self.read_sr() & flag)
