"""Ground truth of line crossings, and reported identities held against true ones."""

import pytest

from rtbench.boxes import overlap
from rtbench.link.events import Box
from rtbench.tasks.tracking import Line, following, pairs, totals, true_crossings

UPWARDS = Line(48, 96, 48, 0)


def person(x: float, y: float = 48.0) -> tuple[float, float, float, float]:
    return (x - 5, y - 15, x + 5, y + 15)


def seen_boxes(*boxes: Box) -> tuple[Box, ...]:
    return boxes


def test_left_and_right_are_seen_from_the_first_point():
    assert UPWARDS.side(20, 50) == "left"
    assert UPWARDS.side(70, 50) == "right"
    assert Line(48, 0, 48, 96).side(20, 50) == "right"


def test_on_the_line_is_neither_side():
    assert UPWARDS.side(49, 10) is None
    assert UPWARDS.side(50, 10) == "right"


def test_a_crossing_is_counted_where_the_other_side_is_reached():
    frames = [{1: person(x)} for x in (30, 40, 47, 49, 55, 60)]
    (one,) = true_crossings(frames, UPWARDS)
    assert (one.frame, one.identity, one.direction) == (4, 1, "left_to_right")


def test_directions_add_up():
    there = [{1: person(x), 2: person(96 - x, 50)} for x in range(20, 77, 4)]
    found = true_crossings(there + there[::-1], UPWARDS)
    assert totals(found) == {"left_to_right": 2, "right_to_left": 2}


def test_passing_by_the_end_of_a_line_is_no_crossing():
    assert not true_crossings([{1: person(40, 70)}, {1: person(60, 70)}], Line(48, 60, 48, 20))


def test_who_turns_back_on_the_line_has_not_crossed():
    assert not true_crossings([{1: person(x)} for x in (30, 45, 48, 49, 45, 30)], UPWARDS)


def test_overlap_is_shared_area_over_all():
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1.0
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0.0


def test_each_box_is_paired_once_and_the_best_first():
    true, seen = [person(20), person(24)], [person(23), person(60)]
    assert [(i, j) for i, j, _ in pairs(true, seen)] == [(1, 0)]


def test_a_person_who_becomes_another_is_a_switch():
    frames = [{7: person(x)} for x in (20, 24, 28, 32)]
    reported = [0, 3, 3, 5]
    counts = [seen_boxes(Box(*person(20 + 4 * i), 50, name)) for i, name in enumerate(reported)]
    one = following(frames, counts)[7]
    assert (one.present, one.seen, one.identities, one.switches) == (4, 4, [3, 5], 1)


def test_the_box_that_is_left_of_two_belongs_to_whom_it_belonged_to():
    frames = [{1: person(20), 2: person(60)}, {1: person(40), 2: person(41)}]
    both = seen_boxes(Box(*person(20), 50, 8), Box(*person(60), 50, 9))
    # Nearer to person 1, but person 2's identity.
    left = seen_boxes(Box(*person(40), 50, 9))
    result = following(frames, [both, left])
    assert (result[1].identities, result[2].identities) == ([8], [9])
    assert (result[1].seen, result[2].seen) == (1, 2)


def test_identities_that_are_exchanged_are_switches():
    frames = [{1: person(20), 2: person(60)}] * 2
    before = seen_boxes(Box(*person(20), 50, 8), Box(*person(60), 50, 9))
    after = seen_boxes(Box(*person(20), 50, 9), Box(*person(60), 50, 8))
    assert [one.switches for one in following(frames, [before, after]).values()] == [1, 1]


def test_a_person_not_seen_is_present_all_the_same():
    one = following([{7: person(20)}], [seen_boxes(Box(*person(70), 50, 1))])[7]
    assert (one.present, one.seen, one.identities) == (1, 0, [])


def test_frames_and_boxes_must_be_as_many():
    with pytest.raises(ValueError, match="seen must have boxes for each of 1 frames, not 0"):
        following([{}], [])
