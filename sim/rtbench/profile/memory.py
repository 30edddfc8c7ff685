"""What a firmware's ELF takes of each memory, against what there is, and its largest symbols."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rt1062.boards.board import Board
from rt1062.chip import memory_map
from rt1062.errors import SetupError

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

WINDOWS = {
    "ITCM": memory_map.ITCM, "DTCM": memory_map.DTCM, "OCRAM2": memory_map.OCRAM2,
    "OCRAM": memory_map.OCRAM, "SDRAM": memory_map.SDRAM, "flash": memory_map.FLASH,
}  # fmt: skip
FLEXRAM_SYMBOL = "_flexram_bank_config"  # Teensy's linker script: the value of GPR17


@dataclass(frozen=True)
class Use:
    """Bytes of one memory: in use, of these in functions, and what there is.

    `budget` is None where neither the ELF nor the board says it (of FlexRAM more is not there than
    its window).
    """

    name: str
    used: int
    code: int
    budget: int | None

    @property
    def data(self) -> int:
        """Constants, variables, stacks, padding; of flash also what is copied at the start."""
        return self.used - self.code


@dataclass(frozen=True)
class SymbolSize:
    """A function or variable, the memory it is in while the firmware runs, and its bytes."""

    name: str
    memory: str
    size: int
    is_code: bool


def read(elf: Path, board: Board) -> tuple[list[Use], list[SymbolSize]]:
    """By memory, and by symbol, the largest first; SetupError if the file is no ELF."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    try:
        with elf.open("rb") as stream:
            file = ELFFile(stream)
            used = _used(file)
            values, symbols = _symbols(file)
    except (ELFError, OSError) as error:
        raise SetupError(f"{elf}: not an ELF file that can be read ({error})") from error
    code = dict.fromkeys(used, 0)
    for one in symbols:
        if one.is_code:
            code[one.memory] = code.get(one.memory, 0) + one.size
    budgets = _budgets(values, board)
    return [
        Use(name, count, min(count, code[name]), budgets.get(name))
        for name, count in used.items()
        if count
    ], symbols


def where(address: int) -> str:
    """The memory at an address."""
    return next((n for n, one in WINDOWS.items() if one.base <= address < one.end), "elsewhere")


def _used(file: "ELFFile") -> dict[str, int]:
    """Where it runs, and where its initialisers lie."""
    used = dict.fromkeys(WINDOWS, 0)
    for segment in file.iter_segments("PT_LOAD"):
        run_at, load_at = where(segment["p_vaddr"]), where(segment["p_paddr"])
        used[run_at] = used.get(run_at, 0) + segment["p_memsz"]
        if run_at != load_at:
            used[load_at] = used.get(load_at, 0) + segment["p_filesz"]
    return used


def _symbols(file: "ELFFile") -> tuple[dict[str, int], list[SymbolSize]]:
    """All values by name, and what has a size; aliases of the same place once."""
    table = file.get_section_by_name(".symtab")
    values, places = {}, {}
    for one in table.iter_symbols() if table else ():
        if one["st_shndx"] == "SHN_UNDEF":
            continue
        values[one.name] = one["st_value"]
        if one["st_size"]:
            is_code = one["st_info"]["type"] == "STT_FUNC"
            address = one["st_value"] & ~1 if is_code else one["st_value"]
            found = SymbolSize(one.name, where(address), one["st_size"], is_code)
            known = places.setdefault((address, is_code), found)
            if (found.size, known.name) > (known.size, found.name):
                places[address, is_code] = found
    return values, sorted(places.values(), key=lambda one: (-one.size, one.name))


def _budgets(values: dict[str, int], board: Board) -> dict[str, int]:
    """From the linker script's own symbols, else from chip and board."""
    found = {"OCRAM2": memory_map.OCRAM2.size, "flash": board.flash.size}
    found["SDRAM"] = board.sdram.size if board.sdram else 0
    if FLEXRAM_SYMBOL in values:
        banks = [values[FLEXRAM_SYMBOL] >> 2 * bank & 3 for bank in range(memory_map.FLEXRAM_BANKS)]
        for name, kind in (
            ("ITCM", memory_map.FLEXRAM_ITCM),
            ("DTCM", memory_map.FLEXRAM_DTCM),
            ("OCRAM", memory_map.FLEXRAM_OCRAM),
        ):
            found[name] = banks.count(kind) * memory_map.FLEXRAM_BANK_BYTES
    for name in WINDOWS:
        size = values.get(f"{name.lower()}_size")
        if size:
            found[name] = size
    return found
