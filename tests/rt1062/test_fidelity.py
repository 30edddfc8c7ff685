"""docs/fidelity.md says of each block of the chip which emulator has it: held to both of them."""

import re
from pathlib import Path

import pytest

from rt1062 import boards
from rt1062.chip.block_table import BLOCKS
from rt1062.renode import process
from rt1062.unicorn.hardware import Hardware
from tests.rt1062.renode import repl

PAGE = Path(__file__).parents[2] / "docs" / "fidelity.md"
UNICORN, RENODE = 1, 2  # columns


def names(cell: str) -> set[str]:
    """Blocks that a row's first cell names in `code`, `A1` to `A4` being all four."""
    found = set(re.findall(r"`(\w+)`", cell))
    for name, first, last in re.findall(r"`(\w+?)(\d+)` to `\1(\d+)`", cell):
        found |= {f"{name}{number}" for number in range(int(first), int(last) + 1)}
    return found


def claimed(page: str, column: int) -> set[str]:
    """Blocks that an emulator has, as its column says: those that are not absent."""
    found: set[str] = set()
    for line in page.splitlines():
        if line.startswith("| "):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not cells[column].startswith("absent"):
                found |= names(cells[0])
    return found


def test_names_of_a_row_are_taken_one_by_one_and_as_a_range():
    assert names("`GPIO2` to `GPIO4` (slow), `SRC`") == {"GPIO2", "GPIO3", "GPIO4", "SRC"}
    page = "| | a | b | |\n| `SRC` | absent | stub: as above | |\n| text | exact | exact | |"
    assert (claimed(page, UNICORN), claimed(page, RENODE)) == (set(), {"SRC"})


def test_every_name_on_the_page_is_a_block_of_the_chip():
    page = PAGE.read_text()
    assert claimed(page, UNICORN) | claimed(page, RENODE) <= BLOCKS.keys()


def test_the_unicorn_column_has_the_blocks_of_the_board():
    assert claimed(PAGE.read_text(), UNICORN) == Hardware(boards.DEFAULT).blocks.keys()


def test_the_renode_column_has_the_blocks_of_the_platform():
    platform = repl.read(Path(process.__file__).parent / "rt1062.repl")
    entries = {name.upper() for name in platform}
    assert claimed(PAGE.read_text(), RENODE) == BLOCKS.keys() & entries


@pytest.mark.parametrize("name", ["LCDIF", "TRNG", "GPIO7"])
def test_a_row_that_is_left_out_is_missed(name):
    page = PAGE.read_text().replace(f"`{name}`", name).replace("`GPIO6` to `GPIO9`", "GPIO6 to 9")
    assert name not in claimed(page, UNICORN)
