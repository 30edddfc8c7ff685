"""DCDC: the voltage is not good while it moves."""

import pytest

from rt1062.blocks.dcdc import SETTLE_TICKS, Dcdc

REG0, REG3 = 0x0, 0xC
OK = 1 << 31


@pytest.fixture
def rig(rig):
    rig.hold(Dcdc(rig.scheduler))
    return rig


def test_the_voltage_settles_after_a_new_target(rig):
    assert rig.read(REG0) & OK
    rig.write(REG3, rig.read(REG3) & ~0x1F | 0x13)
    assert rig.block.millivolts == 1275
    assert not rig.read(REG0) & OK
    assert rig.block.next_event_time() == SETTLE_TICKS
    rig.pass_time(SETTLE_TICKS)
    assert rig.read(REG0) & OK


def test_the_same_target_is_no_change(rig):
    rig.write(REG3, rig.read(REG3) | 1 << 30)
    assert rig.read(REG0) & OK


def test_ok_is_not_writable(rig):
    rig.write(REG0, 0)
    assert rig.read(REG0) == OK
