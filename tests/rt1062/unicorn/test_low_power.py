"""WFI in run, WAIT and STOP mode: what stands still, and what wakes."""

import pytest

from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import LPUART1_PINS, boot_image

COUNT, CYCLES, WOKEN = 0x2020_0000, 0x2020_0004, 0x2020_0008
SYSTICK, PIT, SNVS_LP = 15, 16 + 122, 16 + 47
# CLPCR.LPM = {mode}, CCGR1 = {ccgr1} (CG6 is PIT's), GPC_IMR4 = {masked}.
# SysTick each ms and one PIT period of 5 ms; then it sleeps.
SLEEPS = """
start: ldr r0, =0x400FC000
 movs r1, #0x78 + {mode}
 str r1, [r0, #0x54]
 ldr r1, ={ccgr1}
 str r1, [r0, #0x6C]
 ldr r1, [r0, #0x1C]
 orr r1, r1, #0x40
 str r1, [r0, #0x1C]
 ldr r0, =0x400F4000
 ldr r1, ={masked}
 str r1, [r0, #0x14]
 ldr r0, =0xE000EDFC
 ldr r1, =0x01000000
 str r1, [r0]
 ldr r0, =0xE0001000
 movs r1, #1
 str r1, [r0]
 ldr r0, =0xE000E000
 ldr r1, =395999
 str r1, [r0, #0x14]
 movs r1, #0
 str r1, [r0, #0x18]
 movs r1, #{systick}
 str r1, [r0, #0x10]
 ldr r0, =0xE000E10C
 ldr r1, =0x04000000
 str r1, [r0]
 ldr r0, =0x40084000
 movs r1, #0
 str r1, [r0]
 ldr r1, =59999
 str r1, [r0, #0x100]
 movs r1, #3
 str r1, [r0, #0x108]
 ldr r4, =0x20200000
1: wfi
 ldr r0, =0xE0001000
 ldr r0, [r0, #4]
 str r0, [r4, #4]
 ldr r0, [r4, #8]
 adds r0, #1
 str r0, [r4, #8]
 b 1b
tick: ldr r4, =0x20200000
 ldr r0, [r4]
 adds r0, #1
 str r0, [r4]
 bx lr
pit: ldr r0, =0x40084000
 movs r1, #1
 str r1, [r0, #0x10C]
 bx lr
"""


@pytest.fixture
def run(tmp_path):
    def run(
        mode: int, masked: int = 0, systick: int = 7, ccgr1: int = 0xFFFF_FFFF
    ) -> UnicornMachine:
        source = SLEEPS.format(mode=mode, masked=masked, systick=systick, ccgr1=ccgr1)
        image = boot_image(source, {SYSTICK: "tick", PIT: "pit"})
        (tmp_path / "a.bin").write_bytes(image)
        machine = UnicornMachine(tmp_path / "a.bin")
        machine.power_on()
        machine.run_for(0.0101)
        return machine

    return run


def word(machine: UnicornMachine, address: int) -> int:
    return int.from_bytes(machine.read_memory(address, 4), "little")


def test_in_run_mode_systick_goes_on(run):
    machine = run(0)
    assert machine.warnings == []
    assert word(machine, COUNT) == 10


def test_the_cycle_counter_stands_still_in_wfi(run):
    assert word(run(0), CYCLES) < 1_000  # of 4 million that passed


def test_in_wait_mode_systick_stands_still_and_a_peripheral_wakes(run):
    machine = run(1)
    (line,) = machine.warnings
    assert line.startswith(
        "CCM: WFI in WAIT mode (CCM_CLPCR.LPM 1): SysTick stands still and does not wake the core, "
        "since 0.00"
    )
    assert word(machine, COUNT) == 0
    assert word(machine, WOKEN) == 2  # the PIT, each 5 ms


def test_without_systick_wait_mode_is_no_mistake(run):
    machine = run(1, systick=0)
    assert machine.warnings == []
    assert word(machine, WOKEN) == 2


def test_what_the_gpc_masks_does_not_wake(run):
    machine = run(1, masked=0x0400_0000)
    assert (word(machine, COUNT), word(machine, WOKEN)) == (0, 0)


def test_in_stop_mode_a_timer_of_the_peripheral_clocks_does_not_wake(run):
    machine = run(2)
    assert "WFI in STOP mode (CCM_CLPCR.LPM 2)" in machine.warnings[0]
    assert (word(machine, COUNT), word(machine, WOKEN)) == (0, 0)


def test_systick_goes_on_where_it_stood(run):
    machine = run(1)
    # Awake for a few instructions in 10 ms: it has counted no more than those.
    assert 390_000 < machine.hardware.processor.systick.read_cvr() < 396_000


# Blocks whose clock stops.


def test_a_gate_of_run_mode_only_stops_a_timer_in_wait_mode(run):
    machine = run(1, systick=0, ccgr1=0xFFFF_DFFF)
    assert word(machine, WOKEN) == 0
    (line,) = machine.warnings
    assert line.startswith(
        "PIT: its clock stops in WAIT mode (CCM_CLPCR.LPM 1, CCM_CCGR1.CG6 1) while it counts to "
        "an interrupt, since 0.00"
    )


def test_a_gate_of_run_mode_only_changes_nothing_in_run_mode(run):
    machine = run(0, ccgr1=0xFFFF_DFFF)
    assert (machine.warnings, word(machine, COUNT)) == ([], 10)


def test_stop_mode_stops_a_timer_whatever_its_gate_says(run):
    machine = run(2)
    assert (
        "PIT: its clock stops in STOP mode (CCM_CLPCR.LPM 2, CCM_CCGR1.CG6 3)"
        in (machine.warnings[1])
    )
    count = machine.hardware.blocks["PIT"].read(0x104)
    machine.run_for(0.01)
    assert machine.hardware.blocks["PIT"].read(0x104) == count > 59_000


# Sends a character and sleeps in STOP mode until the button's pad, GPIO5.0, rises.
SENDS = f"""
start: ldr r0, =0x400FC000
 movs r1, #0x78 + 2
 str r1, [r0, #0x54]
{LPUART1_PINS}
 ldr r0, =0x400C0000
 movs r1, #2
 str r1, [r0, #0xC]
 movs r1, #1
 str r1, [r0, #0x14]
 ldr r0, =0xE000E108
 mov r1, #0x1000000
 str r1, [r0]
 ldr r0, =0x40184000
 ldr r1, =0x0F00002B
 str r1, [r0, #0x10]
 movs r1, #12
 lsls r1, r1, #16
 str r1, [r0, #0x18]
1: ldr r1, [r0, #0x14]
 tst r1, #0x400000
 beq 1b
 movs r1, #'!'
 str r1, [r0, #0x1C]
 wfi
2: b 2b
"""


def test_a_character_stands_still_in_stop_mode_and_goes_on_afterwards(tmp_path):
    (tmp_path / "a.bin").write_bytes(boot_image(SENDS))
    machine = UnicornMachine(tmp_path / "a.bin")
    machine.press_button(True)
    machine.power_on()
    machine.press_button(True)
    machine.run_for(0.01)
    assert machine.uart(1).unfinished == ""
    assert machine.warnings[0].startswith(
        "LPUART1: its clock stops in STOP mode (CCM_CLPCR.LPM 2, CCM_CCGR5.CG12 3) while it sends, "
        "since 0.000"
    )
    machine.uart(1).send("?")
    machine.run_for(0.001)
    assert "LPUART1: a character came in while its clock stood still" in machine.warnings[1]
    machine.press_button(False)
    machine.run_for(0.00002)
    assert machine.uart(1).unfinished == ""
    machine.run_for(0.0001)
    assert machine.uart(1).unfinished == "!"


@pytest.mark.parametrize(("mode", "name"), [(0, "wfi"), (1, "wait"), (2, "stop")])
def test_the_time_in_each_state_adds_up_and_is_the_modes(run, mode, name):
    machine = run(mode)
    core = dict(machine.states.core)
    assert sum(core.values()) == pytest.approx(machine.time_us)
    assert core.pop(name) > 10_000
    assert 0 < core.pop("run") < 100
    assert not any(core.values())
    assert sum(machine.states.clocks.values()) == pytest.approx(machine.states.core["run"])
