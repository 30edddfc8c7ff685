"""eDMA: 32 channels that move data between memory and registers, by request or by software.

Source: RT1060 reference manual, chapter Enhanced Direct Memory Access. A minor loop is carried out
in one go and takes the time of its accesses. Not modelled: round robin, preemption, bandwidth
control, cancelling in the middle of a loop.
"""

from collections.abc import Callable, Mapping, Sequence

from rt1062.block import DmaRequest, Peripheral
from rt1062.blocks import edma_descriptor as d
from rt1062.blocks.dmamux import ALWAYS, CHANNELS, Dmamux
from rt1062.chip.clock import ticks
from rt1062.registers_old import W1C, Field, R, Register, W, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

BUS_HZ = 150_000_000  # IPG clock, if no other is given
LOOP_CLOCKS, ACCESS_CLOCKS = 8, 2  # ours: the manual's tables depend on the bus
CR = Register("CR", 0x00, [Field("ALL", 0, 18)], reset=0x0000_0400)
HOE, HALT, EMLM = 1 << 4, 1 << 5, 1 << 7
GROUP_0_PRIORITY, GROUP_1_PRIORITY = 8, 10
LINES = 16
NOP, ALL = 1 << 7, 1 << 6  # of the command bytes


def _tcd_registers() -> list[Register]:
    found = []
    for name, offset, width in d.TCD:
        found += register_array(name, 0x1000 + offset, CHANNELS, step=d.TCD_BYTES, width=width)
    return found


class Edma(Peripheral):
    """Constructor: scheduler; `read(address, size)` (None: bus error) and `write(address, size,
    value)` (False: bus error); the DMAMUX; `requests` by request number; `irqs`, the line of
    channels n and n + 16; `irq_error`; `clock_hz` of the bus. `poke()` after anything that may
    have changed a request.
    """

    REGISTERS = (
        CR,
        Register("ES", 0x04, access=R),
        Register("ERQ", 0x0C),
        Register("EEI", 0x14),
        *(
            Register(name, 0x18 + i, access=W, width=8)
            for i, name in enumerate(
                ("CEEI", "SEEI", "CERQ", "SERQ", "CDNE", "SSRT", "CERR", "CINT")
            )
        ),
        Register("INT", 0x24, access=W1C),
        Register("ERR", 0x2C, access=W1C),
        Register("HRS", 0x34, access=R),
        Register("EARS", 0x44),
        *(
            Register(f"DCHPRI{4 * (i // 4) + 3 - i % 4}", 0x100 + i, width=8)
            for i in range(CHANNELS)
        ),
        *_tcd_registers(),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        read: Callable[[int, int], int | None],
        write: Callable[[int, int, int], bool],
        mux: Dmamux,
        requests: Mapping[int, DmaRequest],
        irqs: Sequence[Callable[[bool], None]] = (lambda level: None,) * LINES,
        irq_error: Callable[[bool], None] = lambda level: None,
        clock_hz: Callable[[], int] = lambda: BUS_HZ,
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._read, self._write = read, write
        self._mux = mux
        self._requests = requests
        self._irqs, self._irq_error = irqs, irq_error
        self._clock_hz = clock_hz
        self._event: Event | None = None
        self._busy_until = 0
        mux.on_change = self.poke
        self._set_priorities()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._scheduler.cancel(self._event)
        self._event = None
        self._busy_until = 0
        self._set_priorities()
        self._update()

    def _set_priorities(self) -> None:
        """Each channel's priority is its number within its group of 16, and says the group."""
        self.value.update((f"DCHPRI{i}", i % 16 | (i // 16) << 4) for i in range(CHANNELS))

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
        if self.value[f"CSR{channel}"] & d.START:
            return True
        return bool(self.value["ERQ"] >> channel & 1) and self._requested(channel)

    def _priority(self, channel: int) -> tuple[int, int]:
        lsb = GROUP_1_PRIORITY if channel >= 16 else GROUP_0_PRIORITY
        group = self.value["CR"] >> lsb & 1
        return group, self.value[f"DCHPRI{channel}"] & 0xF

    def poke(self) -> None:
        """A request may have changed: look, if any channel listens."""
        if self.value["ERQ"]:
            self._look_soon()

    def _look_soon(self) -> None:
        """As soon as the loop at work has ended."""
        self._wake(max(self._scheduler.now, self._busy_until))

    def _wake(self, time: int) -> None:
        if self._event is None or not self._event.pending or time < self._event.time:
            self._scheduler.cancel(self._event)
            self._event = self._scheduler.at(time, self._serve)

    def _serve(self) -> None:
        """Carry out one minor loop, if a channel is ready, and say when to look again."""
        self._event = None
        if self.value["CR"] & HALT:
            return
        active = [i for i in range(CHANNELS) if self._active(i)]
        ready = [i for i in active if self._ready(i)]
        if ready:
            channel = max(ready, key=self._priority)
            by_software = self.value[f"CSR{channel}"] & d.START
            clocks = self._minor_loop(channel)
            number = self._mux.source(channel)
            if not by_software and number in self._requests:
                self._requests[number].served()
            hz = self._clock_hz() or BUS_HZ
            self._busy_until = self._scheduler.now + ticks(clocks, hz)
            self._wake(self._busy_until)
            return
        time = min((self._next_change(i) for i in active), default=NEVER)
        if time != NEVER:
            # What changes now may do so only after this look.
            self._wake(max(time, self._scheduler.now + 1))

    def _active(self, channel: int) -> bool:
        return bool(self.value["ERQ"] >> channel & 1 or self.value[f"CSR{channel}"] & d.START)

    def _next_change(self, channel: int) -> int:
        number = self._mux.source(channel)
        request = None if number is None else self._requests.get(number)
        return NEVER if request is None else request.next_change()

    # One minor loop.

    def _descriptor(self, channel: int) -> dict[str, int]:
        return {name: self.value[f"{name}{channel}"] for name, _, _ in d.TCD}

    def _keep(self, channel: int, tcd: dict[str, int]) -> None:
        self.value.update((f"{name}{channel}", tcd[name]) for name, _, _ in d.TCD)

    def _minor_loop(self, channel: int) -> int:
        """Move the bytes of one loop; the bus clocks it took."""
        tcd = self._descriptor(channel)
        tcd["CSR"] &= ~(d.START | d.DONE)
        count, offset = d.minor_bytes(tcd, bool(self.value["CR"] & EMLM))
        error = d.check(tcd, count) or self._move(tcd, count)
        if error:
            self._keep(channel, tcd)
            self._failed(channel, error)
            return LOOP_CLOCKS
        last = self._count_down(channel, tcd)
        if offset and not last:
            for flag, name in ((d.SMLOE, "SADDR"), (d.DMLOE, "DADDR")):
                if tcd["NBYTES"] & flag:
                    tcd[name] = (tcd[name] + offset) & 0xFFFF_FFFF
        self._keep(channel, tcd)
        if last:
            self._major_done(channel, tcd)
        self._update()
        accesses = -(-count // d.source(tcd).size) + -(-count // d.destination(tcd).size)
        return LOOP_CLOCKS + ACCESS_CLOCKS * accesses

    def _move(self, tcd: dict[str, int], count: int) -> int:
        """Read and write; ES bit of a bus error or 0."""
        read_side, write_side = d.source(tcd), d.destination(tcd)
        data = bytearray()
        while len(data) < count:
            value = self._read(tcd["SADDR"], read_side.size)
            if value is None:
                return d.SBE
            data += value.to_bytes(read_side.size, "little")
            tcd["SADDR"] = read_side.next(tcd["SADDR"])
        for i in range(0, count, write_side.size):
            value = int.from_bytes(data[i : i + write_side.size], "little")
            if not self._write(tcd["DADDR"], write_side.size, value):
                return d.DBE
            tcd["DADDR"] = write_side.next(tcd["DADDR"])
        return 0

    def _count_down(self, channel: int, tcd: dict[str, int]) -> bool:
        """Count the minor loop; True if it was the last of the major loop."""
        left = d.iterations(tcd["CITER"]) - 1
        if not left:
            return True
        linked = tcd["CITER"] & d.ELINK
        upper = tcd["CITER"] & (0xFE00 if linked else 0x8000)
        tcd["CITER"] = upper | left
        if tcd["CSR"] & d.INTHALF and left == d.iterations(tcd["BITER"]) // 2:
            self.value["INT"] |= 1 << channel
        if linked:
            self.value[f"CSR{upper >> 9 & 0x1F}"] |= d.START
        return False

    def _major_done(self, channel: int, tcd: dict[str, int]) -> None:
        control = tcd["CSR"]
        tcd["SADDR"] = (tcd["SADDR"] + tcd["SLAST"]) & 0xFFFF_FFFF
        tcd["CITER"] = tcd["BITER"]
        tcd["CSR"] |= d.DONE
        if control & d.INTMAJOR:
            self.value["INT"] |= 1 << channel
        if control & d.DREQ:
            self.value["ERQ"] &= ~(1 << channel)
        if not control & d.ESG:
            tcd["DADDR"] = (tcd["DADDR"] + tcd["DLASTSGA"]) & 0xFFFF_FFFF
        elif not self._load(tcd, tcd["DLASTSGA"]):
            self._failed(channel, d.SBE)
        self._keep(channel, tcd)
        if control & d.MAJORELINK:
            self.value[f"CSR{control >> 8 & 0x1F}"] |= d.START

    def _load(self, tcd: dict[str, int], address: int) -> bool:
        """Scatter and gather: the next descriptor comes from memory."""
        for name, offset, width in d.TCD:
            value = self._read(address + offset, width // 8)
            if value is None:
                return False
            tcd[name] = value
        return True

    def _failed(self, channel: int, error: int) -> None:
        self.value["ERR"] |= 1 << channel
        self.value["ES"] = 1 << 31 | channel << 8 | error
        if self.value["CR"] & HOE:
            self.value["CR"] |= HALT
        self._update()

    def _update(self) -> None:
        pending = self.value["INT"]
        for i, irq in enumerate(self._irqs):
            irq(bool(pending >> i & 1 or pending >> (i + 16) & 1))
        self._irq_error(bool(self.value["ERR"] & self.value["EEI"]))

    # Registers.

    def write_cr(self, written: int) -> None:
        self.store(CR, written)
        self._look_soon()

    def read_es(self) -> int:
        """VLD while any channel's error flag is set."""
        return self.value["ES"] & 0x7FFF_FFFF | bool(self.value["ERR"]) << 31

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

    def _command(self, name: str, written: int, clear: bool) -> None:
        if not written & NOP:
            bits = 0xFFFF_FFFF if written & ALL else 1 << (written & 0x1F)
            self._set(name, self.value[name] & ~bits if clear else self.value[name] | bits)

    def write_ceei(self, written: int) -> None:
        self._command("EEI", written, clear=True)

    def write_seei(self, written: int) -> None:
        self._command("EEI", written, clear=False)

    def write_cerq(self, written: int) -> None:
        self._command("ERQ", written, clear=True)

    def write_serq(self, written: int) -> None:
        self._command("ERQ", written, clear=False)

    def write_cerr(self, written: int) -> None:
        self._command("ERR", written, clear=True)

    def write_cint(self, written: int) -> None:
        self._command("INT", written, clear=True)

    def _each(self, written: int) -> Sequence[int]:
        if written & NOP:
            return ()
        return range(CHANNELS) if written & ALL else (written & 0x1F,)

    def write_cdne(self, written: int) -> None:
        for channel in self._each(written):
            self.value[f"CSR{channel}"] &= ~d.DONE

    def write_ssrt(self, written: int) -> None:
        for channel in self._each(written):
            self.value[f"CSR{channel}"] |= d.START
        self._look_soon()

    def write_csr(self, index: int, written: int) -> None:
        """DONE can only be cleared; ACTIVE is the engine's."""
        done = self.value[f"CSR{index}"] & written & d.DONE
        self.value[f"CSR{index}"] = written & ~(d.DONE | d.ACTIVE) | done
        if written & d.START:
            self._look_soon()
