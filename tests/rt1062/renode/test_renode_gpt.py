"""GPT1 on a real Renode, beside the block of the other emulator."""

import pytest

from rt1062.chip.clock import TICKS_PER_MICROSECOND
from tests.rt1062.blocks.test_gpt import GptRig
from tests.rt1062.renode.real import Chip

pytest_plugins = "tests.rt1062.renode.fixtures"

CR, PR, SR, IR, OCR1, OCR2, CNT = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x24
FROM_PERCLK, FROM_32K, FREE, FROM_ZERO, ON = 1 << 6, 4 << 6, 1 << 9, 1 << 1, 1


class Both:
    """What is done to one is done to the other, and they must look the same."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self.rig = GptRig()

    def write(self, *pairs: tuple[int, int]) -> None:
        for offset, value in pairs:
            self.chip.write("gpt1", offset, value)
            self.rig.write(offset, value)

    def wait_us(self, microseconds: int) -> None:
        self.chip.wait_us(microseconds)
        self.rig.pass_time(microseconds * TICKS_PER_MICROSECOND)

    def look(self) -> tuple[int, int, int, bool]:
        found = [self.rig.read(offset) for offset in (CNT, SR, CR)]
        assert [self.chip.read("gpt1", offset) for offset in (CNT, SR, CR)] == found
        assert self.chip.line("gpt1", "IRQ") == self.rig.irq
        return *found, self.rig.irq


@pytest.fixture
def both(chip) -> Both:
    return Both(chip)


def test_it_counts_32_khz_past_its_compare_and_interrupts_there(both):
    both.write((CR, FROM_32K | FREE | FROM_ZERO), (OCR1, 327), (IR, 1))
    both.write((CR, FROM_32K | FREE | FROM_ZERO | ON))
    both.wait_us(9_900)
    assert both.look() == (324, 0, FROM_32K | FREE | FROM_ZERO | ON, False)
    both.wait_us(200)
    assert both.look()[:2] == (330, 1)
    assert both.rig.irq
    both.write((SR, 1))
    assert both.look()[1] == 0
    assert not both.rig.irq


def test_it_restarts_at_its_compare(both):
    both.write((PR, 5), (OCR1, 3999), (OCR2, 100), (CR, FROM_PERCLK | ON))
    both.wait_us(1500)  # 4 MHz: a period is 1 ms
    count, status, *_ = both.look()
    assert count == 2000
    assert status == 0b11


def test_it_stands_still_while_it_is_off(both):
    both.write((CR, FROM_32K | FREE | ON))
    both.wait_us(1000)
    both.write((CR, FROM_32K | FREE))
    both.wait_us(1000)
    assert both.look()[0] == 32
    both.write((CR, FROM_32K | FREE | ON))
    both.wait_us(1000)
    assert both.look()[0] == 64
    both.write((CR, 1 << 15))
    assert both.look()[0] == 0
