"""IOMUXC_GPR: the chip-wide switches; here FlexRAM is split and GPIO ports are chosen.

Source: RT1060 reference manual, chapter 11 (IOMUXC_GPR) and chapter FlexRAM; IOMUXC_SNVS_GPR.
"""

from collections.abc import Callable

from rt1062.block import Peripheral
from rt1062.chip.memory_map import FLEXRAM_FUSE_DEFAULT
from rt1062.registers import Slot
from rt1062.registers_old import Field, R, Register, register_array

GPR1 = Register("GPR1", 0x04)
GINT = 1 << 12
GPR14 = Register(
    "GPR14",
    0x38,
    [
        Field("ACMP", 0, 12),
        Field("CM7_CFGITCMSZ", 16, 4, reset=0xA),
        Field("CM7_CFGDTCMSZ", 20, 4, reset=0xA),
    ],
)
GPR16 = Register(
    "GPR16",
    0x40,
    [
        Field("INIT_ITCM_EN", 0, reset=1),
        Field("INIT_DTCM_EN", 1, reset=1),
        Field("FLEXRAM_BANK_CFG_SEL", 2),
        Field("CM7_INIT_VTOR", 7, 25, reset=0x0020_0000 >> 7),
    ],
)

# Register: (request bits, how far above them their acknowledge bits lie). What is asked to stop
# stops at once.
_ACKNOWLEDGED = {
    "GPR3": (1 << 15, 16),
    "GPR4": (0xFFFF, 16),
    "GPR7": (0xFFFF, 16),
    "GPR13": (1 << 4, 16),
}


def _window(code: int) -> int:
    """Bytes of a TCM window: 0 none, 3 is 4 KB and each step more doubles it, up to 512 KB."""
    return 1 << (min(code, 0xA) + 9) if code >= 3 else 0


class IomuxcGpr(Peripheral):
    """Tells the machine of each new FlexRAM split and GPIO choice.

    Constructor: `on_flexram(bank_config, itcm_window_bytes, dtcm_window_bytes)` is called when
    one of them changes, and at reset; a TCM that is switched off has a window of 0 bytes.
    `on_gpio_select(port, mask)`: ports 1 to 4, a one gives that pin to GPIO6 to 9. `irq` is
    GPR_IRQ, raised by GPR1.GINT.

    GPR14 reads as zero after reset in the manual; TCMs answer nevertheless until firmware writes
    it, so both windows start at their full size.
    """

    REGISTERS = (
        Register("GPR0", 0x00, access=R),
        GPR1,
        Register("GPR2", 0x08),
        Register("GPR3", 0x0C, reset=0x0000_F0F0),
        *register_array("GPR", 0x10, 5, first=4),
        Register("GPR9", 0x24, access=R),
        Register("GPR10", 0x28, reset=0x0000_0007),
        *register_array("GPR", 0x2C, 3, first=11),
        GPR14,
        Register("GPR15", 0x3C, access=R, reset=0xFFFF_FFFF),
        GPR16,
        Register("GPR17", 0x44),
        *register_array("GPR", 0x48, 8, first=18),
        *register_array("GPIO_SELECT", 0x68, 4, first=1),  # GPR26..GPR29
        *register_array("GPR", 0x78, 3, first=30),
        Register("GPR33", 0x84, reset=0x0000_0007),
        Register("GPR34", 0x88),
    )

    def __init__(
        self,
        on_flexram: Callable[[int, int, int], None] = lambda banks, itcm, dtcm: None,
        on_gpio_select: Callable[[int, int], None] = lambda port, mask: None,
        irq: Callable[[bool], None] = lambda level: None,
    ) -> None:
        super().__init__()
        self._on_flexram = on_flexram
        self._on_gpio_select = on_gpio_select
        self._irq = irq
        self._told: tuple[int, int, int] | None = None
        self.reset()

    def _handlers(self, slot: Slot) -> tuple[Callable[[], int], Callable[[int], None]]:
        read, write = super()._handlers(slot)
        register = slot.register
        if register.name in _ACKNOWLEDGED:
            return lambda: self._acknowledged(register.name), write
        if register.name in ("GPR14", "GPR16", "GPR17"):
            return read, lambda written: self._write_flexram(register, written)
        return read, write

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._told = None
        self._tell_flexram()
        for port in range(1, 5):
            self._on_gpio_select(port, 0)
        self._irq(False)

    @property
    def flexram(self) -> tuple[int, int, int]:
        """Bank configuration in force, ITCM window and DTCM window in bytes."""
        gpr14, gpr16 = self.value["GPR14"], self.value["GPR16"]
        selected = GPR16["FLEXRAM_BANK_CFG_SEL"].get(gpr16)
        itcm = GPR16["INIT_ITCM_EN"].get(gpr16) * _window(GPR14["CM7_CFGITCMSZ"].get(gpr14))
        dtcm = GPR16["INIT_DTCM_EN"].get(gpr16) * _window(GPR14["CM7_CFGDTCMSZ"].get(gpr14))
        return self.value["GPR17"] if selected else FLEXRAM_FUSE_DEFAULT, itcm, dtcm

    def _write_flexram(self, register: Register, written: int) -> None:
        self.store(register, written)
        self._tell_flexram()

    def _tell_flexram(self) -> None:
        if self.flexram != self._told:
            self._told = self.flexram
            self._on_flexram(*self.flexram)

    def write_gpr1(self, written: int) -> None:
        self.value["GPR1"] = written
        self._irq(bool(written & GINT))

    def write_gpio_select(self, index: int, written: int) -> None:
        self.value[f"GPIO_SELECT{index + 1}"] = written
        self._on_gpio_select(index + 1, written)

    def _acknowledged(self, name: str) -> int:
        requests, distance = _ACKNOWLEDGED[name]
        value = self.value[name]
        return value & ~(requests << distance) | (value & requests) << distance


class IomuxcSnvsGpr(Peripheral):
    """The switches of the SNVS domain; the supply is always good."""

    REGISTERS = (
        *register_array("GPR", 0x00, 3, access=R),
        Register(
            "GPR3",
            0x0C,
            [
                Field("LPSR_MODE_ENABLE", 0),
                Field("DCDC_STATUS_CAPT_CLR", 1),
                Field("POR_PULL_TYPE", 2, 2),
                Field("DCDC_IN_LOW_VOL", 16, access=R),
                Field("DCDC_OVER_CUR", 17, access=R),
                Field("DCDC_OVER_VOL", 18, access=R),
                Field("DCDC_STS_DC_OK", 19, access=R, reset=1),
            ],
        ),
    )
