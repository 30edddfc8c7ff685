"""Small programs in translated code: faults, code that changes, the MPU, watching, time."""

import random

import pytest

from rt1062.unicorn import exceptions as e
from rt1062.unicorn import native
from rt1062.unicorn.code_watch import watched
from rt1062.unicorn.processor import Processor
from tests.rt1062.unicorn.test_processor import make_processor, registers
from tests.rt1062.unicorn.translator.pair import different, set_tier

LOOP = "start: ldr r0, =0x20001000\n movs r1, #0\nagain: adds r1, #1\n ldr r2, [r0]\n add r2, r1\n"
LOOP += " str r2, [r0]\n bl call\n b again\ncall: push {r4, lr}\n mul r4, r1, r1\n pop {r4, pc}\n"
ENABLE = "ldr r0, =0xE000ED24\n ldr r1, =0x70000\n str r1, [r0]\n"


def pair(source: str, first: int = 2000) -> tuple[Processor, Processor]:
    """Two processors that have run `first` instructions; the second now has all that translated."""
    both = make_processor(source), make_processor(source)
    for processor, translated in zip(both, (False, True), strict=True):
        processor.run_until(first)
        set_tier(processor, translated)
    assert not different(*both)
    return both


def together(both: tuple[Processor, Processor], ticks: int = 5000) -> None:
    """Run both with the same random deadlines; they must be equal at each."""
    chance = random.Random(ticks)
    end = both[0].now + ticks
    while both[0].now < end:
        until = both[0].now + chance.randrange(1, 60)
        for processor in both:
            processor.run_until(until)
        assert not different(*both)


def executed(both: tuple[Processor, Processor]) -> int:
    return both[1].tier.instructions


def test_a_loop_with_calls_stops_at_the_same_instructions():
    both = pair(LOOP)
    together(both)
    assert executed(both) > 4000


def test_a_deadline_is_kept_within_translated_code():
    plain, fast = pair(LOOP)
    for processor in (plain, fast):
        processor.scheduler.at(3456, lambda processor=processor: processor.core.set("R1", 0))
        processor.run_until(4000)
    assert not different(plain, fast)


@pytest.mark.parametrize("access", ["ldr r3, [r5]", "str r3, [r5, #4]", "strb r3, [r5], #1"])
def test_a_fault_has_the_same_address_pc_and_time(access: str):
    # R5 walks off the end of DTCM.
    source = f"start: ldr r5, =0x2007F000\n{ENABLE}again: adds r5, #8\n adds r6, #1\n {access}\n"
    source += " adds r7, #1\n b again\nbus: ldr r8, [sp, #24]\n mov r9, r7\n b ."
    both = pair(source, 500)
    together(both, 6000)
    assert executed(both) > 500
    assert both[1].exceptions.cfsr & e.PRECISERR
    assert different(*both) == []


def test_peripherals_are_left_to_unicorn_and_see_the_same_time():
    source = "start: ldr r0, =0xE000E010\n movs r1, #5\n str r1, [r0]\n ldr r1, =0xFFFFFF\n"
    source += " str r1, [r0, #4]\nagain: ldr r2, [r0, #8]\n add r3, r2\n adds r4, #1\n"
    source += " ldr r5, [r0, #8]\n eor r6, r5\n b again"
    both = pair(source)
    together(both)


def test_code_that_is_overwritten_from_outside_is_translated_no_more():
    both = pair(LOOP)
    together(both, 1000)
    before = executed(both)
    for processor in both:
        code = processor.memory.read(0x200, 64)
        place = 0x200 + code.index(b"\x49\x1c" if b"\x49\x1c" in code else b"\x01\x31")
        processor.memory.write(place, b"\x02\x31")  # adds r1, #2
    together(both)
    assert executed(both) == before
    assert both[1].tier._loaded.is_stale


def test_code_that_overwrites_itself_is_noticed():
    source = "start: ldr r0, =target\n ldr r3, =0x3101\nagain: bl target\n adds r4, #1\n"
    source += " eor r3, r3, #3\n strh r3, [r0]\n adds r5, #1\n b again\n"
    source += " .balign 4\ntarget: adds r1, #1\n adds r2, #1\n bx lr"
    both = pair(source)
    together(both)


def test_code_that_is_copied_to_ram_runs():
    source = "start: ldr r0, =code\n ldr r1, =0x20000100\n movs r2, #4\ncopy: ldr r3, [r0], #4\n"
    source += " str r3, [r1], #4\n subs r2, #1\n bne copy\n ldr r4, =0x20000101\nagain: blx r4\n"
    source += (
        " adds r5, #1\n b again\n .balign 4\ncode: adds r6, #1\n adds r7, #2\n bx lr\n nop\n nop"
    )
    both = pair(source)
    together(both)
    assert executed(both) > 4000


def test_saturation_sets_q_as_in_unicorn():
    source = "start: ldr r0, =0x7FFF7FFF\n mov r1, r0\nagain: smlad r2, r0, r1, r2\n mrs r3, apsr\n"
    source += " adds r4, #1\n b again"
    both = pair(source, 3)
    together(both, 300)
    assert both[1].core.get("R3") >> 27 & 1


def test_ge_comes_through():
    source = "start: ldr r0, =0x7FFF8000\n ldr r1, =0x00010001\nagain: sadd16 r2, r0, r1\n"
    source += " sel r3, r0, r1\n add r0, r2\n add r1, r3\n adds r4, #1\n b again"
    both = pair(source)
    together(both)
    assert executed(both) > 100  # SEL is Unicorn's


def test_an_unaligned_ldm_is_a_usage_fault_in_translated_code():
    source = f"start: ldr r5, =0x20001000\n{ENABLE} movs r7, #0\nagain: bl work\n adds r7, #1\n"
    source += " cmp r7, #200\n it eq\n addeq r5, #2\n b again\nwork: mov r0, r5\n adds r6, #1\n"
    source += " ldm r0, {r1, r2}\n adds r6, #1\n bx lr\nusage: ldr r8, [sp, #24]\n b ."
    both = pair(source, 500)
    together(both, 5000)
    assert both[1].exceptions.cfsr == e.UNALIGNED
    assert executed(both) > 1000


def test_division_by_zero_is_refused_behind_translated_code():
    source = (
        f"start: {ENABLE} ldr r0, =0xE000ED14\n movs r1, #0x10\n str r1, [r0]\n movs r7, #100\n"
    )
    source += "again: bl work\n subs r7, #1\n b again\nwork: movs r0, #9\n udiv r0, r0, r7\n bx lr"
    both = pair(source, 100)
    together(both, 2000)
    assert both[1].exceptions.cfsr == e.DIVBYZERO


def test_an_interrupt_is_taken_at_the_same_instruction():
    source = (
        "start: ldr r0, =0xE000E010\n ldr r1, =98\n str r1, [r0, #4]\n movs r1, #7\n str r1, [r0]\n"
    )
    source += "again: adds r2, #1\n mul r3, r2, r2\n eor r4, r3\n bl call\n b again\n"
    source += (
        "call: adds r5, #1\n bx lr\ntick: adds r6, #1\n ldr r7, [sp, #24]\n add r8, r7\n bx lr"
    )
    both = pair(source)
    together(both)
    assert both[1].core.get("R6") > 30
    assert executed(both) > 3000


def test_watching_code_has_every_instruction_seen():
    plain, fast = pair(LOOP)
    counts = []
    for processor in (plain, fast):
        seen: list[int] = []
        with watched(processor.core, 0x200, 0x300, seen.append):
            processor.run_until(processor.now + 1000)
        counts.append(seen)
    assert counts[0] == counts[1]
    assert len(counts[0]) >= 1000
    before = fast.tier.instructions
    fast.run_until(fast.now + 1000)
    assert fast.tier.instructions > before  # and again afterwards


def test_unaligned_accesses_are_refused_while_the_core_is_set_up_so():
    source = f"start: {ENABLE} ldr r5, =0x20001001\nagain: ldr r0, [r5]\n adds r1, #1\n b again\n"
    source += "usage: ldr r8, [sp, #24]\n b ."
    both = pair(source)
    for processor in both:
        processor.scb.write_ccr(0x208)
    together(both, 200)
    assert both[1].exceptions.cfsr == e.UNALIGNED


def protect(start: int, allowed: str) -> str:
    """MPU region 0: all that the default map has but `allowed` ("no", "ro") on 4 KB at `start`."""
    access = {"no": 0, "ro": 6, "xn": 3 | 16}[allowed]
    code = f"ldr r0, =0xE000ED94\n movs r1, #0\n str r1, [r0, #4]\n ldr r1, ={start:#x}\n"
    return code + (
        f" str r1, [r0, #8]\n ldr r1, ={access << 24 | 11 << 1 | 1:#x}\n str r1, [r0, #12]\n"
        " movs r1, #5\n str r1, [r0]\n dsb\n isb\n"
    )


@pytest.mark.parametrize("allowed", ["no", "ro"])
def test_the_mpu_refuses_what_it_refuses_in_unicorn(allowed: str):
    source = f"start: {ENABLE} ldr r5, =0x20004000\n movs r7, #0\nagain: bl work\n adds r7, #1\n"
    source += f" cmp r7, #200\n bne again\n {protect(0x2000_4000, allowed)} b again\n"
    source += "work: adds r6, #1\n str r7, [r5]\n bx lr\nmem: ldr r8, [sp, #24]\n mov r9, r7\n b ."
    both = pair(source, 500)
    together(both, 6000)
    assert both[1].exceptions.cfsr & e.DACCVIOL
    assert executed(both) > 500


def test_code_that_may_be_executed_no_more_is_not():
    source = f"start: {ENABLE} movs r7, #0\n ldr r4, =0x2001\nagain: blx r4\n adds r7, #1\n"
    source += f" cmp r7, #200\n bne again\n {protect(0x2000, 'xn')} b again\n"
    source += (
        "mem: mov r9, r7\n ldr r8, [sp, #24]\n b .\n .ltorg\n .org 0x2000\nadds r6, #1\n bx lr"
    )
    both = pair(source, 500)
    together(both, 6000)
    assert both[1].exceptions.cfsr & e.IACCVIOL
    assert both[1].core.get("R9") == 200


def test_registers_of_a_block_that_is_left_at_its_end():
    both = pair("start: movs r0, #1\nagain: adds r0, #3\n wfe\n lsls r1, r0, #2\n b again")
    together(both, 300)
    assert registers(both[0], "R0", "R1") == registers(both[1], "R0", "R1")
    assert both[1].core.words[native.RESUME] == native.NOWHERE
