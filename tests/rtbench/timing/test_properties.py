"""What any estimate has to obey, on generated code and traces."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from rt1062.memory_system import Kind
from rtbench.timing.decode import decode
from rtbench.timing.estimate import HIGH, LOW, MID, Cause
from rtbench.timing.pipeline import issued
from rtbench.timing.setting import Move
from tests.rt1062.unicorn.assembler import assemble
from tests.rtbench.timing.traces import DTCM, FLASH, SETTING, SIZE, estimator, events

# Registers of what is written by some and read by others, so that all kinds of waits come up.
CODE = """
add r0, r1, r2; sub r3, r0, #1; and r1, r3, r4; eor r4, r0, r1, lsl #2; lsl r2, r3, #3;
ldr r0, [r5]; ldr r1, [r5, #4]; ldr r2, [r0]; ldrb r3, [r6], #1; str r1, [r6]; strb r2, [r6, #1];
mul r0, r1, r2; smlad r4, r1, r2, r4; mla r3, r0, r1, r3; sxtb16 r1, r2; uxtb r2, r2;
pkhbt r0, r1, r2; ubfx r3, r1, #2, #3; ssat r2, #8, r4; cmp r0, r1; adds r1, r1, #1;
movw r0, #1; movt r0, #2; udiv r3, r1, r2; ldrd r0, r1, [r5]; push {r0, r1}; ldm r6, {r0, r1, r2};
vldr s0, [r5]; vfma.f32 s0, s1, s2; vadd.f32 s1, s0, s3; vmul.f32 s2, s2, s1; vstr s1, [r6];
vldmia r5!, {s3}; vmov r0, s0; vmov s1, r2; eor r1, r2, #0x1fc0; nop
"""
# What depends on none of those.
MORE = """
nop; add r8, r9, r10; mul r8, r9, r10; ldr r8, [r9]; uxtb r8, r9; str r8, [r9]; udiv r8, r9, r10;
vmul.f32 s20, s21, s22; add r8, r9, r10, lsl #2; vfma.f32 s20, s21, s22; vldr s20, [r9]
"""
# Runs of words: where they begin, how many, whether they are written.
RUNS = st.lists(
    st.tuples(st.integers(0, SIZE // 4 - 512), st.integers(8, 512), st.booleans()),
    min_size=1, max_size=12,
)  # fmt: skip
FEW = settings(max_examples=40, deadline=None)


def instructions(text):
    sources = [one.strip() for one in text.replace("\n", " ").split(";") if one.strip()]
    block = decode(assemble("\n".join(sources)), 0)
    assert len(block) == len(sources) and all(one.known for one in block)
    return block


def happened(runs, place):
    return events(
        (place + 4 * (first + at), 4, writes)
        for first, count, writes in runs
        for at in range(count)
    )


def steady(block):
    return (issued(block * 12).cycles - issued(block * 4).cycles) / 8


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_an_instruction_more_is_never_cheaper_by_more_than_half_a_cycle(data):
    block = data.draw(st.lists(st.sampled_from(instructions(CODE)), min_size=1, max_size=8))
    more = data.draw(st.sampled_from(instructions(MORE)))
    place = data.draw(st.integers(0, len(block)))
    longer = [*block[:place], more, *block[place:]]
    assert issued(longer).cycles >= issued(block).cycles
    assert steady(longer) >= steady(block) - 0.5


@FEW
@given(RUNS)
def test_dtcm_is_no_slower_than_ocram_and_that_no_slower_than_sdram(runs):
    made = estimator(happened(runs, DTCM))
    dtcm, ocram, sdram = (
        made.estimate(SETTING.moved(Move(DTCM, DTCM + SIZE, kind))).total
        for kind in (Kind.DTCM, Kind.OCRAM, Kind.SDRAM)
    )
    for end in ("low", "mid", "high"):
        assert getattr(dtcm, end) <= getattr(ocram, end) <= getattr(sdram, end)


@FEW
@given(RUNS, st.sampled_from([Kind.OCRAM, Kind.SDRAM]))
def test_a_cache_that_is_off_is_no_faster(runs, kind):
    made = estimator(happened(runs, DTCM))
    setting = SETTING.moved(Move(DTCM, DTCM + SIZE, kind))
    on, off = made.estimate(setting), made.estimate(replace(setting, dcache=False))
    assert off.total.mid >= on.total.mid


@FEW
@given(st.lists(st.tuples(st.integers(0, SIZE // 4 - 512), st.integers(8, 512)), min_size=1,
                max_size=12))  # fmt: skip
def test_133_mhz_are_no_slower_than_100_and_those_no_slower_than_60(runs):
    made = estimator(happened([(*run, False) for run in runs], FLASH))
    fast, usual, slow = (
        made.estimate(SETTING.flash_at(hz)).total.mid
        for hz in (133_000_000, 100_000_000, 60_000_000)
    )
    assert fast <= usual <= slow


@FEW
@given(RUNS, st.booleans())
def test_low_mid_and_high_are_in_order_for_every_cause_and_block(runs, in_flash):
    runs = [(first, count, writes and not in_flash) for first, count, writes in runs]
    found = estimator(happened(runs, FLASH if in_flash else DTCM)).estimate(
        SETTING.moved(Move(DTCM, DTCM + SIZE // 2, Kind.OCRAM))
    )
    assert found.total.low <= found.total.mid <= found.total.high
    for cause in Cause:
        ends = found.of(cause=cause)
        assert ends.low <= ends.mid <= ends.high, cause
    for ends in found.by_block().values():
        assert ends.low <= ends.mid <= ends.high


@FEW
@given(RUNS)
def test_the_same_trace_gives_the_same_figures(runs):
    one, other = (estimator(happened(runs, FLASH)).estimate(SETTING).cycles for _ in range(2))
    assert (one == other).all()
    assert one.shape[0] == 1 + HIGH and LOW < MID < HIGH
