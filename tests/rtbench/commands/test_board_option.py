"""--board, and what may be moved on it: of every command that boots a firmware."""

import pytest

from rt1062 import emulators
from rt1062.boards.board import Pin
from rt1062.errors import MachineError
from rtbench.cli import main

COMMANDS = {
    "run": ("run", "--app", "hello"),
    "evaluate": ("evaluate", "--app", "classify", "--scenes", "1"),
    "diff": ("diff", "--scene", "1", "--emulator", "unicorn"),
    "boot": ("boot",),
    "profile": ("profile",),
}
MOVED = ("--board", "teensy41", "--console", "lpuart3", "--led", "GPIO2.16", "--led-lit", "low")


@pytest.fixture
def boards(tmp_path, monkeypatch):
    """The boards that commands ask for; nothing is booted."""
    asked = []

    def create(image, elf=None, emulator="auto", board=None):
        asked.append(board)
        raise MachineError("not now")

    monkeypatch.setattr(emulators, "create", create)
    monkeypatch.chdir(tmp_path)
    return asked


def image(tmp_path, command: str) -> tuple[str, ...]:
    (tmp_path / "a.bin").write_bytes(b"x")
    return ("a.bin",) if command in ("boot", "profile") else ("--image", "a.bin")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_the_firmware_on_the_board_that_is_asked_for(
    boards, tmp_path, command, capsys
):
    firmware = image(tmp_path, command)
    assert main([*COMMANDS[command], *firmware]) == 1
    assert main([*COMMANDS[command], *firmware, *MOVED]) == 1
    assert [board.name for board in boards] == ["mimxrt1060-evk", "teensy41"]
    assert (boards[1].console, boards[1].led) == ("LPUART3", Pin(2, 16, idle=True))
    assert "not now" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_board_that_there_is_not_is_one_line_and_exit_code_2(boards, tmp_path, command, capsys):
    assert main([*COMMANDS[command], *image(tmp_path, command), "--board", "teensy42"]) == 2
    err = capsys.readouterr().err
    assert "board must be one of mimxrt1060-evk, " in err
    assert (len(err.splitlines()), boards) == (1, [])


@pytest.mark.parametrize("option", [("--board", "teensy41"), ("--led-lit", "low")])
def test_a_board_on_a_line_is_what_it_is(boards, option, capsys):
    assert main(["run", "--app", "hello", "--serial", "/dev/null", *option]) == 2
    assert f"{option[0]} means nothing to a board" in capsys.readouterr().err


def test_doctor_judges_an_image_by_the_board_s_flash(tmp_path, capsys):
    from tests.rt1062.boot_image import boot_image

    (tmp_path / "a.bin").write_bytes(boot_image("start: b start").ljust(4 << 20, b"\xff"))
    main(["doctor", "--image", str(tmp_path / "a.bin")])
    assert "starts at 0x60002400 by the boot ROM" in capsys.readouterr().out
    main(["doctor", "--image", str(tmp_path / "a.bin"), "--board", "teensy40"])
    assert "a.bin, which does not boot" in capsys.readouterr().out
