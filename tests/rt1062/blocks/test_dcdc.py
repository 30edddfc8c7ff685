"""DCDC: the voltage is not good while it moves."""

from rt1062.blocks.dcdc import SETTLE_TICKS, Dcdc
from rt1062.scheduler import Scheduler

REG0, REG3 = 0x0, 0xC
OK = 1 << 31


def test_the_voltage_settles_after_a_new_target():
    scheduler = Scheduler()
    dcdc = Dcdc(scheduler)
    assert dcdc.read(REG0) & OK
    dcdc.write(REG3, 4, dcdc.read(REG3) & ~0x1F | 0x13)
    assert dcdc.millivolts == 1275
    assert not dcdc.read(REG0) & OK
    assert dcdc.next_event_time() == SETTLE_TICKS
    scheduler.advance(SETTLE_TICKS)
    assert dcdc.read(REG0) & OK


def test_the_same_target_is_no_change():
    dcdc = Dcdc(Scheduler())
    dcdc.write(REG3, 4, dcdc.read(REG3) | 1 << 30)
    assert dcdc.read(REG0) & OK


def test_ok_is_not_writable():
    dcdc = Dcdc(Scheduler())
    dcdc.write(REG0, 4, 0)
    assert dcdc.read(REG0) == OK
