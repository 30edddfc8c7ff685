"""The pipeline against sequences that were measured on a Cortex-M7, or follow from the rules."""

import pytest

from rtbench.timing.decode import decode
from rtbench.timing.pipeline import issued
from tests.rt1062.unicorn.assembler import assemble

# Cycles of a sequence that is repeated without an end (jnk0le/random, its page on the Cortex-M7).
MEASURED = {
    "smlad r0, r1, r2, r0; str r3, [r4]": 2,
    "mul r0, r1, r2; str r3, [r4]": 2,
    "ldr r0, [r4]; ldr r1, [r4, #8]": 2,
    "ldm r4, {r0, r1, r2, r3}": 2,
    "ldm r8, {r0-r7}": 4,
    "push {r0-r7}": 4,
    "pop {r0-r7}": 4,
    "add r0, r1, r2; cmp r3, r4; bne 1f; add r5, r6, r7; 1:": 2,
    "nop.w; nop.w": 1,
    "smlad r0, r1, r2, r0; " * 4: 4,
    "sxtb16 r0, r1; sxtb16 r2, r3": 2,
    "vfma.f32 s0, s1, s2; " * 4: 12,
    "pkhbt r0, r1, r2; add r3, r4, r5, lsl #2": 2,
    "movw r0, #1; movt r0, #2": 1,
}
# What follows from the rules of rtbench.timing.rules.
FOLLOWS = {
    "ldr r0, [r4]; ldr r1, [r4, #4]": 1,
    "ldr r0, [r4]; str r1, [r5]": 1,
    "str r0, [r4]; str r1, [r5]": 2,
    "mul r0, r1, r2; mul r3, r1, r2": 2,
    "mul r0, r1, r2; add r3, r4, r5": 1,
    "add r0, r1, r2; add r3, r4, r5": 1,
    "add r0, r1, r2, lsl #1; add r3, r4, r5, lsl #1": 2,
    "add r0, r1, r2, lsl #1; add r3, r4, r5": 1,
    "lsl r0, r1, #3; lsr r2, r3, #4": 1,
    "lsl r0, r1, #3; add r2, r3, r4": 1,
    "ubfx r0, r1, #2, #3; rev r2, r3": 2,
    "add r2, r3, r4; sxtb16 r0, r1; mul r5, r6, r7; mul r1, r6, r7": 3,
    "sxtb16 r0, r1; add r2, r3, r4": 1,
    "ssat r0, #8, r1; usat r2, #8, r3": 2,
    "udiv r0, r1, r2": 7,
    "ldrd r0, r1, [r4]": 1,
    "strd r0, r1, [r4]": 1,
    "push {r0-r3}": 2,
    "ldm r4, {r0, r1, r2}": 2,
    "vadd.f32 s0, s1, s2; vadd.f32 s3, s4, s5": 2,
    "vmul.f32 s0, s1, s2; add r0, r1, r2": 1,
    "vfma.f32 s0, s1, s2; vfma.f32 s3, s4, s5; vfma.f32 s6, s7, s8": 3,
    "vdiv.f32 s0, s1, s2": 16,
    "vsqrt.f32 s0, s1": 14,
    "vselgt.f32 s0, s1, s2; add r0, r1, r2": 1,
    "cmp r3, r4; bls 1f; add r0, r1, r2; 1:": 2,
    "smlal r0, r1, r2, r3": 1,
    "smlald r0, r1, r2, r3; add r4, r5, r6": 1,
    "mla r0, r1, r2, r0; mla r3, r1, r2, r3": 2,
    "mul r0, r0, r1": 2,
    "ldr r0, [r0]": 2,
    "add r0, r0, r1, lsl #2": 1,
    "adds r0, r0, #1; bne 1f; 1:": 1,
    "movw r0, #1; movw r1, #2; movt r0, #3; movt r1, #4": 2,
    "bfi r0, r1, #2, #3; pkhbt r2, r3, r4": 2,
    "add r0, r1, r2, lsl #1; lsr r3, r4, #5": 1,
    "and r6, r7, r8; lsr r3, r4, #5; add r0, r1, r2, lsl #1; orr r9, r7, r8": 2,
    "lsr r3, r4, #5; add r0, r1, r2, lsl #1; push {r6, r7}": 3,
    "eor r0, r1, #0x1fc0; eor r2, r3, #0x1fc0": 2,
    "eor r0, r1, #0x1fc0; add r2, r3, r4, ror #24": 2,
    "eor r0, r1, #0x1b1b1b1b; eor r2, r3, #0x1b1b1b1b": 1,
    "addw r0, r1, #0xff9; addw r2, r3, #0xff9": 1,
    "movw r0, #0x1fc0; movw r1, #0x1fc0": 1,
    "bfi r0, r1, #2, #3; eor r2, r3, #0x1fc0": 2,
    "smlad r0, r1, r2, r0; add r3, r4, r5, lsl #2": 1,
    "smlad r0, r1, r2, r0; uxtb16 r3, r4; add r5, r6, r7; add r8, r9, r10": 2,
    "ldrb r0, [r4]; add r1, r0, r2": 2,
    "ldr r0, [r4]; add r1, r0, r2": 1,
    "ldr r0, [r4]; add r1, r2, r0, lsl #2": 3,
    "ldr r0, [r4]; mul r1, r0, r2": 2,
    "ldrb r0, [r4]; mul r1, r0, r2": 3,
    "mul r0, r1, r2; add r3, r0, r4": 2,
    "mul r0, r1, r2; mla r3, r4, r5, r0": 2,
    "mul r0, r1, r2; str r0, [r4]": 2,
    "ldr r0, [r4]; str r0, [r5]": 1,
    "ldrb r0, [r4]; str r0, [r5]": 1,
    "ldr r0, [r4], #8; ldr r1, [r5, #4]": 1,
    "str r0, [r4, #4]!": 1,
    "ldr r0, [r4], #4; ldr r1, [r4]": 2,
    "sub r0, r1, r2; ldr r3, [r0]": 2,
    "sxth r0, r1; ldr r2, [r0]": 3,
    "add r0, r0, r1; eor r2, r0, r3, ror #22": 1,
    "vldr s0, [r0]; vldr s1, [r0, #4]": 1,
    "vmul.f32 s0, s0, s1": 3,
    "vadd.f32 s0, s0, s1; vmul.f32 s2, s0, s3": 4,
    "vfma.f32 s0, s1, s2; vadd.f32 s3, s4, s5": 4,
    "add r0, r1, r2; vfma.f32 s0, s1, s2; vadd.f32 s3, s4, s5; push {r6, r7}": 5,
    "vfma.f32 s0, s1, s2; vldr d4, [r0]": 4,
    "vfma.f32 s0, s1, s2; vldr s4, [r0]": 3,
    "vfma.f32 s0, s1, s2; vmul.f32 s3, s0, s4": 6,
    "vmla.f32 s0, s1, s2": 3,
    "vmla.f32 s0, s1, s2; vstr s0, [r0]": 5,
    "vldr d0, [r0]; add r1, r2, r3": 2,
    "vmov r0, r1, d0; add r2, r3, r4": 2,
    "vmov s0, r0; vmul.f32 s1, s0, s2": 3,
    "vcmp.f32 s0, s1; vmrs apsr_nzcv, fpscr": 3,
    "vldmia r0, {s0-s7}": 4,
    "stm r8, {r0-r3}": 2,
    "ssat r0, #8, r1; add r2, r0, r3": 3,
    "rev r0, r1; eor r2, r0, r3": 2,
    "smull r0, r1, r2, r3; smull r4, r5, r6, r7": 2,
    "udiv r0, r1, r2; add r3, r4, r5": 8,
    "vdiv.f64 d0, d1, d2": 30,
    "b 1f; 1: add r0, r1, r2; add r3, r4, r5": 2,
    "ldrd r0, r1, [r4]; add r2, r3, r5": 2,
    "clz r0, r1; uadd8 r2, r3, r4": 2,
    "add r3, r4, r5; sel r0, r1, r2; push {r6, r7}": 3,
}


def cycles(source: str) -> int:
    block = decode(assemble(source.replace(";", "\n")), 0)
    assert all(one.known for one in block)
    return issued(block * 4).cycles - issued(block * 3).cycles


@pytest.mark.parametrize(("source", "expected"), MEASURED.items())
def test_measured_sequences_are_exact(source, expected):
    assert cycles(source) == expected


@pytest.mark.parametrize(("source", "expected"), FOLLOWS.items())
def test_sequences_that_follow_from_the_rules_are_exact(source, expected):
    assert cycles(source) == expected
