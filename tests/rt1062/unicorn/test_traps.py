"""What the core is set up to refuse, by bare programs: CPACR, DIV_0_TRP, UNALIGN_TRP; and GE."""

import pytest

from rt1062.unicorn import exceptions as e
from tests.rt1062.unicorn.test_processor import FPU_ON, STACK, make_processor, registers, run

ENABLE = "ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n"
NOTE = "usage: mrs r7, ipsr\n ldr r8, [sp, #24]\n b ."


def store(address: int, value: int) -> str:
    return f"ldr r0, ={address:#x}\n ldr r1, ={value:#x}\n str r1, [r0]\n dsb\n isb\n"


CPACR, CCR = 0xE000_ED88, 0xE000_ED14
DIV_0_TRP, UNALIGN_TRP = store(CCR, 0x210), store(CCR, 0x208)


@pytest.mark.parametrize(
    "instruction",
    ["vmov.f32 s0, #1.0", "vldr d0, [sp, #-8]", "vpush {s0}", "vmrs r2, fpscr",
     "vadd.f64 d1, d0, d0", "vmov s0, r2", "vseleq.f32 s0, s1, s2", "vcvta.s32.f32 s0, s1"],
)  # fmt: skip
@pytest.mark.parametrize("cpacr", [0, 0x0050_0000, 0x00F0_0000])
def test_floating_point_needs_cpacr(instruction: str, cpacr: int):
    code = store(CPACR, cpacr) if cpacr else ""
    processor = run(make_processor(
        f"start: {ENABLE} {code} movs r6, #1\n adr r5, at\n .balign 4\nat: {instruction}\n"
        f" movs r6, #2\n b .\n{NOTE}"
    ))  # fmt: skip
    if cpacr:
        assert registers(processor, "R6", "R7") == [2, 0]
        assert processor.core.get("CONTROL") & e.CONTROL_FPCA
        return
    assert registers(processor, "R6", "R7") == [1, e.USAGE_FAULT]
    assert processor.exceptions.cfsr == e.NOCP
    assert processor.core.get("R8") == processor.core.get("R5")
    assert processor.core.get("MSP") == STACK - e.BASIC_FRAME  # nothing to save was begun


def test_instructions_in_front_of_the_refused_one_are_executed_and_counted():
    body = "movs r2, #1\n adds r2, #1\n adds r2, #1\n vmov.f32 s0, #1.0\n adds r2, #1\n b ."
    processor = run(make_processor(f"start: {body}\nhard: wfi\n b hard"), 1000)
    assert processor.core.get("R2") == 3
    assert processor.instructions == 3 + 1


def test_floating_point_that_an_it_block_skips_is_no_fault():
    processor = run(make_processor(
        f"start: {ENABLE} movs r0, #0\n cmp r0, #0\n itt ne\n addne r6, #1\n vmovne s0, r0\n"
        f" add.w r6, r6, #4\n ite eq\n moveq r5, #1\n vmovne s0, r0\n b .\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R5", "R6", "R7") == [1, 4, 0]


def test_floating_point_in_an_it_block_comes_back_to_it():
    # The handler switches the FPU on; the frame's IT state must lead into the rest of the block.
    processor = run(make_processor(
        f"start: {ENABLE} movs r2, #7\n cmp r2, #7\n itet eq\n vmoveq s0, r2\n movne r5, #9\n"
        f" vmoveq r4, s0\n b .\nusage: {FPU_ON} adds r7, #1\n bx lr"
    ))  # fmt: skip
    assert registers(processor, "R4", "R5", "R7") == [7, 0, 1]


def test_cpacr_for_privileged_code_only_refuses_a_thread():
    processor = run(make_processor(
        f"start: {ENABLE} {store(CPACR, 0x0050_0000)} vmov.f32 s0, #1.0\n movs r0, #1\n"
        f" msr control, r0\n isb\n movs r6, #1\n vmov.f32 s1, #1.0\n movs r6, #2\n b .\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [1, e.USAGE_FAULT]
    assert processor.exceptions.cfsr == e.NOCP


def test_floating_point_switched_off_again_is_refused_in_code_that_ran_before():
    processor = run(make_processor(
        f"start: {ENABLE} {FPU_ON} bl use\n bl use\n {store(CPACR, 0)} bl use\n b .\n"
        f"use: vmov.f32 s0, #1.0\n adds r6, #1\n bx lr\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [2, e.USAGE_FAULT]


def test_reset_switches_the_fpu_off():
    processor = run(make_processor(f"start: {FPU_ON} vmov.f32 s0, #1.0\n b .\n{NOTE}"))
    assert processor.exceptions.cfsr == 0
    processor.reset()
    processor.start(0x200, STACK, 0)
    run(processor)
    assert processor.exceptions.cfsr == 0  # it runs through FPU_ON again
    processor.reset()
    processor.start(0x200 + 16, STACK, 0)
    run(processor)
    assert processor.exceptions.cfsr == e.NOCP


def test_another_coprocessor_is_not_there():
    processor = run(make_processor(
        f"start: {ENABLE} {FPU_ON} mrc p15, #0, r2, c1, c0, #0\n b .\n{NOTE}"
    ))  # fmt: skip
    assert (processor.core.get("R7"), processor.exceptions.cfsr) == (e.USAGE_FAULT, e.NOCP)


@pytest.mark.parametrize("trap", [False, True])
@pytest.mark.parametrize("name", ["sdiv", "udiv"])
@pytest.mark.parametrize("divisor", ["r3", "lr"])
def test_division_by_zero(trap: bool, name: str, divisor: str):
    processor = run(make_processor(
        f"start: {ENABLE} {DIV_0_TRP if trap else ''} movs r2, #9\n movs r6, #3\n"
        f" mov {divisor}, r6\n {name} r4, r2, {divisor}\n movs r6, #0\n mov {divisor}, r6\n"
        f" adr r9, at\n .balign 4\nat: {name} r5, r2, {divisor}\n movs r6, #1\n b .\n{NOTE}"
    ))  # fmt: skip
    assert processor.core.get("R4") == 3
    if not trap:
        assert registers(processor, "R5", "R6", "R7") == [0, 1, 0]
        return
    assert registers(processor, "R6", "R7") == [0, e.USAGE_FAULT]
    assert processor.core.get("R8") == processor.core.get("R9")
    assert processor.exceptions.cfsr == e.DIVBYZERO


def test_division_by_zero_in_code_that_ran_before_and_in_an_it_block():
    processor = run(make_processor(
        f"start: {ENABLE} movs r2, #9\n movs r3, #3\n bl use\n {DIV_0_TRP} bl use\n movs r3, #0\n"
        f" movs r2, #8\n bl use\n movs r2, #9\n bl use\n b .\n"
        f"use: cmp r2, #9\n it eq\n sdiveq r4, r2, r3\n adds r6, #1\n bx lr\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R4", "R6", "R7") == [3, 3, e.USAGE_FAULT]
    assert processor.exceptions.cfsr == e.DIVBYZERO


@pytest.mark.parametrize(("guard", "refused"), [(0, False), (5, True)])
def test_division_that_an_it_block_guards(guard: int, refused: bool):
    # The second instruction of the block, behind one that is skipped or not.
    processor = run(make_processor(
        f"start: {ENABLE} {DIV_0_TRP} movs r2, #9\n movs r3, #0\n movs r5, #{guard}\n"
        f" cmp r5, #0\n itee eq\n moveq r4, #77\n movne r4, #66\n udivne r4, r2, r3\n"
        f" movs r6, #1\n b .\n{NOTE}"
    ))  # fmt: skip
    expected = [66, 0, e.USAGE_FAULT] if refused else [77, 1, 0]
    assert registers(processor, "R4", "R6", "R7") == expected


def test_division_costs_no_stop_once_it_is_watched():
    processor = make_processor(
        f"start: {ENABLE} {DIV_0_TRP} ldr r2, =3000\n movs r3, #3\n"
        " 1: sdiv r4, r2, r3\n it ne\n udivne r5, r2, r3\n subs r2, #1\n bne 1b\n b .\n"
    )
    run(processor, 100_000)
    assert processor.core.get("R2") == 0
    assert processor.core.runs < 20


def test_other_code_at_a_watched_place_is_not_taken_for_a_division():
    processor = run(make_processor(
        f"start: {ENABLE} {DIV_0_TRP} ldr r9, =0x20000100\n ldr r10, =div\n ldm r10, {{r0, r1}}\n"
        " stm r9, {r0, r1}\n dsb\n isb\n add r9, #1\n movs r3, #1\n blx r9\n"
        " ldr r10, =add\n ldm r10, {r0, r1}\n sub r9, #1\n stm r9, {r0, r1}\n dsb\n isb\n"
        f" add r9, #1\n movs r3, #0\n blx r9\n b .\n.balign 4\ndiv: sdiv r4, r3, r3\n bx lr\n nop\n"
        f"add: add.w r5, r3, r3\n bx lr\n nop\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R4", "R7") == [1, 0]
    assert processor.exceptions.cfsr == 0


ACCESSES = [
    ("ldr r2, [r4, #1]", 1), ("str r2, [r4, #2]", 2), ("ldrh r2, [r4, #1]", 1),
    ("strh r2, [r4, #3]", 3), ("ldrsh r2, [r4, #1]", 1), ("ldr r2, [r4, r5]", 2),
    ("ldrd r2, r3, [r5]", 2), ("strd r2, r3, [r5]", 2), ("ldm r5, {r2, r3}", 2),
    ("stm r5!, {r2, r3}", 2), ("vldr s0, [r5]", 2), ("vldr d0, [r5]", 2), ("vstm r5, {d0-d1}", 2),
]  # fmt: skip


@pytest.mark.parametrize(("instruction", "offset"), ACCESSES)
def test_unaligned_access_with_unalign_trp(instruction: str, offset: int):
    absolute = "[r4, r5]" not in instruction
    processor = run(make_processor(
        f"start: {ENABLE} {FPU_ON} {UNALIGN_TRP} ldr r4, =0x20000800\n"
        f" ldr r5, ={0x2000_0802 if absolute else 2:#x}\n ldr r2, =0x11223344\n mov r9, r5\n"
        f" adr r6, at\n b at\n .balign 4\nat: {instruction}\n movs r6, #1\n b .\n"
        "usage: mrs r7, ipsr\n b ."
    ))  # fmt: skip
    assert processor.core.get("R7") == e.USAGE_FAULT
    assert processor.exceptions.cfsr == e.UNALIGNED
    assert processor.memory.read_word(processor.core.get("MSP") + 24) == processor.core.get("R6")
    assert processor.core.get("R2") == 0x1122_3344
    assert processor.core.get("R5") == processor.core.get("R9")  # no write-back
    assert processor.memory.read(0x2000_0800, 16) == bytes(16)


@pytest.mark.parametrize(
    "instruction", ["ldr r2, [r4, #4]", "ldrh r2, [r4, #2]", "ldrb r2, [r4, #3]",
                    "strb r2, [r4, #1]", "ldrd r2, r3, [r4, #4]", "vldr d0, [r4, #4]",
                    "ldm r4, {r2, r3}"]
)  # fmt: skip
def test_aligned_access_with_unalign_trp(instruction: str):
    processor = run(make_processor(
        f"start: {ENABLE} {FPU_ON} {UNALIGN_TRP} ldr r4, =0x20000800\n {instruction}\n"
        f" movs r6, #1\n b .\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [1, 0]


def test_unaligned_load_in_an_it_block():
    # Unicorn does not stop within the block: the fault comes behind the straight piece of code.
    processor = run(make_processor(
        f"start: {ENABLE} {UNALIGN_TRP} ldr r4, =0x20000801\n cmp r4, r4\n itt eq\n"
        f" moveq r5, #1\n ldreq r2, [r4]\n movs r6, #1\n b .\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R5", "R7") == [1, e.USAGE_FAULT]
    assert processor.exceptions.cfsr == e.UNALIGNED


def test_unaligned_access_goes_through_again_when_unalign_trp_is_cleared():
    processor = run(make_processor(
        f"start: {ENABLE} {UNALIGN_TRP} ldr r4, =0x20000801\n ldr r2, [r4]\n movs r6, #1\n b .\n"
        f"usage: adds r7, #1\n {store(CCR, 0x200)} bx lr"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [1, 1]


def test_unaligned_access_to_where_nothing_is_is_a_usage_fault_too():
    processor = run(make_processor(
        f"start: {ENABLE} {UNALIGN_TRP} ldr r4, =0x10000001\n ldr r2, [r4]\n b .\n{NOTE}"
    ))  # fmt: skip
    assert (processor.core.get("R7"), processor.exceptions.cfsr) == (e.USAGE_FAULT, e.UNALIGNED)


def test_exception_return_restores_ge():
    # SADD16 of 0 and 0 sets all of GE; the handler's, of two negative sums, clears it.
    processor = run(make_processor(
        "start: movs r0, #0\n sadd16 r1, r0, r0\n mvn r4, #0\n movs r5, #0\n svc #0\n"
        " sel r6, r4, r5\n b .\nsvc: mvn r0, #0\n sadd16 r1, r0, r0\n sel r7, r0, r5\n bx lr"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [0xFFFF_FFFF, 0]


MULTIPLE = [
    "ldrd r2, r3, [r5]", "strd r2, r3, [r5]", "ldrd r2, r3, [r5, #-8]!", "strd r2, r3, [r5], #8",
    "ldm r5, {r2, r3}", "stm r5!, {r2, r3}", "ldmdb r5, {r2, r3}", "ldm r5!, {r2, r10}",
    "ldm r5, {r2, r5}",
    "vldr s0, [r5]", "vstr d0, [r5, #4]", "vldmia r5!, {d0-d1}", "vstmdb r5!, {s0-s1}",
]  # fmt: skip
BASES = [
    "ldr r5, ={0}", "ldr r5, ={0}\n b 1f\n1:", "movw r5, #({0} & 0xffff)\n movt r5, #0x2000",
    "ldr r4, ={0}\n mov r5, r4", "ldr r4, ={0} - 5\n b 1f\n1: adds r5, r4, #5",
    "ldr r4, ={0} + 700\n b 1f\n1: subw r5, r4, #700", "ldr r5, ={0} + 3\n b 1f\n1: subs r5, #3",
    "ldr r4, ={0}\n movs r3, #3\n b 1f\n1: sub r4, r4, #12\n add r5, r4, r3, lsl #2",
    "ldr r4, ={0} - 4\n movs r3, #1\n b 1f\n1: lsls r3, #2\n adds r5, r4, r3",
    "ldr r5, ={0} - 1\n ldrb r3, [r5], #1",
    "ldr r4, ={0} - 0x01010101\n b 1f\n1: add r5, r4, #0x01010101",
    "ldr r4, ={0} - 0x1FE\n b 1f\n1: add.w r5, r4, #0x1FE",
    "ldr r4, ={0} + 0xFF0\n b 1f\n1: sub.w r5, r4, #0xFF0",
]  # fmt: skip


def multiple(instruction: str, base: str, address: int):
    return run(make_processor(
        f"start: {ENABLE} {FPU_ON} ldr r6, =at\n {base.format(hex(address))}\n"
        f" .balign 4\nat: {instruction}\n movs r6, #1\n b .\n{NOTE}"
    ))  # fmt: skip


@pytest.mark.parametrize("instruction", MULTIPLE)
@pytest.mark.parametrize("low", [1, 2, 3])
def test_double_and_multiple_accesses_are_aligned_whatever_unalign_trp_says(instruction, low):
    processor = multiple(instruction, BASES[low % 2], 0x2000_0800 + low)
    assert processor.core.get("R7") == e.USAGE_FAULT
    assert processor.exceptions.cfsr == e.UNALIGNED
    assert processor.core.get("R8") == processor.core.get("R6")
    assert processor.core.get("R5") == 0x2000_0800 + low
    assert processor.memory.read(0x2000_07F0, 64) == bytes(64)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("low", [0, 1, 2, 3])
def test_address_of_a_double_access_is_followed_through_its_block(base, low):
    processor = multiple("strd r0, r1, [r5]", base, 0x2000_0800 + low)
    if low:
        assert registers(processor, "R7", "R5") == [e.USAGE_FAULT, 0x2000_0800 + low]
        assert processor.exceptions.cfsr == e.UNALIGNED
        assert processor.core.get("R8") == processor.core.get("R6")
    else:
        assert registers(processor, "R6", "R7") == [1, 0]
        assert processor.core.runs < 20


@pytest.mark.parametrize("instruction", MULTIPLE)
def test_aligned_double_and_multiple_accesses_go_through(instruction):
    for base in BASES[:2]:
        processor = multiple(instruction, base, 0x2000_0804)
        assert registers(processor, "R6", "R7") == [1, 0]


def test_it_block_that_skips_an_unaligned_double_access():
    # Also when the core comes back into the middle of the block, from the fault in front of it.
    processor = run(make_processor(
        f"start: {ENABLE} ldr r5, =0x20000802\n movs r4, #1\n cmp r4, #1\n itee eq\n"
        " vmoveq s0, r4\n ldrdne r2, r3, [r5]\n strdne r2, r3, [r5]\n movs r6, #1\n b .\n"
        f"usage: {FPU_ON} adds r7, #1\n bx lr"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [1, 1]


def test_single_accesses_may_be_unaligned():
    processor = run(make_processor(
        f"start: {ENABLE} ldr r5, =0x20000801\n ldr r2, [r5]\n strh r2, [r5, #2]\n"
        f" ldr r2, [r5], #2\n str r2, [r5, #4]!\n movs r6, #1\n b .\n{NOTE}"
    ))  # fmt: skip
    assert registers(processor, "R6", "R7") == [1, 0]
