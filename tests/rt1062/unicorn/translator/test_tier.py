"""What is translated and when, the cache on disk, and who switches it off."""

import multiprocessing
import os
import platform
from dataclasses import replace
from pathlib import Path

import pytest

from rt1062 import emulators
from rt1062.unicorn import native
from rt1062.unicorn.processor import Processor
from rt1062.unicorn.translator import compiled, tier
from rt1062.unicorn.translator.cache import MOST_FILES, Cache
from rt1062.unicorn.translator.maps import Maps, Permissions
from rt1062.unicorn.translator.program import Code, Program
from rt1062.unicorn.translator.tier import Thresholds, Tier
from tests.rt1062.unicorn.test_processor import make_processor
from tests.rt1062.unicorn.translator.pair import different, seen
from tests.rt1062.unicorn.translator.test_programs import LOOP

SOON = Thresholds(look=5_000, most=20_000, load=10_000, compile=30_000, runs=10, share=0.99)


def with_tier(folder: Path | None, source: str = LOOP, when: Thresholds = SOON) -> Processor:
    processor = make_processor(source)

    def permissions() -> Permissions:
        return Permissions({}, frozenset())

    cache = Cache(folder)
    processor.tier = Tier(processor.core, processor.memory, permissions, cache, when)
    processor._next_look = processor.tier.next_look
    return processor


def loop_code() -> Code:
    processor = make_processor(LOOP)
    processor.run_until(2000)
    return max(seen(processor).values(), key=lambda code: code.count)


def run_in_slices(processor: Processor, ticks: int) -> Processor:
    for _ in range(ticks // 1000):
        processor.run_until(processor.now + 1000)
    return processor


def test_code_is_translated_once_enough_was_spent_in_it(tmp_path):
    processor = run_in_slices(with_tier(tmp_path), 20_000)
    assert (processor.tier.compiled, processor.tier.instructions) == (0, 0)
    run_in_slices(processor, 80_000)
    assert processor.tier.compiled == 1
    assert processor.tier.instructions > 30_000


def test_a_program_in_the_cache_is_taken_before_one_would_be_compiled(tmp_path):
    run_in_slices(with_tier(tmp_path), 100_000)
    processor = run_in_slices(with_tier(tmp_path), 30_000)
    assert processor.tier.compiled == 0
    assert processor.tier.instructions > 5_000
    plain = run_in_slices(with_tier(None, when=Thresholds(look=1 << 60)), 30_000)
    assert not different(plain, processor)


def test_blocks_of_one_place_in_the_table_are_both_counted_and_translated():
    source = "start: b.w first\n.org 0x1000\nfirst: adds r1, #1\n b.w second\n"
    source += ".org 0x9002\nsecond: adds r2, #1\n b.w first\n"
    processor = with_tier(None, source)
    tags = [address | 6 << 32 for address in (0x1000, 0x9002)]
    assert len({native.find_entry([0] * native.STATE_WORDS, tag) for tag in tags}) == 1
    run_in_slices(processor, 5000)
    words = processor.core.words
    entries = [native.find_entry(words, tag) for tag in tags]
    assert [words[entry + native.TAG] for entry in entries] == tags
    assert all(words[native.runs_of(entry)] > 1000 for entry in entries)
    run_in_slices(processor, 95_000)
    assert processor.tier.compiled == 1
    assert processor.tier.instructions > 30_000


def test_a_small_block_on_the_way_between_hot_ones_is_worth_it():
    hot, small, rare = (Code(0x100 * n, bytes(8), n) for n in (1000, 2, 3))
    runs = [(10_000, hot), (500, small), (1, rare)]
    assert tier._hottest(runs, 0.999) == [hot, small]


def test_idle_time_is_no_reason_to_look(tmp_path):
    source = "start: ldr r0, =0xE000E010\n ldr r1, =599999\n str r1, [r0, #4]\n movs r1, #7\n"
    source += " str r1, [r0]\nagain: wfi\n b again\ntick: bx lr"
    processor = with_tier(tmp_path, source)
    looks = []
    processor.tier.look = looks.append
    processor.run_until(600_000_000)
    assert looks == []


def test_a_program_of_other_code_is_not_used(tmp_path):
    run_in_slices(with_tier(tmp_path), 100_000)
    # The block that names it is the same, the function that it calls is not.
    source = LOOP.replace("mul r4, r1, r1", "mul r4, r1, r2")
    processor = run_in_slices(with_tier(tmp_path, source), 20_000)
    plain = run_in_slices(with_tier(None, source, Thresholds(look=1 << 60)), 20_000)
    assert not different(plain, processor)
    assert processor.tier.instructions == 0


def test_firmwares_that_share_the_block_that_names_a_program_keep_one_each(tmp_path):
    other = LOOP.replace("mul r4, r1, r1", "mul r4, r1, r2")
    assert run_in_slices(with_tier(tmp_path), 100_000).tier.compiled == 1
    assert run_in_slices(with_tier(tmp_path, other), 100_000).tier.compiled == 1
    for source in (LOOP, other):
        tier = run_in_slices(with_tier(tmp_path, source), 30_000).tier
        assert tier.compiled == 0
        assert tier.instructions > 5_000


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text"])
def test_a_damaged_file_counts_as_none_and_is_replaced(tmp_path, damage: str):
    run_in_slices(with_tier(tmp_path), 100_000)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    flipped = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    file.write_bytes({"cut": whole[:-100], "flip": flipped, "empty": b"", "text": b"no\n"}[damage])
    processor = run_in_slices(with_tier(tmp_path), 100_000)
    assert processor.tier.compiled == 1
    assert file.read_bytes() == whole


def write(folder: Path, code: Code, size: int) -> None:
    for _ in range(50):
        Cache(folder).keep(code, Program({code.start: code}, [code.start], bytes(size)))


def test_programs_of_proofs_are_not_found_by_others(monkeypatch):
    folders = set()
    for setting in ("eager", ""):
        monkeypatch.setenv("RTBENCH_TIER", setting)
        folders.add(make_processor(LOOP).tier._cache._folder)
    assert len(folders) == 2


def test_two_writers_leave_a_whole_file(tmp_path):
    code = loop_code()
    sizes = 100_000, 300_000
    start = multiprocessing.get_context("fork").Process
    writers = [start(target=write, args=(tmp_path, code, size)) for size in sizes]
    for writer in writers:
        writer.start()
    found = [Cache(tmp_path).find([code]) for _ in range(200)]
    for writer in writers:
        writer.join()
    assert {len(one.machine_code) for one in found if one} <= set(sizes)
    assert len(Cache(tmp_path).find([code]).machine_code) in sizes
    assert len(list(tmp_path.iterdir())) == 1


def test_old_files_make_room_for_new_ones(tmp_path):
    code = loop_code()
    codes = [replace(code, start=16 * n) for n in range(MOST_FILES + 5)]
    for n, one in enumerate(codes):
        Cache(tmp_path).keep(one, Program({one.start: one}, [], b"x"))
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, ns=(n, n))
    kept = [Cache(tmp_path).find([one]) is not None for one in codes]
    assert kept == [False] * 5 + [True] * MOST_FILES


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    processor = run_in_slices(with_tier(tmp_path / "file"), 100_000)
    assert processor.tier.compiled == 1


def test_another_host_or_translator_finds_nothing(tmp_path, monkeypatch):
    code = loop_code()
    Cache(tmp_path).keep(code, Program({code.start: code}, [], b"x"))
    assert Cache(tmp_path).find([code]) is not None
    monkeypatch.setattr("rt1062.unicorn.translator.cache._translator", lambda: b"another")
    assert Cache(tmp_path).find([code]) is None


def test_the_environment_and_the_host_decide_whether_there_is_one(processor, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.delenv("RTBENCH_TIER", raising=False)
    assert emulators.without_second_tier() == ""
    assert make_processor(LOOP).tier is not None
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert emulators.without_second_tier() == "not tried on aarch64"
    assert make_processor(LOOP).tier is None
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setenv("RTBENCH_TIER", "0")
    assert emulators.without_second_tier() == "RTBENCH_TIER is 0"
    run_in_slices(make_processor(LOOP), 5_000)


def test_holding_nests(tmp_path):
    core = run_in_slices(with_tier(tmp_path), 100_000).core
    assert core.words[native.TRANSLATED]
    core.hold_translated(True)
    core.hold_translated(True)
    core.hold_translated(False)
    assert core.words[native.TRANSLATED] == 0
    core.set_translated(core._translated)
    assert core.words[native.TRANSLATED] == 0
    core.hold_translated(False)
    assert core.words[native.TRANSLATED]


def test_pages_with_code_and_at_a_segment_s_end_are_never_written_directly():
    processor = make_processor(LOOP)
    maps = Maps()
    maps.note_code(0x1400, 16)
    segments = processor.memory.segments
    read, write = maps.current(segments, Permissions({}, frozenset({0x2000_0C00})))
    assert read[5] and not write[5] and not write[4] and write[3] and write[6]
    assert not read[0x2000_0C00 >> 10] and not read[(0x2000_0C00 >> 10) - 1]
    for segment in segments:
        assert not read[(segment.end >> 10) - 1]


def test_permissions_that_alternate_keep_their_maps():
    processor = make_processor(LOOP)
    maps = Maps()
    some = Permissions({(0x2000_0000, 0x2000_1000): native.READ}, frozenset())
    none = Permissions({(0x2000_0000, 0x2000_1000): 0}, frozenset())
    first = maps.current(processor.memory.segments, some)
    second = maps.current(processor.memory.segments, none)
    assert first[0][0x2000_0000 >> 10] and not first[1][0x2000_0000 >> 10]
    assert not second[0][0x2000_0000 >> 10]
    assert maps.current(processor.memory.segments, some) is first
    maps.note_code(0x2000_2000, 4)
    assert maps.current(processor.memory.segments, some)[1][0x2000_2000 >> 10] == 0


def test_what_a_fork_notes_of_code_is_not_seen_by_others():
    maps = Maps()
    pid = os.fork()
    if not pid:
        maps.note_code(0x2000_2000, 4)
        os._exit(int(maps.code_pages.sum()))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert maps.code_pages.sum() == 0


def test_a_branch_into_an_it_block_is_not_taken_for_its_start():
    # In the middle of an IT block the same bytes mean something else.
    source = "start: movs r0, #0\nagain: adds r0, #1\n tst r0, #1\n itt ne\n addne r1, #1\n"
    source += " addne r2, #1\n b again"
    processor = make_processor(source)
    processor.run_until(2000)
    blocks = seen(processor)
    decoded = compiled.decode(blocks)
    assert compiled.find_entries(decoded) <= blocks.keys()
    assert all(not decoded[start].it & 15 for start in compiled.find_entries(decoded))


def test_what_will_be_repeated_is_translated_before(tmp_path):
    processor = run_in_slices(with_tier(tmp_path), 3_000)
    processor.will_repeat(2)
    assert processor.tier.compiled == 0
    processor.will_repeat(100)
    assert processor.tier.compiled == 1
    processor.run_until(processor.now + 1_000)
    assert processor.tier.instructions > 900


def test_while_it_is_repeated_nobody_looks_again(tmp_path):
    processor = run_in_slices(with_tier(tmp_path), 12_000)
    processor.will_repeat(100)
    expected = processor.tier.next_look
    run_in_slices(processor, 11_000)  # twice as long as after a look that changed something
    assert processor.tier.next_look == expected
    run_in_slices(processor, 3_000)
    assert processor.tier.next_look > expected
