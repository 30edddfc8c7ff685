"""DWT by itself: the cycle counter and who switches it."""

import pytest

from rt1062.unicorn.dwt import Dwt
from tests.rt1062.blocks.rig import Rig

CTRL, CYCCNT = 0x000, 0x004


class DwtRig(Rig):
    def __init__(self):
        super().__init__(hz=600_000_000)
        self.traced = True
        self.hold(Dwt(self.scheduler, self.clock_hz, lambda: self.traced, lambda: 0))


@pytest.fixture
def rig():
    return DwtRig()


def test_four_comparators_and_only_what_can_be_switched_is_written(rig):
    assert rig.read(CTRL) == 0x4000_0000
    rig.write(CTRL, 0xFFFF_FFFF)
    assert rig.read(CTRL) == 0x407F_1FFF


def test_it_counts_while_its_own_bit_is_set(rig):
    rig.write(CTRL, 0xFFFF_FFFE)
    rig.pass_time(100)
    assert rig.read(CYCCNT) == 0
    rig.write(CTRL, 1)
    rig.pass_time(100)
    assert rig.read(CYCCNT) == 100
    rig.write(CTRL, 0)
    rig.pass_time(100)
    assert rig.read(CYCCNT) == 100


def test_it_needs_the_trace_and_follows_the_clock(rig):
    rig.traced = False
    rig.write(CTRL, 1)
    rig.pass_time(100)
    assert rig.read(CYCCNT) == 0
    rig.block.settle()
    rig.traced = True
    rig.hz = 300_000_000
    rig.block.settle()
    rig.write(CYCCNT, 1000)
    rig.pass_time(100)
    assert rig.read(CYCCNT) == 1050


def test_it_wraps_at_32_bits(rig):
    rig.write(CTRL, 1)
    rig.write(CYCCNT, 0xFFFF_FFFF)
    rig.pass_time(2)
    assert rig.read(CYCCNT) == 1
