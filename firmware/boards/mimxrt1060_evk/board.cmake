# MIMXRT1060-EVK with an ArduCAM Mini 2MP Plus: what of the firmware is about this board.
set(BOARD_SOURCES board.cc flash.cc memory_protection.cc pins.cc sdram.cc vectors.cc)
set(BOARD_SDRAM_SCRIPT sdram.ld)
