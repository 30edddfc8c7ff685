"""What is wished for: a number a label, or what somebody presses."""

from collections import Counter

from rtbench.logger.collector import Wish
from rtbench.logger.operator import AHEAD, LabelOperator, ListOperator


def labels(wishes: list[Wish]) -> list[str]:
    return [one.label for one in wishes]


def test_a_list_is_wished_for_once():
    operator = ListOperator([Wish("cat"), Wish("dog")])
    assert not operator.is_done
    assert labels(operator.wishes(0)) == ["cat", "dog"]
    assert operator.is_done
    assert operator.wishes(0) == []


def test_without_keys_the_labels_are_filled_one_after_the_other():
    operator = LabelOperator(["cat", "dog"], 3, Counter(cat=1), by_hand=False)
    assert labels(operator.wishes(0)) == ["cat", "cat", "dog", "dog", "dog"]
    assert operator.is_done


def test_no_more_is_wished_for_than_the_board_keeps():
    operator = LabelOperator([], 100, Counter(), by_hand=False)
    assert len(operator.wishes(0)) == AHEAD
    assert operator.wishes(AHEAD) == []
    assert len(operator.wishes(AHEAD - 2)) == 2


def test_space_captures_with_the_label_of_the_moment():
    operator = LabelOperator(["cat", "dog"], 0, Counter(), by_hand=True)
    assert operator.wishes(0) == []
    operator.press("  2 ")
    assert labels(operator.wishes(0)) == ["cat", "cat", "dog"]
    operator.press(" ")
    first = operator.wishes(0)
    operator.press("1")
    assert labels(first) == ["dog"]  # the label went with it
    operator.press(" 9x")
    assert labels(operator.wishes(0)) == ["cat"]


def test_s_takes_the_next_label_c_goes_on_and_q_ends():
    operator = LabelOperator(["cat", "dog"], 0, Counter(), by_hand=True)
    operator.press("sc")
    assert labels(operator.wishes(5)) == ["dog", "dog"]
    operator.press("c")
    assert operator.wishes(0) == []
    operator.press("q")
    assert operator.is_done


def test_what_was_asked_for_before_the_end_is_still_wished_for():
    operator = LabelOperator(["cat", "dog"], 0, Counter(), by_hand=True)
    operator.press("c 2 q")
    assert not operator.is_done
    assert labels(operator.wishes(5)) == ["cat", "dog"]
    assert operator.is_done


def test_a_full_label_takes_no_more_until_one_is_taken_back():
    operator = LabelOperator(["cat", "dog"], 1, Counter(cat=1), by_hand=True)
    operator.press(" u")
    assert operator.wishes(0) == []
    assert operator.undo == 1
    operator.forget("cat")
    operator.press(" ")
    assert labels(operator.wishes(0)) == ["cat"]
