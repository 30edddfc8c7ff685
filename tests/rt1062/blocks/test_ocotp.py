"""OCOTP: identity by shadow registers and by reading fuses, as the SDK and Teensy do."""

import pytest

from rt1062.blocks.ocotp import MAC, UNIQUE_ID, Ocotp

CTRL, DATA, READ_CTRL, READ_FUSE_DATA = 0x00, 0x20, 0x30, 0x40
CTRL_SET, CTRL_CLR = 0x04, 0x08
CFG0, CFG1, MAC0, MAC1, GP1, GP43 = 0x410, 0x420, 0x620, 0x630, 0x660, 0x8F0


@pytest.fixture
def ocotp(rig):
    rig.hold(Ocotp())
    return rig


def read_fuse(ocotp, address):
    """OCOTP_ReadFuseShadowRegister of the SDK."""
    ocotp.write(CTRL_CLR, 0x3F)
    ocotp.write(CTRL_SET, address)
    ocotp.write(READ_CTRL, 1)
    assert not ocotp.read(CTRL) & 0x300
    return ocotp.read(READ_FUSE_DATA)


def test_the_unique_id_and_the_mac_address_are_in_the_shadows(ocotp):
    assert ocotp.read(CFG1) << 32 | ocotp.read(CFG0) == UNIQUE_ID
    assert ocotp.read(MAC1) << 32 | ocotp.read(MAC0) == MAC


def test_fuses_are_read_by_bank_and_word(ocotp):
    assert read_fuse(ocotp, 0x01) == UNIQUE_ID & 0xFFFFFFFF
    assert read_fuse(ocotp, 0x02) == UNIQUE_ID >> 32
    assert read_fuse(ocotp, 0x22) == MAC & 0xFFFFFFFF
    assert [read_fuse(ocotp, one) for one in (0x10, 0x2F, 0x30, 0x3F)] == [0, 0, 0, 0]


def test_nothing_is_read_without_being_asked(ocotp):
    ocotp.write(CTRL_SET, 1)
    ocotp.write(READ_CTRL, 2)
    assert (ocotp.read(READ_FUSE_DATA), ocotp.read(READ_CTRL)) == (0, 0)


def test_a_shadow_can_be_overridden_until_it_is_reloaded(ocotp):
    ocotp.write(GP1, 0x1234)
    ocotp.write(CFG0, 0)
    assert (ocotp.read(GP1), ocotp.read(CFG0)) == (0x1234, 0)
    assert read_fuse(ocotp, 0x01) == UNIQUE_ID & 0xFFFFFFFF
    ocotp.write(CTRL_SET, 1 << 10)
    assert not ocotp.read(CTRL) & 1 << 10
    assert (ocotp.read(GP1), ocotp.read(CFG0)) == (0, UNIQUE_ID & 0xFFFFFFFF)


def test_blowing_a_fuse_is_an_error_that_can_be_cleared(ocotp):
    ocotp.write(CTRL_SET, 0x3E77 << 16 | 0x26)
    ocotp.write(DATA, 1)
    assert ocotp.read(CTRL) & 1 << 9
    assert ocotp.read(GP1) == 0
    ocotp.write(CTRL_CLR, 1 << 9)
    assert not ocotp.read(CTRL) & 1 << 9


def test_without_the_key_nothing_is_blown_and_nothing_complains(ocotp):
    ocotp.write(CTRL_SET, 0x1111 << 16)
    ocotp.write(DATA, 1)
    assert not ocotp.read(CTRL) & 1 << 9


def test_every_bank_is_there(ocotp):
    unknown = []
    ocotp.block.unmodelled = lambda kind, offset, value: unknown.append(offset)
    for offset in (*range(0x400, 0x700, 0x10), *range(0x800, 0x900, 0x10)):
        ocotp.read(offset)
    assert unknown == []
    assert ocotp.read(GP43) == 0
