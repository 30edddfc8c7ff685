"""firmware/board: its linker scripts and start-up code, held to the chip's memory map."""

import re
from pathlib import Path

from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.chip import memory_map
from rt1062.chip.block_table import BLOCKS

BOARD = Path(__file__).parents[1] / "firmware" / "board"
CORE_BLOCKS = {  # Armv7-M, the same on every chip
    "DWT": 0xE000_1000,
    "SYSTICK": 0xE000_E010,
    "NVIC": 0xE000_E100,
    "SCB": 0xE000_ED00,
    "MPU": 0xE000_ED90,
    "DEBUG": 0xE000_EDF0,
    "CACHE": 0xE000_EF50,
}


def _regions() -> dict[str, tuple[int, int]]:
    text = (BOARD / "memory.ld").read_text()
    found = re.findall(r"(\w+)\s*\(\w+\)\s*: ORIGIN = (\w+), LENGTH = (\d+)K", text)
    return {name: (int(origin, 16), int(kib) * 1024) for name, origin, kib in found}


def _flexram_banks() -> list[int]:
    word = re.search(r"=(0x[0-9A-F]{8})", (BOARD / "startup.cc").read_text())
    assert word is not None
    return [int(word[1], 16) >> 2 * bank & 3 for bank in range(memory_map.FLEXRAM_BANKS)]


def test_linker_regions_are_the_chips():
    regions = _regions()
    assert regions.keys() == {"FLASH", "ITCM", "DTCM", "OCRAM2"}
    for region in (MIMXRT1060_EVK.flash, memory_map.OCRAM2):
        assert regions[region.name] == (region.base, region.size)


def test_tcm_regions_are_what_the_start_up_code_sets():
    regions, banks = _regions(), _flexram_banks()
    for name, kind in (("ITCM", memory_map.FLEXRAM_ITCM), ("DTCM", memory_map.FLEXRAM_DTCM)):
        size = banks.count(kind) * memory_map.FLEXRAM_BANK_BYTES
        assert regions[name] == (getattr(memory_map, name).base, size)
    assert memory_map.FLEXRAM_UNUSED not in banks


def test_peripherals_are_where_the_chip_has_them():
    text = (BOARD / "peripherals.ld").read_text()
    found = {name: int(at, 16) for name, at in re.findall(r"^(\w+)\s*= (0x\w+);", text, re.M)}
    assert found
    for name, base in found.items():
        expected = CORE_BLOCKS[name] if name in CORE_BLOCKS else BLOCKS[name].base
        assert base == expected, name
