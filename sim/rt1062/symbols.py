"""Names in a firmware's ELF and the addresses they stand for (ELF for the Arm Architecture)."""

from pathlib import Path
from typing import TYPE_CHECKING

from rt1062.errors import SetupError

if TYPE_CHECKING:
    from elftools.elf.sections import Symbol

FUNCTION = "STT_FUNC"


class Symbols:
    """The symbol table of an ELF; SetupError if the file is missing or is no ELF with symbols."""

    def __init__(self, elf: Path | str):
        from elftools.common.exceptions import ELFError
        from elftools.elf.elffile import ELFFile

        self.elf = Path(elf)
        try:
            with self.elf.open("rb") as stream:
                file = ELFFile(stream)
                table = file.get_section_by_name(".symtab")
                entries = list(table.iter_symbols()) if table else []
                self._segments = [
                    (segment["p_vaddr"], segment["p_paddr"], segment["p_memsz"])
                    for segment in file.iter_segments("PT_LOAD")
                ]
        except FileNotFoundError as error:
            raise SetupError(f"{self.elf}: no such ELF file") from error
        except (ELFError, OSError) as error:
            raise SetupError(f"{self.elf}: not an ELF file that can be read ({error})") from error
        self._symbols = {
            entry.name: (_address(entry), entry["st_size"])
            for entry in entries
            if entry.name and entry["st_shndx"] != "SHN_UNDEF"
        }
        if not self._symbols:
            raise SetupError(f"{self.elf}: the ELF has no symbols; link without -s")

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

    def flash_address(self, name: str) -> int:
        """Where the image holds it: its load address, which differs for code copied to ITCM."""
        address = self.address(name)
        for run, load, length in self._segments:
            if run <= address < run + length:
                return load + address - run
        raise SetupError(f"{self.elf}: symbol {name!r} at 0x{address:08X} is in no loaded segment")


def _address(entry: "Symbol") -> int:
    value = entry["st_value"]
    return value & ~1 if entry["st_info"]["type"] == FUNCTION else value
