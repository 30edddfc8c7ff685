"""Every on-chip block of the i.MX RT1062: where it lies and which interrupts it raises.

Source: RT1060 reference manual (IMXRT1060RM), chapter 2 (AIPS memory maps) and chapter 4
(interrupt assignments); FIFO depths from the blocks' own chapters. Blocks that the bench does not
model are listed too, so that an access to one can be named.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

NVIC_INTERRUPTS = 158  # external ones, 0..157
NVIC_PRIORITY_BITS = 4  # the upper bits of each priority byte

SLOT = 0x4000  # the AIPS bridges hand out 16 KB slots


@dataclass(frozen=True)
class Instance:
    """A block's base address, its window in bytes and its NVIC lines by name.

    `fifo_words` is the depth of each of its FIFOs, in words of that FIFO.
    """

    name: str
    base: int
    size: int = SLOT
    interrupts: dict[str, int] = field(default_factory=dict)
    fifo_words: int = 0

    @property
    def end(self) -> int:
        """First address behind the block."""
        return self.base + self.size

    @property
    def interrupt(self) -> int:
        """The one interrupt of a block that has one; ValueError otherwise."""
        if len(self.interrupts) != 1:
            raise ValueError(f"{self.name} must have one interrupt, not {self.interrupts!r}")
        return next(iter(self.interrupts.values()))


def _row(
    name: str,
    base: int,
    count: int,
    first_interrupt: int | None = None,
    step: int = SLOT,
    fifo_words: int = 0,
) -> list[Instance]:
    """NAME1, NAME2, ...: neighbours in memory with consecutive interrupts."""
    return [
        Instance(
            f"{name}{i + 1}",
            base + step * i,
            step,
            {} if first_interrupt is None else {f"{name}{i + 1}": first_interrupt + i},
            fifo_words,
        )
        for i in range(count)
    ]


def _halves(port: int, first: int) -> dict[str, int]:
    """A GPIO port has one line for its pins 0..15 and one for 16..31."""
    return {f"GPIO{port}_COMBINED_0_15": first, f"GPIO{port}_COMBINED_16_31": first + 1}


def _pwm(index: int, first: int) -> Instance:
    lines = {f"PWM{index}_{i}": first + i for i in range(4)} | {f"PWM{index}_FAULT": first + 4}
    return Instance(f"PWM{index}", 0x403D_C000 + SLOT * (index - 1), SLOT, lines)


_DMA_LINES = {f"DMA{i}_DMA{i + 16}": i for i in range(16)} | {"DMA_ERROR": 16}
_GPIO1_LINES = {f"GPIO1_INT{i}": 72 + i for i in range(8)} | _halves(1, 80)

_ALL = [
    # AIPS-1
    Instance("AIPSTZ1", 0x4007_C000),
    Instance("DCDC", 0x4008_0000, interrupts={"DCDC": 69}),
    Instance("PIT", 0x4008_4000, interrupts={"PIT": 122}),
    *_row("CMP", 0x4009_4000, 4, 123, step=8),
    Instance("IOMUXC_SNVS_GPR", 0x400A_4000),
    Instance("IOMUXC_SNVS", 0x400A_8000),
    Instance("IOMUXC_GPR", 0x400A_C000, interrupts={"GPR_IRQ": 41}),
    Instance("FLEXRAM", 0x400B_0000, interrupts={"FLEXRAM": 38}),
    Instance("EWM", 0x400B_4000, interrupts={"EWM": 94}),
    Instance("WDOG1", 0x400B_8000, interrupts={"WDOG1": 92}),
    Instance("RTWDOG", 0x400B_C000, interrupts={"RTWDOG": 93}),
    Instance("GPIO5", 0x400C_0000, interrupts=_halves(5, 88)),
    *_row("ADC", 0x400C_4000, 2, 67),
    Instance("TRNG", 0x400C_C000, interrupts={"TRNG": 53}),
    Instance("WDOG2", 0x400D_0000, interrupts={"WDOG2": 45}),
    Instance(
        "SNVS",
        0x400D_4000,
        interrupts={"SNVS_HP_WRAPPER": 46, "SNVS_HP_WRAPPER_TZ": 47, "SNVS_LP_WRAPPER": 48},
    ),
    # The analog blocks PMU, TEMPMON, USB_ANALOG and XTALOSC24M lie between CCM_ANALOG's registers.
    Instance(
        "CCM_ANALOG",
        0x400D_8000,
        0x1000,
        {"PMU_EVENT": 61, "TEMP_LOW_HIGH": 63, "TEMP_PANIC": 64},
    ),
    *_row("USBPHY", 0x400D_9000, 2, 65, step=0x1000),
    Instance("CSU", 0x400D_C000, interrupts={"CSU": 49}),
    Instance("TSC", 0x400E_0000, interrupts={"TSC_DIG": 40}),
    Instance("DMA", 0x400E_8000, interrupts=_DMA_LINES),
    Instance("DMAMUX", 0x400E_C000),
    Instance("GPC", 0x400F_4000, interrupts={"GPC": 97}),  # PGC is inside, from +0x220
    Instance("SRC", 0x400F_8000, interrupts={"SRC": 98}),
    Instance("CCM", 0x400F_C000, interrupts={"CCM_1": 95, "CCM_2": 96}),
    # AIPS-2
    Instance("AIPSTZ2", 0x4017_C000),
    Instance("ROMC", 0x4018_0000),
    *_row("LPUART", 0x4018_4000, 8, 20, fifo_words=4),
    *_row("FLEXIO", 0x401A_C000, 2, 90),
    Instance("GPIO1", 0x401B_8000, interrupts=_GPIO1_LINES),
    Instance("GPIO2", 0x401B_C000, interrupts=_halves(2, 82)),
    Instance("GPIO3", 0x401C_0000, interrupts=_halves(3, 84)),
    Instance("GPIO4", 0x401C_4000, interrupts=_halves(4, 86)),
    *_row("CAN", 0x401D_0000, 2, 36),
    Instance("CAN3", 0x401D_8000, interrupts={"CAN3": 154}),
    *_row("TMR", 0x401D_C000, 4, 133),
    *_row("GPT", 0x401E_C000, 2, 100),
    Instance("OCOTP", 0x401F_4000),
    Instance("IOMUXC", 0x401F_8000),
    Instance("KPP", 0x401F_C000, interrupts={"KPP": 39}),
    # AIPS-3
    Instance("AIPSTZ3", 0x4027_C000),
    # FIFO words of FlexSPI are 64 bits; the numbers are those of the IP command FIFOs.
    Instance("FLEXSPI2", 0x402A_4000, interrupts={"FLEXSPI2": 107}, fifo_words=16),
    Instance("FLEXSPI", 0x402A_8000, interrupts={"FLEXSPI": 108}, fifo_words=16),
    Instance("PXP", 0x402B_4000, interrupts={"PXP": 44}),
    Instance("LCDIF", 0x402B_8000, interrupts={"LCDIF": 42}),
    Instance("CSI", 0x402B_C000, interrupts={"CSI": 43}),
    *_row("USDHC", 0x402C_0000, 2, 110),
    Instance("ENET2", 0x402D_4000, interrupts={"ENET2": 152, "ENET2_1588_TIMER": 153}),
    Instance("ENET", 0x402D_8000, interrupts={"ENET": 114, "ENET_1588_TIMER": 115}),
    # OTG1 at +0, OTG2 at +0x200, USBNC (non-core) at +0x800.
    Instance("USB", 0x402E_0000, interrupts={"USB_OTG1": 113, "USB_OTG2": 112}),
    Instance("SEMC", 0x402F_0000, interrupts={"SEMC": 109}),
    Instance("DCP", 0x402F_C000, interrupts={"DCP": 50, "DCP_VMI": 51}),
    # AIPS-4
    Instance("AIPSTZ4", 0x4037_C000),
    Instance("SPDIF", 0x4038_0000, interrupts={"SPDIF": 60}),
    *_row("SAI", 0x4038_4000, 2, 56),
    Instance("SAI3", 0x4038_C000, interrupts={"SAI3_RX": 58, "SAI3_TX": 59}),
    *_row("LPSPI", 0x4039_4000, 4, 32, fifo_words=16),
    Instance(
        "ADC_ETC",
        0x403B_0000,
        interrupts={f"ADC_ETC_IRQ{i}": 118 + i for i in range(3)} | {"ADC_ETC_ERROR_IRQ": 121},
    ),
    *_row("AOI", 0x403B_4000, 2),
    Instance("XBARA1", 0x403B_C000, interrupts={"XBAR1_IRQ_0_1": 116, "XBAR1_IRQ_2_3": 117}),
    Instance("XBARB2", 0x403C_0000),
    Instance("XBARB3", 0x403C_4000),
    *_row("ENC", 0x403C_8000, 4, 129),
    _pwm(1, 102),
    _pwm(2, 137),
    _pwm(3, 142),
    _pwm(4, 147),
    Instance("BEE", 0x403E_C000, interrupts={"BEE": 55}),
    *_row("LPI2C", 0x403F_0000, 4, 28, fifo_words=4),
    # Interconnect (NIC-301) and the core's private fast bus
    Instance("GPV", 0x4100_0000, 0x0080_0000),
    *(
        Instance(f"GPIO{6 + i}", 0x4200_0000 + SLOT * i, SLOT, {"GPIO6_7_8_9": 157})
        for i in range(4)
    ),
    Instance("FLEXIO3", 0x4202_0000, interrupts={"FLEXIO3": 156}),
    # The boot ROM, with the table of its API from +0x1C
    Instance("ROM", 0x0020_0000, 0x2_0000),
    # The core's private peripheral bus, without what every Cortex-M7 program needs (SCS, DWT)
    Instance("ITM", 0xE000_0000, 0x1000),
    Instance("FPB", 0xE000_2000, 0x1000),
    Instance("TPIU", 0xE004_0000, 0x1000),
    Instance("ETM", 0xE004_1000, 0x1000),
    Instance("CTI", 0xE004_2000, 0x1000),
    Instance("MCM", 0xE008_0000, 0x1000),
    Instance("ROM_TABLES", 0xE00F_D000, 0x3000),
]

BLOCKS: dict[str, Instance] = {
    block.name: block for block in sorted(_ALL, key=lambda one: one.base)
}
_ORDER = list(BLOCKS.values())
_BASES = [block.base for block in _ORDER]


def block_at(address: int) -> Instance | None:
    """The block whose window holds the address, None where the memory map has nothing."""
    i = bisect_right(_BASES, address) - 1
    return _ORDER[i] if i >= 0 and address < _ORDER[i].end else None
