"""The chip's wiring: a mistake in it is an error when the machine is made."""

import pytest

from rt1062 import boards
from rt1062.blocks.gpc import Gpc
from rt1062.chip.block_table import BLOCKS
from rt1062.unicorn.hardware import Hardware


@pytest.fixture(scope="module")
def chip():
    return Hardware(boards.DEFAULT).chip


def test_a_block_that_the_chip_has_not_is_refused(chip):
    with pytest.raises(KeyError, match="LCDFI"):
        chip._add("LCDFI", Gpc())
    assert "LCDFI" not in chip.blocks


def test_every_window_of_the_chip_is_on_the_bus_once(chip):
    # The four comparators, of 8 bytes each, share one slot.
    wanted = {(one.base, one.end) for one in BLOCKS.values() if not one.size % 1024}
    wanted.add((0x4009_4000, 0x4009_8000))
    private = {(0xE000_E000, 0xE000_F000), (0xE000_1000, 0xE000_2000)}
    assert sorted(chip.processor.bus.windows) == sorted(wanted | private)
