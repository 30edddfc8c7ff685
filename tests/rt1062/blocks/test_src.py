"""SRC: causes of reset, masks, scratch registers."""

import pytest

from rt1062.blocks.src import (
    IPP_RESET_B,
    IPP_USER_RESET_B,
    LOCKUP_SYSRESETREQ,
    WDOG3_RST_B,
    WDOG_RST_B,
    Src,
)

SCR, SRSR, SBMR2, GPR1, GPR10 = 0x00, 0x08, 0x1C, 0x20, 0x44


@pytest.fixture
def src():
    return Src()


def test_causes_are_where_the_manual_has_them(src):
    assert (IPP_RESET_B, LOCKUP_SYSRESETREQ, IPP_USER_RESET_B) == (0x1, 0x2, 0x8)
    assert (WDOG_RST_B, WDOG3_RST_B) == (0x10, 0x80)


def test_power_on_is_the_first_cause(src):
    assert src.read(SRSR) == IPP_RESET_B
    assert src.read(SBMR2) >> 24 & 3 == 2


def test_causes_add_up_until_they_are_cleared(src):
    src.reset(False)
    src.caused(WDOG_RST_B)
    src.reset(False)
    src.caused(LOCKUP_SYSRESETREQ)
    assert src.read(SRSR) == IPP_RESET_B | WDOG_RST_B | LOCKUP_SYSRESETREQ
    src.write(SRSR, 4, IPP_RESET_B | WDOG_RST_B)
    assert src.read(SRSR) == LOCKUP_SYSRESETREQ


def test_power_on_forgets_older_causes(src):
    src.caused(WDOG3_RST_B)
    src.reset(True)
    src.caused(IPP_RESET_B)
    assert src.read(SRSR) == IPP_RESET_B


def test_scratch_registers_outlive_a_warm_reset_only(src):
    src.write(GPR1, 4, 0x1111)
    src.write(GPR10, 4, 0x2222)
    src.reset(False)
    assert (src.read(GPR1), src.read(GPR10)) == (0x1111, 0x2222)
    src.reset(True)
    assert (src.read(GPR1), src.read(GPR10)) == (0, 0)


def test_core0_rst_asks_for_a_reset_and_clears_itself():
    causes = []
    src = Src(causes.append)
    src.write(SCR, 4, src.read(SCR) | 1 << 13)
    assert causes == [LOCKUP_SYSRESETREQ]
    assert not src.read(SCR) & 1 << 13


def test_lockup_resets_only_if_asked(src):
    assert not src.resets_on_lockup
    src.write(SCR, 4, src.read(SCR) | 1 << 4)
    assert src.resets_on_lockup


@pytest.mark.parametrize(("cause", "lsb"), [(WDOG_RST_B, 7), (WDOG3_RST_B, 28)])
def test_a_watchdog_can_be_masked(src, cause, lsb):
    assert not src.masked(cause)
    src.write(SCR, 4, src.read(SCR) & ~(0xF << lsb) | 0b0101 << lsb)
    assert src.masked(cause)
    assert not src.masked(IPP_USER_RESET_B)
