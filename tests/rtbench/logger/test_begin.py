"""The beginning of a session, at whichever rate a board was left."""

import pytest

from rt1062.errors import SetupError
from rtbench.logger.begin import begin
from tests.rtbench.logger.fake_board import FakeBoard


@pytest.mark.parametrize("rate", [115_200, 921_600, 3_000_000])
def test_a_board_that_a_killed_logger_left_at_work_is_reset_at_its_rate(rate):
    board = FakeBoard()
    board.its_baud = rate
    board.queue.append([1000, "cat"])
    board.heard = 1000.0  # it does not fall back while this goes on
    started = begin(board, reset=True)
    assert started.boot.app == "log"
    assert started.camera.sensor == "0x2642"
    assert board.boots == 1
    assert board.rates[-1] == board.baud == board.its_baud == 115_200
    assert not board.queue


def test_a_board_at_an_unknown_rate_is_not_found_and_the_port_keeps_its_own():
    board = FakeBoard()
    board.its_baud, board.heard = 9600, 1000.0
    with pytest.raises(SetupError, match="no answer within 6 s"):
        begin(board, reset=True)
    assert board.rates[-1] == 115_200
