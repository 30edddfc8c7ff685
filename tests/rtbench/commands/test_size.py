"""`rtbench size`: what an ELF takes where."""

from rtbench.cli import main
from tests.rt1062.tiny_elf import FUNCTION, OBJECT, write_elf


def test_memories_and_largest_symbols(tmp_path, capsys):
    symbols = {"main": (0x6000_2001, 100, FUNCTION), "buffer": (0x2000_0000, 4096, OBJECT)}
    segments = ((0x6000_0000, 0x6000_0000, 0x3000), (0x2000_0000, 0x6000_3000, 0x1000))
    assert main(["size", str(write_elf(tmp_path / "a.elf", symbols, segments))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["DTCM", "4,096", "bytes"],
        ["flash", "16,384", "bytes"],
        [],
        ["4,096", "DTCM", "buffer"],
        ["100", "flash", "main"],
    ]


def test_what_is_no_elf_is_exit_code_2(tmp_path, capsys):
    (tmp_path / "a.elf").write_bytes(b"nothing")
    assert main(["size", str(tmp_path / "a.elf")]) == 2
    assert "a.elf: not an ELF file that can be read" in capsys.readouterr().err
