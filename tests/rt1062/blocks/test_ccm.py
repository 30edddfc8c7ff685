"""CCM: what firmware sees while it changes clocks."""

import pytest

from rt1062.blocks.ccm import HANDSHAKE_TICKS, Ccm
from rt1062.scheduler import NEVER, Scheduler

CACRR, CBCDR, CBCMR, CDHIPR, CLPCR, CISR, CIMR, CCGR1 = (
    0x10,
    0x14,
    0x18,
    0x48,
    0x54,
    0x58,
    0x5C,
    0x6C,
)


@pytest.fixture
def scheduler():
    return Scheduler()


@pytest.fixture
def ccm(scheduler):
    return Ccm(scheduler)


@pytest.mark.parametrize(
    ("register", "change", "busy"),
    [
        (CACRR, 0x7, 1 << 16),  # ARM_PODF
        (CBCDR, 7 << 16, 1 << 0),  # SEMC_PODF
        (CBCDR, 7 << 10, 1 << 1),  # AHB_PODF
        (CBCDR, 1 << 25, 1 << 5),  # PERIPH_CLK_SEL
        (CBCMR, 3 << 12, 1 << 3),  # PERIPH_CLK2_SEL
    ],
)
def test_a_handshake_is_busy_and_then_over(ccm, scheduler, register, change, busy):
    ccm.write(register, 4, ccm.read(register) ^ change)
    assert ccm.read(CDHIPR) == busy
    assert ccm.next_event_time() == HANDSHAKE_TICKS
    scheduler.advance(HANDSHAKE_TICKS)
    assert ccm.read(CDHIPR) == 0
    assert ccm.next_event_time() == NEVER


def test_the_ipg_divider_needs_no_handshake(ccm):
    ccm.write(CBCDR, 4, ccm.read(CBCDR) | 3 << 8)
    assert ccm.read(CDHIPR) == 0


def test_writing_the_same_divider_again_is_no_handshake(ccm):
    ccm.write(CACRR, 4, ccm.read(CACRR))
    assert ccm.read(CDHIPR) == 0


def test_a_loaded_divider_interrupts_when_it_is_unmasked(scheduler):
    levels = []
    ccm = Ccm(scheduler, irq=levels.append)
    ccm.write(CACRR, 4, 3)
    scheduler.advance(HANDSHAKE_TICKS)
    assert levels[-1] is False
    ccm.write(CIMR, 4, 0xFFFFFFFF & ~(1 << 26))
    assert levels[-1] is True
    ccm.write(CISR, 4, 1 << 26)
    assert levels[-1] is False
    assert ccm.read(CISR) == 0


def test_gates_are_found_by_block(ccm):
    assert ccm.gate("PIT") == 3
    ccm.write(CCGR1, 4, ccm.read(CCGR1) & ~(3 << 12))
    assert ccm.gate("PIT") == 0
    assert ccm.gate("GPT1") == 3
    assert ccm.gate("SRC") == 3  # has no gate


def test_wfi_means_wait_mode_until_firmware_says_otherwise(ccm):
    assert ccm.low_power_mode == 1
    ccm.write(CLPCR, 4, ccm.read(CLPCR) & ~3)
    assert ccm.low_power_mode == 0


def test_reset_brings_back_what_the_rom_leaves(ccm, scheduler):
    ccm.write(CBCDR, 4, 0)
    ccm.reset(False)
    scheduler.advance(HANDSHAKE_TICKS)
    assert ccm.read(CBCDR) == 0x000A8200
    assert ccm.read(CISR) == 0
