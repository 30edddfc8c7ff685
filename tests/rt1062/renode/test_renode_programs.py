"""What firmware sees of time on a real Renode, and what outlives a reset or a process."""

import subprocess

import pytest

from rt1062.renode import machine, process
from rt1062.renode.monitor import ARGUMENTS
from tests.rt1062.renode.real import CODE, Chip, renode
from tests.rt1062.unicorn.assembler import assemble

pytest_plugins = "tests.rt1062.renode.fixtures"

FLASH = 0x6000_0000
RESULT = 0x2020_0000  # the programs' answers, in OCRAM2
# LPSPI1 as a master at 41,142,857 Hz / 12 after the boot ROM, frames of 8 bits; r0 is its base,
# r6 that of the answers.
SET_UP = """
    ldr r0, =0x40394000
    ldr r6, =0x20200000
    movs r1, #3
    str r1, [r0, #0x24]
    movs r1, #10
    str r1, [r0, #0x40]
    ldr r1, =0x000F000F
    str r1, [r0, #0x58]
    movs r1, #1
    str r1, [r0, #0x10]
    movs r1, #7
    str r1, [r0, #0x60]
"""
END = """
end:
    wfi
    b end
"""


@pytest.fixture
def run(tmp_path):
    """Runs a program for some time; the chip behind it."""
    chips = []

    def run(program: str, microseconds: float) -> Chip:
        chips.append(Chip(tmp_path, assemble(program, FLASH + CODE)))
        chips[-1].wait_us(microseconds)
        return chips[-1]

    yield run
    for chip in chips:
        chip.close()


def test_a_poll_is_carried_on_to_the_end_of_the_burst(run) -> None:
    chip = run(
        SET_UP
        + """
    movs r2, #16
fill:
    str r2, [r0, #0x64]
    subs r2, #1
    bne fill
    movs r3, #0
poll:
    adds r3, #1
    ldr r1, [r0, #0x14]
    lsls r1, r1, #7
    bmi poll
    str r3, [r6]
    ldr r1, [r0, #0x5C]
    str r1, [r6, #4]
"""
        + END,
        200,
    )
    polls, counts = chip.read_at(RESULT), chip.read_at(RESULT + 4)
    # 16 frames take 41 us; a look takes 5 instructions, so 5,000 would fit.
    assert 2 <= polls <= 8
    assert counts == 16 << 16


def test_an_interrupt_ends_the_sleep_when_the_word_is_through(run) -> None:
    chip = run(
        SET_UP
        + """
    cpsid i
    ldr r5, =0xE000E104
    movs r1, #1
    str r1, [r5]
    movs r1, #0
    str r1, [r0, #0x58]
    movs r1, #2
    str r1, [r0, #0x18]
    ldr r5, =0xE0001004
    ldr r4, [r5]
    str r1, [r0, #0x64]
    wfi
    ldr r1, [r0, #0x14]
    str r1, [r6]
"""
        + END,
        200,
    )
    assert chip.read_at(RESULT) & 2  # RDF
    assert chip.line("lpspi1", "IRQ")


def test_a_button_is_held_over_a_reset(chip) -> None:
    levels = []
    for action in ((chip.machine.press_button, True), (chip.reset,), (chip.machine.reset,)):
        action[0](*action[1:])
        chip.wait_us(20_000)  # Renode hands a press on when time passes
        levels.append(chip.read("gpio5", 8) & 1)
    assert levels == [0, 0, 0]
    chip.machine.press_button(False)
    chip.wait_us(20_000)
    assert chip.read("gpio5", 8) & 1 == 1


def test_a_transfer_goes_on_in_another_process(chip, tmp_path) -> None:
    for offset, value in ((0x24, 3), (0x40, 10), (0x10, 1), (0x60, 7), *[(0x64, 0)] * 8):
        chip.write("lpspi1", offset, value)
    chip.wait_us(8)
    before = chip.read("lpspi1", 0x5C)
    assert 0 < before >> 16 < 8
    chip.machine.save(tmp_path / "state")
    chip.close()
    process.close_idle()
    other = Chip(tmp_path)
    other.machine.load(tmp_path / "state")
    assert other.read("lpspi1", 0x5C) == before
    other.wait_us(100)
    assert other.read("lpspi1", 0x5C) == 8 << 16
    other.close()


def test_the_script_for_work_by_hand_starts_the_image_that_is_named(tmp_path) -> None:
    chip = Chip(tmp_path)  # writes an image
    chip.close()
    script = process.PLATFORM / process.BOARD.with_suffix(".resc")
    commands = [
        f"set image @{tmp_path / 'chip.bin'}",
        f"include @{script}",
        "sysbus ReadDoubleWord 0x60002080",
        'emulation RunFor "0.001"',
        "cpu PC",
        "quit",
    ]
    arguments = [one for command in commands for one in ("-e", command)]
    done = subprocess.run(
        [renode(), *ARGUMENTS, *arguments], capture_output=True, text=True, timeout=120
    )
    assert "0xE7FDBF30" in done.stdout, done.stdout  # wfi; b to it
    assert machine.QUANTUM_S in script.read_text()


def test_another_renode_leaves_the_folder_of_ours_alone(chip, tmp_path) -> None:
    # Renode removes folders of its kind from TMPDIR when it starts.
    subprocess.run([renode(), *ARGUMENTS, "-e", "quit"], capture_output=True, timeout=120)
    assert chip.machine._process.directory.is_dir()
    assert chip.read("lpspi1", 0x00) == 0x0100_0004
