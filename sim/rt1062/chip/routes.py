"""Which pads can carry which signals of the serial blocks, and the inputs that have to be told.

RT1060 reference manual (IMXRT1060RM), chapter 10 External Signals and Pin Multiplexing, and chapter
11: SW_MUX_CTL_PAD registers (MUX_MODE) and SELECT_INPUT registers (DAISY). Typed as facts; NXP's
header for the MIMXRT1062 and Teensy's pin tables say the same. Pads that only the package knows
(SPI_B0, SPI_B1) are left out.
"""

from dataclasses import dataclass

# Signal, offset of its SELECT_INPUT register (- where it has none), then pad/MUX_MODE=DAISY.
_TABLE = """
LPUART1_TX      -   AD_B0_12/2
LPUART1_RX      -   AD_B0_13/2
LPUART1_CTS_B   -   AD_B0_14/2
LPUART1_RTS_B   -   AD_B0_15/2
LPUART2_TX      530 AD_B1_02/2=1 SD_B1_11/2=0
LPUART2_RX      52C AD_B1_03/2=1 SD_B1_10/2=0
LPUART2_CTS_B   -   AD_B1_00/2
LPUART2_RTS_B   -   AD_B1_01/2
LPUART3_TX      53C EMC_13/2=1 AD_B1_06/2=0 B0_08/3=2
LPUART3_RX      538 EMC_14/2=1 AD_B1_07/2=0 B0_09/3=2
LPUART3_CTS_B   534 EMC_15/2=0 AD_B1_04/2=1
LPUART3_RTS_B   -   EMC_16/2 AD_B1_05/2
LPUART4_TX      544 EMC_19/2=1 B1_00/2=2 SD_B1_00/4=0
LPUART4_RX      540 EMC_20/2=1 B1_01/2=2 SD_B1_01/4=0
LPUART4_CTS_B   -   EMC_17/2
LPUART4_RTS_B   -   EMC_18/2
LPUART5_TX      54C EMC_23/2=0 B1_12/1=1
LPUART5_RX      548 EMC_24/2=0 B1_13/1=1
LPUART5_CTS_B   -   EMC_28/2
LPUART5_RTS_B   -   EMC_27/2
LPUART6_TX      554 EMC_25/2=0 AD_B0_02/2=1
LPUART6_RX      550 EMC_26/2=0 AD_B0_03/2=1
LPUART6_CTS_B   -   EMC_30/2
LPUART6_RTS_B   -   EMC_29/2
LPUART7_TX      55C EMC_31/2=1 SD_B1_08/2=0
LPUART7_RX      558 EMC_32/2=1 SD_B1_09/2=0
LPUART7_CTS_B   -   SD_B1_06/2
LPUART7_RTS_B   -   SD_B1_07/2
LPUART8_TX      564 EMC_38/2=2 AD_B1_10/2=1 SD_B0_04/2=0
LPUART8_RX      560 EMC_39/2=2 AD_B1_11/2=1 SD_B0_05/2=0
LPUART8_CTS_B   -   SD_B0_02/2
LPUART8_RTS_B   -   SD_B0_03/2

LPSPI1_SCK      4F0 EMC_27/3=0 SD_B0_00/4=1
LPSPI1_SDO      4F8 EMC_28/3=0 SD_B0_02/4=1
LPSPI1_SDI      4F4 EMC_29/3=0 SD_B0_03/4=1
LPSPI1_PCS0     4EC EMC_30/3=1 SD_B0_01/4=0
LPSPI1_PCS1     -   EMC_31/3
LPSPI1_PCS2     -   EMC_40/2
LPSPI1_PCS3     -   EMC_41/2
LPSPI2_SCK      500 EMC_00/2=1 SD_B1_07/4=0
LPSPI2_SDO      508 EMC_02/2=1 SD_B1_08/4=0
LPSPI2_SDI      504 EMC_03/2=1 SD_B1_09/4=0
LPSPI2_PCS0     4FC EMC_01/2=1 SD_B1_06/4=0
LPSPI2_PCS1     -   EMC_14/4
LPSPI2_PCS2     -   SD_B1_10/4
LPSPI2_PCS3     -   SD_B1_11/4
LPSPI3_SCK      510 AD_B0_00/7=0 AD_B1_15/2=1
LPSPI3_SDO      518 AD_B0_01/7=0 AD_B1_14/2=1
LPSPI3_SDI      514 AD_B0_02/7=0 AD_B1_13/2=1
LPSPI3_PCS0     50C AD_B0_03/7=0 AD_B1_12/2=1
LPSPI3_PCS1     -   AD_B0_04/7
LPSPI3_PCS2     -   AD_B0_05/7
LPSPI3_PCS3     -   AD_B0_06/7
LPSPI4_SCK      520 B0_03/3=0 B1_07/1=1
LPSPI4_SDO      528 B0_02/3=0 B1_06/1=1
LPSPI4_SDI      524 B0_01/3=0 B1_05/1=1
LPSPI4_PCS0     51C B0_00/3=0 B1_04/1=1
LPSPI4_PCS1     -   B1_03/2
LPSPI4_PCS2     -   B1_02/2
LPSPI4_PCS3     -   B1_11/6

LPI2C1_SCL      4CC AD_B1_00/3=1 SD_B1_04/2=0
LPI2C1_SDA      4D0 AD_B1_01/3=1 SD_B1_05/2=0
LPI2C1_SCLS     -   AD_B0_00/4
LPI2C1_SDAS     -   AD_B0_01/4
LPI2C1_HREQ     -   AD_B0_02/6
LPI2C2_SCL      4D4 B0_04/2=1 SD_B1_11/3=0
LPI2C2_SDA      4D8 B0_05/2=1 SD_B1_10/3=0
LPI2C3_SCL      4DC EMC_22/2=0 AD_B1_07/1=2 SD_B0_00/2=1
LPI2C3_SDA      4E0 EMC_21/2=0 AD_B1_06/1=2 SD_B0_01/2=1
LPI2C4_SCL      4E4 EMC_12/2=0 AD_B0_12/0=1
LPI2C4_SDA      4E8 EMC_11/2=0 AD_B0_13/0=1

FLEXSPIA_SCLK   4C8 AD_B1_14/0=1 SD_B1_07/1=0
FLEXSPIA_SS0_B  -   AD_B1_15/0 SD_B1_06/1
FLEXSPIA_SS1_B  -   AD_B1_08/0 SD_B0_00/6 SD_B1_04/4
FLEXSPIA_DQS    4A4 AD_B1_09/0=1 SD_B1_05/1=0
FLEXSPIA_DATA00 4A8 AD_B1_13/0=1 SD_B1_08/1=0
FLEXSPIA_DATA01 4AC AD_B1_12/0=1 SD_B1_09/1=0
FLEXSPIA_DATA02 4B0 AD_B1_11/0=1 SD_B1_10/1=0
FLEXSPIA_DATA03 4B4 AD_B1_10/0=1 SD_B1_11/1=0
FLEXSPIB_SCLK   -   SD_B1_04/1
FLEXSPIB_SS0_B  -   SD_B0_04/4 SD_B1_05/4
FLEXSPIB_SS1_B  -   SD_B0_01/6
FLEXSPIB_DQS    -   SD_B0_05/4
FLEXSPIB_DATA00 4B8 AD_B1_07/0=1 SD_B1_03/1=0
FLEXSPIB_DATA01 4BC AD_B1_06/0=1 SD_B1_02/1=0
FLEXSPIB_DATA02 4C0 AD_B1_05/0=1 SD_B1_01/1=0
FLEXSPIB_DATA03 4C4 AD_B1_04/0=1 SD_B1_00/1=0
"""


@dataclass(frozen=True)
class Route:
    """One way of a signal: a pad, the MUX_MODE that connects it, and for an input with several
    pads the offset of its SELECT_INPUT register in IOMUXC and the DAISY value of this pad."""

    signal: str
    pad: str
    mode: int
    select: int | None = None
    daisy: int = 0


def _route(signal: str, select: str, place: str) -> Route:
    place, _, daisy = place.partition("=")
    pad, _, mode = place.partition("/")
    register = None if select == "-" else int(select, 16)
    return Route(signal, f"GPIO_{pad}", int(mode), register, int(daisy or "0"))


# Signal, as `LPUART1_TX`: the pads that it can be on.
ROUTES: dict[str, tuple[Route, ...]] = {
    signal: tuple(_route(signal, select, place) for place in places)
    for signal, select, *places in (line.split() for line in _TABLE.splitlines() if line)
}
