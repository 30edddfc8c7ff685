"""What the core waits for, on traces whose cycles follow from docs/timing.md."""

from dataclasses import replace

import pytest

from rt1062.memory_system import Kind, Policy
from rtbench.timing.estimate import HIGH, LOW, MID, Cause, Estimator
from rtbench.timing.setting import Move
from tests.rtbench.timing.traces import (
    BARE,
    DTCM,
    FLASH,
    ITCM,
    OCRAM,
    SDRAM,
    SETTING,
    SIZE,
    estimator,
    events,
    looped,
    reads,
    words_of,
    writes,
)

CLOCK = 6  # core cycles of a clock of the flash
COMMAND = (20 + 22) * CLOCK
WORD, LINE = 8 * CLOCK, 64 * CLOCK


def waits(found, cause, corner=MID):
    return found.cycles[corner, :, cause].sum()


def cold(accesses, setting=SETTING):
    return looped(accesses).estimate(setting, warm=False)


def warm(accesses, setting=SETTING):
    return looped(accesses).estimate(setting)


def without_prefetch(setting=SETTING):
    return replace(setting, flash=replace(setting.flash, prefetch_bytes=0))


def test_tightly_coupled_memory_never_waits():
    found = cold(reads(words_of(DTCM, 500)) + writes(words_of(DTCM, 500)))
    assert found.cycles[:, :, Cause.UNALIGNED :].sum() == 0


def test_a_word_of_flash_takes_a_command_and_its_clocks():
    assert waits(cold(reads([FLASH])), Cause.FLASH) == COMMAND + WORD


def test_words_of_a_line_arrive_one_by_one():
    # All but the cycles that the core goes on meanwhile: one a word, half of one for the first.
    found = cold(reads(words_of(FLASH, 8)))
    taken = waits(found, Cause.FLASH) + found.cycles[MID, :, Cause.CORE].sum()
    assert taken == pytest.approx(COMMAND + LINE, abs=2)


def test_a_stream_takes_the_clocks_of_its_bytes_and_a_command_a_buffer():
    found = cold(reads(words_of(FLASH, 16384)))
    taken = found.cycles[MID].sum()
    assert taken == pytest.approx(2048 * LINE + 64 * COMMAND, rel=0.002)


def test_without_prefetch_every_line_is_a_command():
    found = cold(reads(words_of(FLASH, 16384)), without_prefetch())
    assert found.cycles[MID].sum() == pytest.approx(2048 * (LINE + COMMAND), rel=0.01)


def test_computation_goes_on_while_the_flash_streams():
    reading = reads(words_of(FLASH, 4096))
    busy = looped(reading, "udiv r0, r1, r2; " * 4).estimate(SETTING, warm=False)
    idle = cold(reading)
    assert busy.cycles[MID].sum() == pytest.approx(idle.cycles[MID].sum(), rel=0.02)
    assert waits(busy, Cause.FLASH) < 0.6 * waits(idle, Cause.FLASH)


def test_a_jump_in_the_stream_is_a_command_or_a_wait():
    jump = reads([FLASH, FLASH + 128])
    found = cold(jump)
    assert waits(found, Cause.FLASH) == pytest.approx(2 * (COMMAND + WORD) + LINE - WORD, abs=2)
    # At the low end it waits for the stream: 16 clocks more than the sequence has.
    waited = (20 + 16) * CLOCK + 4 * LINE + WORD
    assert waits(found, Cause.FLASH, LOW) == pytest.approx(
        min(waited, 2 * ((20 + 16) * CLOCK + WORD) + LINE - WORD), abs=2
    )


def test_a_line_in_the_buffer_takes_no_clock_of_the_flash():
    nops = [0] * 20_000
    happened = events(reads([FLASH])) + nops + events(reads([FLASH + 64]))
    found = estimator(happened).estimate(SETTING, warm=False)
    assert waits(found, Cause.FLASH) == COMMAND + WORD + 20


def test_more_bits_a_clock_and_fewer_dummies_are_read_from_the_setting():
    single = replace(SETTING, flash=replace(SETTING.flash, lanes=1, command_clocks=40))
    assert waits(cold(reads([FLASH]), single), Cause.FLASH) == (40 + 22) * CLOCK + 4 * WORD


@pytest.mark.parametrize(("place", "line"), [(OCRAM, 40), (SDRAM, 120)])
def test_a_line_of_ram_waits_once(place, line):
    assert waits(cold(reads(words_of(place, 80))), Cause.RAM) == 10 * line


def test_sdram_keeps_its_time_at_a_lower_clock_and_ocram_its_cycles():
    slow = replace(SETTING, core_hz=150_000_000)
    assert waits(cold(reads([SDRAM]), slow), Cause.RAM) == 30
    assert waits(cold(reads([OCRAM]), slow), Cause.RAM) == 40


def test_warm_caches_hold_what_fits_into_them():
    fits, too_much = words_of(OCRAM, 8000), words_of(OCRAM, 32_000)
    assert waits(warm(reads(fits)), Cause.RAM) < 0.1 * waits(cold(reads(fits)), Cause.RAM)
    assert waits(warm(reads(too_much)), Cause.RAM) > 0.9 * waits(cold(reads(too_much)), Cause.RAM)


def test_a_store_does_not_wait_for_its_line_but_the_next_ones_do():
    assert waits(cold(writes([OCRAM])), Cause.RAM) == 0
    # Three lines one after the other: the third waits for the first, the fourth for the second.
    spread = writes([OCRAM, OCRAM + 64, OCRAM + 128, OCRAM + 192])
    assert waits(cold(spread), Cause.RAM) == pytest.approx(2 * 40, abs=4)


def test_lines_that_were_written_go_back():
    both = words_of(OCRAM, 32_000)
    written, read = cold(writes(both) + reads(both)), cold(reads(both) + reads(both))
    assert waits(written, Cause.RAM) > waits(read, Cause.RAM) - 4000 * 40


def test_written_through_makes_the_caches_no_help_to_stores():
    through = replace(
        SETTING,
        areas=tuple(
            replace(area, policy=Policy.THROUGH) if area.kind == Kind.SDRAM else area
            for area in SETTING.areas
        ),
    )
    again = reads([SDRAM]) + writes([SDRAM] * 100)
    assert waits(warm(again, through), Cause.RAM) > waits(warm(again), Cause.RAM) == 0


def test_code_in_flash_waits_where_it_is_cold_and_not_where_it_is_warm():
    source = "mul r0, r1, r2; " * 64
    far = estimator([0] * 10, [(FLASH + 0x100, source)])
    assert waits(far.estimate(SETTING, warm=False), Cause.FLASH) >= 8 * LINE
    assert waits(far.estimate(SETTING), Cause.FLASH) == 0
    near = estimator([0] * 10, [(ITCM + 0x100, source)])
    assert waits(near.estimate(SETTING, warm=False), Cause.FLASH) == 0


def test_code_without_its_cache_is_fetched_each_time():
    far = estimator([0] * 10, [(SDRAM + 0x100, "mul r0, r1, r2; " * 8)])
    assert waits(far.estimate(SETTING), Cause.RAM) == 0
    off = far.estimate(replace(SETTING, icache=False))
    assert waits(off, Cause.RAM) == 10 * 120
    assert any("no claim" in doubt for doubt in off.doubts())


def test_a_device_has_no_claim():
    found = cold(reads([BARE] * 100))
    assert waits(found, Cause.DEVICE) == 100 * 30
    assert any("no claim" in doubt for doubt in found.doubts())
    assert cold(reads([DTCM] * 100)).doubts() == []


def test_weights_that_are_read_again_out_of_order_are_in_doubt():
    # A column of a matrix of 64 KB, again and again: neither in the cache nor in the stream.
    strided = [FLASH + row * 2048 + column * 32 for column in range(64) for row in range(32)]
    found = warm(reads(strided * 2))
    assert any("read again" in doubt for doubt in found.doubts())
    assert found.total.high > 1.3 * found.total.mid
    assert warm(reads(words_of(FLASH, 4096))).doubts() == []


def test_unaligned_loads_cost_three_or_four():
    crooked = cold(reads([DTCM + 1 + 4 * at for at in range(100)]))
    assert [waits(crooked, Cause.UNALIGNED, corner) for corner in (LOW, MID, HIGH)] == [
        300, 350, 400,
    ]  # fmt: skip
    assert waits(cold(reads([DTCM + 2] * 100, size=2)), Cause.UNALIGNED) == 0


def test_the_store_buffer_takes_five_unaligned_stores():
    five = cold(writes([DTCM + 1 + 4 * at for at in range(5)]))
    many = cold(writes([DTCM + 1 + 4 * at for at in range(105)]))
    assert waits(five, Cause.UNALIGNED) == 0
    # Four cycles a store, less the one in which the next one comes and what was in the buffer.
    assert waits(many, Cause.UNALIGNED) == pytest.approx(105 * 4 - many_core(many) - 20, abs=6)


def many_core(found):
    return found.cycles[MID, :, Cause.CORE].sum()


@pytest.mark.parametrize(
    ("addresses", "a_store"),
    [
        ([DTCM + at for at in range(400)], 2.4),  # bytes in a row
        ([DTCM + 8 * at for at in range(400)], 4),  # in one bank
        ([DTCM + 4 * at for at in range(400)], 2),  # the banks in turn
    ],
)
def test_byte_stores_take_their_cycles_sustained(addresses, a_store):
    found = cold(writes(addresses, size=1))
    assert found.cycles[MID].sum() == pytest.approx(400 * a_store, rel=0.06)


def test_word_stores_do_not():
    assert cold(writes(words_of(DTCM, 400))).cycles[MID, :, Cause.UNALIGNED].sum() == 0


def test_what_is_moved_waits_as_it_would_there():
    arena = Move(DTCM, DTCM + SIZE, Kind.SDRAM)
    touched = reads(words_of(DTCM, 4000)) + writes(words_of(DTCM, 4000))
    there = reads(words_of(SDRAM, 4000)) + writes(words_of(SDRAM, 4000))
    moved = cold(touched, SETTING.moved(arena))
    assert waits(moved, Cause.RAM) == waits(cold(there), Cause.RAM) > 0
    weights = Move(FLASH, FLASH + SIZE, Kind.DTCM)
    assert waits(cold(reads(words_of(FLASH, 400)), SETTING.moved(weights)), Cause.FLASH) == 0


def test_of_two_moves_of_an_address_the_last_asked_for_counts():
    twice = SETTING.moved(Move(DTCM, DTCM + SIZE, Kind.SDRAM)).moved(
        Move(DTCM, DTCM + 64, Kind.OCRAM)
    )
    assert waits(cold(reads([DTCM, DTCM + 64]), twice), Cause.RAM) == 40 + 120


def test_parts_are_told_apart_and_sum_up():
    happened = events(reads([OCRAM])) + events(reads([SDRAM])) + events(reads([FLASH]))
    found = estimator(happened).estimate(SETTING, cuts=[2, 4], warm=False)
    assert found.parts == 3
    assert [found.cycles[MID, part, Cause.RAM].sum() for part in range(3)] == [40, 120, 0]
    assert found.cycles[MID, 2, Cause.FLASH].sum() == COMMAND + WORD
    assert sum(found.of(part).mid for part in range(3)) == pytest.approx(found.total.mid)
    whole = estimator(happened).estimate(SETTING, warm=False)
    assert whole.total == found.total


def test_a_trace_that_ended_early_is_taken_as_alike():
    whole = looped(reads([BARE] * 100))
    trace = replace(whole.executed.trace, events=whole.executed.trace.events[:100], lost=100)
    found = Estimator(replace(whole.executed, trace=trace), whole.read).estimate(SETTING)
    assert found.total.mid == pytest.approx(whole.estimate(SETTING).total.mid)
    assert any("50%" in doubt for doubt in found.doubts())
