"""SNVS: registers on the coin cell (LPGPR), the low-power real-time counter, the HP one, alarms.

Source: RT1060 reference manual, chapter Secure Non-Volatile Storage. Everything of the LP half
outlives every reset but the first power on. Not modelled: keys, tamper, the ON/OFF button.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.blocks.clock_count import ClockCount
from rt1062.registers import W1C, Field, R, Register, r, register, rw, w1c
from rt1062.scheduler import NEVER, Event, Scheduler

RTC_HZ = 32_768
COUNTER_BITS = 47
LOW_BITS = 32  # of them in the less significant register
SECONDS = 15  # the counters' bit that changes once a second, doubled


class Alarm(Register):
    """A register that alarms and interrupts depend on."""


class HPCR(Register, at=0x08):
    RTC_EN, HPTA_EN, DIS_PI, PI_EN, PI_FREQ = rw(0), rw(1), rw(2), rw(3), rw(4, 4)
    HPCALB_EN, HPCALB_VAL, HP_TS = rw(8), rw(10, 5), rw(16)
    BTN_CONFIG, BTN_MASK = rw(24, 3), rw(27)


class HPSR(Alarm, at=0x14, reset=0x8000_3000):
    HPTA, PI = w1c(0), w1c(1)
    LPDIS, BTN, BI, SSM_STATE = r(4), r(6), r(7), r(8, 4)
    SYS_SECURITY_CFG, SYS_SECURE_BOOT = r(12, 3), r(15)
    OTPMK_SYNDROME, OTPMK_ZERO, ZMK_ZERO = r(16, 9), r(27), r(31)


class HPTAMR(Alarm, at=0x2C):
    HPTA_MS = rw(0, 15)


class HPTALR(Alarm, at=0x30):
    HPTA_LS = rw(0, 32)


class LPCR(Register, at=0x38, reset=0x0000_0020, retained=True):
    SRTC_ENV, LPTA_EN, MC_ENV, LPWUI_EN, SRTC_INV_EN = (rw(bit) for bit in range(5))
    DP_EN, TOP, LVD_EN, LPCALB_EN, RESERVED9 = (rw(bit) for bit in range(5, 10))
    LPCALB_VAL, RESERVED15 = rw(10, 5), rw(15)
    BTN_PRESS_TIME, DEBOUNCE, ON_TIME = rw(16, 2), rw(18, 2), rw(20, 2)
    PK_EN, PK_OVERRIDE, GPR_Z_DIS, RESERVED25 = rw(22), rw(23), rw(24), rw(25, 7)


class LPSR(Alarm, at=0x4C, retained=True):
    LPTA, SRTCR, MCR, LVD = w1c(0), w1c(1), w1c(2), w1c(3, reset=1)  # LVD: PGD in NXP's code
    ESVD, EO, SPOF, SPON = w1c(16), w1c(17), w1c(18), w1c(19)
    LPNS, LPS = r(30), r(31)


class LPTAR(Alarm, at=0x58, retained=True):
    """Seconds: the upper 32 bits of the counter."""

    LPTA = rw(0, 32)


class LPSMCMR(Register, at=0x5C, retained=True):
    MON_COUNTER, MC_ERA_BITS = rw(0, 16), rw(16, 16)


class LPSMCLR(Register, at=0x60, retained=True):
    MON_COUNTER = rw(0, 32)


class LPLVDR(Register, at=0x64, retained=True):
    LVD = rw(0, 32)


POWER_IS_GOOD = 0x4173_6166  # the value of LPLVDR with which LPSR.LVD can be cleared


class _Counter:
    """47 bits on the 32 kHz crystal; stands still until it is run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._periods = ClockCount(scheduler)
        self._count = 0

    @property
    def running(self) -> bool:
        return bool(self._periods.rate[0])

    def get(self) -> int:
        self._count = (self._count + self._periods.take()) % (1 << COUNTER_BITS)
        return self._count

    def set(self, count: int) -> None:
        self._periods.set_rate(self._periods.rate[0])
        self._count = count % (1 << COUNTER_BITS)

    @property
    def low(self) -> int:
        """What the less significant register shows."""
        return self.get() % (1 << LOW_BITS)

    @property
    def high(self) -> int:
        """What the more significant register shows."""
        return self.get() >> LOW_BITS

    def set_halves(self, high: int, low: int) -> None:
        """Firmware's way, which has no effect on a counter that runs."""
        if not self.running:
            self.set(high << LOW_BITS | low)

    def run(self, on: bool) -> None:
        if on != self.running:
            self.get()
            self._periods.set_rate(RTC_HZ if on else 0)

    def time_of(self, target: int) -> int:
        """When the counter will next show `target`; NEVER while it stands still."""
        return self._periods.time_of((target - self.get() - 1) % (1 << COUNTER_BITS) + 1)


class Snvs(Block):
    """LPGPR0..7 at +0x100 with their aliases: LPGPR0 at +0x68, LPGPR0..3 at +0x90.

    Constructor: scheduler; `irq` (alarm and periodic interrupt of the HP half), `irq_lp` (alarm
    of the LP half), `power_off()` for LPCR.TOP, `power_on()` for an alarm of the LP half with
    LPCR.LPWUI_EN, which has the supply switched on again.
    """

    REGISTERS = (
        register("HPLR", 0x00),
        register("HPCOMR", 0x04),
        HPCR,
        register("HPSICR", 0x0C),
        register("HPSVCR", 0x10),
        HPSR,
        register("HPSVSR", 0x18, reset=0x8000_0000, access=W1C),
        register("HPHACIVR", 0x1C),
        register("HPHACR", 0x20, access=R),
        register("HPRTCMR", 0x24),
        register("HPRTCLR", 0x28, counter=True),
        HPTAMR,
        HPTALR,
        register("LPLR", 0x34, retained=True),
        LPCR,
        register("LPMKCR", 0x3C, retained=True),
        register("LPSVCR", 0x40, retained=True),
        register("LPSECR", 0x48, retained=True),
        LPSR,
        register("LPSRTCMR", 0x50),
        register("LPSRTCLR", 0x54, counter=True),
        LPTAR,
        LPSMCMR,
        LPSMCLR,
        LPLVDR,
        register("LPGPR0_LEGACY_ALIAS", 0x68),
        register("LPZMKR", 0x6C, count=8, retained=True),
        register("LPGPR_ALIAS", 0x90, count=4),
        register("LPGPR", 0x100, count=8, retained=True),
        register("HPVIDR1", 0xBF8, reset=0x003E_0104, access=R),
        register("HPVIDR2", 0xBFC, reset=0x0600_0000, access=R),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        irq: Line,
        irq_lp: Line,
        power_off: Callable[[], None],
        power_on: Callable[[], None],
    ) -> None:
        super().__init__(irq, irq_lp)
        self.scheduler = scheduler
        self.power_off = power_off
        self.power_on = power_on
        self._srtc = _Counter(scheduler)
        self._rtc = _Counter(scheduler)
        self._alarms: list[Event] = []

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._rtc.run(False)
        self._rtc.set(0)
        if cold:
            self._srtc.run(False)
            self._srtc.set(0)
        self._plan()

    @property
    def wakes(self) -> bool:
        """The alarm of the LP half is set, and has the supply switched on."""
        wanted = LPCR.LPTA_EN | LPCR.LPWUI_EN | LPCR.SRTC_ENV
        return self.value["LPCR"] & wanted == wanted

    # Alarms.

    def _plan(self) -> None:
        """Events for what the enabled alarms wait for, and the interrupt lines."""
        for event in self._alarms:
            self.scheduler.cancel(event)
        self._alarms.clear()
        control = self.value["HPCR"]
        if control & HPCR.HPTA_EN:
            alarm = self.value["HPTAMR"] << LOW_BITS | self.value["HPTALR"]
            self._expect("HPSR", HPSR.HPTA, self._rtc.time_of(alarm))
        if control & HPCR.PI_EN:
            # The interrupt comes with each rising edge of the chosen bit.
            period = 2 << HPCR.PI_FREQ.get(control)
            half = period >> 1
            now = self._rtc.get()
            self._expect("HPSR", HPSR.PI, self._rtc.time_of(now + (half - now - 1) % period + 1))
        if self.value["LPCR"] & LPCR.LPTA_EN:
            self._expect("LPSR", LPSR.LPTA, self._srtc.time_of(self.value["LPTAR"] << SECONDS))
        self._update_lines()

    def _expect(self, register: str, flag: Field, time: int) -> None:
        if time == NEVER:
            return

        def due() -> None:
            self.value[register] |= flag
            self._plan()
            if flag == LPSR.LPTA and self.wakes:
                self.power_on()

        self._alarms.append(self.scheduler.at(time, due))

    def _update_lines(self) -> None:
        control, flags = self.value["HPCR"], self.value["HPSR"]
        alarm = flags & HPSR.HPTA and control & HPCR.HPTA_EN
        periodic = flags & HPSR.PI and control & HPCR.PI_EN
        low_power = self.value["LPSR"] & LPSR.LPTA and self.value["LPCR"] & LPCR.LPTA_EN
        self.raise_line(bool(alarm or periodic), 0)
        self.raise_line(bool(low_power), 1)

    def write_alarm(self, register: type[Alarm], written: int) -> None:
        lost = self._power_lost
        self.store(register, written)
        if lost and self.value["LPLVDR"] != POWER_IS_GOOD:
            self.value["LPSR"] |= LPSR.LVD  # the detector sets it again
        self._plan()

    # Scratch registers, locked from power on until the low-voltage detector is set and cleared.

    @property
    def _power_lost(self) -> bool:
        return bool(self.value["LPSR"] & LPSR.LVD)

    def write_lpgpr(self, index: int, written: int) -> None:
        if self._power_lost:
            self.diagnose(
                f"LPGPR{index} = 0x{written:X} is lost: LPSR.LVD (PGD) is set until LPLVDR is "
                f"0x{POWER_IS_GOOD:X} and LPSR is written 8"
            )
        else:
            self.value[f"LPGPR{index}"] = written

    def read_lpgpr0_legacy_alias(self) -> int:
        return self.value["LPGPR0"]

    def write_lpgpr0_legacy_alias(self, written: int) -> None:
        self.write_lpgpr(0, written)

    def read_lpgpr_alias(self, index: int) -> int:
        return self.value[f"LPGPR{index}"]

    def write_lpgpr_alias(self, index: int, written: int) -> None:
        self.write_lpgpr(index, written)

    # The monotonic counter: any write to either half counts one.

    def _count_up(self) -> None:
        if not self.value["LPCR"] & LPCR.MC_ENV:
            return
        low = (self.value["LPSMCLR"] + 1) & LPSMCLR.MON_COUNTER
        self.value["LPSMCLR"] = low
        if not low:
            era = self.value["LPSMCMR"] & LPSMCMR.MC_ERA_BITS
            self.value["LPSMCMR"] = era | (self.value["LPSMCMR"] + 1) & LPSMCMR.MON_COUNTER

    def write_lpsmcmr(self, written: int) -> None:
        self._count_up()

    def write_lpsmclr(self, written: int) -> None:
        self._count_up()

    # Real-time counters. They can be set only while they stand still.

    def write_lpcr(self, written: int) -> None:
        self.store(LPCR, written)
        self._srtc.run(bool(written & LPCR.SRTC_ENV))
        self._plan()
        if written & LPCR.TOP:
            self.value["LPCR"] &= ~LPCR.TOP  # it clears itself once the power is off
            self.power_off()

    def write_hpcr(self, written: int) -> None:
        """HP_TS takes the low-power counter over and clears itself."""
        self.store(HPCR, written & ~HPCR.HP_TS)
        if written & HPCR.HP_TS:
            self._rtc.set(self._srtc.get())
        self._rtc.run(bool(written & HPCR.RTC_EN))
        self._plan()

    def read_lpsrtcmr(self) -> int:
        return self._srtc.high

    def read_lpsrtclr(self) -> int:
        return self._srtc.low

    def write_lpsrtcmr(self, written: int) -> None:
        self._srtc.set_halves(written, self._srtc.low)

    def write_lpsrtclr(self, written: int) -> None:
        self._srtc.set_halves(self._srtc.high, written)

    def read_hprtcmr(self) -> int:
        return self._rtc.high

    def read_hprtclr(self) -> int:
        return self._rtc.low

    def write_hprtcmr(self, written: int) -> None:
        self._rtc.set_halves(written, self._rtc.low)

    def write_hprtclr(self, written: int) -> None:
        self._rtc.set_halves(self._rtc.high, written)
