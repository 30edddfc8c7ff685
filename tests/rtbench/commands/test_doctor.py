"""`rtbench doctor` says of --image what it is; `rtbench board --check` which pads are shared."""

import pytest

from rtbench.cli import main
from tests.rt1062.boot_image import boot_image

BOARD = """
name = "mine"
console = "LPUART3"
[flash]
bytes = 4194304
[led]
pin = "GPIO1.9"
[button]
pin = "GPIO1.9"
"""


def test_an_image_is_told_with_entry_and_boards_by_name(tmp_path, capsys):
    (tmp_path / "a.bin").write_bytes(boot_image("start: b start"))
    main(["doctor", "--image", str(tmp_path / "a.bin")])
    out = capsys.readouterr().out
    assert "starts at 0x60002400 by the boot ROM; no ELF, so without symbols" in out
    assert "mimxrt1060-evk, teensy40" in out


def test_an_image_that_does_not_boot_is_missing_and_exit_code_2(tmp_path, capsys):
    (tmp_path / "a.uf2").write_bytes(b"UF2\n" + bytes(508))
    assert main(["doctor", "--image", str(tmp_path / "a.uf2")]) == 2
    out = capsys.readouterr().out
    assert "a.uf2, which does not boot" in out
    assert "missing: " in out
    assert "a UF2 file" in out


@pytest.mark.parametrize("shared", [True, False])
def test_a_pad_with_two_uses_is_named(tmp_path, capsys, shared):
    text = BOARD if shared else BOARD.replace('[button]\npin = "GPIO1.9"', "")
    (tmp_path / "mine.toml").write_text(text)
    assert main(["board", "--check", str(tmp_path / "mine.toml")]) == 0
    said = "pad GPIO_AD_B0_09 has 2 uses: LED, button"
    assert (said in capsys.readouterr().out) is shared


def test_check_without_a_board_is_one_line(capsys):
    assert main(["board", "--check"]) == 2
    assert "--check needs a BOARD" in capsys.readouterr().err
