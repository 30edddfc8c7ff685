"""Counting clock periods without an event for each."""

from rt1062.blocks.clock_count import ClockCount
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import NEVER, Scheduler


def test_no_period_is_lost_or_counted_twice_however_often_one_looks():
    scheduler = Scheduler()
    count = ClockCount(scheduler)
    count.set_rate(32_768, 3)
    total = 0
    for step in (1, 7, 54_931, 54_932, 100_000, 3):
        for _ in range(1000):
            scheduler.advance(step)
            total += count.take()
    assert total == scheduler.now * 32_768 // (3 * TICKS_PER_SECOND)


def test_the_time_of_a_period_is_the_first_tick_at_which_it_is_there():
    scheduler = Scheduler()
    count = ClockCount(scheduler)
    count.set_rate(7_000_000)
    scheduler.advance(12_345)
    count.take()
    time = count.time_of(5)
    scheduler.advance(time - 1 - scheduler.now)
    assert count.take() == 4
    scheduler.advance(1)
    assert count.take() == 1


def test_a_clock_of_0_hz_stands_still():
    scheduler = Scheduler()
    count = ClockCount(scheduler)
    assert count.time_of(1) == NEVER
    scheduler.advance(10**12)
    assert count.take() == 0
