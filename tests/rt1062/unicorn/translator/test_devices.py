"""Accesses of translated code to a FIFO's lane, beside a processor on which Unicorn makes them."""

import random
from itertools import islice

import pytest

from rt1062.blocks.lpspi import Lpspi
from rt1062.unicorn.processor import Processor
from tests.rt1062.unicorn.test_fifo_lane import answers
from tests.rt1062.unicorn.test_processor import make_processor
from tests.rt1062.unicorn.translator.pair import different, seen, set_tier

BASE = 0x4039_4000
# Bursts of R8 words: as many as fit are written, SR is looked at, FSR read, what came is summed up.
BURSTS = """
start: ldr r4, =0x40394000
 movs r0, #1
 str r0, [r4, #0x24]
 ldr r0, ={ccr}
 str r0, [r4, #0x40]
 ldr r0, ={fcr}
 str r0, [r4, #0x58]
 movs r0, #1
 str r0, [r4, #0x10]
 movs r0, #{tcr}
 str r0, [r4, #0x60]
 movs r5, #0
 ldr r9, =0x20001000
burst: movs r6, #0
 movs r7, #0
more: cmp r6, #{words}
 bhs wait
 sub r0, r6, r7
 cmp r0, #16
 bhs wait
 str r6, [r4, #0x64]
 adds r6, #1
 b more
wait: ldr r0, [r4, #0x14]
 tst r0, #2
 bne take
 lsls r0, r0, #7
 bmi wait
take: ldr r0, [r4, #0x5C]
 ubfx r0, r0, #16, #5
 cmp r0, #0
 beq wait
one: ldr r1, [r4, #0x74]
 add r5, r5, r1, ror #3
 str r5, [r9]
 adds r7, #1
 subs r0, #1
 bne one
 cmp r7, #{words}
 blo more
 b burst
"""


def make(drawn: random.Random) -> Processor:
    """Such a program with an LPSPI, whose device says what is coming."""
    source = BURSTS.format(
        ccr=drawn.choice((4, 12 | 3 << 8, 40)),
        fcr=drawn.choice((0, 7 << 16 | 15, 15 << 16 | 3)),
        tcr=drawn.choice((7, 31)),
        words=drawn.choice((3, 40, 250)),
    )
    processor = make_processor(source)
    sent: list[int] = []

    def transfer(pcs: int, byte: int) -> int:
        sent.append(byte)
        return next(answers(len(sent)))

    def coming(count: int) -> bytes:
        return bytes(islice(answers(len(sent) + 1), count))

    block = Lpspi(
        processor.scheduler, lambda: 105_600_000, lambda level: None, transfer, coming=coming
    )
    processor.bus.attach("LPSPI1", BASE, block, 0x4000)
    processor.sent = sent
    return processor


@pytest.mark.parametrize("seed", range(12))
def test_a_transfer_is_the_same_at_every_stop(seed: int):
    both = make(random.Random(seed)), make(random.Random(seed))
    for processor, translated in zip(both, (False, True), strict=True):
        processor.run_until(300_000)
        assert any(code.device for code in seen(processor).values())
        set_tier(processor, translated)
    assert not different(*both)
    chance = random.Random(seed)
    for _ in range(40):
        until = both[0].now + chance.choice((chance.randrange(1, 200), chance.randrange(60_000)))
        event = both[0].now + chance.randrange(60_000)
        for processor in both:
            processor.scheduler.at(event, lambda: None)
            processor.run_until(until)
        assert not different(*both)
        assert both[0].sent == both[1].sent
        assert both[0].bus.skipped == both[1].bus.skipped
    figures = both[1].tier._loaded.figures
    assert figures["executed"] > 20 * figures["memory"]  # hardly ever left for an access


def test_time_that_a_spin_lets_pass_is_no_instruction():
    both = make(random.Random(3)), make(random.Random(3))
    for processor, translated in zip(both, (False, True), strict=True):
        processor.run_until(300_000)
        set_tier(processor, translated)
        processor.run_until(900_000)
    assert both[0].bus.skipped > 100_000
    assert both[1].tier.instructions < both[1].instructions
