"""Names in a firmware's ELF and the addresses they stand for (ELF for the Arm Architecture)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rt1062.errors import SetupError

if TYPE_CHECKING:
    from elftools.dwarf.compileunit import CompileUnit
    from elftools.dwarf.dwarfinfo import DWARFInfo
    from elftools.elf.elffile import ELFFile

# Elf32_Sym (System V ABI, chapter 4): st_name, st_value, st_size, st_info, st_other, st_shndx.
_ENTRY = struct.Struct("<IIIBBH")
_UNDEFINED = 0  # SHN_UNDEF
_VARIABLE, _FUNCTION = 1, 2  # STT_OBJECT, STT_FUNC


@dataclass(frozen=True)
class Function:
    """A function's name, and where its code is while the firmware runs; `size` 0: not said."""

    name: str
    start: int
    size: int

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.start + self.size


@dataclass(frozen=True)
class Variable:
    """A variable's name, where it is, and its bytes; `size` 0: not said."""

    name: str
    start: int
    size: int


class Symbols:
    """The symbol table of an ELF; SetupError if the file is missing or is no ELF with symbols."""

    def __init__(self, elf: Path | str):
        from elftools.common.exceptions import ELFError
        from elftools.elf.elffile import ELFFile

        self.elf = Path(elf)
        try:
            with self.elf.open("rb") as stream:
                file = ELFFile(stream)
                entries = list(_defined(file))
                self._segments = [
                    (segment["p_vaddr"], segment["p_paddr"], segment["p_memsz"])
                    for segment in file.iter_segments("PT_LOAD")
                ]
        except FileNotFoundError as error:
            raise SetupError(f"{self.elf}: no such ELF file") from error
        except (ELFError, OSError) as error:
            raise SetupError(f"{self.elf}: not an ELF file that can be read ({error})") from error
        self._entries = entries
        self._symbols = {
            name: (_address(value, kind), size) for name, value, size, kind in entries if name
        }
        if not self._symbols:
            raise SetupError(f"{self.elf}: the ELF has no symbols; link without -s")

    @cached_property
    def functions(self) -> list[Function]:
        """Every function, in the order of the table."""
        return [
            Function(name, _address(value, kind), size)
            for name, value, size, kind in self._entries
            if kind == _FUNCTION
        ]

    @cached_property
    def variables(self) -> list[Variable]:
        """Every variable, in the order of the table."""
        return [
            Variable(name, value, size)
            for name, value, size, kind in self._entries
            if kind == _VARIABLE
        ]

    def __contains__(self, name: str) -> bool:
        return name in self._symbols

    def address(self, name: str) -> int:
        """Where it is while the firmware runs, without the Thumb bit; SetupError if unknown."""
        if name not in self._symbols:
            raise SetupError(f"{self.elf}: there is no symbol {name!r} in this firmware")
        return self._symbols[name][0]

    def size(self, name: str) -> int:
        """Its bytes, as far as the compiler has said."""
        self.address(name)
        return self._symbols[name][1]

    def nearest(self, address: int) -> tuple[str, int] | None:
        """The name before an address and how far behind it that is; None outside all names."""
        found = [
            (start, name)
            for name, (start, size) in self._symbols.items()
            if start <= address < start + max(size, 1) and not name.startswith("$")
        ]
        if not found:
            return None
        start, name = max(found)
        return name, address - start

    def source_line(self, address: int) -> str | None:
        """`file:line` of an instruction from the ELF's debug information; None without any."""
        from elftools.common.exceptions import ELFError
        from elftools.elf.elffile import ELFFile

        with self.elf.open("rb") as stream:
            file = ELFFile(stream)
            try:
                if not file.has_dwarf_info():
                    return None
                units = list(file.get_dwarf_info().iter_CUs())
                for unit in units:
                    place = _line_of(file.get_dwarf_info(), unit, address)
                    if place is not None:
                        return place
            except (ELFError, KeyError, ValueError, IndexError):  # damaged debug information
                return None
        return None

    def flash_address(self, name: str) -> int:
        """Where the image holds it: its load address, which differs for code copied to ITCM."""
        address = self.address(name)
        for run, load, length in self._segments:
            if run <= address < run + length:
                return load + address - run
        raise SetupError(f"{self.elf}: symbol {name!r} at 0x{address:08X} is in no loaded segment")


def _line_of(dwarf: "DWARFInfo", unit: "CompileUnit", address: int) -> str | None:
    """`file:line` if the unit's line program covers the address (DWARF, 6.2)."""
    program = dwarf.line_program_for_CU(unit)
    if program is None:
        return None
    before = None
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if before is not None and before.address <= address < state.address:
            # Files count from 1 up to version 4 of the format, from 0 since.
            number = before.file - (program.header.version < 5)
            name = program.header.file_entry[number].name
            return f"{name.decode('utf-8', 'replace')}:{before.line}"
        before = None if state.end_sequence else state
    return None


def _defined(file: "ELFFile") -> Iterator[tuple[str, int, int, int]]:
    """Name, value, size and type of each symbol that is defined; ELFError for a damaged table.

    Unpacked here: elftools makes objects of each entry, which takes twenty times as long, and a
    suite opens the ELF with each board.
    """
    from elftools.common.exceptions import ELFParseError

    table = file.get_section_by_name(".symtab")
    if table is None:
        return
    if file.elfclass != 32 or not file.little_endian:
        raise ELFParseError("its symbols must be of 32 bits, little-endian, as the chip's are")
    data, names = table.data(), table.stringtable.data()
    for at, value, size, info, _, section in _ENTRY.iter_unpack(data[: len(data) // 16 * 16]):
        if section != _UNDEFINED:
            yield names[at : names.find(0, at)].decode("utf-8", "replace"), value, size, info & 0xF


def _address(value: int, kind: int) -> int:
    return value & ~1 if kind == _FUNCTION else value
