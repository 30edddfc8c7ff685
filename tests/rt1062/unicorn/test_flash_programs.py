"""A library that erases and programs the flash: times of the part, wall time of no account."""

import re
import time

import pytest

from rt1062 import boards
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.c_program import build

# The data sheets' typical times, microseconds; a page's 256 bytes take 120 us and more on one pad.
PARTS = {"mimxrt1060-evk": (70_000, 200), "teensy41": (45_000, 400), "teensy40": (45_000, 400)}
SECTORS, SECTOR_S = 4, 0.5  # of CPU, at most; about 0.02 are needed


def machine_of(folder, board: str, **defines) -> UnicornMachine:
    flash = boards.find(board).flash.size
    elf = build(folder, "eeprom", {"STORES": 600, "FLASH_BYTES": flash, **defines})
    machine = UnicornMachine(elf, board=boards.find(board))
    machine.power_on()
    return machine


def told(machine: UnicornMachine, count: int) -> list[str]:
    """That many lines of the program, on LPUART1 on every board."""
    end = machine.time_us + 2_000_000
    while len(machine.uart(1).lines) < count and machine.time_us < end:
        machine.run_for(0.01)
    return [line.text for line in machine.uart(1).lines]


@pytest.mark.parametrize("board", PARTS)
def test_sectors_and_pages_take_what_the_part_takes(tmp_path, board):
    machine = machine_of(tmp_path, board)
    begun = time.process_time()
    lines = told(machine, SECTORS)
    assert time.process_time() - begun < SECTORS * SECTOR_S
    sector_us, page_us = PARTS[board]
    for line in lines:
        erased, programmed, wrong = map(int, re.findall(r"\d+", line))
        assert erased == pytest.approx(sector_us, abs=5)
        assert page_us + 115 < programmed < page_us + 160
        assert wrong == 0
    assert (machine.warnings, machine.faults) == ([], [])


def test_records_survive_full_sectors(tmp_path):
    machine = machine_of(tmp_path, "mimxrt1060-evk")
    assert told(machine, SECTORS + 2)[-2:] == ["wrong values 0, erases 2", "done"]
    assert machine.time_us < 700_000


def test_code_in_the_flash_that_erases_it_is_told(tmp_path):
    machine = machine_of(tmp_path, "mimxrt1060-evk", RAM="__attribute__((noinline))")
    told(machine, 1)
    assert len(machine.warnings) == 1
    assert machine.warnings[0].startswith("FLEXSPI: erase or program of 0x607FC000 by code in the")
