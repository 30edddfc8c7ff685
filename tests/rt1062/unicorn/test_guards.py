"""Guards of less than a page, used often or not, are exact (ARMv7-M ARM, B3.5)."""

from rt1062.unicorn import exceptions as e
from rt1062.unicorn.guards import HOT
from tests.rt1062.unicorn.test_processor import make_processor, registers, run

# Region 0: all of DTCM read-write; region 1: 32 bytes of no access at 0x20000400; region 2: the
# same in ITCM at 0x400, where code is; the default map for the rest; MemManage enabled.
SETUP = (
    "start: ldr r0, =0xE000ED9C\n ldr r1, =0x20000010\n str r1, [r0]\n ldr r1, =0x03000021\n"
    " str r1, [r0, #4]\n ldr r1, =0x20000411\n str r1, [r0]\n ldr r1, =0x10000009\n"
    " str r1, [r0, #4]\n ldr r1, =0x412\n str r1, [r0]\n ldr r1, =0x10000009\n str r1, [r0, #4]\n"
    " movs r1, #5\n ldr r0, =0xE000ED94\n str r1, [r0]\n dsb\n isb\n"
    " ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n ldr r2, =0x20000400\n"
)
# R5 rounds of counting in the word behind the guard.
COUNT = (
    " ldr r5, =200\nagain: ldr r3, [r2, #32]\n adds r3, #1\n str r3, [r2, #32]\n subs r5, #1\n"
    " bne again\n"
)
TAIL = "\n b .\nmem: mrs r7, ipsr\n ldr r6, =0xE000ED34\n ldr r6, [r6]\n ldr r8, [sp, #24]\n b ."


def test_variable_beside_a_guard_is_counted_without_a_stop_each_time():
    processor = make_processor(SETUP + COUNT + TAIL)
    runs = processor.core.runs
    run(processor)
    assert int.from_bytes(processor.memory.read(0x2000_0420, 4), "little") == 200
    assert processor.core.get("R7") == 0
    assert processor.core.runs - runs < 4 * HOT


def test_guard_of_a_hot_page_refuses_reads_and_writes_and_names_them():
    for access in ("ldr r4, [r2, #28]", "str r5, [r2, #28]", "ldrb r4, [r2, #31]"):
        processor = make_processor(SETUP + COUNT + f"there: {access}" + TAIL)
        processor.memory.write(0x2000_0400, b"\x55" * 32)
        run(processor)
        assert registers(processor, "R7", "R6")[0] == e.MEM_MANAGE
        assert registers(processor, "R6")[0] & ~3 == 0x2000_041C
        assert processor.exceptions.cfsr == 0x82
        code = processor.core.get("R8")
        assert processor.memory.read(code, 2)[1] >> 3 in (0x0D, 0x0C, 0x0F, 0x0E)
        assert processor.memory.read(0x2000_0400, 32) == b"\x55" * 32


def test_hot_page_is_open_again_after_a_refused_access():
    # The handler goes on behind the refused load and counts once more.
    body = SETUP + COUNT + "ldr r4, [r2, #28]\n ldr r3, [r2, #32]\n adds r3, #1\n str r3, [r2, #32]"
    processor = make_processor(
        body + "\n b .\nmem: ldr r8, [sp, #24]\n add r8, #2\n str r8, [sp, #24]\n bx lr"
    )
    run(processor)
    assert int.from_bytes(processor.memory.read(0x2000_0420, 4), "little") == 201


def test_access_that_ends_in_a_guard_is_refused():
    processor = make_processor(SETUP + COUNT + "add r2, #30\n ldr r4, [r2]" + TAIL)
    run(processor)
    assert registers(processor, "R7", "R6") == [e.MEM_MANAGE, 0x2000_041E]


def test_call_into_a_guard_is_an_instruction_access_violation():
    processor = make_processor(
        SETUP + "ldr r3, =0x411\n blx r3" + TAIL + "\n.org 0x410\n movs r4, #7\n b ."
    )
    run(processor)
    assert registers(processor, "R7", "R4", "R8") == [e.MEM_MANAGE, 0, 0x410]
    assert processor.exceptions.cfsr == e.IACCVIOL


def test_guards_are_gone_when_the_mpu_is_off():
    processor = make_processor(
        SETUP + COUNT + "ldr r0, =0xE000ED94\n movs r1, #0\n str r1, [r0]\n dsb\n isb\n"
        " str r0, [r2, #28]\n ldr r4, [r2, #28]" + TAIL
    )
    run(processor)
    assert registers(processor, "R7", "R4") == [0, 0xE000_ED94]
