"""PIT: periods, chaining, lifetime timer."""

import pytest

from rt1062.blocks.pit import Pit
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.clock_rig import PERIOD_24M, ClockRig

MCR, LTMR64H, LTMR64L = 0x00, 0xE0, 0xE4
TEN, TIE, CHN = 1, 2, 4


def ldval(channel):
    return 0x100 + 0x10 * channel


def cval(channel):
    return 0x104 + 0x10 * channel


def tctrl(channel):
    return 0x108 + 0x10 * channel


def tflg(channel):
    return 0x10C + 0x10 * channel


class PitRig(ClockRig):
    def __init__(self):
        super().__init__()
        self.hold(Pit(self.scheduler, self.clocks, self.line()))
        self.write(MCR, 0)

    @property
    def changes(self):
        """(periods of the crystal, level) of the interrupt line."""
        return [(ticks // PERIOD_24M, level) for ticks, _, level in self.edges]


@pytest.fixture
def rig():
    return PitRig()


def test_a_channel_counts_down_and_starts_over(rig):
    rig.write(ldval(0), 9)
    rig.write(tctrl(0), TEN)
    assert rig.read(cval(0)) == 9
    rig.periods(9)
    assert (rig.read(cval(0)), rig.read(tflg(0))) == (0, 0)
    rig.periods(1)
    assert (rig.read(cval(0)), rig.read(tflg(0))) == (9, 1)
    rig.periods(15)
    assert rig.read(cval(0)) == 4


def test_the_interrupt_has_the_period_of_ldval_plus_one(rig):
    rig.write(ldval(1), 23_999)
    rig.write(tctrl(1), TEN | TIE)
    for _ in range(3):
        rig.periods(24_000)
        assert rig.irq
        rig.write(tflg(1), 1)
        assert not rig.irq
    assert [when for when, level in rig.changes if level] == [24_000, 48_000, 72_000]


def test_the_module_is_off_after_reset(rig):
    rig.block.reset()
    rig.write(ldval(0), 9)
    rig.write(tctrl(0), TEN | TIE)
    rig.periods(100)
    assert (rig.read(cval(0)), rig.read(tflg(0))) == (9, 0)
    rig.write(MCR, 0)
    rig.periods(10)
    assert rig.read(tflg(0)) == 1


def test_a_new_load_value_counts_from_the_next_expiry(rig):
    rig.write(ldval(0), 99)
    rig.write(tctrl(0), TEN)
    rig.periods(50)
    rig.write(ldval(0), 9)
    assert rig.read(cval(0)) == 49
    rig.periods(50)
    assert rig.read(cval(0)) == 9


def test_disabling_and_enabling_loads_anew(rig):
    rig.write(ldval(0), 99)
    rig.write(tctrl(0), TEN)
    rig.periods(50)
    rig.write(tctrl(0), 0)
    rig.periods(50)
    assert rig.read(cval(0)) == 49
    rig.write(tctrl(0), TEN)
    assert rig.read(cval(0)) == 99


def test_setting_tie_does_not_restart_a_channel(rig):
    rig.write(ldval(0), 99)
    rig.write(tctrl(0), TEN)
    rig.periods(50)
    rig.write(tctrl(0), TEN | TIE)
    assert rig.read(cval(0)) == 49
    rig.periods(50)
    assert rig.changes == [(100, True)]


def test_a_chained_channel_counts_expiries(rig):
    rig.write(ldval(0), 9)
    rig.write(ldval(1), 4)
    rig.write(ldval(2), 1)
    rig.write(tctrl(2), TEN | CHN | TIE)
    rig.write(tctrl(1), TEN | CHN)
    rig.write(tctrl(0), TEN)
    rig.periods(49)
    assert (rig.read(cval(1)), rig.read(tflg(1))) == (0, 0)
    rig.periods(1)
    assert (rig.read(cval(1)), rig.read(tflg(1))) == (4, 1)
    rig.periods(1000)
    assert rig.changes == [(100, True)]


def test_a_channel_chained_to_one_that_is_off_stands_still(rig):
    rig.write(ldval(1), 4)
    rig.write(tctrl(1), TEN | CHN | TIE)
    rig.periods(100)
    assert rig.read(cval(1)) == 4
    assert rig.block.next_event_time() == NEVER


def test_the_lifetime_timer_of_64_bits(rig):
    rig.write(ldval(0), 0xFFFF_FFFF)
    rig.write(ldval(1), 0xFFFF_FFFF)
    rig.write(tctrl(1), TEN | CHN)
    rig.write(tctrl(0), TEN)
    rig.periods((1 << 32) + 1000)
    high = rig.read(LTMR64H)
    rig.periods(500)
    low = rig.read(LTMR64L)
    assert ~(high << 32 | low) & (1 << 64) - 1 == (1 << 32) + 1000


def test_a_polled_flag_is_known_in_advance(rig):
    rig.write(ldval(0), 999)
    rig.write(tctrl(0), TEN)
    assert rig.block.next_event_time() == 1000 * PERIOD_24M
    rig.periods(1000)
    assert rig.read(tflg(0)) == 1
    assert rig.block.next_event_time() == NEVER


def test_all_channels_share_one_line(rig):
    for channel, load in ((0, 9), (3, 19)):
        rig.write(ldval(channel), load)
        rig.write(tctrl(channel), TEN | TIE)
    rig.periods(20)
    rig.write(tflg(0), 1)
    assert rig.irq
    rig.write(tflg(3), 1)
    assert not rig.irq


def test_a_new_clock_counts_from_now_on(rig):
    rig.write(ldval(0), 999)
    rig.write(tctrl(0), TEN | TIE)
    rig.periods(500)
    rig.set_perclk_divider(2)
    rig.periods(2000)
    assert rig.changes == [(1500, True)]


def test_reset_stops_everything(rig):
    rig.write(ldval(0), 9)
    rig.write(tctrl(0), TEN | TIE)
    rig.periods(10)
    rig.block.reset(False)
    assert not rig.irq
    rig.periods(100)
    assert rig.read(tflg(0)) == 0
