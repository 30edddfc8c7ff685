"""Spins on the bus let virtual time pass, measurements do not."""

import re

import pytest

from rt1062.unicorn.access_log import AccessLog
from rt1062.unicorn.machine import UnicornMachine
from tests.rt1062.boot_image import boot_image
from tests.rt1062.unicorn.test_processor import make_processor, registers, run

# R0 = DWT, cycle counter running, R4 = count at the start.
SETUP = (
    "start: ldr r0, =0xE000EDFC\n movs r1, #1\n lsls r1, #24\n str r1, [r0]\n"
    " ldr r0, =0xE0001000\n movs r1, #1\n str r1, [r0]\n ldr r4, [r0, #4]\n"
)
WAIT = " ldr r5, ={cycles}\nagain: ldr r2, [r0, #4]\n subs r2, r4\n cmp r2, r5\n blo again\n"


def test_spin_on_the_cycle_counter_costs_few_instructions_and_ends_in_time():
    body = SETUP + WAIT.format(cycles=6_000_000) + " ldr r6, [r0, #4]\n subs r6, r4\n wfi"
    processor = run(make_processor(body), 7_000_000)
    assert 6_000_000 <= processor.core.get("R6") <= 6_000_000 + 1000
    assert processor.instructions < 100_000


def test_short_wait_is_exact():
    body = SETUP + WAIT.format(cycles=120) + " ldr r6, [r0, #4]\n subs r6, r4\n wfi"
    processor = run(make_processor(body))
    assert 120 <= processor.core.get("R6") <= 140


def test_short_wait_behind_a_long_one_is_nearly_exact():
    body = SETUP + WAIT.format(cycles=6_000_000) + " ldr r4, [r0, #4]\n ldr r5, =120\n"
    body += "more: ldr r2, [r0, #4]\n subs r2, r4\n cmp r2, r5\n blo more\n"
    body += " ldr r6, [r0, #4]\n subs r6, r4\n wfi"
    processor = run(make_processor(body), 7_000_000)
    assert 120 <= processor.core.get("R6") <= 140


def test_counter_read_between_pieces_of_work_measures_them():
    # 100 rounds of 300 instructions, the counter read once in each.
    body = SETUP + (
        " movs r7, #100\nround: ldr r2, [r0, #4]\n movs r3, #100\nwork: nop\n subs r3, #1\n"
        " bne work\n subs r7, #1\n bne round\n ldr r6, [r0, #4]\n subs r6, r4\n wfi"
    )
    processor = run(make_processor(body), 100_000)
    # Within a block of instructions the time is that of its end.
    assert abs(registers(processor, "R6")[0] - 100 * (300 + 4)) <= 8


# R0 = LPUART1, transmitting: clock from the oscillator, 115,385 baud, a byte in the shifter.
SENDING = (
    "start: ldr r0, =0x400FC024\n movs r1, #0x40\n str r1, [r0]\n ldr r0, =0x40184000\n"
    " ldr r1, =0x0F00000D\n str r1, [r0, #0x10]\n ldr r1, =0x80000\n str r1, [r0, #0x18]\n"
    " movs r1, #65\n str r1, [r0, #0x1C]\n str r1, [r0, #0x1C]\n"
)


def test_status_looked_at_twice_is_no_spin(tmp_path):
    # STAT twice in one piece of code, then twice in another: time is that of the instructions.
    body = SENDING + (
        " ldr r2, [r0, #0x14]\n ldr r3, [r0, #0x14]\n b 1f\n1: ldr r4, [r0, #0x14]\n"
        " ldr r5, [r0, #0x14]\n b ."
    )
    machine = boot(tmp_path, body)
    machine.hardware.processor.run_until(1000)
    assert machine.hardware.processor.bus.skipped == 0


def test_status_spun_on_carries_time_to_its_change(tmp_path):
    body = SENDING + " ldr r2, =0x400000\n1: ldr r3, [r0, #0x14]\n tst r3, r2\n beq 1b\n b ."
    machine = boot(tmp_path, body)
    machine.hardware.processor.run_until(300 * 600)  # the preamble and two bytes take 260 us
    assert machine.hardware.processor.bus.skipped > 100 * 600
    assert machine.hardware.processor.core.get("R3") & 0x40_0000


def boot(tmp_path, body: str) -> UnicornMachine:
    path = tmp_path / "image.bin"
    path.write_bytes(boot_image(body))
    machine = UnicornMachine(path)
    machine.power_on()
    return machine


def test_spin_that_looks_at_two_registers_in_turn_passes_time(tmp_path):
    # STAT until RDRF, then WATER, which nobody will ever change.
    body = SENDING + (
        " ldr r2, =0x200000\n1: ldr r3, [r0, #0x14]\n tst r3, r2\n bne 2f\n"
        " ldr r3, [r0, #0x2C]\n b 1b\n2: b 2b"
    )
    machine = boot(tmp_path, body)
    machine.hardware.processor.run_until(20_000 * 600)
    assert machine.hardware.processor.instructions < 100_000


def test_a_write_to_a_fifo_behind_a_spin_takes_nothing_out_of_it(tmp_path):
    # Looped back: the byte that was sent is still to be read behind the next that is sent.
    body = SENDING.replace("ldr r1, =0x80000\n", "ldr r1, =0xC0080\n") + (
        " ldr r2, =0x200000\n1: ldr r3, [r0, #0x14]\n tst r3, r2\n beq 1b\n"
        " ldr r3, [r0, #0x14]\n ldr r3, [r0, #0x14]\n str r1, [r0, #0x1C]\n"
        " ldr r4, [r0, #0x1C]\n b ."
    )
    machine = boot(tmp_path, body)
    machine.hardware.processor.run_until(400 * 600)
    assert machine.hardware.processor.core.get("R4") & 0x3FF == 65


def test_blocks_that_are_not_modelled_do_not_disturb_a_spin(tmp_path):
    # Each round looks at STAT and reads and writes a register of USB, which is not there.
    body = SENDING + (
        " ldr r2, =0x400000\n ldr r5, =0x402E0144\n1: ldr r3, [r0, #0x14]\n ldr r6, [r5]\n"
        " str r6, [r5]\n tst r3, r2\n beq 1b\n b ."
    )
    machine = boot(tmp_path, body)
    machine.hardware.processor.run_until(300 * 600)
    assert machine.hardware.processor.bus.skipped > 100 * 600


def test_spin_on_a_block_that_is_not_modelled_passes_time(tmp_path):
    # USBSTS of USB until something happens there, which it never does.
    body = "start: ldr r5, =0x402E0144\n1: ldr r6, [r5]\n cmp r6, #0\n beq 1b\n b ."
    machine = boot(tmp_path, body)
    machine.hardware.processor.run_until(20_000 * 600)
    assert machine.hardware.processor.instructions < 100_000


def test_a_diagnosis_names_block_and_first_time_once():
    now = [0]
    log = AccessLog(lambda: now[0])
    diagnose = log.diagnose("LPUART1")
    now[0] = 600_000_000
    diagnose("BAUD is 0")
    now[0] *= 2
    diagnose("BAUD is 0")
    assert log.lines == ["LPUART1: BAUD is 0, since 1.000000 s"]


# Turns of a loop that looks at the idle LPUART1 once and works in between, then the same without.
SUPER_LOOP = (
    "start: ldr r0, =0x40184000\n ldr r8, =0xE0001000\n ldr r1, =0xE000EDFC\n ldr r2, =0x01000000\n"
    " str r2, [r1]\n movs r1, #1\n str r1, [r8]\n ldr r4, [r8, #4]\n mov r7, #1000\n"
    "1: ldr r3, [r0, #0x14]\n tst r3, #0x200000\n bne 9f\n movs r3, #{work}\n"
    "2: nop\n subs r3, #1\n bne 2b\n subs r7, #1\n bne 1b\n"
    " ldr r5, [r8, #4]\n subs r5, r4\n wfi\n9: b 9b\n"
)


@pytest.mark.parametrize("work", [10, 100])
def test_a_loop_that_works_between_two_looks_at_an_idle_port_is_measured_right(tmp_path, work):
    machine = boot(tmp_path, SUPER_LOOP.format(work=work))
    machine.run_for(0.01)
    cycles = machine.hardware.processor.core.get("R5") / 1000
    # The core runs at 396 MHz out of the boot ROM: 0.66 cycles an instruction of ours.
    assert abs(cycles - 0.66 * (3 * work + 6)) < 0.1 * 0.66 * 6 + 1
    assert machine.hardware.processor.bus.skipped == 0


def test_a_loop_that_clears_flags_at_each_look_and_works_is_measured_right(tmp_path):
    """FreeMASTER in a superloop: STAT is read and its flags written back, once a turn."""
    clears = SUPER_LOOP.replace("[r0, #0x14]\n", "[r0, #0x14]\n str r9, [r0, #0x14]\n")
    assert clears != SUPER_LOOP
    machine = boot(
        tmp_path,
        clears.format(work=100).replace(" ldr r4, [r8", " ldr r9, =0x001F0000\n ldr r4, [r8"),
    )
    machine.run_for(0.01)
    cycles = machine.hardware.processor.core.get("R5") / 1000
    assert abs(cycles - 0.66 * 307) < 1.4
    assert machine.hardware.processor.bus.skipped == 0


def test_a_poll_that_clears_flags_each_turn_is_a_spin_all_the_same(tmp_path):
    # As FreeMASTER's: STAT's flags are written back, clear ones among them, until RDRF.
    body = SENDING + (
        " ldr r2, =0x200000\n ldr r5, =0x001F0000\n1: ldr r3, [r0, #0x14]\n and r6, r3, r5\n"
        " str r6, [r0, #0x14]\n tst r3, r2\n beq 1b\n b ."
    )
    machine = boot(tmp_path, body)
    machine.run_for(0.02)
    assert machine.hardware.processor.instructions < 200_000


def test_a_flag_that_is_set_and_cleared_ends_a_spin(tmp_path):
    body = SENDING + " ldr r5, =0x001F0000\n1: ldr r3, [r0, #0x14]\n str r5, [r0, #0x14]\n b 1b"
    machine = boot(tmp_path, body)
    machine.run_for(0.001)
    machine.uarts["LPUART1"].send("abcdefgh")  # more than the receiver takes: OR is set
    machine.run_for(0.002)
    assert machine.hardware.blocks["LPUART1"].read(0x14) & 0x80000 == 0


def test_a_spin_on_a_register_that_is_not_modelled_is_named_with_count_and_time(tmp_path):
    # Within a block that is modelled: LPUART1 ends at 0x2C.
    machine = boot(tmp_path, "start: ldr r0, =0x40184000\n1: ldr r1, [r0, #0x40]\n b 1b")
    machine.run_for(0.02)
    processor = machine.hardware.processor
    assert processor.instructions < 100_000
    (line,) = machine.warnings
    begin = "LPUART1: 1 register not modelled (+ 0x40), first a read of + 0x40 at pc 0x600024"
    assert line.startswith(begin)
    reads, seconds = re.search(r"spun on \+ 0x40, (\d+) times for ([\d.]+) s$", line).groups()
    assert int(reads) > 1000
    assert abs(float(seconds) - 0.02) < 0.001
    state = machine.core_state()
    assert state.kind == "spinning"
    assert state.detail.startswith("on LPUART1 + 0x40, which is not modelled, for 0.0")


ABSENT = {
    "ROM": 0x0020_001C,
    "CMP2": 0x4009_4008,
    "PWM1": 0x403D_C002,
    "ITM": 0xE000_0000,
    "FPB": 0xE000_2000,
    "TPIU": 0xE004_00F0,
    "MCM": 0xE008_0010,
    "ROM_TABLES": 0xE00F_F000,
}


@pytest.mark.parametrize("name", ABSENT)
def test_a_block_that_is_absent_reads_zero_drops_writes_and_is_told(tmp_path, name):
    body = f"start: ldr r0, ={ABSENT[name]:#x}\n movs r1, #5\n str r1, [r0]\n ldr r1, [r0]\n wfi"
    machine = boot(tmp_path, body)
    machine.run_for(0.001)
    assert (machine.register("R1"), machine.faults) == (0, [])
    assert [line.split(":")[0] for line in machine.warnings] == [name]
