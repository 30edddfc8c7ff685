"""GPC: wake-up masks are stored."""

from rt1062.blocks.gpc import Gpc


def test_masks_are_stored_and_status_is_not_writable():
    gpc = Gpc()
    for offset in (0x08, 0x0C, 0x10, 0x14, 0x34):
        gpc.write(offset, 4, 0xA5A5A5A5)
        assert gpc.read(offset) == 0xA5A5A5A5
    gpc.write(0x18, 4, 0xFFFFFFFF)
    assert gpc.read(0x18) == 0
    assert gpc.read(0x224) == 0xF01
