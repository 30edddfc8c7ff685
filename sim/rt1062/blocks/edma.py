"""eDMA: 32 channels that move data between memory and registers, by request or by software.

Source: RT1060 reference manual, chapter Enhanced Direct Memory Access. A minor loop is carried out
in one go and takes the time of its accesses. Not modelled: round robin, preemption, bandwidth
control, cancelling in the middle of a loop.
"""

from collections.abc import Callable, Mapping, Sequence

from rt1062.block import Block, DmaRequest, Line
from rt1062.blocks.dmamux import ALWAYS, Dmamux
from rt1062.blocks.edma_descriptor import (
    Descriptor,
    check,
    counter,
    destination,
    iterations,
    minor_bytes,
    source,
)
from rt1062.blocks.edma_registers import (
    CDNE,
    CEEI,
    CERQ,
    CERR,
    CHANNELS,
    CINT,
    CITER_ELINKYES,
    CR,
    CSR,
    DCHPRI,
    ES,
    NBYTES_MLOFFYES,
    REGISTERS,
    SEEI,
    SERQ,
    SSRT,
    TCD,
    TCD_AT,
)
from rt1062.chip.clock import ticks
from rt1062.registers import Field
from rt1062.scheduler import NEVER, Event, Scheduler

LOOP_CLOCKS, ACCESS_CLOCKS = 8, 2  # ours: the manual's tables depend on the bus
LINES = 16  # each of two channels, and behind them the line of errors
ALL_CHANNELS = (1 << CHANNELS) - 1


class Edma(Block):
    """`irqs` are the lines of channels n and n + 16, `clock_hz` is that of the bus.

    `read(address, size)` (None: bus error) and `write(address, size, value)` (False: bus error)
    reach memory and registers; `requests` by request number, as `mux` gives them to channels.
    `poke()` after anything that may have changed a request.
    """

    REGISTERS = REGISTERS

    def __init__(
        self,
        scheduler: Scheduler,
        clock_hz: Callable[[], int],
        irqs: Sequence[Line],
        irq_error: Line,
        *,
        read: Callable[[int, int], int | None],
        write: Callable[[int, int, int], bool],
        mux: Dmamux,
        requests: Mapping[int, DmaRequest],
    ) -> None:
        super().__init__(*irqs, irq_error)
        self.scheduler = scheduler
        self.clock_hz = clock_hz
        self._read_bus, self._write_bus = read, write
        self._mux = mux
        self._requests = requests
        self._event: Event | None = None
        self._busy_until = 0
        mux.request_changed = self.poke

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self.scheduler.cancel(self._event)
        self._event = None
        self._busy_until = 0

    # Which channel is next, and when.

    def _requested(self, channel: int) -> bool:
        number = self._mux.source(channel)
        if number is None:
            return False
        if number == ALWAYS:
            return True
        request = self._requests.get(number)
        return request is not None and request.asserted()

    def _ready(self, channel: int) -> bool:
        if self.value["ERR"] >> channel & 1:
            return False
        if self.value[f"CSR{channel}"] & CSR.START:
            return True
        return bool(self.value["ERQ"] >> channel & 1) and self._requested(channel)

    def _priority(self, channel: int) -> tuple[int, int]:
        group = CR.GRP1PRI if channel >= LINES else CR.GRP0PRI
        return group.get(self.value["CR"]), DCHPRI.CHPRI.get(self.value[f"DCHPRI{channel}"])

    def poke(self) -> None:
        """A request may have changed: look, if any channel listens."""
        if self.value["ERQ"]:
            self._look_soon()

    def _look_soon(self) -> None:
        """As soon as the loop at work has ended."""
        self._wake(max(self.scheduler.now, self._busy_until))

    def _wake(self, time: int) -> None:
        if self._event is None or not self._event.pending or time < self._event.time:
            self.scheduler.cancel(self._event)
            self._event = self.scheduler.at(time, self._serve)

    def _serve(self) -> None:
        """Carry out one minor loop, if a channel is ready, and say when to look again."""
        self._event = None
        hz = self.clock_hz()
        if self.value["CR"] & CR.HALT or not hz:
            return
        active = [i for i in range(CHANNELS) if self._active(i)]
        ready = [i for i in active if self._ready(i)]
        if ready:
            channel = max(ready, key=self._priority)
            by_software = self.value[f"CSR{channel}"] & CSR.START
            clocks = self._minor_loop(channel)
            number = self._mux.source(channel)
            if not by_software and number in self._requests:
                self._requests[number].served()
            self._busy_until = self.scheduler.now + ticks(clocks, hz)
            self._wake(self._busy_until)
            return
        time = min((self._next_change(i) for i in active), default=NEVER)
        if time != NEVER:
            # What changes now may do so only after this look.
            self._wake(max(time, self.scheduler.now + 1))

    def _active(self, channel: int) -> bool:
        return bool(self.value["ERQ"] >> channel & 1 or self.value[f"CSR{channel}"] & CSR.START)

    def _next_change(self, channel: int) -> int:
        number = self._mux.source(channel)
        request = None if number is None else self._requests.get(number)
        return NEVER if request is None else request.next_change()

    # One minor loop.

    def _descriptor(self, channel: int) -> Descriptor:
        return {one.name: self.value[f"{one.name}{channel}"] for one in TCD}

    def _keep(self, channel: int, tcd: Descriptor) -> None:
        self.value.update((f"{name}{channel}", value) for name, value in tcd.items())

    def _minor_loop(self, channel: int) -> int:
        """Move the bytes of one loop; the bus clocks it took."""
        tcd = self._descriptor(channel)
        tcd["CSR"] &= ~(CSR.START | CSR.DONE)
        count, offset = minor_bytes(tcd, bool(self.value["CR"] & CR.EMLM))
        error = check(tcd, count) or self._move(tcd, count)
        if error:
            self._keep(channel, tcd)
            self._failed(channel, error)
            return LOOP_CLOCKS
        last = self._count_down(channel, tcd)
        if offset and not last:
            for flag, name in (
                (NBYTES_MLOFFYES.SMLOE, "SADDR"),
                (NBYTES_MLOFFYES.DMLOE, "DADDR"),
            ):
                if tcd["NBYTES_MLNO"] & flag:
                    tcd[name] = (tcd[name] + offset) & 0xFFFF_FFFF
        self._keep(channel, tcd)
        if last:
            self._major_done(channel, tcd)
        self._update()
        accesses = -(-count // source(tcd).size) + -(-count // destination(tcd).size)
        return LOOP_CLOCKS + ACCESS_CLOCKS * accesses

    def _move(self, tcd: Descriptor, count: int) -> int:
        """Read and write; ES bit of a bus error or 0."""
        read_side, write_side = source(tcd), destination(tcd)
        data = bytearray()
        while len(data) < count:
            value = self._read_bus(tcd["SADDR"], read_side.size)
            if value is None:
                return ES.SBE
            data += value.to_bytes(read_side.size, "little")
            tcd["SADDR"] = read_side.next(tcd["SADDR"])
        for i in range(0, count, write_side.size):
            value = int.from_bytes(data[i : i + write_side.size], "little")
            if not self._write_bus(tcd["DADDR"], write_side.size, value):
                return ES.DBE
            tcd["DADDR"] = write_side.next(tcd["DADDR"])
        return 0

    def _count_down(self, channel: int, tcd: Descriptor) -> bool:
        """Count the minor loop; True if it was the last of the major loop."""
        current = tcd["CITER_ELINKNO"]
        left = iterations(current) - 1
        if not left:
            return True
        tcd["CITER_ELINKNO"] = current & ~counter(current) | left
        if tcd["CSR"] & CSR.INTHALF and left == iterations(tcd["BITER_ELINKNO"]) // 2:
            self.value["INT"] |= 1 << channel
        if current & CITER_ELINKYES.ELINK:
            self._start(CITER_ELINKYES.LINKCH.get(current))
        return False

    def _start(self, channel: int) -> None:
        self.value[f"CSR{channel}"] |= CSR.START

    def _major_done(self, channel: int, tcd: Descriptor) -> None:
        control = tcd["CSR"]
        tcd["SADDR"] = (tcd["SADDR"] + tcd["SLAST"]) & 0xFFFF_FFFF
        tcd["CITER_ELINKNO"] = tcd["BITER_ELINKNO"]
        tcd["CSR"] |= CSR.DONE
        if control & CSR.INTMAJOR:
            self.value["INT"] |= 1 << channel
        if control & CSR.DREQ:
            self.value["ERQ"] &= ~(1 << channel)
        if not control & CSR.ESG:
            tcd["DADDR"] = (tcd["DADDR"] + tcd["DLASTSGA"]) & 0xFFFF_FFFF
        elif not self._gather(tcd, tcd["DLASTSGA"]):
            self._failed(channel, ES.SBE)
        self._keep(channel, tcd)
        if control & CSR.MAJORELINK:
            self._start(CSR.MAJORLINKCH.get(control))

    def _gather(self, tcd: Descriptor, address: int) -> bool:
        """Scatter and gather: the next descriptor comes from memory."""
        for one in TCD:
            value = self._read_bus(address + one.offset - TCD_AT, one.width // 8)
            if value is None:
                return False
            tcd[one.name] = value
        return True

    def _failed(self, channel: int, error: int) -> None:
        self.value["ERR"] |= 1 << channel
        self.value["ES"] = ES.VLD | ES.ERRCHN.put(channel) | error
        if self.value["CR"] & CR.HOE:
            self.value["CR"] |= CR.HALT
        self._update()

    def _update(self) -> None:
        pending = self.value["INT"]
        pending |= pending >> LINES
        for line in range(LINES):
            self.raise_line(bool(pending >> line & 1), line)
        self.raise_line(bool(self.value["ERR"] & self.value["EEI"]), LINES)

    # Registers.

    def write_cr(self, written: int) -> None:
        self.store(CR, written)
        self._look_soon()

    def read_es(self) -> int:
        """VLD while any channel's error flag is set."""
        return self.value["ES"] & ~ES.VLD | (ES.VLD if self.value["ERR"] else 0)

    def read_hrs(self) -> int:
        return sum(self._requested(i) << i for i in range(CHANNELS))

    def _set(self, name: str, value: int) -> None:
        self.value[name] = value
        self._update()
        self.poke()

    def write_erq(self, written: int) -> None:
        self._set("ERQ", written)

    def write_eei(self, written: int) -> None:
        self._set("EEI", written)

    def write_int(self, written: int) -> None:
        self._set("INT", self.value["INT"] & ~written)

    def write_err(self, written: int) -> None:
        self._set("ERR", self.value["ERR"] & ~written)

    def _set_bits(self, name: str, channels: int) -> None:
        if channels:
            self._set(name, self.value[name] | channels)

    def _clear_bits(self, name: str, channels: int) -> None:
        if channels:
            self._set(name, self.value[name] & ~channels)

    def write_ceei(self, written: int) -> None:
        self._clear_bits("EEI", _named(written, CEEI.CEEI, CEEI.CAEE, CEEI.NOP))

    def write_seei(self, written: int) -> None:
        self._set_bits("EEI", _named(written, SEEI.SEEI, SEEI.SAEE, SEEI.NOP))

    def write_cerq(self, written: int) -> None:
        self._clear_bits("ERQ", _named(written, CERQ.CERQ, CERQ.CAER, CERQ.NOP))

    def write_serq(self, written: int) -> None:
        self._set_bits("ERQ", _named(written, SERQ.SERQ, SERQ.SAER, SERQ.NOP))

    def write_cerr(self, written: int) -> None:
        self._clear_bits("ERR", _named(written, CERR.CERR, CERR.CAEI, CERR.NOP))

    def write_cint(self, written: int) -> None:
        self._clear_bits("INT", _named(written, CINT.CINT, CINT.CAIR, CINT.NOP))

    def write_cdne(self, written: int) -> None:
        named = _named(written, CDNE.CDNE, CDNE.CADN, CDNE.NOP)
        for channel in range(CHANNELS):
            if named >> channel & 1:
                self.value[f"CSR{channel}"] &= ~CSR.DONE

    def write_ssrt(self, written: int) -> None:
        named = _named(written, SSRT.SSRT, SSRT.SAST, SSRT.NOP)
        for channel in range(CHANNELS):
            if named >> channel & 1:
                self._start(channel)
        self._look_soon()

    def write_csr(self, index: int, written: int) -> None:
        """DONE can only be cleared; ACTIVE is the engine's."""
        done = self.value[f"CSR{index}"] & written & CSR.DONE
        self.value[f"CSR{index}"] = written & ~(CSR.DONE | CSR.ACTIVE) | done
        if written & CSR.START:
            self._look_soon()


def _named(written: int, one: Field, every: Field, nothing: Field) -> int:
    """The channels that a command byte means, a bit each."""
    if written & nothing:
        return 0
    return ALL_CHANNELS if written & every else 1 << one.get(written)
