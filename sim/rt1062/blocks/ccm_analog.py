"""CCM_ANALOG: the PLLs and their fractional dividers, with the analog blocks that share its page.

Source: RT1060 reference manual, chapter 14 (CCM), sections CCM Analog and the chapters PMU,
TEMPMON, USB_ANALOG and XTALOSC24M, whose registers lie in the same 4 KB. PLL lock times are the
upper limits of the data sheet (IMXRT1060CEC), section PLL electrical characteristics. The state
the boot ROM leaves was read on silicon by others (Embedded Go's imxrt port, real-time-cpp).
"""

from collections.abc import Callable

from rt1062.block import Block
from rt1062.blocks.ccm_analog_registers import (
    FRAC,
    LOWPWR_CTRL,
    MISC0,
    PLL_ARM,
    PLL_AUDIO,
    PLL_ENET,
    PLL_SYS,
    PLL_USB1,
    PLL_USB2,
    PLL_VIDEO,
    REG_1P1,
    REG_2P5,
    REG_3P0,
    REGISTERS,
    STABLE,
    TEMPSENSE0,
    Fraction,
    MainPll,
    Pfd,
    Pll,
    Regulator,
    UsbPll,
)  # fmt: skip
from rt1062.chip.clock import TICKS_PER_SECOND, ticks
from rt1062.scheduler import Event, Scheduler

REFERENCE_HZ = 24_000_000

# Lock times in cycles of the reference.
LOCK_CYCLES = {
    PLL_ARM: 2_250,
    PLL_USB1: 383,
    PLL_USB2: 383,
    PLL_SYS: 11_250,
    PLL_AUDIO: 11_250,
    PLL_VIDEO: 11_250,
    PLL_ENET: 11_250,
}
REGULATOR_OK = {
    REG_1P1: REG_1P1.OK_VDD1P1,
    REG_3P0: REG_3P0.OK_VDD3P0,
    REG_2P5: REG_2P5.OK_VDD2P5,
}

CRYSTAL_DETECT_TICKS = TICKS_PER_SECOND // 1000  # ours: the manual names no time
MEASURE_TICKS = TICKS_PER_SECOND // 1000  # ours: one measurement of the temperature

# Calibration of the temperature sensor as fuse ANA1 holds it, and what the sensor then counts.
ROOM_COUNT, HOT_COUNT, HOT_CELSIUS = 1450, 1290, 105
ANA1 = ROOM_COUNT << 20 | HOT_COUNT << 8 | HOT_CELSIUS
ROOM_CELSIUS = 25
USUAL_CELSIUS = 40.0  # ours: a chip at work on a desk

# What the ROM leaves after booting from FlexSPI NOR with serialClkFreq 133 MHz. PLL1 792 MHz,
# PLL2 528 MHz, PLL3 480 MHz, regulators and the crystal up.
AFTER_ROM = {
    "PLL_ARM": 0x8000_2042,
    "PLL_USB1": 0x8000_3000,
    "PLL_SYS": 0x8000_2001,
    "PFD_480": 0x0F1A_230D,
    "PFD_528": 0x1813_1818,
}


class CcmAnalog(Block):
    """PLL locks take time; each PLL and PFD says how fast it runs to the clock tree.

    Constructor: scheduler. `listeners` are called when a frequency may have changed;
    `measured_celsius` is the temperature that TEMPMON measures and may be set at any time.
    """

    REGISTERS = REGISTERS

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.listeners: list[Callable[[], None]] = []
        self.measured_celsius = USUAL_CELSIUS
        self._events: dict[str, Event] = {}
        self.value.update(AFTER_ROM)

    def reset(self, cold: bool = True) -> None:
        for event in self._events.values():
            self.scheduler.cancel(event)
        super().reset(cold)
        self.value.update(AFTER_ROM)
        self._changed()

    def next_event_time(self) -> int:
        return self.next_event(*self._events.values())

    def _later(self, key: str, delay: int, callback: Callable[[], None]) -> None:
        self._forget(key)
        self._events[key] = self.scheduler.after(delay, callback)

    def _forget(self, key: str) -> None:
        self.scheduler.cancel(self._events.get(key))

    def _expected(self, key: str) -> bool:
        return key in self._events and self._events[key].pending

    def _changed(self) -> None:
        for listener in self.listeners:
            listener()

    # PLLs and PFDs.

    def powered(self, pll: type[Pll]) -> bool:
        """True while the PLL's oscillator is on (bypassed or not)."""
        value = self.value[pll.name]
        if issubclass(pll, UsbPll):
            return bool(value & UsbPll.POWER)
        return not value & MainPll.POWERDOWN

    def write_pll(self, pll: type[Pll], written: int) -> None:
        old, was_on = self.value[pll.name], self.powered(pll)
        new = self.store(pll, written)
        if not self.powered(pll):
            self._forget(pll.name)
            self.value[pll.name] = new & ~Pll.LOCK
        elif not was_on or (old ^ new) & pll.DIV_SELECT:
            self.value[pll.name] = new & ~Pll.LOCK
            self._later(pll.name, ticks(LOCK_CYCLES[pll], REFERENCE_HZ), lambda: self._lock(pll))
        self._changed()

    def _lock(self, pll: type[Pll]) -> None:
        self.value[pll.name] |= Pll.LOCK
        self._changed()

    def write_pfd(self, pfd: type[Pfd], written: int) -> None:
        changed = self.value[pfd.name] ^ self.store(pfd, written)
        for frac, stable in zip(FRAC, STABLE, strict=True):
            if changed & frac:  # STABLE changes its value when a new divider has taken effect
                self.value[pfd.name] ^= stable
        self._changed()

    def write_fraction(self, fraction: type[Fraction], written: int) -> None:
        self.store(fraction, written)
        self._changed()

    # Power and crystal: always good; the bits that say so follow their enables.

    def read_regulator(self, regulator: type[Regulator]) -> int:
        value = self.value[regulator.name]
        return value | REGULATOR_OK[regulator] if value & Regulator.ENABLE_LINREG else value

    def read_misc0(self) -> int:
        value = self.value["MISC0"]
        return value if value & MISC0.REFTOP_PWD else value | MISC0.REFTOP_VBGUP

    def write_misc0(self, written: int) -> None:
        new = self.store(MISC0, written)
        if not new & MISC0.OSC_XTALOK_EN or new & MISC0.XTAL_24M_PWD:
            self._forget("crystal")
            self.value["MISC0"] &= ~MISC0.OSC_XTALOK
        elif not new & MISC0.OSC_XTALOK and not self._expected("crystal"):
            self._later("crystal", CRYSTAL_DETECT_TICKS, self._crystal_ok)

    def _crystal_ok(self) -> None:
        self.value["MISC0"] |= MISC0.OSC_XTALOK

    def read_lowpwr_ctrl(self) -> int:
        value = self.value["LOWPWR_CTRL"]
        down = self.value["MISC0"] & MISC0.XTAL_24M_PWD
        return value if down else value | LOWPWR_CTRL.XTALOSC_PWRUP_STAT

    # TEMPMON. Alarms are not modelled: the temperature is what the bench says it is.

    def write_tempsense0(self, written: int) -> None:
        new = self.store(TEMPSENSE0, written)
        if new & TEMPSENSE0.POWER_DOWN or not new & TEMPSENSE0.MEASURE_TEMP:
            self._forget("temperature")
            self.value["TEMPSENSE0"] = new & ~TEMPSENSE0.FINISHED
        elif not new & TEMPSENSE0.FINISHED and not self._expected("temperature"):
            self._later("temperature", MEASURE_TICKS, self._measured)

    def _measured(self) -> None:
        slope = (ROOM_COUNT - HOT_COUNT) / (HOT_CELSIUS - ROOM_CELSIUS)
        count = round(HOT_COUNT + (HOT_CELSIUS - self.measured_celsius) * slope)
        value = self.value["TEMPSENSE0"] & ~TEMPSENSE0.TEMP_CNT
        self.value["TEMPSENSE0"] = value | TEMPSENSE0.TEMP_CNT.put(count) | TEMPSENSE0.FINISHED
