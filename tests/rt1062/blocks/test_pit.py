"""PIT: periods, chaining, lifetime timer."""

import pytest

from rt1062.blocks.pit import Pit
from rt1062.scheduler import NEVER, Scheduler
from tests.rt1062.blocks.clock_fixture import PERIOD_24M, make_clocks, set_perclk_divider

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


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.clocks = make_clocks(self.scheduler)
        self.edges = []
        self.level = False
        self.pit = Pit(self.scheduler, self.clocks, self.line)
        self.write(MCR, 0)

    def line(self, level):
        if level != self.level:
            self.edges.append((self.scheduler.now // PERIOD_24M, level))
        self.level = level

    def read(self, offset):
        return self.pit.read(offset)

    def write(self, offset, value):
        self.pit.write(offset, 4, value)

    def periods(self, count):
        self.scheduler.advance(count * PERIOD_24M)


@pytest.fixture
def bench():
    return Bench()


def test_a_channel_counts_down_and_starts_over(bench):
    bench.write(ldval(0), 9)
    bench.write(tctrl(0), TEN)
    assert bench.read(cval(0)) == 9
    bench.periods(9)
    assert (bench.read(cval(0)), bench.read(tflg(0))) == (0, 0)
    bench.periods(1)
    assert (bench.read(cval(0)), bench.read(tflg(0))) == (9, 1)
    bench.periods(15)
    assert bench.read(cval(0)) == 4


def test_the_interrupt_has_the_period_of_ldval_plus_one(bench):
    bench.write(ldval(1), 23_999)
    bench.write(tctrl(1), TEN | TIE)
    for _ in range(3):
        bench.periods(24_000)
        assert bench.level
        bench.write(tflg(1), 1)
        assert not bench.level
    assert [when for when, level in bench.edges if level] == [24_000, 48_000, 72_000]


def test_the_module_is_off_after_reset(bench):
    bench.pit.reset()
    bench.write(ldval(0), 9)
    bench.write(tctrl(0), TEN | TIE)
    bench.periods(100)
    assert (bench.read(cval(0)), bench.read(tflg(0))) == (9, 0)
    bench.write(MCR, 0)
    bench.periods(10)
    assert bench.read(tflg(0)) == 1


def test_a_new_load_value_counts_from_the_next_expiry(bench):
    bench.write(ldval(0), 99)
    bench.write(tctrl(0), TEN)
    bench.periods(50)
    bench.write(ldval(0), 9)
    assert bench.read(cval(0)) == 49
    bench.periods(50)
    assert bench.read(cval(0)) == 9


def test_disabling_and_enabling_loads_anew(bench):
    bench.write(ldval(0), 99)
    bench.write(tctrl(0), TEN)
    bench.periods(50)
    bench.write(tctrl(0), 0)
    bench.periods(50)
    assert bench.read(cval(0)) == 49
    bench.write(tctrl(0), TEN)
    assert bench.read(cval(0)) == 99


def test_setting_tie_does_not_restart_a_channel(bench):
    bench.write(ldval(0), 99)
    bench.write(tctrl(0), TEN)
    bench.periods(50)
    bench.write(tctrl(0), TEN | TIE)
    assert bench.read(cval(0)) == 49
    bench.periods(50)
    assert bench.edges == [(100, True)]


def test_a_chained_channel_counts_expiries(bench):
    bench.write(ldval(0), 9)
    bench.write(ldval(1), 4)
    bench.write(ldval(2), 1)
    bench.write(tctrl(2), TEN | CHN | TIE)
    bench.write(tctrl(1), TEN | CHN)
    bench.write(tctrl(0), TEN)
    bench.periods(49)
    assert (bench.read(cval(1)), bench.read(tflg(1))) == (0, 0)
    bench.periods(1)
    assert (bench.read(cval(1)), bench.read(tflg(1))) == (4, 1)
    bench.periods(1000)
    assert bench.edges == [(100, True)]


def test_a_channel_chained_to_one_that_is_off_stands_still(bench):
    bench.write(ldval(1), 4)
    bench.write(tctrl(1), TEN | CHN | TIE)
    bench.periods(100)
    assert bench.read(cval(1)) == 4
    assert bench.pit.next_event_time() == NEVER


def test_the_lifetime_timer_of_64_bits(bench):
    bench.write(ldval(0), 0xFFFF_FFFF)
    bench.write(ldval(1), 0xFFFF_FFFF)
    bench.write(tctrl(1), TEN | CHN)
    bench.write(tctrl(0), TEN)
    bench.periods((1 << 32) + 1000)
    high = bench.read(LTMR64H)
    bench.periods(500)
    low = bench.read(LTMR64L)
    assert ~(high << 32 | low) & (1 << 64) - 1 == (1 << 32) + 1000


def test_a_polled_flag_is_known_in_advance(bench):
    bench.write(ldval(0), 999)
    bench.write(tctrl(0), TEN)
    assert bench.pit.next_event_time() == 1000 * PERIOD_24M
    bench.periods(1000)
    assert bench.read(tflg(0)) == 1
    assert bench.pit.next_event_time() == NEVER


def test_all_channels_share_one_line(bench):
    for channel, load in ((0, 9), (3, 19)):
        bench.write(ldval(channel), load)
        bench.write(tctrl(channel), TEN | TIE)
    bench.periods(20)
    bench.write(tflg(0), 1)
    assert bench.level
    bench.write(tflg(3), 1)
    assert not bench.level


def test_a_new_clock_counts_from_now_on(bench):
    bench.write(ldval(0), 999)
    bench.write(tctrl(0), TEN | TIE)
    bench.periods(500)
    set_perclk_divider(bench.clocks, 2)
    bench.periods(2000)
    assert bench.edges == [(1500, True)]


def test_reset_stops_everything(bench):
    bench.write(ldval(0), 9)
    bench.write(tctrl(0), TEN | TIE)
    bench.periods(10)
    bench.pit.reset(False)
    assert not bench.level
    bench.periods(100)
    assert bench.read(tflg(0)) == 0
