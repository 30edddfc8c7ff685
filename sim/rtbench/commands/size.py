"""`rtbench size`: code and data of a firmware by memory, against what there is, and by symbol."""

import argparse
from dataclasses import asdict
from pathlib import Path

from rt1062 import boards
from rtbench.commands.outputs import need_folder
from rtbench.cpp_names import readable
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.profile import memory

SHOWN = 20


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `size` with its options."""
    parser = subparsers.add_parser(
        "size",
        help="code and data of a firmware by memory, against what there is, and by symbol",
        description="Sums up what an ELF's segments take in each memory while it runs, with what "
        "its initialisers take in the flash besides, against what there is: by symbols of the "
        "linker script (itcm_size, _flexram_bank_config), else of chip and board. Then lists the "
        "largest symbols.",
        epilog="Exit codes: 0 it fits, 1 a memory is too small, 2 the file is no ELF. "
        "Example: rtbench size build/app.elf",
    )
    parser.add_argument("elf", metavar="ELF", type=Path)
    parser.add_argument(
        "--board", metavar="BOARD", default=boards.DEFAULT.name,
        help="whose flash and SDRAM it is (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help=f"all symbols, not the first {SHOWN}")
    parser.add_argument("--json", metavar="OUT", type=Path, help="write all of it there")
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench size`."""
    need_folder("--json", chosen.json)
    used, symbols = memory.read(chosen.elf, boards.find(chosen.board))
    print(f"{'':8} {'code':>10} {'data':>10} {'in use':>10} {'of':>12}")
    for one in used:
        budget = "" if one.budget is None else f"{one.budget:,}"
        share = "" if not one.budget else f"{one.used / one.budget:6.1%}"
        print(f"{one.name:8} {one.code:10,} {one.data:10,} {one.used:10,} {budget:>12} {share}")
    print()
    for one in symbols[: None if chosen.all else SHOWN]:
        kind = "code" if one.is_code else "data"
        print(f"{one.size:10,}  {one.memory:6} {kind}  {readable(one.name)}")
    if not chosen.all and len(symbols) > SHOWN:
        rest = sum(one.size for one in symbols[SHOWN:])
        print(f"{rest:10,}  in {len(symbols) - SHOWN:,} more (--all)")
    if chosen.json is not None:
        write_json(
            chosen.json,
            {"memory": [asdict(one) for one in used], "symbols": [asdict(one) for one in symbols]},
        )
    over = [one.name for one in used if one.budget is not None and one.used > one.budget]
    for name in over:
        print(f"rtbench size: more than there is of {name}")
    return CLAIM_FAILED if over else PASSED
