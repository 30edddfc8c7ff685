"""docs/rt1062.md runs as it is printed, and lists what is public."""

import re
import tomllib
from pathlib import Path

import pytest

from rt1062 import boards, emulators
from rt1062.boards.from_file import KEYS
from rt1062.machine import Machine
from tests.rt1062.boot_image import boot_image
from tests.rt1062.documented import PAGE, ten_lines, write_firmware

ROOT = Path(__file__).parents[2]
HELLO = ROOT / "build/firmware/hello"


def test_the_ten_lines_run_as_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_firmware(tmp_path)
    exec(compile(ten_lines(), str(PAGE), "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ us: ready", said[0])
    assert said[1:] == ["pressed 1 times", "before 0 times"]


@pytest.mark.skipif(not HELLO.with_suffix(".elf").is_file(), reason="`make firmware` has not run")
def test_the_ten_lines_run_with_a_firmware_of_the_project(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    lines = ten_lines().replace('"firmware.', f'"{HELLO}.')
    # `hello` counts no presses; its clock's milliseconds are the first word of `board::clock`.
    lines = lines.replace("ready", "message").replace('"presses"', '"_ZN5board5clockE"')
    exec(compile(lines, str(PAGE), "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r'5\d{5} us: .*"message":"hello".*', said[0])
    assert said[1] != said[2].replace("before", "pressed")


def test_the_table_of_public_modules_is_the_maps():
    listed = re.findall(r"^\| `(rt1062\.\w+)` \|", PAGE.read_text(), re.MULTILINE)
    public = re.findall(r"(rt1062\.\w+)\*", (ROOT / "ARCHITECTURE.md").read_text())
    assert sorted(listed) == sorted(public)


def test_what_a_machine_has_is_on_the_page(tmp_path):
    (tmp_path / "a.bin").write_bytes(boot_image("start: b start"))
    page = PAGE.read_text()
    page = page[page.index("## A machine") :]
    machine = emulators.create(tmp_path / "a.bin", emulator="unicorn")
    has = {name for name in (*dir(Machine), *vars(machine)) if not name.startswith("_")}
    internal = {"hardware"}  # the Unicorn machine's own
    missing = [name for name in sorted(has - internal) if not re.search(rf"`{name}\b[`(,:]?", page)]
    assert missing == []


def test_every_key_of_a_board_s_file_is_on_the_page(tmp_path):
    block = re.search(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    (tmp_path / "my.toml").write_text(block)
    board = boards.find(str(tmp_path / "my.toml"))
    assert board.wires["LPUART3_RX"] == "GPIO_AD_B1_07"
    content = tomllib.loads(block)
    tables = {"": content, **{name: table for name, table in content.items() if name in KEYS}}
    assert {name: set(table) for name, table in tables.items()} == KEYS
