"""Symbols are found where the firmware runs them and where the image holds them."""

import pytest

from rt1062.errors import SetupError
from rt1062.symbols import Function, Symbols, Variable
from tests.rt1062.tiny_elf import FUNCTION, OBJECT, write_elf


@pytest.fixture
def symbols(tmp_path) -> Symbols:
    names = {
        "main": (0x6000_2401, 40, FUNCTION),
        "fast": (0x0000_0101, 8, FUNCTION),
        "g_tensor_arena": (0x2000_0010, 256, OBJECT),
    }
    segments = ((0x6000_2000, 0x6000_2000, 0x1000), (0x0, 0x6000_3000, 0x200))
    return Symbols(write_elf(tmp_path / "app.elf", names, segments))


def test_functions_lose_their_thumb_bit(symbols: Symbols):
    assert symbols.address("main") == 0x6000_2400
    assert symbols.size("main") == 40


def test_data_keeps_its_address(symbols: Symbols):
    assert symbols.address("g_tensor_arena") == 0x2000_0010
    assert "g_tensor_arena" in symbols
    assert "nothing" not in symbols


def test_code_copied_to_ram_is_found_in_flash(symbols: Symbols):
    assert symbols.flash_address("main") == 0x6000_2400
    assert symbols.flash_address("fast") == 0x6000_3100
    with pytest.raises(SetupError, match="'g_tensor_arena' at 0x20000010 is in no loaded segment"):
        symbols.flash_address("g_tensor_arena")


def test_an_unknown_symbol_is_named(symbols: Symbols):
    with pytest.raises(SetupError, match=r"app.elf: there is no symbol 'nothing'"):
        symbols.address("nothing")


def test_bad_files_are_named(tmp_path):
    with pytest.raises(SetupError, match=r"none.elf: no such ELF file"):
        Symbols(tmp_path / "none.elf")
    (tmp_path / "text.elf").write_text("this is text, not code")
    with pytest.raises(SetupError, match=r"text.elf: not an ELF file"):
        Symbols(tmp_path / "text.elf")
    (tmp_path / "short.elf").write_bytes(b"\x7fELF\x01\x01\x01")
    with pytest.raises(SetupError, match=r"short.elf: not an ELF file"):
        Symbols(tmp_path / "short.elf")
    with pytest.raises(SetupError, match="not an ELF file"):
        Symbols(tmp_path)
    with pytest.raises(SetupError, match=r"bare.elf: the ELF has no symbols"):
        Symbols(write_elf(tmp_path / "bare.elf", {}))
    swapped = write_elf(tmp_path / "swapped.elf", {"main": (0, 4, FUNCTION)}, order=">")
    with pytest.raises(SetupError, match="its symbols must be of 32 bits, little-endian"):
        Symbols(swapped)


def test_functions_and_variables_are_told_apart(symbols: Symbols):
    assert symbols.functions == [
        Function("main", 0x6000_2400, 40),
        Function("fast", 0x0000_0100, 8),
    ]
    assert symbols.variables == [Variable("g_tensor_arena", 0x2000_0010, 256)]
