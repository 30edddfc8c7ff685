"""Whom the scheduler tells of what is due earlier."""

from rt1062.scheduler import Scheduler


def test_an_event_before_all_others_is_told_of_even_behind_one_that_was_cancelled():
    told = []
    scheduler = Scheduler()
    scheduler.on_earlier = told.append
    scheduler.at(100, list)
    cancelled = scheduler.at(10, list)
    scheduler.at(50, list)  # 10 is due before it
    assert told == [100, 10]
    scheduler.cancel(cancelled)
    scheduler.at(60, list)  # 50 is
    scheduler.at(40, list)
    assert told == [100, 10, 40]
