"""`rtbench board`: names, one board, and a file of one's own; the file in the documents is one."""

import re
from pathlib import Path

import pytest

from rt1062 import boards
from rtbench.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "rt1062.md"


def test_all_boards_are_named(capsys):
    assert main(["board"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [*boards.BOARDS]


@pytest.mark.parametrize("name", boards.BOARDS)
def test_each_is_shown_with_pads(capsys, name):
    assert main(["board", name]) == 0
    out = capsys.readouterr().out
    board = boards.find(name)
    for text in (board.title, board.console, board.led.pad, board.camera.select.pad):
        assert text in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_file_in_the_documents_is_a_board(capsys, tmp_path):
    (tmp_path / "my.toml").write_text(re.search(r"```toml\n(.*?)```", PAGE.read_text(), re.S)[1])
    assert main(["board", str(tmp_path / "my.toml")]) == 0
    assert "GPIO2.3, pad GPIO_B0_03, lit when high" in capsys.readouterr().out


def test_an_unknown_board_is_one_line_and_exit_code_2(capsys):
    assert main(["board", "nucleo"]) == 2
    assert "board must be one of mimxrt1060-evk, " in capsys.readouterr().err
