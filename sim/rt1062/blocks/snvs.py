"""SNVS: registers on the coin cell (LPGPR), the low-power real-time counter, the HP one, alarms.

Source: RT1060 reference manual, chapter Secure Non-Volatile Storage. Everything of the LP half
outlives every reset but the first power on. Not modelled: keys, tamper, the ON/OFF button.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.blocks.clock_count import ClockCount
from rt1062.registers import Slot
from rt1062.registers_old import W1C, Field, R, Register, register_array
from rt1062.scheduler import NEVER, Event, Scheduler

RTC_HZ = 32_768
COUNTER_BITS = 47
SECONDS = 15  # the counters' bit that changes once a second, doubled

HPCR = Register(
    "HPCR",
    0x08,
    [
        Field("RTC_EN", 0),
        Field("HPTA_EN", 1),
        Field("DIS_PI", 2),
        Field("PI_EN", 3),
        Field("PI_FREQ", 4, 4),
        Field("HPCALB_EN", 8),
        Field("HPCALB_VAL", 10, 5),
        Field("HP_TS", 16),
        Field("BTN_CONFIG", 24, 3),
        Field("BTN_MASK", 27),
    ],
)
HPSR = Register(
    "HPSR",
    0x14,
    [Field("HPTA", 0, access=W1C), Field("PI", 1, access=W1C), Field("STATE", 4, 28, access=R)],
    reset=0x8000_3000,
)
LPCR = Register("LPCR", 0x38, reset=0x0000_0020, retained=True)
LPSR = Register(
    "LPSR",
    0x4C,
    [
        Field("LPTA", 0, access=W1C),
        Field("SRTCR", 1, access=W1C),
        Field("MCR", 2, access=W1C),
        Field("PGD", 3, access=W1C, reset=1),
        Field("TAMPER", 4, 17, access=W1C),
        Field("LPNS_LPS", 30, 2, access=R),
    ],
    retained=True,
)
RTC_EN, HPTA_EN, PI_EN, HP_TS = (HPCR[n].mask for n in ("RTC_EN", "HPTA_EN", "PI_EN", "HP_TS"))
SRTC_ENV, LPTA_EN, MC_ENV, TOP = 1 << 0, 1 << 1, 1 << 2, 1 << 6  # LPCR
HPTA, PI, LPTA = 1 << 0, 1 << 1, 1 << 0


class _Counter:
    """47 bits on the 32 kHz crystal; stands still until it is run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._periods = ClockCount(scheduler)
        self._count = 0

    @property
    def running(self) -> bool:
        return bool(self._periods.rate[0])

    def get(self) -> int:
        self._count = (self._count + self._periods.take()) & ((1 << COUNTER_BITS) - 1)
        return self._count

    def set(self, count: int) -> None:
        self._periods.set_rate(self._periods.rate[0])
        self._count = count & ((1 << COUNTER_BITS) - 1)

    def run(self, on: bool) -> None:
        if on != self.running:
            self.get()
            self._periods.set_rate(RTC_HZ if on else 0)

    def time_of(self, target: int) -> int:
        """When the counter will next show `target`; NEVER while it stands still."""
        return self._periods.time_of((target - self.get() - 1) % (1 << COUNTER_BITS) + 1)


class Snvs(Peripheral):
    """LPGPR0..7 at +0x100 with their aliases: LPGPR0 at +0x68, LPGPR0..3 at +0x90.

    Constructor: scheduler; `irq` (alarm and periodic interrupt of the HP half), `irq_lp` (alarm
    of the LP half), `power_off()` for LPCR.TOP.
    """

    REGISTERS = (
        Register("HPLR", 0x00),
        Register("HPCOMR", 0x04),
        HPCR,
        Register("HPSICR", 0x0C),
        Register("HPSVCR", 0x10),
        HPSR,
        Register("HPSVSR", 0x18, reset=0x8000_0000, access=W1C),
        Register("HPHACIVR", 0x1C),
        Register("HPHACR", 0x20, access=R),
        Register("HPRTCMR", 0x24),
        Register("HPRTCLR", 0x28, counter=True),
        Register("HPTAMR", 0x2C, [Field("HPTA_MS", 0, 15)]),
        Register("HPTALR", 0x30),
        Register("LPLR", 0x34, retained=True),
        LPCR,
        Register("LPMKCR", 0x3C, retained=True),
        Register("LPSVCR", 0x40, retained=True),
        Register("LPTDCR", 0x48, retained=True),
        LPSR,
        Register("LPSRTCMR", 0x50),
        Register("LPSRTCLR", 0x54, counter=True),
        Register("LPTAR", 0x58, retained=True),
        Register("LPSMCMR", 0x5C, retained=True),
        Register("LPSMCLR", 0x60, retained=True),
        Register("LPPGDR", 0x64, retained=True),
        Register("LPGPR0_LEGACY", 0x68),
        *register_array("LPZMKR", 0x6C, 8, retained=True),
        *register_array("LPGPR_ALIAS", 0x90, 4),
        *register_array("LPGPR", 0x100, 8, retained=True),
        Register("HPVIDR1", 0xBF8, reset=0x003E_0104, access=R),
        Register("HPVIDR2", 0xBFC, reset=0x0600_0000, access=R),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        irq: Callable[[bool], None] = lambda level: None,
        irq_lp: Callable[[bool], None] = lambda level: None,
        power_off: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._irq, self._irq_lp = irq, irq_lp
        self._power_off = power_off
        self._srtc = _Counter(scheduler)
        self._rtc = _Counter(scheduler)
        self._alarms: dict[str, Event] = {}

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._rtc.run(False)
        self._rtc.set(0)
        if cold:
            self._srtc.run(False)
            self._srtc.set(0)
        self._plan()

    # Alarms.

    def _plan(self) -> None:
        """Events for what the enabled alarms wait for, and the interrupt lines."""
        for event in self._alarms.values():
            self._scheduler.cancel(event)
        self._alarms.clear()
        control = self.value["HPCR"]
        if control & HPTA_EN:
            alarm = self.value["HPTAMR"] << 32 | self.value["HPTALR"]
            self._expect("HPSR", HPTA, self._rtc.time_of(alarm))
        if control & PI_EN:
            # The interrupt comes with each rising edge of the chosen bit.
            period = 2 << HPCR["PI_FREQ"].get(control)
            half = period >> 1
            now = self._rtc.get()
            self._expect("HPSR", PI, self._rtc.time_of(now + (half - now - 1) % period + 1))
        if self.value["LPCR"] & LPTA_EN:
            self._expect("LPSR", LPTA, self._srtc.time_of(self.value["LPTAR"] << SECONDS))
        self._update()

    def _expect(self, register: str, flag: int, time: int) -> None:
        if time == NEVER:
            return

        def due() -> None:
            self.value[register] |= flag
            self._plan()

        self._alarms[f"{register}.{flag}"] = self._scheduler.at(time, due)

    def _update(self) -> None:
        control, flags = self.value["HPCR"], self.value["HPSR"]
        alarm = flags & HPTA and control & HPTA_EN
        periodic = flags & PI and control & PI_EN
        self._irq(bool(alarm or periodic))
        self._irq_lp(bool(self.value["LPSR"] & LPTA and self.value["LPCR"] & LPTA_EN))

    def _store_and_plan(self, register: Register, written: int) -> None:
        self.store(register, written)
        self._plan()

    def _handlers(self, slot: Slot) -> tuple[Callable[[], int], Callable[[int], None]]:
        read, write = super()._handlers(slot)
        register = slot.register
        if register.name in ("HPSR", "HPTAMR", "HPTALR", "LPSR", "LPTAR"):
            return read, lambda written: self._store_and_plan(register, written)
        return read, write

    # Scratch registers.

    def read_lpgpr0_legacy(self) -> int:
        return self.value["LPGPR0"]

    def write_lpgpr0_legacy(self, written: int) -> None:
        self.value["LPGPR0"] = written

    def read_lpgpr_alias(self, index: int) -> int:
        return self.value[f"LPGPR{index}"]

    def write_lpgpr_alias(self, index: int, written: int) -> None:
        self.value[f"LPGPR{index}"] = written

    # The monotonic counter: any write to either half counts one.

    def _count_up(self) -> None:
        if self.value["LPCR"] & MC_ENV:
            count = (self.value["LPSMCMR"] & 0xFFFF) << 32 | self.value["LPSMCLR"]
            count = (count + 1) & ((1 << 48) - 1)
            self.value["LPSMCMR"] = self.value["LPSMCMR"] & 0xFFFF_0000 | count >> 32
            self.value["LPSMCLR"] = count & 0xFFFF_FFFF

    def write_lpsmcmr(self, written: int) -> None:
        self._count_up()

    def write_lpsmclr(self, written: int) -> None:
        self._count_up()

    # Real-time counters. They can be set only while they stand still.

    def write_lpcr(self, written: int) -> None:
        self.value["LPCR"] = written
        self._srtc.run(bool(written & SRTC_ENV))
        self._plan()
        if written & TOP:
            self._power_off()

    def write_hpcr(self, written: int) -> None:
        """HP_TS takes the low-power counter over and clears itself."""
        self.store(HPCR, written & ~HP_TS)
        if written & HP_TS:
            self._rtc.set(self._srtc.get())
        self._rtc.run(bool(written & RTC_EN))
        self._plan()

    @staticmethod
    def _set_half(counter: _Counter, written: int, upper: bool) -> None:
        if counter.running:
            return
        count = counter.get()
        if upper:
            counter.set((written & 0x7FFF) << 32 | count & 0xFFFF_FFFF)
        else:
            counter.set(count >> 32 << 32 | written)

    def read_lpsrtcmr(self) -> int:
        return self._srtc.get() >> 32

    def read_lpsrtclr(self) -> int:
        return self._srtc.get() & 0xFFFF_FFFF

    def write_lpsrtcmr(self, written: int) -> None:
        self._set_half(self._srtc, written, upper=True)

    def write_lpsrtclr(self, written: int) -> None:
        self._set_half(self._srtc, written, upper=False)

    def read_hprtcmr(self) -> int:
        return self._rtc.get() >> 32

    def read_hprtclr(self) -> int:
        return self._rtc.get() & 0xFFFF_FFFF

    def write_hprtcmr(self, written: int) -> None:
        self._set_half(self._rtc, written, upper=True)

    def write_hprtclr(self, written: int) -> None:
        self._set_half(self._rtc, written, upper=False)
