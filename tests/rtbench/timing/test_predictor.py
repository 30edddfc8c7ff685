"""Branches in a trace: a counter of two bits each, what a wrong way costs, and where a call is."""

import pytest

from rtbench.timing.estimate import HIGH, LOW, MID, Cause, calls
from tests.rtbench.timing.traces import DTCM, ITCM, SETTING, estimator, events, reads

LOOP, BEHIND = ITCM + 0x100, ITCM + 0x104  # `subs; bne` and what follows it
CODE = [(LOOP, "1: subs r0, r0, #1; bne 1b"), (BEHIND, "nop.w; nop.w")]
PASSAGES = [(0, 0), (0, 1), (1, 0)]
BACK, OUT, IN = range(3)


def missed(happened, code=CODE):
    found = estimator(happened, code, PASSAGES).estimate(SETTING)
    return found.cycles[:, :, Cause.MISPREDICTED].sum(axis=(1, 2)).tolist()


def test_a_loop_is_missed_when_it_ends_and_twice_when_it_is_new():
    rounds = [BACK] * 10 + [OUT, IN]
    assert missed(rounds)[MID] == 3 * 6
    assert missed(rounds * 5)[MID] == (3 + 4) * 6


def test_what_turns_every_time_is_missed_every_other_time_at_least():
    assert missed([BACK, OUT, IN] * 50)[MID] == pytest.approx(50 * 6, abs=12)


def test_a_branch_that_is_never_taken_is_never_missed():
    assert missed([OUT, IN] * 50) == [0, 0, 0]


def test_flags_that_were_set_late_cost_two_more_at_the_high_end():
    rounds = [BACK] * 10 + [OUT, IN]
    early = [(LOOP, "1: subs r0, r0, #1; push {r1-r6}; bne 1b"), (LOOP + 6, "nop.w")]
    ends = missed(rounds, early)
    assert ends[LOW] == ends[MID] == ends[HIGH] == 3 * 6
    assert missed(rounds)[HIGH] == 3 * 8


def test_a_taken_branch_ends_its_group_and_has_a_bubble():
    found = estimator([BACK] * 100, CODE, PASSAGES).estimate(SETTING)
    assert found.cycles[:, 0, Cause.CORE].sum(axis=1).tolist() == [150, 175, 200]


def test_a_call_is_found_with_all_that_it_calls():
    # main calls f, which calls itself once; each returns behind its call.
    code = [(0x100, "bl 1f; 1:"), (0x104, "nop.w"), (0x200, "bl 1f; 1:"), (0x204, "bx lr")]
    passages = [(0, 2), (2, 2), (2, 3), (3, 3), (3, 1), (1, 0)]
    once = [0, 1, 2, 3, 4, 5]
    happened = [*once, *events(reads([DTCM]), 5), *once]
    executed = estimator(happened, code, passages).executed
    assert calls(executed, 0x200) == [(0, 4), (8, 12)]
    assert calls(executed, 0x300) == []
