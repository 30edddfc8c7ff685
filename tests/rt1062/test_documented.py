"""docs/rt1062.md runs as it is printed, and lists what is public."""

import re
from pathlib import Path

import pytest

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
