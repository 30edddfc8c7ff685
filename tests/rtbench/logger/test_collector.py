"""Frames asked for and got, whatever is lost on the way."""

import random
from collections.abc import Callable

import pytest

from rt1062.errors import MachineError, SetupError
from rtbench.link import record_line
from rtbench.logger.collector import Collector, Wish
from tests.rtbench.logger.fake_board import FakeBoard

LABELS = ("cat", "dog", "")


def pixels(sequence: int) -> bytes:
    return sequence.to_bytes(4, "little") * 4608


def collect(board: FakeBoard, count: int, **options) -> tuple[list, Collector]:
    collector = Collector(board, **options)
    for number in range(count):
        collector.wish(Wish(LABELS[number // 5 % 3], str(number)))
    arrivals = []
    while collector.waiting:
        arrivals += collector.step()
    return arrivals, collector


def check(arrivals: list, count: int) -> None:
    """Each once, in order, with its own label and pixels."""
    assert [one.wish.source for one in arrivals] == [str(number) for number in range(count)]
    for number, one in enumerate(arrivals):
        assert one.wish.label == LABELS[number // 5 % 3]
        assert one.record.pixels == pixels(one.record.sequence)


def test_every_frame_arrives_in_order_with_its_label():
    arrivals, collector = collect(FakeBoard(pixels), 40)
    check(arrivals, 40)
    assert [one.record.sequence for one in arrivals] == list(range(1, 41))
    assert [one.record.label for one in arrivals] == [one.wish.label for one in arrivals]
    assert collector.account.losses == []


@pytest.mark.parametrize("seed", range(8))
def test_lines_that_are_lost_or_damaged_in_both_directions_are_made_good(seed):
    board, chance = FakeBoard(pixels), random.Random(seed)

    def spoilt(line: bytes) -> bytes | None:
        if chance.random() < 0.1:
            return None
        if chance.random() < 0.1:
            at = chance.randrange(len(line))
            return line[:at] + bytes([line[at] ^ 1 << chance.randrange(8)]) + line[at + 1 :]
        return line

    def typed(text: str) -> str | None:
        return None if chance.random() < 0.1 else text

    board.lose_out, board.lose_in = spoilt, typed
    arrivals, collector = collect(board, 60)
    check(arrivals, 60)
    account = collector.account
    assert account.damaged + account.asked_again > 0
    assert len(account.losses) >= account.asked_again
    assert account.gone == 0


def test_a_loss_is_named_by_its_number_and_fetched_again():
    board, seen = FakeBoard(pixels), []

    def lose_the_third(line: bytes) -> bytes | None:
        if record_line.is_record(line):
            seen.append(line)
            return None if len(seen) == 3 else line
        return line

    board.lose_out = lose_the_third
    arrivals, collector = collect(board, 12)
    check(arrivals, 12)
    assert collector.account.losses == [
        "boot 00001000, frame 3: not there before 4, asked for again"
    ]
    assert board.typed.count("resend 3") == 1


def test_a_restart_in_the_middle_brings_no_frame_twice_and_none_less():
    board, given = FakeBoard(pixels), []
    collector = Collector(board, restarted=lambda wishes: given.extend(wishes) or wishes)
    for number in range(30):
        collector.wish(Wish("cat", str(number)))
    arrivals = []
    while collector.waiting:
        arrivals += collector.step()
        if len(arrivals) == 10 and not board.boots:
            board.reset()
    assert [one.wish.source for one in arrivals] == [str(number) for number in range(30)]
    assert collector.account.restarts == 1
    assert given
    assert len({one.record.boot_id for one in arrivals}) == 2
    assert "the board restarted" in collector.account.losses[0]


def test_another_rate_is_asked_for_before_the_first_frame_and_left_at_the_end():
    board = FakeBoard(pixels)
    arrivals, collector = collect(board, 7, baud=3_000_000)
    check(arrivals, 7)
    assert board.rates == [115_200, 3_000_000]
    collector.close()
    assert board.its_baud == 115_200


def unheard(board: FakeBoard, until: float) -> Callable[[str], str | None]:
    return lambda text: text if board.now > until else None


def test_a_board_that_fell_back_is_found_again():
    board = FakeBoard(pixels)
    collector = Collector(board, baud=3_000_000)
    for number in range(100):
        collector.wish(Wish("", str(number)))
    arrivals = []
    while collector.waiting:
        arrivals += collector.step()
        if len(arrivals) == 8 and board.lose_in("x"):
            board.lose_in = unheard(board, board.now + 4)
    assert [one.wish.source for one in arrivals] == [str(number) for number in range(100)]
    assert board.rates.count(3_000_000) == 2


def test_a_gap_of_the_line_that_takes_every_command_for_long_is_outlasted():
    board = FakeBoard(pixels)
    left = [500]  # bytes: the longest gap of rt1062.line_faults has 287

    def gap(text: str) -> str | None:
        if "from 20 " not in text and left[0] == 500:
            return text
        left[0] -= len(text) + 1
        return text if left[0] < 0 else None

    board.lose_in = gap
    arrivals, collector = collect(board, 40, baud=3_000_000)
    check(arrivals, 40)
    assert left[0] < 0
    assert collector.account.fallbacks + board.rates.count(115_200) > 1


def test_an_unknown_rate_leaves_the_first_one():
    board = FakeBoard(pixels)
    board.lose_in = lambda text: None if text.startswith("baud") else text
    arrivals, _ = collect(board, 5, baud=921_600)
    check(arrivals, 5)
    assert board.rates == [115_200]


def test_silence_for_good_is_an_error():
    board = FakeBoard(pixels)
    board.lose_out = lambda line: None
    with pytest.raises(MachineError, match="fake: nothing comes any more"):
        collect(board, 3)


def test_a_camera_that_gives_nothing_is_an_error_in_its_own_words():
    board = FakeBoard(pixels)

    def fail() -> None:
        if board.queue:
            board.queue.clear()
            board.say(event="error", code="camera_timeout", detail="no frame within 1 s")
            board.state("failed")

    board._frame = fail
    with pytest.raises(SetupError, match="gives no frame: camera_timeout no frame within 1 s"):
        collect(board, 3)


def test_junk_before_between_and_after_the_records_changes_nothing():
    board = FakeBoard(pixels)
    junk = random.Random(3)
    put = board.put

    def with_junk(line: bytes) -> None:
        board._out += [junk.randbytes(40).replace(b"\n", b""), b"", b'{"event":"', b"\xff\x02\x00"]
        put(line)
        board._out += [b"Zephyr shell", b"\x02", b"\x02" + junk.randbytes(30).replace(b"\n", b"")]

    board.put = with_junk
    arrivals, collector = collect(board, 30)
    check(arrivals, 30)
    assert collector.account.junk > 100
    assert collector.account.damaged > 30  # junk with a record's mark
    assert collector.account.gone == 0


def test_what_nobody_has_asked_for_is_dropped():
    board = FakeBoard(pixels)

    def more(text: str) -> str:
        return text.replace("log 5", "log 9") if "log 5 from 1 " in text else text

    board.lose_in = more
    arrivals, collector = collect(board, 12)
    assert [one.wish.source for one in arrivals] == [str(number) for number in range(12)]
    assert collector.account.doubles + len(arrivals) == board.sequence
