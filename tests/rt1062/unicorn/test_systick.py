"""SysTick by itself: the ARMv7-M Architecture Reference Manual's four registers."""

import pytest

from rt1062.unicorn.systick import SysTick
from tests.rt1062.blocks.rig import Rig

CSR, RVR, CVR, CALIB = 0x10, 0x14, 0x18, 0x1C
ENABLE, TICKINT, CLKSOURCE, COUNTFLAG = 1, 2, 4, 1 << 16


class SysTickRig(Rig):
    def __init__(self):
        super().__init__(hz=600_000_000)
        self.pended = 0
        self.hold(SysTick(self.scheduler, self.clock_hz, self.pend))

    def pend(self):
        self.pended += 1


@pytest.fixture
def rig():
    return SysTickRig()


def test_after_reset(rig):
    rig.block.reset()
    assert [rig.read(one) for one in (CSR, RVR, CVR)] == [0, 0, 0]
    assert rig.read(CALIB) & 0xFF_FFFF == 1000  # 10 ms of the external 100 kHz
    assert not rig.read(CALIB) >> 30


def test_registers_keep_24_bits_and_three_switches(rig):
    rig.write(RVR, 0xFFFF_FFFF)
    assert rig.read(RVR) == 0xFF_FFFF
    rig.write(CSR, 0xFFFF_FFFF & ~ENABLE)
    assert rig.read(CSR) == TICKINT | CLKSOURCE


@pytest.mark.parametrize(("switches", "pended"), [(ENABLE | CLKSOURCE, 0), (7, 1)])
def test_it_counts_down_and_interrupts_if_asked_to(rig, switches, pended):
    rig.write(RVR, 99)
    rig.write(CVR, 0xFFFF)  # any write clears
    rig.write(CSR, switches)
    rig.pass_time(50)
    assert rig.read(CVR) == 50
    assert not rig.read(CSR) & COUNTFLAG
    rig.pass_time(50)
    assert rig.pended == pended
    assert rig.read(CSR) == switches | COUNTFLAG
    assert rig.read(CSR) == switches  # cleared by reading


def test_the_external_clock_has_100_khz_whatever_the_core_has(rig):
    rig.write(RVR, 9)
    rig.write(CSR, ENABLE | TICKINT)
    rig.hz = 24_000_000
    rig.block.clock_changed()
    rig.pass_seconds(100e-6)
    assert rig.pended == 1


def test_a_new_core_clock_counts_on_from_there(rig):
    rig.write(RVR, 999)
    rig.write(CSR, ENABLE | CLKSOURCE)
    rig.pass_time(400)
    rig.hz = 300_000_000
    rig.block.clock_changed()
    rig.pass_time(400)
    assert rig.read(CVR) == 400


def test_without_enable_it_stands_still(rig):
    rig.write(RVR, 9)
    rig.write(CSR, TICKINT | CLKSOURCE)
    rig.pass_time(1000)
    assert (rig.pended, rig.read(CVR)) == (0, 0)
