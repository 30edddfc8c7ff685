"""The pads of the i.MX RT1062 in register order (RT1060 reference manual, chapter IOMUXC).

SPI_B0 and SPI_B1 lie inside the package only: nothing is bonded to them on the RT1062.
"""


def _group(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"GPIO_{name}_{i:02}" for i in range(count))


PADS = (
    *_group("EMC", 42),
    *_group("AD_B0", 16),
    *_group("AD_B1", 16),
    *_group("B0", 16),
    *_group("B1", 16),
    *_group("SD_B0", 6),
    *_group("SD_B1", 12),
)
INTERNAL_PADS = (*_group("SPI_B0", 14), *_group("SPI_B1", 8))

# (port, pin) of the GPIO that each pad is with MUX_MODE 5; GPIO6 to 9 are on those of 1 to 4.
GPIO_MODE = 5
GPIO_OF = {
    **{pad: (1, i) for i, pad in enumerate((*_group("AD_B0", 16), *_group("AD_B1", 16)))},
    **{pad: (2, i) for i, pad in enumerate((*_group("B0", 16), *_group("B1", 16)))},
    **{pad: (3, i) for i, pad in enumerate((*_group("SD_B1", 12), *_group("SD_B0", 6)))},
    **{pad: (3, i - 14) for i, pad in enumerate(_group("EMC", 42)) if i >= 32},
    **{pad: (4, i) for i, pad in enumerate(_group("EMC", 32))},
    **{pad: (5, i) for i, pad in enumerate(("WAKEUP", "PMIC_ON_REQ", "PMIC_STBY_REQ"))},
}

# Register offsets in IOMUXC: first mux control, first pad control of each list.
PADS_MUX, PADS_CTL = 0x014, 0x204
INTERNAL_MUX, INTERNAL_CTL = 0x65C, 0x6B4
# First input select of each of their two rows, and how many there are.
SELECT_INPUT, SELECT_INPUTS = 0x3F4, 154
SELECT_INPUT_1, SELECT_INPUTS_1 = 0x70C, 33

MUX_RESET, CTL_RESET = 0x0000_0005, 0x0000_10B0  # GPIO; keeper on, drive R0/6
# JTAG and boot pins come up otherwise.
MUX_RESETS = {f"GPIO_AD_B0_{i:02}": 0 for i in range(4, 12)} | {
    "GPIO_SPI_B0_00": 0,
    "GPIO_SPI_B0_13": 0,
    "GPIO_SPI_B1_07": 0,
}
CTL_RESETS = {
    "GPIO_EMC_27": 0x30B0,
    "GPIO_AD_B0_04": 0x30B0,
    "GPIO_AD_B0_05": 0x30B0,
    "GPIO_AD_B0_06": 0x70A0,
    "GPIO_AD_B0_07": 0x70A0,
    "GPIO_AD_B0_08": 0xB0A0,
    "GPIO_AD_B0_09": 0x70A0,
    "GPIO_AD_B0_10": 0x90B1,
    "GPIO_AD_B0_11": 0x70A0,
}
