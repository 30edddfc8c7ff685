"""`rtbench size`: code and data of a firmware by memory and by symbol."""

import argparse
from pathlib import Path

from rt1062.chip import memory_map
from rt1062.errors import SetupError
from rtbench.exit_codes import PASSED

REGIONS = {
    "ITCM": memory_map.ITCM, "DTCM": memory_map.DTCM, "OCRAM2": memory_map.OCRAM2,
    "OCRAM": memory_map.OCRAM, "SDRAM": memory_map.SDRAM, "flash": memory_map.FLASH,
}  # fmt: skip
SHOWN = 20


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `size` with its options."""
    parser = subparsers.add_parser(
        "size",
        help="code and data of a firmware by memory and by symbol",
        description="Sums up what an ELF's sections take in each memory while it runs, with what "
        "its initialisers take in the flash besides, and lists the largest symbols.",
        epilog="Exit codes: 0 told, 2 the file is no ELF. Example: rtbench size build/app.elf",
    )
    parser.add_argument("elf", metavar="ELF", type=Path)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench size`."""
    used, symbols = read(chosen.elf)
    for name, count in used.items():
        print(f"{name:8} {count:10,} bytes")
    print()
    for name, region, count in symbols[:SHOWN]:
        print(f"{count:10,}  {region:8} {name}")
    return PASSED


def read(elf: Path) -> tuple[dict[str, int], list[tuple[str, str, int]]]:
    """Bytes by memory, and symbols with memory and bytes, the largest first."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    used = dict.fromkeys(REGIONS, 0)
    try:
        with elf.open("rb") as stream:
            file = ELFFile(stream)
            for segment in file.iter_segments("PT_LOAD"):
                run_at, load_at = where(segment["p_vaddr"]), where(segment["p_paddr"])
                used[run_at] = used.get(run_at, 0) + segment["p_memsz"]
                if run_at != load_at:
                    used[load_at] = used.get(load_at, 0) + segment["p_filesz"]
            table = file.get_section_by_name(".symtab")
            symbols = [
                (one.name, where(one["st_value"]), one["st_size"])
                for one in (table.iter_symbols() if table else ())
                if one["st_size"] and one["st_shndx"] != "SHN_UNDEF"
            ]
    except (ELFError, OSError) as error:
        raise SetupError(f"{elf}: not an ELF file that can be read ({error})") from error
    return {name: count for name, count in used.items() if count}, sorted(
        set(symbols), key=lambda one: (-one[2], one[0])
    )


def where(address: int) -> str:
    """The memory at an address."""
    return next((n for n, one in REGIONS.items() if one.base <= address < one.end), "elsewhere")
