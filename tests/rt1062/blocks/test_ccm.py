"""CCM: what firmware sees while it changes clocks."""

import pytest

from rt1062.blocks.ccm import HANDSHAKE_TICKS, Ccm
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.rig import Rig

CACRR, CBCDR, CBCMR, CDHIPR, CISR, CIMR, CCGR1 = 0x10, 0x14, 0x18, 0x48, 0x58, 0x5C, 0x6C
COSC_READY = 1 << 6  # in CISR


class CcmRig(Rig):
    def __init__(self):
        super().__init__()
        self.hold(Ccm(self.scheduler, self.line("CCM_1"), self.line("CCM_2")))

    def change(self, register, bits):
        self.write(register, self.read(register) ^ bits)


@pytest.fixture
def rig():
    return CcmRig()


HANDSHAKES = [
    (CACRR, 0x7, 1 << 16, 1 << 26),  # ARM_PODF
    (CBCDR, 7 << 16, 1 << 0, 1 << 17),  # SEMC_PODF
    (CBCDR, 7 << 10, 1 << 1, 1 << 20),  # AHB_PODF
    (CBCDR, 1 << 25, 1 << 5, 1 << 22),  # PERIPH_CLK_SEL
    (CBCMR, 3 << 12, 1 << 3, 1 << 19),  # PERIPH_CLK2_SEL
]


@pytest.mark.parametrize(("register", "change", "busy", "loaded"), HANDSHAKES)
def test_a_handshake_is_busy_and_then_over(rig, register, change, busy, loaded):
    rig.change(register, change)
    assert (rig.read(CDHIPR), rig.read(CISR)) == (busy, 0)
    assert rig.block.next_event_time() == HANDSHAKE_TICKS
    rig.pass_time(HANDSHAKE_TICKS)
    assert (rig.read(CDHIPR), rig.read(CISR)) == (0, loaded)
    assert rig.block.next_event_time() == NEVER


def test_the_ipg_divider_needs_no_handshake(rig):
    rig.write(CBCDR, rig.read(CBCDR) | 3 << 8)
    assert rig.read(CDHIPR) == 0


def test_writing_the_same_divider_again_is_no_handshake(rig):
    rig.write(CACRR, rig.read(CACRR))
    assert rig.read(CDHIPR) == 0


def test_a_loaded_divider_interrupts_when_it_is_unmasked(rig):
    rig.write(CACRR, 3)
    rig.pass_time(HANDSHAKE_TICKS)
    assert rig.levels == {"CCM_1": False, "CCM_2": False}
    rig.write(CIMR, 0xFFFFFFFF & ~(1 << 26))
    assert rig.levels == {"CCM_1": True, "CCM_2": False}
    rig.write(CISR, 1 << 26)
    assert rig.levels == {"CCM_1": False, "CCM_2": False}
    assert rig.read(CISR) == 0


@pytest.mark.parametrize(("register", "change", "busy", "loaded"), HANDSHAKES)
def test_every_handshake_interrupts_by_ccm_1(rig, register, change, busy, loaded):
    rig.write(CIMR, 0)
    rig.change(register, change)
    rig.pass_time(HANDSHAKE_TICKS)
    assert rig.levels == {"CCM_1": True, "CCM_2": False}


def test_the_crystal_interrupts_by_ccm_2(rig):
    rig.block.value["CISR"] = COSC_READY
    rig.write(CIMR, 0xFFFFFFFF & ~COSC_READY)
    assert rig.levels == {"CCM_1": False, "CCM_2": True}


def test_each_change_of_a_root_is_told(rig):
    calls = []
    rig.block.listeners.append(lambda: calls.append(1))
    for offset in (0x0C, *range(0x10, 0x34, 4), 0x38, 0x3C):
        rig.write(offset, 0)
    assert len(calls) == 12
    rig.write(CCGR1, 0)
    assert len(calls) == 12


def test_gates_are_found_by_block(rig):
    ccm = rig.block
    assert ccm.gate("PIT") == 3
    rig.write(CCGR1, rig.read(CCGR1) & ~(3 << 12))
    assert ccm.gate("PIT") == 0
    assert ccm.gate("GPT1") == 3
    assert ccm.gate("SRC") == 3  # has no gate


def test_reset_brings_back_what_the_rom_leaves(rig):
    rig.write(CBCDR, 0)
    rig.block.reset(False)
    rig.pass_time(HANDSHAKE_TICKS)
    assert rig.read(CBCDR) == 0x000A8200
    assert rig.read(CISR) == 0
