"""How deep the stack was, to the byte."""

import pytest

from rt1062 import emulators
from rtbench.profile.stack import StackUse, descent, stack_use
from tests.rt1062.boot_image import CODE, STACK, boot_image
from tests.rt1062.tiny_elf import FUNCTION, OBJECT, write_elf
from tests.rt1062.unicorn.assembler import assemble

DESCENTS = {
    "push {r4, lr}": 8,
    "push.w {r4, r5, r6, r7, r8, r9, r10, r11, lr}": 36,
    "push {r0, r1, r2}\n pop {r0}\n push {r0, r1}": 16,
    "vpush {d8, d9}\n sub sp, #20": 36,
    "vpush {s16, s17, s18}": 12,
    "sub.w sp, sp, #1024\n add.w sp, sp, #1024": 1024,
    "subw sp, sp, #1001\n": 1001,
    "stmdb sp!, {r4-r7}\n ldmia sp!, {r4-r7}\n push {r1}": 16,
    "str r0, [sp, #-16]!\n ldr r0, [sp], #16\n push {r0}": 16,
    "strd r0, r1, [sp, #-24]!": 24,
    "push {r7}\n mov sp, r7\n push {r0-r7}": 4,
    "sub sp, sp, r3\n push {r0}": 0,
    "add r7, sp, #8\n str r0, [sp, #4]\n ldr r1, [sp]": 0,
}


@pytest.mark.parametrize("source", DESCENTS)
def test_descent_of_a_piece_of_code(source):
    assert descent(assemble(source)) == DESCENTS[source]


# A function that takes its frame and gives it back in one block, so that no stack pointer shows it.
PROGRAM = """start: push {r0, r1}
  bl deep
  b .
deep: push {r4, lr}
  sub sp, #100
  add sp, #100
  pop {r4, pc}
"""


@pytest.mark.parametrize("ends", [("stack_bottom", "stack_top"), ("__StackLimit", "__StackTop")])
def test_the_high_water_mark_of_a_run(tmp_path, ends):
    bottom, top = ends
    symbols = {
        "start": (CODE, 8, FUNCTION),
        bottom: (STACK - 0x400, 0, OBJECT),
        top: (STACK, 0, OBJECT),
    }
    (tmp_path / "a.bin").write_bytes(boot_image(PROGRAM))
    elf = write_elf(tmp_path / "a.elf", symbols)
    with emulators.create(tmp_path / "a.bin", elf) as machine:
        machine.power_on()
        with machine.recorded() as executed:
            machine.run_for(0.001)
            use = stack_use(machine, executed())
    assert use == StackUse(STACK, STACK - 8 - 8 - 100, STACK - 0x400)
    assert str(use) == "116 bytes of 1,024 (11%), 0x20001000 down to 0x20000F8C"


def test_without_symbols_for_the_ends_the_top_is_what_was_seen(tmp_path):
    (tmp_path / "a.bin").write_bytes(boot_image(PROGRAM))
    elf = write_elf(tmp_path / "a.elf", {"start": (CODE, 8, FUNCTION)})
    with emulators.create(tmp_path / "a.bin", elf) as machine:
        machine.power_on()
        with machine.recorded() as executed:
            machine.run_for(0.001)
            use = stack_use(machine, executed())
    assert (use.used, use.size) == (116, None)
