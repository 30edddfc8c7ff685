"""GPC: wake-up masks are stored."""

from rt1062.blocks.gpc import Gpc


def test_masks_are_stored_and_status_is_not_writable(rig):
    rig.hold(Gpc())
    for offset in (0x08, 0x0C, 0x10, 0x14, 0x34):
        rig.write(offset, 0xA5A5A5A5)
        assert rig.read(offset) == 0xA5A5A5A5
    rig.write(0x18, 0xFFFFFFFF)
    assert rig.read(0x18) == 0
    assert rig.read(0x224) == 0xF01
