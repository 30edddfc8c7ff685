"""`rtbench size`: what an ELF takes where, against what there is."""

import json

import pytest

from rtbench.cli import main
from tests.rt1062.tiny_elf import FUNCTION, OBJECT, write_elf

SYMBOLS = {
    "_ZN3app4mainEv": (0x6000_2001, 100, FUNCTION),
    "main": (0x6000_2001, 100, FUNCTION),  # the same place by another name
    "buffer": (0x2000_0000, 4096, OBJECT),
    "dtcm_size": (0x2000, 0, OBJECT),
}
SEGMENTS = ((0x6000_0000, 0x6000_0000, 0x3000), (0x2000_0000, 0x6000_3000, 0x1000))


def lines(capsys):
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_memories_and_largest_symbols(tmp_path, capsys):
    assert main(["size", str(write_elf(tmp_path / "a.elf", SYMBOLS, SEGMENTS))]) == 0
    assert lines(capsys) == [
        ["code", "data", "in", "use", "of"],
        ["DTCM", "0", "4,096", "4,096", "8,192", "50.0%"],
        ["flash", "100", "16,284", "16,384", "8,388,608", "0.2%"],
        [],
        ["4,096", "DTCM", "data", "buffer"],
        ["100", "flash", "code", "app::main"],
    ]


def test_more_than_there_is_is_exit_code_1(tmp_path, capsys):
    small = {**SYMBOLS, "dtcm_size": (0x800, 0, OBJECT)}
    assert main(["size", str(write_elf(tmp_path / "a.elf", small, SEGMENTS))]) == 1
    assert "more than there is of DTCM" in capsys.readouterr().out


def test_banks_of_flexram_and_the_boards_flash_are_the_budget(tmp_path, capsys):
    # Teensy's symbol: 3 banks of ITCM, 12 of DTCM, one of OCRAM.
    config = sum(kind << 2 * bank for bank, kind in enumerate([3] * 3 + [2] * 12 + [1]))
    symbols = {"buffer": SYMBOLS["buffer"], "_flexram_bank_config": (config, 0, OBJECT)}
    elf = write_elf(tmp_path / "a.elf", symbols, SEGMENTS)
    kept = tmp_path / "o.json"
    assert main(["size", str(elf), "--board", "teensy40", "--json", str(kept)]) == 0
    budgets = {one["name"]: one["budget"] for one in json.loads(kept.read_text())["memory"]}
    assert budgets == {"DTCM": 12 * 32 * 1024, "flash": 2048 * 1024}


@pytest.mark.parametrize(("option", "shown"), [((), 20), (("--all",), 25)])
def test_the_rest_is_counted(tmp_path, capsys, option, shown):
    symbols = {f"v{n}": (0x2000_0000 + 16 * n, 16, OBJECT) for n in range(25)}
    main(["size", str(write_elf(tmp_path / "a.elf", symbols, SEGMENTS)), *option])
    told = lines(capsys)
    assert sum(line[1:2] == ["DTCM"] for line in told) == shown
    assert (["80", "in", "5", "more", "(--all)"] in told) == (not option)


def test_what_is_no_elf_is_exit_code_2(tmp_path, capsys):
    (tmp_path / "a.elf").write_bytes(b"nothing")
    assert main(["size", str(tmp_path / "a.elf")]) == 2
    assert "a.elf: not an ELF file that can be read" in capsys.readouterr().err
