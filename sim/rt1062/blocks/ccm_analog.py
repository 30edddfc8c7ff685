"""CCM_ANALOG: the PLLs and their fractional dividers, with the analog blocks that share its page.

Source: RT1060 reference manual, chapter 14 (CCM), sections CCM Analog and the chapters PMU,
TEMPMON, USB_ANALOG and XTALOSC24M, whose registers lie in the same 4 KB. PLL lock times are the
upper limits of the data sheet (IMXRT1060CEC), section PLL electrical characteristics. The state
the boot ROM leaves was read on silicon by others (Embedded Go's imxrt port, real-time-cpp).
"""

from collections.abc import Callable
from functools import partial

from rt1062.block import Peripheral
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.registers import Slot
from rt1062.registers_old import W1C, Field, R, Register
from rt1062.scheduler import NEVER, Event, Scheduler

REFERENCE_HZ = 24_000_000

# Lock times in cycles of the 24 MHz reference.
LOCK_CYCLES = {
    "PLL_ARM": 2_250,
    "PLL_USB1": 383,
    "PLL_USB2": 383,
    "PLL_SYS": 11_250,
    "PLL_AUDIO": 11_250,
    "PLL_VIDEO": 11_250,
    "PLL_ENET": 11_250,
}
POWER = 1 << 12  # POWERDOWN in most PLLs, POWER in those of the USB PHYs
LOCK = 1 << 31

CRYSTAL_DETECT_TICKS = TICKS_PER_SECOND // 1000  # ours: the manual names no time
MEASURE_TICKS = TICKS_PER_SECOND // 1000  # ours: one measurement of the temperature

# Calibration of the temperature sensor as fuse ANA1 holds it, and what the sensor then counts.
ROOM_COUNT, HOT_COUNT, HOT_CELSIUS = 1450, 1290, 105
ANA1 = ROOM_COUNT << 20 | HOT_COUNT << 8 | HOT_CELSIUS
ROOM_CELSIUS = 25


def _pll(
    name: str, offset: int, divider: Field, reset: int, extra: tuple[Field, ...] = ()
) -> Register:
    usb = name.startswith("PLL_USB")
    fields = [
        divider,
        Field("POWER" if usb else "POWERDOWN", 12),
        Field("ENABLE", 13),
        Field("BYPASS_CLK_SRC", 14, 2),
        Field("BYPASS", 16),
        Field("LOCK", 31, access=R),
        *extra,
    ]
    return Register(name, offset, fields, reset=reset, polled=True, set_clear_toggle=True)


def _pfd(name: str, offset: int, reset: int) -> Register:
    fields = []
    for i in range(4):
        fields += [
            Field(f"PFD{i}_FRAC", 8 * i, 6),
            Field(f"PFD{i}_STABLE", 8 * i + 6, access=R),
            Field(f"PFD{i}_CLKGATE", 8 * i + 7),
        ]
    return Register(name, offset, fields, reset=reset, set_clear_toggle=True)


def _regulator(name: str, offset: int, reset: int) -> Register:
    fields = [
        Field("CONTROL", 0, 16),
        Field("BO", 16, access=R),
        Field("OK", 17, access=R),
        Field("ENABLE_WEAK_LINREG", 18),
        Field("SELREF_WEAK_LINREG", 19),
    ]
    return Register(name, offset, fields, reset=reset, set_clear_toggle=True)


def _plain(name: str, offset: int, reset: int = 0) -> Register:
    return Register(name, offset, reset=reset, set_clear_toggle=True)


_EN_USB_CLKS = (Field("EN_USB_CLKS", 6),)
_POST_DIV = (Field("PFD_OFFSET_EN", 18), Field("POST_DIV_SELECT", 19, 2))
_ENET_EXTRA = (
    Field("ENET2_DIV_SELECT", 2, 2),
    Field("ENET2_REF_EN", 20),
    Field("ENET_25M_REF_EN", 21),
)


MISC0 = Register(
    "MISC0",
    0x150,
    [
        Field("LOW", 0, 7),
        Field("REFTOP_VBGUP", 7, access=R),
        Field("MIDDLE", 8, 7),
        Field("OSC_XTALOK", 15, access=R),
        Field("OSC_XTALOK_EN", 16),
        Field("HIGH", 17, 15),
    ],
    reset=0x0400_0000,
    polled=True,
    set_clear_toggle=True,
)
TEMPSENSE0 = Register(
    "TEMPSENSE0",
    0x180,
    [
        Field("POWER_DOWN", 0, reset=1),
        Field("MEASURE_TEMP", 1),
        Field("FINISHED", 2, access=R),
        Field("TEMP_CNT", 8, 12, access=R),
        Field("ALARM_VALUE", 20, 12),
    ],
    polled=True,
    set_clear_toggle=True,
)


def _usb(port: int, offset: int) -> list[Register]:
    return [
        _plain(f"USB{port}_VBUS_DETECT", offset, 0x0010_0004),
        _plain(f"USB{port}_CHRG_DETECT", offset + 0x10),
        Register(f"USB{port}_VBUS_DETECT_STAT", offset + 0x20, access=R),  # 0: no cable
        Register(f"USB{port}_CHRG_DETECT_STAT", offset + 0x30, access=R),
        _plain(f"USB{port}_LOOPBACK", offset + 0x40),
        _plain(f"USB{port}_MISC", offset + 0x50, 0x0000_0002),
    ]


# What the ROM leaves after booting from FlexSPI NOR with serialClkFreq 133 MHz. PLL1 792 MHz,
# PLL2 528 MHz, PLL3 480 MHz, regulators and the crystal up.
AFTER_ROM = {
    "PLL_ARM": 0x8000_2042,
    "PLL_USB1": 0x8000_3000,
    "PLL_SYS": 0x8000_2001,
    "PFD_480": 0x0F1A_230D,
    "PFD_528": 0x1813_1818,
}


class CcmAnalog(Peripheral):
    """PLL locks take time; each PLL and PFD says how fast it runs to the clock tree.

    Constructor: scheduler; `on_change()` is called when a frequency may have changed; `celsius`
    is the temperature that TEMPMON measures, `measured_celsius` may be set at any time.
    """

    REGISTERS = (
        _pll("PLL_ARM", 0x000, Field("DIV_SELECT", 0, 7), 0x0001_3063, (Field("PLL_SEL", 19),)),
        _pll("PLL_USB1", 0x010, Field("DIV_SELECT", 1), 0x0001_2000, _EN_USB_CLKS),
        _pll("PLL_USB2", 0x020, Field("DIV_SELECT", 1), 0x0001_2000, _EN_USB_CLKS),
        _pll("PLL_SYS", 0x030, Field("DIV_SELECT", 0), 0x0001_3001, (Field("PFD_OFFSET_EN", 18),)),
        Register("PLL_SYS_SS", 0x040),
        Register("PLL_SYS_NUM", 0x050, [Field("A", 0, 30)]),
        Register("PLL_SYS_DENOM", 0x060, [Field("B", 0, 30, reset=0x12)]),
        _pll("PLL_AUDIO", 0x070, Field("DIV_SELECT", 0, 7), 0x0001_1006, _POST_DIV),
        Register("PLL_AUDIO_NUM", 0x080, [Field("A", 0, 30, reset=0x05F5_E100)]),
        Register("PLL_AUDIO_DENOM", 0x090, [Field("B", 0, 30, reset=0x2964_619C)]),
        _pll("PLL_VIDEO", 0x0A0, Field("DIV_SELECT", 0, 7), 0x0001_100C, _POST_DIV),
        Register("PLL_VIDEO_NUM", 0x0B0, [Field("A", 0, 30, reset=0x05F5_E100)]),
        Register("PLL_VIDEO_DENOM", 0x0C0, [Field("B", 0, 30, reset=0x10A2_4447)]),
        _pll("PLL_ENET", 0x0E0, Field("DIV_SELECT", 0, 2), 0x0001_1001, _ENET_EXTRA),
        _pfd("PFD_480", 0x0F0, 0x1311_100C),
        _pfd("PFD_528", 0x100, 0x1018_101B),
        _regulator("REG_1P1", 0x110, 0x0000_1073),
        _regulator("REG_3P0", 0x120, 0x0000_0F74),
        _regulator("REG_2P5", 0x130, 0x0000_1073),
        _plain("REG_CORE", 0x140, 0x0048_2012),
        MISC0,
        Register(
            "MISC1",
            0x160,
            [Field("LOW", 0, 27), Field("IRQ", 27, 5, access=W1C)],
            set_clear_toggle=True,
        ),
        _plain("MISC2", 0x170, 0x0027_2727),
        TEMPSENSE0,
        _plain("TEMPSENSE1", 0x190, 0x0000_0001),
        *_usb(1, 0x1A0),
        *_usb(2, 0x200),
        Register("DIGPROG", 0x260, access=R, reset=0x006C_0000),  # RT1060, first silicon
        Register(
            "LOWPWR_CTRL",
            0x270,
            [Field("LOW", 0, 16), Field("XTALOSC_PWRUP_STAT", 16, access=R), Field("HIGH", 17, 15)],
            reset=0x0000_4001,
            set_clear_toggle=True,
        ),
        _plain("TEMPSENSE2", 0x290),
        _plain("OSC_CONFIG0", 0x2A0, 0x0000_1020),
        _plain("OSC_CONFIG1", 0x2B0, 0x0000_02EE),
        _plain("OSC_CONFIG2", 0x2C0, 0x0001_02E2),
    )

    def __init__(
        self,
        scheduler: Scheduler,
        on_change: Callable[[], None] = lambda: None,
        celsius: float = 40.0,
    ) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.on_change = on_change
        self.measured_celsius = celsius
        self._events: dict[str, Event] = {}
        self.reset()

    def _handlers(self, slot: Slot) -> tuple[Callable[[], int], Callable[[int], None]]:
        read, write = super()._handlers(slot)
        register = slot.register
        if register.name in LOCK_CYCLES:
            write = partial(self._write_pll, register)
        elif register.name.startswith("PFD_"):
            write = partial(self._write_pfd, register)
        elif register.name.startswith("PLL_SYS_"):
            write = partial(self._store_and_tell, register)
        elif register.name in ("REG_1P1", "REG_3P0", "REG_2P5"):
            read = partial(self._read_regulator, register.name)
        return read, write

    def reset(self, cold: bool = True) -> None:
        for event in self._events.values():
            self.scheduler.cancel(event)
        self._events.clear()
        super().reset(cold)
        self.value.update(AFTER_ROM)
        self.on_change()

    def next_event_time(self) -> int:
        return min((event.time for event in self._events.values()), default=NEVER)

    def _later(self, key: str, delay: int, callback: Callable[[], None]) -> None:
        def due() -> None:
            del self._events[key]
            callback()

        self._forget(key)
        self._events[key] = self.scheduler.after(delay, due)

    def _forget(self, key: str) -> None:
        self.scheduler.cancel(self._events.pop(key, None))

    # PLLs and PFDs.

    def powered(self, name: str) -> bool:
        """True while the PLL's oscillator is on (bypassed or not)."""
        return bool(self.value[name] & POWER) == name.startswith("PLL_USB")

    def _write_pll(self, register: Register, written: int) -> None:
        name = register.name
        old, was_on = self.value[name], self.powered(name)
        new = self.store(register, written)
        if not self.powered(name):
            self._forget(name)
            self.value[name] = new & ~LOCK
        elif not was_on or register["DIV_SELECT"].get(old ^ new):
            self.value[name] = new & ~LOCK
            delay = LOCK_CYCLES[name] * TICKS_PER_SECOND // REFERENCE_HZ
            self._later(name, delay, lambda: self._lock(name))
        self.on_change()

    def _lock(self, name: str) -> None:
        self.value[name] |= LOCK
        self.on_change()

    def _write_pfd(self, register: Register, written: int) -> None:
        changed = self.value[register.name] ^ self.store(register, written)
        for i in range(4):  # STABLE changes its value each time a new divider has taken effect
            if register[f"PFD{i}_FRAC"].get(changed):
                self.value[register.name] ^= register[f"PFD{i}_STABLE"].mask
        self.on_change()

    def _store_and_tell(self, register: Register, written: int) -> None:
        self.store(register, written)
        self.on_change()

    # Power and crystal: always good; the bits that say so follow their enables.

    def _read_regulator(self, name: str) -> int:
        value = self.value[name]
        return value | (value & 1) << 17  # OK follows ENABLE_LINREG

    def read_misc0(self) -> int:
        value = self.value["MISC0"]
        return value | (~value & 1) << 7  # REFTOP_VBGUP unless the bandgap is powered down

    def write_misc0(self, written: int) -> None:
        new = self.store(MISC0, written)
        if not new & 1 << 16 or new & 1 << 30:  # detector off, or crystal powered down
            self._forget("crystal")
            self.value["MISC0"] &= ~(1 << 15)
        elif not new & 1 << 15 and "crystal" not in self._events:
            self._later("crystal", CRYSTAL_DETECT_TICKS, self._crystal_ok)

    def _crystal_ok(self) -> None:
        self.value["MISC0"] |= 1 << 15

    def read_lowpwr_ctrl(self) -> int:
        up = not self.value["MISC0"] & 1 << 30
        return self.value["LOWPWR_CTRL"] & ~(1 << 16) | up << 16

    # TEMPMON. Alarms are not modelled: the temperature is what the bench says it is.

    def write_tempsense0(self, written: int) -> None:
        register = TEMPSENSE0
        new = self.store(register, written)
        if new & 1 or not new & 2:  # powered down, or not measuring
            self._forget("temperature")
            self.value["TEMPSENSE0"] = new & ~register["FINISHED"].mask
        elif not new & register["FINISHED"].mask and "temperature" not in self._events:
            self._later("temperature", MEASURE_TICKS, self._measured)

    def _measured(self) -> None:
        register = TEMPSENSE0
        slope = (ROOM_COUNT - HOT_COUNT) / (HOT_CELSIUS - ROOM_CELSIUS)
        count = round(HOT_COUNT + (HOT_CELSIUS - self.measured_celsius) * slope)
        value = self.value["TEMPSENSE0"] & ~register["TEMP_CNT"].mask
        self.value["TEMPSENSE0"] = (
            value | register["TEMP_CNT"].put(count) | register["FINISHED"].mask
        )
