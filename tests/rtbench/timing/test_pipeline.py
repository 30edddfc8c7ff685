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
    "lsl r0, r1, #3; lsr r2, r3, #4": 2,
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
