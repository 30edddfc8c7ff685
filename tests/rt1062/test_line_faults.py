"""A bad line: each kind of fault, how often, and the same for the same seed."""

import random
from collections import Counter

import pytest

from rt1062.devices.terminal import Terminal
from rt1062.line_faults import KINDS, LineFaults
from rt1062.scheduler import Scheduler

DATA = random.Random(1).randbytes(200_000)


def carried(faults: LineFaults, data: bytes = DATA) -> tuple[bytes, int]:
    way = faults.of_board()
    return b"".join(way.carry(byte) for byte in data), way.count


def test_a_good_line_carries_everything():
    assert carried(LineFaults(0)) == (DATA, 0)


def test_a_dropped_byte_is_missing():
    data, count = carried(LineFaults(0.001, 3, ["drop"]))
    assert len(data) == len(DATA) - count
    assert 100 < count < 300


def test_one_bit_is_flipped():
    data, count = carried(LineFaults(0.001, 3, ["flip"]))
    changed = [bin(one ^ other).count("1") for one, other in zip(DATA, data, strict=True)]
    assert Counter(changed) == {0: len(DATA) - count, 1: count}


def test_an_inserted_byte_is_one_more():
    data, count = carried(LineFaults(0.001, 3, ["insert"]))
    assert len(data) == len(DATA) + count


def test_a_break_is_a_zero_in_the_place_of_bytes():
    data, count = carried(LineFaults(0.001, 3, ["break"]), b"x" * 100_000)
    assert data.count(0) == count > 50
    assert count <= 100_000 - data.count(b"x") <= 10 * count


def test_a_gap_takes_bytes_in_a_row():
    data, count = carried(LineFaults(0.0001, 3, ["gap"]))
    assert 32 * count <= len(DATA) - len(data) <= 287 * count
    assert count > 5


def test_every_kind_happens_and_the_same_seed_does_the_same():
    assert carried(LineFaults(0.01, 5)) == carried(LineFaults(0.01, 5))
    assert carried(LineFaults(0.01, 5)) != carried(LineFaults(0.01, 6))
    both = LineFaults(0.01, 5)
    assert b"".join(map(both.of_terminal().carry, DATA)) != carried(both)[0]


@pytest.mark.parametrize("rate", [1e-5, 1e-3])
def test_faults_come_as_often_as_the_rate_says(rate):
    way = LineFaults(rate, 9, ["flip"]).of_board()
    for _ in range(2_000_000):
        way.carry(0)
    assert way.count == pytest.approx(2_000_000 * rate, abs=4 * (2_000_000 * rate) ** 0.5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1.5,), "rate must be from 0 to 1, not 1.5"),
        ((0.1, -1), "seed must be from 0 to 1073741823, not -1"),
        ((0.1, 0, ["flop"]), "kinds must be some of drop, flip, insert, break, gap, not flop"),
        ((0.1, 0, []), "not none"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        LineFaults(*arguments)


def test_the_terminal_has_the_line_in_both_directions():
    scheduler, arrived = Scheduler(), []
    terminal = Terminal(scheduler, arrived.append, lambda: 10)
    terminal.set_faults(LineFaults(1, 0, ["flip"]))
    terminal.transmit(ord("a"))
    assert len(terminal.unfinished) == 1
    assert terminal.unfinished != "a"
    terminal.type("bc")
    scheduler.advance(100)
    assert len(arrived) == 2
    assert bytes(arrived) != b"bc"
    terminal.set_faults(LineFaults(0))
    terminal.type("d")
    scheduler.advance(100)
    assert arrived[-1] == ord("d")


def test_kinds_are_what_both_sides_know():
    assert KINDS == ("drop", "flip", "insert", "break", "gap")
