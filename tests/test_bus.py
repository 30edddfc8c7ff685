"""Spins on the bus let virtual time pass, measurements do not."""

from tests.test_processor import make_processor, registers, run

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
