"""PJRC Teensy 4.0, 4.1 and MicroMod, with an ArduCAM Mini 2MP Plus on the SPI and I2C of pins 10-13
and 18-19, where one is wired.

Teensy core library, `teensy4` (pins, boot data), and PJRC's pin cards. Serial1 is the console: USB
is not modelled. The LED's pin is SCK of that SPI, on the board as here.
"""

from dataclasses import replace

from rt1062.boards.board import Board, CameraBus, Pin
from rt1062.boards.phy import DP83825I
from rt1062.chip.memory_map import FLASH, FLEXSPI2, KIB, Region

TEENSY41 = Board(
    name="teensy41",
    title="PJRC Teensy 4.1",
    flash=Region("FLASH", FLASH.base, 8192 * KIB),
    flash_part="W25Q64JV",
    sdram=None,
    console="LPUART6",  # Serial1, pins 0 and 1
    led=Pin(2, 3, idle=False),  # pin 13, lit when high
    button=None,
    camera=CameraBus(spi="LPSPI4", i2c="LPI2C1", select=Pin(2, 0), select_mode=3),  # pin 10
    pins={
        "0": Pin(1, 3),
        "1": Pin(1, 2),
        "10": Pin(2, 0),
        "11": Pin(2, 2),
        "12": Pin(2, 1),
        "13": Pin(2, 3),
        "18": Pin(1, 17),
        "19": Pin(1, 16),
    },
    wires={
        "LPUART6_TX": "GPIO_AD_B0_02",  # pins 1 and 0
        "LPUART6_RX": "GPIO_AD_B0_03",
        "LPSPI4_SCK": "GPIO_B0_03",  # pins 13, 11, 12
        "LPSPI4_SDO": "GPIO_B0_02",
        "LPSPI4_SDI": "GPIO_B0_01",
        "LPI2C1_SCL": "GPIO_AD_B1_00",  # pins 19 and 18
        "LPI2C1_SDA": "GPIO_AD_B1_01",
    },
    phy=DP83825I,
    psram=Region("PSRAM", FLEXSPI2.base, 8192 * KIB),  # one of two places is populated
)
TEENSY40 = replace(
    TEENSY41,
    name="teensy40",
    title="PJRC Teensy 4.0",
    flash=Region("FLASH", FLASH.base, 2048 * KIB),
    flash_part="W25Q16JV",
    phy=None,
    psram=None,
)
TEENSY_MICROMOD = replace(
    TEENSY41,
    name="teensy-micromod",
    title="SparkFun MicroMod Teensy",
    flash=Region("FLASH", FLASH.base, 16384 * KIB),
    flash_part="W25Q128JV",
    phy=None,
    psram=None,
)
