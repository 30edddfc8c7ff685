"""Start-ups of the SDK, the Teensy core and Zephyr, re-enacted: no diagnosis at all."""

from itertools import pairwise

import pytest

from rt1062 import boards
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.c_program import build


def started(folder, program: str, board: str, seconds: float) -> UnicornMachine:
    """The board after so much time; nothing was wrong on the way."""
    flash = boards.find(board).flash.size
    elf = build(folder, program, {"FLASH_BYTES": flash})
    machine = UnicornMachine(elf, board=boards.find(board))
    machine.power_on()
    led = machine.pad("LED")
    machine.run_for(seconds)
    assert (machine.warnings, machine.faults, machine.resets) == ([], [], [])
    assert machine.hardware.chip.clocks.hz("core") == 600_000_000
    assert machine.hardware.chip.clocks.hz("ipg") == 150_000_000
    assert led.edges or board == "mimxrt1060-evk"
    return machine


def test_an_sdk_program_after_boot_clock_run(tmp_path):
    machine = started(tmp_path, "start_sdk", "mimxrt1060-evk", 0.02)
    assert [line.text for line in machine.console] == ["hello world.", "10 ms"]
    first, second = machine.console
    assert second.time_us - first.time_us == pytest.approx(10_000, abs=150)
    assert machine.core_state().kind == "asleep"


@pytest.mark.parametrize("board", ["teensy40", "teensy41", "teensy-micromod"])
def test_a_teensy_sketch_after_its_core_library(tmp_path, board):
    machine = started(tmp_path, "start_teensy", board, 0.46)
    assert machine.console[0].text == "Teensy ready"
    assert machine.console[0].time_us == pytest.approx(300_000, rel=0.002)
    megabytes = "08" if board == "teensy41" else "00"
    assert machine.console[1].text == f"PSRAM {megabytes} MB, 0 wrong"
    # Every 50 ms, by the 100 kHz that SysTick counts.
    times = [edge.time_us for edge in machine.pad("LED").edges]
    assert [round(b - a, -2) for a, b in pairwise(times[1:])] == [50_000] * 2


def test_a_zephyr_image_whose_ram_is_the_sdram_that_its_dcd_sets_up(tmp_path):
    machine = started(tmp_path, "start_zephyr", "mimxrt1060-evk", 0.05)
    assert [line.text for line in machine.console] == ["*** Booting Zephyr-like start-up ***"]
    assert machine.uart(1).unfinished == "uart:~$ "
    assert int.from_bytes(machine.read_memory(0x8000_0000, 4), "little") == 4  # of 10 ms
    assert machine.register("SP") > 0x81FF_0000
