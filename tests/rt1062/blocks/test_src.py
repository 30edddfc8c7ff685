"""SRC: causes of reset, masks, scratch registers."""

import pytest

from rt1062.blocks.src import SRSR as CAUSES
from rt1062.blocks.src import Src
from tests.rt1062.blocks.rig import Rig

SCR, SRSR, SBMR2, GPR1, GPR10 = 0x00, 0x08, 0x1C, 0x20, 0x44
IPP_RESET_B, LOCKUP_SYSRESETREQ, IPP_USER_RESET_B = 1 << 0, 1 << 1, 1 << 3
WDOG_RST_B, WDOG3_RST_B = 1 << 4, 1 << 7


class SrcRig(Rig):
    def __init__(self):
        super().__init__()
        self.causes = []
        self.hold(Src(self.causes.append))


@pytest.fixture
def rig():
    return SrcRig()


def test_causes_are_where_the_manual_has_them():
    names = ("IPP_RESET_B", "LOCKUP_SYSRESETREQ", "IPP_USER_RESET_B", "WDOG_RST_B", "WDOG3_RST_B")
    assert [getattr(CAUSES, name) for name in names] == [0x1, 0x2, 0x8, 0x10, 0x80]


def test_power_on_is_the_first_cause(rig):
    assert rig.read(SRSR) == IPP_RESET_B
    assert rig.read(SBMR2) >> 24 & 3 == 2


def test_causes_add_up_until_they_are_cleared(rig):
    rig.block.reset(False)
    rig.block.caused(WDOG_RST_B)
    rig.block.reset(False)
    rig.block.caused(LOCKUP_SYSRESETREQ)
    assert rig.read(SRSR) == IPP_RESET_B | WDOG_RST_B | LOCKUP_SYSRESETREQ
    rig.write(SRSR, IPP_RESET_B | WDOG_RST_B)
    assert rig.read(SRSR) == LOCKUP_SYSRESETREQ


def test_power_on_forgets_older_causes(rig):
    rig.block.caused(WDOG3_RST_B)
    rig.block.reset(True)
    rig.block.caused(IPP_RESET_B)
    assert rig.read(SRSR) == IPP_RESET_B


def test_scratch_registers_outlive_a_warm_reset_only(rig):
    rig.write(GPR1, 0x1111)
    rig.write(GPR10, 0x2222)
    rig.block.reset(False)
    assert (rig.read(GPR1), rig.read(GPR10)) == (0x1111, 0x2222)
    rig.block.reset(True)
    assert (rig.read(GPR1), rig.read(GPR10)) == (0, 0)


@pytest.mark.parametrize(("bit", "causes"), [(13, [LOCKUP_SYSRESETREQ]), (17, [])])
def test_core0_rst_asks_for_a_reset_and_both_resets_clear_themselves(rig, bit, causes):
    rig.write(SCR, rig.read(SCR) | 1 << bit)
    assert rig.causes == causes
    assert not rig.read(SCR) & 1 << bit


@pytest.mark.parametrize(("cause", "lsb"), [(WDOG_RST_B, 7), (WDOG3_RST_B, 28)])
def test_a_watchdog_can_be_masked(rig, cause, lsb):
    assert not rig.block.masked(cause)
    rig.write(SCR, rig.read(SCR) & ~(0xF << lsb) | 0b0101 << lsb)
    assert rig.block.masked(cause)
    assert not rig.block.masked(IPP_USER_RESET_B)
