"""Whom the scheduler tells of what is due earlier."""

from rt1062.scheduler import NEVER, Event, Scheduler


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


def test_the_next_event_besides_one_is_neither_quiet_nor_cancelled():
    scheduler = Scheduler()
    assert scheduler.next_besides(Event(5, lambda: None)) == NEVER
    tick = scheduler.at(10, lambda: None)
    assert scheduler.next_besides(tick) == NEVER
    later, quiet, gone, first = (scheduler.at(time, lambda: None) for time in (40, 20, 30, 5))
    quiet.quiet = True
    scheduler.cancel(gone)
    assert scheduler.next_besides(tick) == 5
    assert scheduler.next_besides(first) == 10
    scheduler.cancel(first)
    assert scheduler.next_besides(tick) == 40
    scheduler.hold(later)
    assert scheduler.next_besides(tick) == NEVER
