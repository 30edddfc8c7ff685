"""NXP MIMXRT1060-EVK with an ArduCAM Mini 2MP Plus on its Arduino header.

MIMXRT1060-EVK schematic by way of the boards' public pin tables.
"""

from rt1062.boards.board import Board, CameraBus, Pin
from rt1062.boards.phy import KSZ8081
from rt1062.chip.memory_map import FLASH, KIB, SDRAM, Region

MIMXRT1060_EVK = Board(
    name="mimxrt1060-evk",
    title="NXP MIMXRT1060-EVK",
    flash=Region("FLASH", FLASH.base, 8192 * KIB),
    flash_part="IS25WP064",
    sdram=Region("SDRAM", SDRAM.base, 32 * 1024 * KIB),
    console="LPUART1",
    led=Pin(1, 9),  # D18, from the supply
    button=Pin(5, 0),  # SW8, to ground
    # Pad SD_B0_01 is LPSPI1_PCS0 in ALT4. The camera's board pulls its select up.
    camera=CameraBus(spi="LPSPI1", i2c="LPI2C1", select=Pin(3, 13), select_mode=4),
    wires={
        "LPUART1_TX": "GPIO_AD_B0_12",  # to the debug probe's serial port
        "LPUART1_RX": "GPIO_AD_B0_13",
        "LPSPI1_SCK": "GPIO_SD_B0_00",  # by R278 to R281 to the Arduino header
        "LPSPI1_SDO": "GPIO_SD_B0_02",
        "LPSPI1_SDI": "GPIO_SD_B0_03",
        "LPI2C1_SCL": "GPIO_AD_B1_00",
        "LPI2C1_SDA": "GPIO_AD_B1_01",
    },
    phy=KSZ8081,
)
