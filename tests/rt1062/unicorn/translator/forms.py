"""Every form of instruction that is translated, as assembly; `{...}` is what a register may be.

A, B, C, D are low registers that differ; W is any of R0 to R12, X another one, P points to memory.
"""

FORMS = """
and W, X, A; ands W, X, A; and W, X, A, lsl #3; ands W, X, A, lsr #5; ands W, X, A, asr #32
ands W, X, A, ror #7; ands W, X, #0xff00ff00; ands W, X, #0x80000000; ands W, X, #200; ands A, B
orr W, X, A; orrs W, X, A, lsl #31; orrs W, X, #0x7f800000; orrs A, B; orr W, X, A, asr #1
eor W, X, A; eors W, X, A, lsr #32; eors W, X, #0xab00; eors A, B; eors W, X, A, ror #31
bic W, X, A; bics W, X, A, lsl #1; bics W, X, #0x3fc; bics A, B; orn W, X, A; orns W, X, #255
orns W, X, A, asr #9; tst W, X; tst W, X, lsl #4; tst W, #0xff000000; tst A, B; teq W, X
teq W, #0xc0000000; teq W, X, ror #3; mov W, X; movs W, X; movs A, B; movs A, #77; mov W, #0xff0
movs W, #0xff000000; mov W, #0x12340000 >> 16; movw W, #0xbeef; movt W, #0xdead; mvn W, X
mvns W, X, lsl #2; mvns A, B; mvn W, #0xff; mvns W, #0xf0000000
lsl W, X, #1; lsls A, B, #31; lsls W, X, #7; lsr W, X, #32; lsrs A, B, #1; lsrs W, X, #31
asr W, X, #32; asrs A, B, #12; asrs W, X, #1; ror W, X, #1; rors W, X, #31
lsl W, X, A; lsls A, B; lsls W, X, A; lsr W, X, A; lsrs A, B; asr W, X, A; asrs A, B
ror W, X, A; rors A, B; rors W, X, A; asrs W, X, A; lsrs W, X, A
add W, X, A; adds W, X, A; adds A, B, C; adds A, #255; adds A, B, #7; add W, X, #0xff000000
adds W, X, #0x80000000; addw W, X, #4095; add W, X, A, lsl #2; adds W, X, A, asr #31; add W, X
sub W, X, A; subs W, X, A; subs A, B, C; subs A, #255; subs A, B, #7; subs W, X, #0xff000000
subw W, X, #4095; subs W, X, A, lsr #2; rsb W, X, #0; rsbs A, B, #0; rsbs W, X, #0x7f000000
rsbs W, X, A, lsl #3; adc W, X, A; adcs A, B; adcs W, X, #0xff; adcs W, X, A, lsl #1; adc W, X, #1
sbc W, X, A; sbcs A, B; sbcs W, X, #0xff; sbcs W, X, A, asr #1; sbc W, X, #1
cmp W, X; cmp A, #99; cmp W, #0x80000000; cmp W, X, lsl #1; cmn W, X; cmn W, #1; cmn A, B
cmp A, B; cmp W, X, asr #31
mul W, X, A; muls A, B; mla W, X, A, B; mls W, X, A, B; smull W, X, A, B; umull W, X, A, B
smlal W, X, A, B; umlal W, X, A, B; smlad W, X, A, B; smlabb W, X, A, B; smlabt W, X, A, B
smlatb W, X, A, B; smlatt W, X, A, B; smulbb W, X, A; smulbt W, X, A; smultb W, X, A
smultt W, X, A
sxtb A, B; sxtb W, X; sxtb.w W, X, ror #8; sxth A, B; sxth W, X, ror #16; uxtb A, B
uxtb W, X, ror #24; uxth A, B; uxth W, X; sxtab W, X, A; sxtab W, X, A, ror #8; sxtah W, X, A
uxtab W, X, A, ror #16; uxtah W, X, A; sxtb16 W, X; sxtb16 W, X, ror #8; sxtab16 W, X, A
sxtab16 W, X, A, ror #8; sadd16 W, X, A; pkhbt W, X, A; pkhbt W, X, A, lsl #16; pkhtb W, X, A
pkhtb W, X, A, asr #16; pkhtb W, X, A, asr #32; ubfx W, X, #3, #9; ubfx W, X, #0, #32
sbfx W, X, #7, #1; sbfx W, X, #31, #1; bfi W, X, #4, #12; bfi W, X, #0, #32; clz W, X; nop
ldr W, [P]; ldr W, [P, #4]; ldr W, [P, #-255]; ldr W, [P, #4095]; ldr W, [P, #8]!
ldr W, [P], #-4; ldr W, [P, X, lsl #2]; ldr W, [P, X]; ldrb W, [P, #1]; ldrb W, [P], #1
ldrb W, [P, X]; ldrh W, [P, #2]; ldrh W, [P, #-2]!; ldrh W, [P, X, lsl #1]; ldrsb W, [P, #3]
ldrsb W, [P], #-1; ldrsb W, [P, X, lsl #3]; ldrsh W, [P, #6]; ldrsh W, [P], #2; ldrsh W, [P, X]
ldr A, [sp, #12]; ldr W, [sp, #-8]!; ldrd W, X, [P, #8]; ldrd W, X, [P], #8; ldrd W, X, [P, #-16]!
str W, [P]; str W, [P, #4]; str W, [P, #-4]; str W, [P, #12]!; str W, [P], #4
str W, [P, X, lsl #2]; strb W, [P, #1]; strb W, [P], #-1; strb W, [P, X]; strh W, [P, #2]
strh W, [P], #2; strh W, [P, X, lsl #1]; str A, [sp, #16]; str W, [sp, #-4]!
strd W, X, [P, #8]; strd W, X, [P, #-8]!; strd W, X, [P], #16
ldm P, {W, X}; ldm P!, {W, X}; ldmdb P!, {W, X}; ldmdb P, {W, X}; stm P!, {W, X}; stm P, {W, X}
stmdb P!, {W, X}; push {W, X, lr}; push {A, B}; pop {W, X}; pop {A, B, C}; add A, sp, #16
add sp, #32; sub sp, #24; mov W, sp; add W, sp, X; sub sp, sp, #512; add sp, W; mov sp, W
"""


def forms() -> list[str]:
    """The forms one by one."""
    return [form.strip() for line in FORMS.split("\n") for form in line.split(";") if form.strip()]
