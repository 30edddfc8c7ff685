"""IOMUXC_GPR: the chip-wide switches; here FlexRAM is split and GPIO ports are chosen.

Source: RT1060 reference manual, chapter 11 (IOMUXC_GPR) and chapter FlexRAM; IOMUXC_SNVS_GPR.
"""

from collections.abc import Callable

from rt1062.block import Block, Line
from rt1062.chip.memory_map import FLEXRAM_FUSE_DEFAULT
from rt1062.registers import Field, R, Register, r, register, rw


class GPR1(Register, at=0x04):
    SAI1_MCLK1_SEL, SAI1_MCLK2_SEL, SAI1_MCLK3_SEL = rw(0, 3), rw(3, 3), rw(6, 2)
    SAI2_MCLK3_SEL, SAI3_MCLK3_SEL = rw(8, 2), rw(10, 2)
    GINT, ENET1_CLK_SEL, ENET2_CLK_SEL, USB_EXP_MODE = (rw(bit) for bit in range(12, 16))
    ENET1_TX_CLK_DIR, ENET2_TX_CLK_DIR = rw(17), rw(18)
    SAI1_MCLK_DIR, SAI2_MCLK_DIR, SAI3_MCLK_DIR = rw(19), rw(20), rw(21)
    EXC_MON, ENET_IPG_CLK_S_EN, CM7_FORCE_HCLK_EN = rw(22), rw(23), rw(31)


# What is asked to stop stops at once: an acknowledge bit shows its request. Some reserved bits of
# GPR3 come up as ones, so that all are kept as they are written.


class Stops(Register):
    """Requests to stop, and their acknowledge bits."""


class GPR3(Stops, at=0x0C, reset=0x0000_F0F0):
    OCRAM_CTL, DCP_KEY_SEL, OCRAM2_CTL = rw(0, 4), rw(4), rw(8, 4)
    AXBS_L_HALT_REQ = rw(15)
    OCRAM_STATUS, OCRAM2_STATUS = r(16, 4), r(24, 4)
    AXBS_L_HALTED = r(31)


class GPR4(Stops, at=0x10):
    EDMA_STOP_REQ, CAN1_STOP_REQ, CAN2_STOP_REQ, TRNG_STOP_REQ = (rw(bit) for bit in range(4))
    ENET_STOP_REQ, SAI1_STOP_REQ, SAI2_STOP_REQ, SAI3_STOP_REQ = (rw(bit) for bit in range(4, 8))
    ENET2_STOP_REQ, SEMC_STOP_REQ, PIT_STOP_REQ, FLEXSPI_STOP_REQ = (
        rw(bit) for bit in range(8, 12)
    )
    FLEXIO1_STOP_REQ, FLEXIO2_STOP_REQ, FLEXIO3_STOP_REQ, FLEXSPI2_STOP_REQ = (
        rw(bit) for bit in range(12, 16)
    )
    EDMA_STOP_ACK, CAN1_STOP_ACK, CAN2_STOP_ACK, TRNG_STOP_ACK = (r(bit) for bit in range(16, 20))
    ENET_STOP_ACK, SAI1_STOP_ACK, SAI2_STOP_ACK, SAI3_STOP_ACK = (r(bit) for bit in range(20, 24))
    ENET2_STOP_ACK, SEMC_STOP_ACK, PIT_STOP_ACK, FLEXSPI_STOP_ACK = (
        r(bit) for bit in range(24, 28)
    )
    FLEXIO1_STOP_ACK, FLEXIO2_STOP_ACK, FLEXIO3_STOP_ACK, FLEXSPI2_STOP_ACK = (
        r(bit) for bit in range(28, 32)
    )


class GPR7(Stops, at=0x1C):
    LPI2C1_STOP_REQ, LPI2C2_STOP_REQ, LPI2C3_STOP_REQ, LPI2C4_STOP_REQ = (
        rw(bit) for bit in range(4)
    )
    LPSPI1_STOP_REQ, LPSPI2_STOP_REQ, LPSPI3_STOP_REQ, LPSPI4_STOP_REQ = (
        rw(bit) for bit in range(4, 8)
    )
    LPUART1_STOP_REQ, LPUART2_STOP_REQ, LPUART3_STOP_REQ, LPUART4_STOP_REQ = (
        rw(bit) for bit in range(8, 12)
    )
    LPUART5_STOP_REQ, LPUART6_STOP_REQ, LPUART7_STOP_REQ, LPUART8_STOP_REQ = (
        rw(bit) for bit in range(12, 16)
    )
    LPI2C1_STOP_ACK, LPI2C2_STOP_ACK, LPI2C3_STOP_ACK, LPI2C4_STOP_ACK = (
        r(bit) for bit in range(16, 20)
    )
    LPSPI1_STOP_ACK, LPSPI2_STOP_ACK, LPSPI3_STOP_ACK, LPSPI4_STOP_ACK = (
        r(bit) for bit in range(20, 24)
    )
    LPUART1_STOP_ACK, LPUART2_STOP_ACK, LPUART3_STOP_ACK, LPUART4_STOP_ACK = (
        r(bit) for bit in range(24, 28)
    )
    LPUART5_STOP_ACK, LPUART6_STOP_ACK, LPUART7_STOP_ACK, LPUART8_STOP_ACK = (
        r(bit) for bit in range(28, 32)
    )


class GPR13(Stops, at=0x34):
    ARCACHE_USDHC, AWCACHE_USDHC = rw(0), rw(1)
    CANFD_STOP_REQ, CACHE_ENET, CACHE_USB = rw(4), rw(7), rw(13)
    CANFD_STOP_ACK = r(20)


def _acknowledge_of(stops: type[Register], request: Field) -> Field:
    """GPR3 calls it HALTED, the others ACK."""
    name = request.name.removesuffix("_REQ")
    return stops.fields.get(f"{name}_ACK") or stops.fields[f"{name}ED"]


ACKNOWLEDGED = {
    stops.name: [
        (field, _acknowledge_of(stops, field))
        for field in stops.fields.values()
        if field.name.endswith("_REQ")
    ]
    for stops in (GPR3, GPR4, GPR7, GPR13)
}


class FlexRam(Register):
    """Writing one may change the split."""


class GPR14(FlexRam, at=0x38):
    (
        ACMP1_CMP_IGEN_TRIM_DN,
        ACMP2_CMP_IGEN_TRIM_DN,
        ACMP3_CMP_IGEN_TRIM_DN,
        ACMP4_CMP_IGEN_TRIM_DN,
        ACMP1_CMP_IGEN_TRIM_UP,
        ACMP2_CMP_IGEN_TRIM_UP,
        ACMP3_CMP_IGEN_TRIM_UP,
        ACMP4_CMP_IGEN_TRIM_UP,
        ACMP1_SAMPLE_SYNC_EN,
        ACMP2_SAMPLE_SYNC_EN,
        ACMP3_SAMPLE_SYNC_EN,
        ACMP4_SAMPLE_SYNC_EN,
    ) = (rw(bit) for bit in range(12))
    CM7_CFGITCMSZ, CM7_CFGDTCMSZ = rw(16, 4, reset=0xA), rw(20, 4, reset=0xA)


class GPR16(FlexRam, at=0x40):
    INIT_ITCM_EN, INIT_DTCM_EN, FLEXRAM_BANK_CFG_SEL = rw(0, reset=1), rw(1, reset=1), rw(2)
    CM7_INIT_VTOR = rw(7, 25, reset=0x0020_0000 >> 7)


class GPR17(FlexRam, at=0x44):
    FLEXRAM_BANK_CFG = rw(0, 32)


class GpioSelect(Register):
    """Which pins of GPIO1 to 4 are those of GPIO6 to 9."""


class GPR26(GpioSelect, at=0x68):
    GPIO_MUX1_GPIO_SEL = rw(0, 32)


class GPR27(GpioSelect, at=0x6C):
    GPIO_MUX2_GPIO_SEL = rw(0, 32)


class GPR28(GpioSelect, at=0x70):
    GPIO_MUX3_GPIO_SEL = rw(0, 32)


class GPR29(GpioSelect, at=0x74):
    GPIO_MUX4_GPIO_SEL = rw(0, 32)


GPIO_SELECTS = {1: "GPR26", 2: "GPR27", 3: "GPR28", 4: "GPR29"}  # by port


def _window(code: int) -> int:
    """Bytes of a TCM window: 0 none, 3 is 4 KB and each step more doubles it, up to 512 KB."""
    return 1 << (min(code, 0xA) + 9) if code >= 3 else 0


class IomuxcGpr(Block):
    """Tells the machine of each new FlexRAM split and GPIO choice.

    Constructor: the interrupt line GPR_IRQ, raised by GPR1.GINT;
    `on_flexram(bank_config, itcm_window_bytes, dtcm_window_bytes)`, called when one of them
    changes, and at reset; a TCM that is switched off has a window of 0 bytes;
    `on_gpio_select(port, mask)`: ports 1 to 4, a one gives that pin to GPIO6 to 9.

    GPR14 reads as zero after reset in the manual; TCMs answer nevertheless until firmware writes
    it, so both windows start at their full size.
    """

    REGISTERS = (
        register("GPR0", 0x00, access=R),
        GPR1,
        register("GPR2", 0x08),
        GPR3,
        GPR4,
        register("GPR5", 0x14),
        register("GPR6", 0x18),
        GPR7,
        register("GPR8", 0x20),
        register("GPR9", 0x24, access=R),
        register("GPR10", 0x28, reset=0x0000_0007),
        register("GPR11", 0x2C),
        register("GPR12", 0x30),
        GPR13,
        GPR14,
        register("GPR15", 0x3C, access=R, reset=0xFFFF_FFFF),
        GPR16,
        GPR17,
        register("GPR", 0x48, count=8, first=18),
        GPR26,
        GPR27,
        GPR28,
        GPR29,
        register("GPR", 0x78, count=3, first=30),
        register("GPR33", 0x84, reset=0x0000_0007),
        register("GPR34", 0x88),
    )

    def __init__(
        self,
        irq: Line,
        on_flexram: Callable[[int, int, int], None],
        on_gpio_select: Callable[[int, int], None],
    ) -> None:
        super().__init__(irq)
        self._on_flexram = on_flexram
        self._on_gpio_select = on_gpio_select
        self._told: tuple[int, int, int] | None = None
        self.reset()

    def reset(self, cold: bool = True) -> None:
        super().reset(cold)
        self._told = None
        self._tell_flexram()
        for port in GPIO_SELECTS:
            self._on_gpio_select(port, 0)

    @property
    def flexram(self) -> tuple[int, int, int]:
        """Bank configuration in force, ITCM window and DTCM window in bytes."""
        gpr14, gpr16, banks = self.value["GPR14"], self.value["GPR16"], self.value["GPR17"]
        itcm = _window(GPR14.CM7_CFGITCMSZ.get(gpr14)) if gpr16 & GPR16.INIT_ITCM_EN else 0
        dtcm = _window(GPR14.CM7_CFGDTCMSZ.get(gpr14)) if gpr16 & GPR16.INIT_DTCM_EN else 0
        return banks if gpr16 & GPR16.FLEXRAM_BANK_CFG_SEL else FLEXRAM_FUSE_DEFAULT, itcm, dtcm

    def fast_pins(self, port: int) -> int:
        """Pins of GPIO1 to 4 that are those of GPIO6 to 9, a mask."""
        return self.value[GPIO_SELECTS[port]]

    def write_flexram(self, register: type[Register], written: int) -> None:
        self.store(register, written)
        self._tell_flexram()

    def _tell_flexram(self) -> None:
        if self.flexram != self._told:
            self._told = self.flexram
            self._on_flexram(*self.flexram)

    def write_gpr1(self, written: int) -> None:
        self.value["GPR1"] = written
        self.raise_line(bool(written & GPR1.GINT))

    def write_gpioselect(self, register: type[Register], written: int) -> None:
        self.value[register.name] = written
        for port, name in GPIO_SELECTS.items():
            if name == register.name:
                self._on_gpio_select(port, written)

    def write_stops(self, register: type[Register], written: int) -> None:
        self.value[register.name] = written

    def read_stops(self, register: type[Register]) -> int:
        value = self.value[register.name]
        for request, acknowledge in ACKNOWLEDGED[register.name]:
            value = value | acknowledge if value & request else value & ~acknowledge
        return value


class SnvsGPR3(Register):
    LPSR_MODE_ENABLE, DCDC_STATUS_CAPT_CLR, POR_PULL_TYPE = rw(0), rw(1), rw(2, 2)
    DCDC_IN_LOW_VOL, DCDC_OVER_CUR, DCDC_OVER_VOL = r(16), r(17), r(18)
    DCDC_STS_DC_OK = r(19, reset=1)


class IomuxcSnvsGpr(Block):
    """The switches of the SNVS domain; the supply is always good."""

    REGISTERS = (
        register("GPR", 0x00, count=3, access=R),
        register("GPR3", 0x0C, SnvsGPR3),
    )
