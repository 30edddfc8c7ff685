"""USDHC: what a driver does until it finds that there is no card."""

import pytest

from rt1062.blocks.usdhc import Usdhc
from tests.rt1062.blocks.rig import Rig

CMD_XFR_TYP, PRES_STATE, SYS_CTRL, INT_STATUS, STATUS_EN, SIGNAL_EN, FORCE = (
    0x0C, 0x24, 0x2C, 0x30, 0x34, 0x38, 0x50,
)  # fmt: skip
CC, CTOE = 1 << 0, 1 << 16
RSTA, RSTC, RSTD, INITA = 1 << 24, 1 << 25, 1 << 26, 1 << 27
CIHB, SDSTB, CINST = 1 << 0, 1 << 3, 1 << 16
HZ = 198_000_000
SLOW = 0x80 << 8 | 1 << 4  # SDCLKFS and DVS: by 256 and 2, 387 kHz


@pytest.fixture
def rig():
    rig = Rig(HZ)
    rig.hold(Usdhc(rig.scheduler, rig.clock_hz, rig.line()))
    rig.write(SYS_CTRL, RSTA)
    rig.write(SYS_CTRL, 0xE_000F | SLOW)
    rig.write(STATUS_EN, 0xFFFF_FFFF)
    return rig


def command(rig: Rig, index: int, response: int) -> int:
    """Send it and wait for its end, as drivers do; the flags."""
    rig.write(INT_STATUS, 0xFFFF_FFFF)
    rig.write(CMD_XFR_TYP, index << 24 | response << 16)
    assert rig.read(PRES_STATE) & CIHB
    rig.wait_for(INT_STATUS, CC | CTOE)
    assert not rig.read(PRES_STATE) & CIHB
    return rig.read(INT_STATUS) & (CC | CTOE)


def test_no_card_is_in_the_slot_and_the_clock_is_stable(rig):
    assert rig.read(PRES_STATE) & (CINST | SDSTB) == SDSTB
    assert rig.read(PRES_STATE) >> 23 == 0x1FF  # the lines are pulled up


def test_a_command_without_response_is_complete_and_one_with_times_out(rig):
    assert command(rig, 0, 0) == CC
    begun = rig.seconds
    assert command(rig, 8, 2) == CTOE
    assert rig.seconds - begun == pytest.approx((48 + 64) * 512 / HZ, rel=0.001)


def test_resets_and_the_80_clocks_before_the_first_command_end(rig):
    rig.write(SYS_CTRL, rig.read(SYS_CTRL) | INITA)
    assert rig.read(SYS_CTRL) & INITA
    begun = rig.seconds
    rig.pass_time(rig.block.next_event_time() - rig.now)
    assert not rig.read(SYS_CTRL) & INITA
    assert rig.seconds - begun == pytest.approx(80 * 512 / HZ, rel=0.001)
    rig.write(SYS_CTRL, rig.read(SYS_CTRL) | RSTC | RSTD)
    assert not rig.read(SYS_CTRL) & (RSTC | RSTD)
    rig.write(SYS_CTRL, RSTA)
    assert rig.read(SYS_CTRL) == 0x8080_800F


def test_a_reset_of_the_command_line_takes_a_command_back(rig):
    rig.write(CMD_XFR_TYP, 8 << 24 | 2 << 16)
    rig.write(SYS_CTRL, rig.read(SYS_CTRL) | RSTC)
    rig.pass_seconds(0.01)
    assert rig.read(INT_STATUS) == 0


def test_flags_are_set_where_enabled_and_raise_the_line_where_signalled(rig):
    rig.write(SIGNAL_EN, CTOE)
    assert command(rig, 0, 0) == CC
    assert not rig.irq
    command(rig, 8, 2)
    assert rig.irq
    rig.write(INT_STATUS, CTOE)
    assert not rig.irq
    rig.write(STATUS_EN, 0)
    rig.write(FORCE, CTOE)
    assert rig.read(INT_STATUS) == 0
    rig.write(STATUS_EN, CTOE)
    rig.write(FORCE, CTOE)
    assert (rig.read(INT_STATUS), rig.read(FORCE), rig.irq) == (CTOE, 0, True)
