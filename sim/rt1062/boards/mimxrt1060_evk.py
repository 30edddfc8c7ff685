"""NXP MIMXRT1060-EVK with an ArduCAM Mini 2MP Plus on its Arduino header.

MIMXRT1060-EVK schematic by way of the boards' public pin tables.
"""

from rt1062.boards.board import Board, CameraBus, Pin
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
)
