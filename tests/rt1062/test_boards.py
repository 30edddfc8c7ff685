"""rt1062.boards: what a board says of itself fits the chip."""

import dataclasses

import pytest

from rt1062 import boards
from rt1062.boards.board import CameraBus, Pin
from rt1062.chip import memory_map
from rt1062.errors import SetupError

EVK = boards.find("mimxrt1060-evk")


def test_pins_are_on_the_pads_that_the_manual_names():
    assert str(EVK.led) == "GPIO1.9"
    assert EVK.led.pad == "GPIO_AD_B0_09"
    assert EVK.button.pad == "WAKEUP"
    assert EVK.camera.select.pad == "GPIO_SD_B0_01"


@pytest.mark.parametrize("board", boards.BOARDS.values(), ids=lambda one: one.name)
def test_memory_of_a_board_lies_in_the_chip_s_windows(board):
    for region, window in ((board.flash, memory_map.FLASH), (board.sdram, memory_map.SDRAM)):
        if region is not None:
            assert window.base <= region.base and region.end <= window.end


@pytest.mark.parametrize("place", [(1, 32), (6, 0), (3, 28)])
def test_a_pin_without_a_pad_is_refused(place):
    with pytest.raises(ValueError, match="pin must be on a pad of the chip, not GPIO"):
        Pin(*place)


def test_a_block_that_the_chip_has_not_is_refused():
    with pytest.raises(ValueError, match="console must be a block of the chip, not 'LPUART9'"):
        dataclasses.replace(EVK, console="LPUART9")
    with pytest.raises(ValueError, match="camera must be on a block of the chip, not 'LPSPI5'"):
        CameraBus("LPSPI5", "LPI2C1", Pin(3, 13))


def test_an_unknown_board_is_named_with_those_there_are():
    with pytest.raises(SetupError, match="board must be one of mimxrt1060-evk, not 'evk'"):
        boards.find("evk")
