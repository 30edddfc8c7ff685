"""A poll of a busy flash: which reads of the status are carried on, how far."""

from rt1062.blocks.flexspi_poll import BusyPoll
from rt1062.chip.clock import TICKS_PER_MICROSECOND as US

READ, GAP = US // 2, US // 4  # a read of the status, and what the firmware does in between


def reads(poll: BusyPoll, count: int, ready: int, gap: int = GAP, begin: int = 1000 * US):
    """So many reads; how much longer each took, and the end of the last."""
    now, longer = begin, []
    for _ in range(count):
        longer.append(poll.wait(now, now + READ, ready))
        now += READ + longer[-1] + gap
    return longer, now - gap


def test_the_fourth_read_and_those_behind_it_take_longer_up_to_a_millisecond():
    longer, _ = reads(BusyPoll(), 16, ready=1 << 60)
    assert longer[:6] == [0, 0, 0, US, 2 * US, 4 * US]
    assert longer[-2:] == [1000 * US] * 2


def test_never_past_the_moment_when_the_flash_is_ready():
    ready = 1000 * US + 70_000 * US
    longer, end = reads(BusyPoll(), 90, ready)
    assert ready <= end < ready + 10 * US
    assert sum(one > 0 for one in longer) < 90


def test_firmware_that_does_something_else_in_between_is_left_alone():
    longer, _ = reads(BusyPoll(), 20, ready=1 << 60, gap=3 * US)
    assert longer == [0] * 20


def test_another_command_begins_anew():
    poll = BusyPoll()
    _, end = reads(poll, 10, ready=1 << 60)
    poll.forget()
    longer, _ = reads(poll, 3, ready=1 << 60, begin=end)
    assert longer == [0, 0, 0]
