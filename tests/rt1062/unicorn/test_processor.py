"""The Cortex-M7 with its exceptions, as the ARMv7-M Architecture Reference Manual says."""

import pytest

from rt1062.boards.mimxrt1060_evk import MIMXRT1060_EVK
from rt1062.chip.memory_map import FLEXRAM_FUSE_DEFAULT
from rt1062.unicorn import exceptions as e
from rt1062.unicorn.processor import Processor
from tests.rt1062.unicorn.assembler import assemble

STACK = 0x2000_1000
FPU_ON = "ldr r0, =0xE000ED88\n ldr r1, =0xF00000\n str r1, [r0]\n dsb\n isb\n"
WINDOW = 512 * 1024
NAMES = {
    2: "nmi", 3: "hard", 4: "mem", 5: "bus", 6: "usage", 11: "svc", 14: "pendsv", 15: "tick",
    16: "irq0", 17: "irq1", 18: "irq2",
}  # fmt: skip


def make_processor(body: str, hz: int = 600_000_000) -> Processor:
    """A processor with a vector table at 0 and `body`, which defines `start` and the handlers.

    A handler that is not defined stops in a `b .` of its own name.
    """
    table = [f".word {STACK}, start + 1"]
    table += [f".word {NAMES[n]} + 1" if n in NAMES else ".word 0" for n in range(2, 32)]
    missing = [name for name in NAMES.values() if f"\n{name}:" not in f"\n{body}"]
    stubs = "\n".join(f"{name}: b ." for name in missing)
    processor = Processor(lambda: hz, MIMXRT1060_EVK.flash, MIMXRT1060_EVK.sdram)
    processor.set_flexram(FLEXRAM_FUSE_DEFAULT, WINDOW, WINDOW)
    processor.apply_memory_changes()
    processor.reset()
    source = "\n".join([*table, ".org 0x200", body, stubs])
    processor.memory.write(0, assemble(source))
    processor.start(int.from_bytes(processor.memory.read(4, 4), "little"), STACK, 0)
    return processor


def run(processor: Processor, instructions: int = 10_000) -> Processor:
    processor.run_until(processor.now + instructions)
    return processor


def registers(processor: Processor, *names: str) -> list[int]:
    return [processor.core.get(name) for name in names]


def test_every_instruction_of_a_block_is_counted_it_blocks_included():
    processor = make_processor(
        "start: cmp r0, r0\n ittt ne\n addne r1, #1\n addne r1, #1\n addne r1, #1\n"
        " ldr.w r2, [sp]\n wfi\n b ."
    )
    run(processor, 7)
    assert processor.instructions == 7


def test_exception_frame_holds_the_registers_in_the_order_of_the_manual():
    processor = make_processor(
        "start: movs r0, #1\n movs r1, #2\n movs r2, #3\n movs r3, #4\n mov r12, r3\n"
        " ldr r4, =0x12345678\n mov lr, r4\n svc #7\nafter: b .\n"
        "svc: mrs r5, ipsr\n b ."
    )
    run(processor)
    frame = processor.core.get("MSP")
    words = [int.from_bytes(processor.memory.read(frame + 4 * i, 4), "little") for i in range(8)]
    assert frame == STACK - 32
    assert words[:6] == [1, 2, 3, 4, 4, 0x12345678]
    assert words[6] & 1 == 0
    assert processor.memory.read(words[6] - 2, 2) == b"\x07\xdf"  # just behind SVC #7
    assert words[7] >> 24 & 1
    assert registers(processor, "R5", "LR") == [11, 0xFFFF_FFF9]


def test_stack_is_aligned_to_eight_bytes_and_restored():
    processor = make_processor("start: sub sp, #4\n svc #0\n b .\nsvc: mov r6, sp\n bx lr")
    run(processor)
    assert registers(processor, "R6", "MSP") == [STACK - 40, STACK - 4]


def test_floating_point_context_is_stacked_and_comes_back():
    processor = make_processor(
        f"start: {FPU_ON} vmov.f32 s0, #1.0\n vmov.f32 s15, #2.0\n svc #0\n vmov r0, s0\n"
        " vmov r1, s15\n b .\nsvc: mov r7, sp\n mov r6, lr\n mrs r5, control\n"
        " vmov.f32 s0, #3.0\n vmov.f32 s15, #4.0\n bx lr"
    )
    run(processor)
    assert registers(processor, "R0", "R1") == [0x3F80_0000, 0x4000_0000]
    assert registers(processor, "R5", "R6", "R7") == [0, 0xFFFF_FFE9, STACK - 104]
    assert processor.core.get("CONTROL") & 4


def test_process_stack_is_used_by_threads_and_main_stack_by_handlers():
    processor = make_processor(
        "start: ldr r0, =0x20000800\n msr psp, r0\n movs r0, #2\n msr control, r0\n isb\n svc #0\n"
        " mov r4, sp\n b .\nsvc: mov r5, sp\n mrs r6, psp\n mov r7, lr\n bx lr"
    )
    run(processor)
    assert registers(processor, "R4", "R5", "R6", "R7") == [
        0x2000_0800, STACK, 0x2000_0800 - 32, 0xFFFF_FFFD,
    ]  # fmt: skip


def test_first_task_of_an_operating_system_starts_by_return_from_svc():
    processor = make_processor(
        "start: svc #0\n b .\n"
        "svc: ldr r0, =0x20000800\n msr psp, r0\n ldr r1, =task\n str r1, [r0, #24]\n"
        " ldr r1, =0x01000000\n str r1, [r0, #28]\n ldr lr, =0xFFFFFFFD\n bx lr\n"
        "task: mov r4, sp\n mrs r5, control\n mrs r6, ipsr\n b ."
    )
    run(processor)
    assert registers(processor, "R4", "R5", "R6") == [0x2000_0820, 2, 0]


def test_higher_priority_interrupt_preempts_and_lower_one_waits():
    body = (
        "start: ldr r0, =0xE000E400\n movs r1, #0x80\n strb r1, [r0]\n movs r1, #0x40\n"
        " strb r1, [r0, #1]\n movs r1, #0xC0\n strb r1, [r0, #2]\n"
        " ldr r0, =0xE000E100\n movs r1, #7\n str r1, [r0]\n"
        " ldr r0, =0xE000E200\n movs r1, #1\n str r1, [r0]\n nop\n b .\n"
        "irq0: movs r1, #6\n str r1, [r0]\n b 1f\n1: mov r6, r5\n adds r5, #1\n bx lr\n"
        "irq1: mov r7, r5\n adds r5, #1\n mrs r4, ipsr\n bx lr\n"
        "irq2: mov r8, r5\n adds r5, #1\n bx lr"
    )
    processor = run(make_processor(body))
    # irq1 ran inside irq0, irq2 after it.
    assert registers(processor, "R7", "R6", "R8", "R5", "R4") == [0, 1, 2, 3, 17]


def test_tail_chaining_uses_one_frame_for_both_handlers():
    body = (
        "start: cpsid i\n ldr r0, =0xE000E100\n movs r1, #3\n str r1, [r0]\n"
        " ldr r0, =0xE000E200\n str r1, [r0]\n cpsie i\n nop\n b .\n"
        "irq0: mov r6, sp\n bx lr\nirq1: mov r7, sp\n mov r5, lr\n bx lr"
    )
    processor = run(make_processor(body))
    assert registers(processor, "R6", "R7", "R5") == [STACK - 32, STACK - 32, 0xFFFF_FFF9]
    assert processor.core.get("MSP") == STACK


@pytest.mark.parametrize(
    ("mask", "unmask"),
    [
        ("cpsid i", "cpsie i"),
        ("cpsid f", "cpsie f"),
        ("movs r2, #0x40\n msr basepri, r2", "movs r2, #0\n msr basepri, r2"),
        ("movs r2, #0x40\n msr basepri, r2", "movs r2, #0x90\n msr basepri, r2"),
    ],
)
def test_masked_interrupt_is_taken_right_after_the_mask_is_lifted(mask: str, unmask: str):
    body = (
        f"start: ldr r0, =0xE000E400\n movs r1, #0x80\n strb r1, [r0]\n {mask}\n"
        " ldr r0, =0xE000E100\n movs r1, #1\n str r1, [r0]\n ldr r0, =0xE000E200\n str r1, [r0]\n"
        " b 1f\n1: movs r3, #0x55\n b 2f\n"
        f"2: {unmask}\n isb\n b 3f\n3: movs r4, #1\n b .\n"
        "irq0: mov r5, r3\n mov r6, r4\n bx lr"
    )
    processor = run(make_processor(body))
    assert registers(processor, "R5", "R6", "R4") == [0x55, 0, 1]


def test_level_that_stays_high_pends_again_after_return():
    processor = make_processor(
        "start: ldr r0, =0xE000E100\n movs r1, #1\n str r1, [r0]\n b .\nirq0: adds r7, #1\n bx lr"
    )
    run(processor, 50)
    line = processor.nvic.line(0)
    line(True)
    run(processor, 100)
    assert processor.core.get("R7") > 3
    line(False)
    run(processor, 100)
    seen = processor.core.get("R7")
    run(processor, 100)
    assert processor.core.get("R7") == seen


def test_wfi_carries_time_to_the_next_event_and_executes_nothing():
    body = (
        "start: ldr r0, =0xE000E014\n ldr r1, =599999\n str r1, [r0]\n movs r1, #0\n"
        " str r1, [r0, #4]\n movs r1, #7\n str r1, [r0, #-4]\n1: wfi\n b 1b\n"
        "tick: adds r7, #1\n bx lr"
    )
    processor = make_processor(body)
    processor.run_until(6_000_500)
    assert processor.core.get("R7") == 10
    assert processor.instructions < 100


def test_systick_external_reference_is_100_khz():
    body = (
        "start: ldr r0, =0xE000E014\n movs r1, #99\n str r1, [r0]\n movs r1, #0\n"
        " str r1, [r0, #4]\n movs r1, #3\n str r1, [r0, #-4]\n1: wfi\n b 1b\n"
        "tick: adds r7, #1\n bx lr"
    )
    processor = make_processor(body)
    processor.run_until(6_000_500)
    assert processor.core.get("R7") == 10


def test_wfi_ends_with_primask_set_but_the_handler_waits():
    body = (
        "start: cpsid i\n ldr r0, =0xE000E014\n ldr r1, =599999\n str r1, [r0]\n movs r1, #0\n"
        " str r1, [r0, #4]\n movs r1, #7\n str r1, [r0, #-4]\n wfi\n mov r6, r7\n cpsie i\n nop\n"
        " b .\ntick: adds r7, #1\n bx lr"
    )
    processor = make_processor(body)
    processor.run_until(601_000)
    assert registers(processor, "R6", "R7") == [0, 1]


@pytest.mark.parametrize(
    ("code", "exception", "cfsr", "address"),
    [
        ("ldr r0, =0x10000000\n ldr r1, [r0]", e.BUS_FAULT, 0x8200, 0x1000_0000),
        ("ldr r0, =0x10000000\n str r1, [r0]", e.BUS_FAULT, 0x8200, 0x1000_0000),
        ("ldr r0, =0x20020000\n ldr r1, [r0]", e.BUS_FAULT, 0x8200, 0x2002_0000),
        ("ldr r0, =0x10000001\n bx r0", e.BUS_FAULT, 0x100, None),
        ("udf #0", e.USAGE_FAULT, 0x10000, None),
        ("ldr r0, =0x300\n bx r0", e.USAGE_FAULT, 0x20000, None),
        ("ldr r0, =0x20000001\n ldrex r1, [r0]", e.USAGE_FAULT, 0x1000000, None),
    ],
)
def test_fault_has_its_status_and_address(
    code: str, exception: int, cfsr: int, address: int | None
):
    enable = "ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n b 1f\n1:"
    handlers = "\n".join(f"{name}: mrs r7, ipsr\n b ." for name in ("mem", "bus", "usage", "hard"))
    processor = run(make_processor(f"start: {enable} {code}\n b .\n{handlers}"))
    assert processor.core.get("R7") == exception
    assert processor.exceptions.cfsr == cfsr
    if address is not None:
        assert processor.exceptions.bfar == address


def test_fault_without_its_handler_enabled_goes_to_hard_fault():
    processor = run(make_processor("start: udf #0\nhard: mrs r7, ipsr\n b ."))
    assert processor.core.get("R7") == e.HARD_FAULT
    assert processor.exceptions.hfsr == e.HFSR_FORCED


def test_fault_in_hard_fault_locks_up_and_time_goes_on():
    processor = run(make_processor("start: udf #0\nhard: udf #1"))
    assert processor.exceptions.locked_up
    assert "locked up" in processor.log.lines[0]
    before = processor.instructions
    processor.run_until(processor.now + 6_000_000)
    assert processor.instructions == before


def test_faulting_instruction_and_those_behind_it_are_not_counted():
    processor = make_processor(
        "start: ldr r0, =0x10000000\n nop\n ldr r1, [r0]\n nop\n nop\n nop\nhard: wfi\n b hard"
    )
    run(processor, 1000)
    assert processor.instructions == 2 + 1


def test_breakpoint_without_debugger_is_a_hard_fault():
    processor = run(make_processor("start: bkpt #0\nhard: mrs r7, ipsr\n b ."))
    assert processor.core.get("R7") == e.HARD_FAULT
    assert processor.exceptions.hfsr & e.HFSR_DEBUGEVT


def test_wfe_and_yield_go_on_and_udf_behind_them_is_a_fault():
    processor = run(make_processor("start: yield\n wfe\n movs r6, #1\n wfe\n udf #0\nhard: b ."))
    assert processor.core.get("R6") == 1
    assert processor.exceptions.cfsr == e.UNDEFINSTR


def test_mpu_region_of_32_bytes_is_exact():
    # Region 0: all of DTCM read-write; region 1: 32 bytes of no access; code needs the default map.
    setup = (
        "start: ldr r0, =0xE000ED9C\n ldr r1, =0x20000010\n str r1, [r0]\n ldr r1, =0x03000021\n"
        " str r1, [r0, #4]\n ldr r1, =0x20000411\n str r1, [r0]\n ldr r1, =0x10000009\n"
        " str r1, [r0, #4]\n movs r1, #5\n ldr r0, =0xE000ED94\n str r1, [r0]\n dsb\n isb\n"
        " ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n ldr r2, =0x20000400\n"
    )
    tail = "\n b .\nmem: mrs r7, ipsr\n ldr r6, =0xE000ED34\n ldr r6, [r6]\n b ."
    touched = run(make_processor(setup + " ldr r3, [r2, #28]" + tail))
    assert registers(touched, "R7", "R6") == [e.MEM_MANAGE, 0x2000_041C]
    assert touched.exceptions.cfsr == 0x82
    beside = run(
        make_processor(setup + " movs r3, #9\n str r3, [r2, #32]\n ldr r5, [r2, #32]" + tail)
    )
    assert registers(beside, "R7", "R5") == [0, 9]


def test_interrupted_stack_overflow_is_reported_by_the_mpu():
    setup = (
        "start: ldr r0, =0xE000ED9C\n ldr r1, =0x20000811\n str r1, [r0]\n ldr r1, =0x10000009\n"
        " str r1, [r0, #4]\n movs r1, #5\n ldr r0, =0xE000ED94\n str r1, [r0]\n dsb\n isb\n"
        " ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n ldr r0, =0x20000820\n"
        " mov sp, r0\n svc #0\n b .\nmem: mrs r7, ipsr\n b .\nhard: b ."
    )
    processor = run(make_processor(setup))
    assert processor.core.get("R7") == e.MEM_MANAGE
    assert processor.exceptions.cfsr & e.MSTKERR


def test_core_names_itself_as_the_chip_does():
    # Cortex-M7 r1p1; real-time kernels refuse ports that have workarounds for r0p1 or lack them.
    processor = run(make_processor("start: ldr r0, =0xE000ED00\n ldr r0, [r0]\n b ."))
    assert processor.core.get("R0") == 0x411F_C271


# Region 0: all of DTCM for privileged code; region 1: its first 2 KB for all. MemManage enabled.
UNPRIVILEGED = (
    "start: ldr r0, =0xE000ED9C\n ldr r1, =0x20000010\n str r1, [r0]\n ldr r1, =0x01000021\n"
    " str r1, [r0, #4]\n ldr r1, =0x20000011\n str r1, [r0]\n ldr r1, =0x03000015\n"
    " str r1, [r0, #4]\n ldr r1, =0x12\n str r1, [r0]\n ldr r1, =0x03000021\n str r1, [r0, #4]\n"
    " movs r1, #5\n ldr r0, =0xE000ED94\n str r1, [r0]\n dsb\n isb\n"
    " ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n ldr r0, =0x20001800\n mov sp, r0\n"
    " ldr r2, =0x20000800\n msr psp, r2\n movs r0, #3\n msr control, r0\n isb\n"
)


def test_stack_of_an_unprivileged_thread_survives_exceptions():
    processor = run(
        make_processor(
            UNPRIVILEGED + " push {r2}\n movs r1, #1\n svc #0\n pop {r3}\n mov r4, sp\n"
            " mrs r5, control\n b .\nsvc: mrs r6, psp\n mrs r7, msp\n bx lr"
        )
    )
    assert registers(processor, "R3", "R4", "R5") == [0x2000_0800, 0x2000_0800, 3]
    assert registers(processor, "R6", "R7") == [0x2000_0800 - 8 - 32, 0x2000_1800]


def test_thread_that_gives_up_its_privilege_is_held_to_the_mpu_at_once():
    # CONTROL written in Thread mode, without an exception.
    processor = run(
        make_processor(
            UNPRIVILEGED + " ldr r1, =0x20001000\n ldr r3, [r1]\n b .\n"
            "mem: mrs r6, ipsr\n ldr r7, =0xE000ED34\n ldr r7, [r7]\n b ."
        )
    )
    assert registers(processor, "R6", "R7") == [e.MEM_MANAGE, 0x2000_1000]


def test_interrupt_of_an_unprivileged_thread_has_the_privileged_memory():
    processor = make_processor(
        UNPRIVILEGED + "1: adds r4, #1\n b 1b\ntick: push {r0, lr}\n movs r6, #7\n"
        " pop {r0, pc}\nmem: movs r7, #1\n b .\nbus: movs r7, #2\n b .\nhard: movs r7, #3\n b ."
    )
    run(processor, 1000)
    processor.exceptions.pend(e.SYSTICK)
    run(processor, 1000)
    assert registers(processor, "R6", "R7") == [7, 0]
    assert processor.core.get("CONTROL") == 3


def test_reset_ends_an_unprivileged_thread():
    processor = run(make_processor(UNPRIVILEGED + " b ."))
    processor.reset()
    processor.start(0x200, STACK, 0)
    assert registers(processor, "CONTROL", "MSP") == [0, STACK]


def test_flexram_bank_keeps_its_contents_when_it_moves():
    processor = make_processor("start: b .")
    processor.memory.write(0x2000_0000, b"kept")
    processor.set_flexram(0xAAAA_AAFF, WINDOW, WINDOW)
    run(processor, 10)
    assert processor.memory.read(0x2000_0000, 4) == b"kept"
    assert processor.memory.segment_at(0x2005_FFFF) is not None
    assert processor.memory.segment_at(0x2006_0000) is None
    assert processor.memory.segment_at(0x2028_0000) is None


def test_code_changed_from_outside_is_executed_as_changed():
    processor = make_processor("start: movs r0, #1\n b start")
    run(processor, 100)
    processor.memory.write(0x200, assemble("movs r0, #2"))
    run(processor, 100)
    assert processor.core.get("R0") == 2


def test_a_block_of_changed_code_is_counted_anew_where_its_length_is_the_same():
    processor = make_processor("start: bl code\n wfi\ncode: nop\n nop\n bx lr")
    entry = int.from_bytes(processor.memory.read(4, 4), "little")
    counts = []
    for code in ("nop\n nop", "nop.w", "nop\n nop"):
        processor.memory.write((entry & ~1) + 6, assemble(code))
        processor.reset()
        processor.start(entry, STACK, 0)
        before = processor.instructions
        run(processor)
        counts.append(processor.instructions - before)
    assert counts == [5, 4, 5]


def test_cycle_counter_counts_instructions_only_with_trace_enabled():
    body = (
        "start: ldr r0, =0xE0001000\n movs r1, #1\n str r1, [r0]\n ldr r4, [r0, #4]\n"
        " ldr r2, =0xE000EDFC\n ldr r3, =0x01000000\n str r3, [r2]\n movs r1, #0\n"
        " str r1, [r0, #4]\n"
        " b 1f\n1: nop\n nop\n nop\n b 2f\n2: ldr r5, [r0, #4]\n b 3f\n3: b ."
    )
    processor = run(make_processor(body))
    assert processor.core.get("R4") == 0
    assert processor.core.get("R5") == 6  # to the end of the block that reads it
