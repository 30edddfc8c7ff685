"""ENET: what a driver does until it finds that there is no link."""

import pytest

from rt1062.blocks.enet import Enet
from rt1062.boards.phy import KSZ8081
from tests.rt1062.blocks.rig import Rig

EIR, EIMR, RDAR, TDAR, ECR, MMFR, MSCR, TCR = 0x04, 0x08, 0x10, 0x14, 0x24, 0x40, 0x44, 0xC4
MII, GRA = 1 << 23, 1 << 28
RESET, ETHEREN = 1, 2
HZ = 150_000_000
SPEED = 29  # MDC of 2.5 MHz


class EnetRig(Rig):
    def __init__(self, phy=KSZ8081):
        super().__init__(HZ)
        self.told = []
        self.hold(Enet(self.scheduler, self.clock_hz, self.line(), phy)).diagnose = self.told.append
        self.write(MSCR, SPEED << 1)

    def mdio(self, operation: int, address: int, register: int, data: int = 0) -> int:
        """As ENET_MDIORead and Write: the frame, then a wait for EIR.MII."""
        self.write(EIR, MII)
        frame = 1 << 30 | operation << 28 | address << 23 | register << 18 | 2 << 16 | data
        self.write(MMFR, frame)
        self.wait_for(EIR, MII)
        return self.read(MMFR) & 0xFFFF


def test_the_phy_says_who_it_is_and_that_there_is_no_link():
    rig = EnetRig()
    assert (rig.mdio(2, 2, 2), rig.mdio(2, 2, 3)) == (0x0022, 0x1561)
    status = rig.mdio(2, 2, 1)
    assert status & 0x7824 == 0x7800  # speeds; neither link nor negotiated
    rig.mdio(1, 2, 0, 0x8000)
    assert rig.mdio(2, 2, 0) & 0x8000 == 0  # the reset is over


@pytest.mark.parametrize(("phy", "address"), [(KSZ8081, 3), (None, 2)])
def test_where_no_phy_is_all_bits_are_ones(phy, address):
    assert EnetRig(phy).mdio(2, address, 2) == 0xFFFF


def test_a_management_frame_takes_64_clocks_of_mdc():
    rig = EnetRig()
    begun = rig.seconds
    rig.mdio(2, 2, 2)
    assert rig.seconds - begun == pytest.approx(64 / 2.5e6, rel=0.001)


def test_without_mdc_no_frame_ends():
    rig = EnetRig()
    rig.write(MSCR, 0)
    rig.write(MMFR, 0x6000_0000)
    rig.pass_seconds(1)
    assert rig.read(EIR) & MII == 0


def test_a_reset_is_over_at_once_and_stops_what_was_going_on():
    rig = EnetRig()
    rig.write(MMFR, 0x6000_0000)
    rig.write(ECR, RESET)
    assert rig.read(ECR) == 0x7000_0000
    rig.pass_seconds(0.01)
    assert rig.read(EIR) == 0


def test_the_interrupt_is_the_flags_that_are_let_through():
    rig = EnetRig()
    rig.write(TCR, 1)  # graceful stop: nothing is being sent
    assert (rig.read(EIR), rig.irq) == (GRA, False)
    rig.write(EIMR, GRA)
    assert rig.irq
    rig.write(EIR, GRA)
    assert not rig.irq


def test_descriptors_are_looked_at_while_the_block_is_on_only_and_a_frame_is_told():
    rig = EnetRig()
    rig.write(TDAR, 1 << 24)
    rig.write(RDAR, 1 << 24)
    assert (rig.read(TDAR), rig.read(RDAR), rig.told) == (0, 0, [])
    rig.write(ECR, ETHEREN)
    rig.write(RDAR, 1 << 24)
    rig.write(TDAR, 1 << 24)
    assert (rig.read(TDAR), rig.read(RDAR)) == (1 << 24, 1 << 24)
    assert rig.told == ["TDAR: a frame to send, and no link: it is never sent"]
    rig.write(ECR, 0)
    assert (rig.read(TDAR), rig.read(RDAR)) == (0, 0)
