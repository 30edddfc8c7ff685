"""The serial flash: identification, reads, erase and program, busy times, what it ignores."""

import struct

import pytest

from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.devices import flash_parts
from rt1062.devices.nor_flash import NorFlash
from rt1062.scheduler import Scheduler

SIZE = 8 << 20
WIP, WEL = 1, 2


class Bench:
    def __init__(self):
        self.scheduler = Scheduler()
        self.memory = bytearray(b"\xff" * SIZE)
        self.changes, self.notes = [], []
        self.flash = NorFlash(
            self.scheduler,
            self.memory,
            lambda start, length: self.changes.append((start, length)),
            self.notes.append,
        )

    def status(self):
        return self.flash.execute(0x05, count=1)[0]

    def enable(self):
        self.flash.execute(0x06)

    def wait(self, microseconds):
        self.scheduler.advance(microseconds * TICKS_PER_MICROSECOND)

    def program(self, address, data, opcode=0x02):
        self.enable()
        self.flash.execute(opcode, address, data)
        self.wait(200)

    def erase(self, opcode, address=None):
        self.enable()
        self.flash.execute(opcode, address)


@pytest.fixture
def bench():
    return Bench()


def test_it_says_who_it_is(bench):
    assert bench.flash.execute(0x9F, count=3) == b"\x9d\x70\x17"
    assert bench.flash.execute(0xAB, count=1) == b"\x17"
    assert bench.flash.execute(0x90, 0, count=2) == b"\x9d\x17"
    assert len(set(bench.flash.execute(0x4B, count=16))) > 1


@pytest.mark.parametrize(
    ("opcode", "waits", "lanes"),
    [(0x03, 0, 1), (0x0B, 8, 1), (0x3B, 8, 2), (0x6B, 8, 4), (0xBB, 4, 2), (0xEB, 6, 4)],
)
def test_every_read_reads(bench, opcode, waits, lanes):
    bench.memory[0x1234:0x1238] = b"\x01\x02\x03\x04"
    assert bench.flash.execute(opcode, 0x1234, b"", 4, waits, lanes) == b"\x01\x02\x03\x04"
    assert bench.notes == []


def test_a_read_runs_on_from_the_end_to_the_beginning(bench):
    bench.memory[-1], bench.memory[0] = 0x11, 0x22
    assert bench.flash.execute(0x03, SIZE - 1, count=2) == b"\x11\x22"


def test_wrong_wait_clocks_shift_the_bits(bench):
    bench.memory[0:4] = b"\x12\x34\x56\x78"
    assert bench.flash.execute(0xEB, 0, b"", 2, 8, 4) == b"\x34\x56"
    assert bench.flash.execute(0xEB, 0, b"", 2, 5, 4) == b"\xf1\x23"
    assert bench.notes[0] == "NOR flash read 0xEB with 8 wait clocks, it takes 6"


def test_programming_needs_the_write_enable_latch(bench):
    bench.flash.execute(0x02, 0, b"\x00")
    assert bench.memory[0] == 0xFF
    assert bench.status() & (WIP | WEL) == 0
    bench.enable()
    assert bench.status() & (WIP | WEL) == WEL
    bench.flash.execute(0x04)
    assert bench.status() & WEL == 0
    bench.flash.execute(0x02, 0, b"\x00")
    assert bench.memory[0] == 0xFF
    assert bench.changes == []


@pytest.mark.parametrize("opcode", [0x02, 0x32])
def test_programming_clears_bits_only(bench, opcode):
    bench.program(0x100, b"\xf0\x0f", opcode)
    bench.program(0x100, b"\x3c\x3c", opcode)
    assert bytes(bench.memory[0x100:0x102]) == b"\x30\x0c"
    assert bench.changes == [(0x100, 256), (0x100, 256)]


def test_programming_takes_its_time_and_one_latch(bench):
    bench.enable()
    bench.flash.execute(0x02, 0, b"\x00")
    assert bench.status() & (WIP | WEL) == WIP | WEL
    bench.wait(199)
    assert bench.status() & WIP
    bench.wait(1)
    assert bench.status() & (WIP | WEL) == 0
    bench.flash.execute(0x02, 1, b"\x00")
    assert bench.memory[1] == 0xFF


def test_programming_wraps_within_the_page(bench):
    bench.program(0x1FE, b"\x01\x02\x03\x04")
    assert bytes(bench.memory[0x1FE:0x200]) == b"\x01\x02"
    assert bytes(bench.memory[0x100:0x102]) == b"\x03\x04"
    assert bench.memory[0x200] == 0xFF


def test_of_more_than_a_page_the_last_256_bytes_count(bench):
    bench.program(0, bytes(16) + b"\xaa" * 256)
    assert bytes(bench.memory[:256]) == b"\xaa" * 256


@pytest.mark.parametrize(
    ("opcode", "size", "microseconds"),
    [
        (0x20, 4096, 70_000),
        (0xD7, 4096, 70_000),
        (0x52, 32 << 10, 130_000),
        (0xD8, 64 << 10, 200_000),
    ],
)
def test_erasing_sets_the_block_around_the_address_to_ones(bench, opcode, size, microseconds):
    bench.memory[:] = bytes(SIZE)
    bench.erase(opcode, 3 * size + 17)
    assert bytes(bench.memory[3 * size : 4 * size]) == b"\xff" * size
    assert (bench.memory[3 * size - 1], bench.memory[4 * size]) == (0, 0)
    assert bench.changes == [(3 * size, size)]
    bench.wait(microseconds - 1)
    assert bench.status() & WIP
    bench.wait(1)
    assert not bench.status() & WIP


@pytest.mark.parametrize("opcode", [0x60, 0xC7])
def test_the_chip_is_erased_without_an_address(bench, opcode):
    bench.memory[:] = bytes(SIZE)
    bench.erase(opcode)
    assert bytes(bench.memory) == b"\xff" * SIZE


def test_an_erase_without_an_address_is_ignored(bench):
    bench.memory[:] = bytes(SIZE)
    bench.erase(0x20)
    assert bench.changes == []


def test_everything_but_the_status_is_ignored_while_it_is_busy(bench):
    bench.memory[0] = 0x12
    bench.erase(0x20, 0x10000)
    assert bench.flash.execute(0x03, 0, count=1) == b"\xff"
    assert bench.flash.execute(0x9F, count=1) == b"\xff"
    bench.enable()
    bench.flash.execute(0x02, 0, b"\x00")
    assert bench.memory[0] == 0x12
    bench.wait(70_000)
    assert bench.flash.execute(0x03, 0, count=1) == b"\x12"
    assert bench.status() & WEL == 0


def test_quad_enable_is_in_the_status_register_and_can_be_changed(bench):
    assert bench.status() & 0x40
    assert bench.flash.execute(0x35, count=1) == b"\x02"
    bench.enable()
    bench.flash.execute(0x01, None, b"\x00")
    bench.wait(2_000)
    assert not bench.status() & 0x40
    bench.enable()
    bench.flash.execute(0x01, None, b"\x00\x02")  # as Winbond's drivers write it
    bench.wait(2_000)
    assert bench.status() & 0x40


def test_reset_needs_its_enable_right_before(bench):
    bench.enable()
    bench.flash.execute(0x66)
    bench.flash.execute(0x9F, count=1)
    bench.flash.execute(0x99)
    bench.flash.execute(0x99)
    assert bench.status() & WEL
    bench.flash.execute(0x66)
    bench.flash.execute(0x99)
    bench.wait(35)
    assert not bench.status() & (WEL | WIP)


def test_asleep_it_only_wakes_up(bench):
    bench.flash.execute(0xB9)
    for _ in range(2):
        assert bench.flash.execute(0x9F, count=3) == b"\xff\xff\xff"
    bench.flash.execute(0xAB)
    assert bench.flash.execute(0x9F, count=3) == b"\x9d\x70\x17"


def test_an_unknown_command_is_told(bench):
    assert bench.flash.execute(0x77, count=2) == b"\xff\xff"
    assert bench.notes == ["NOR flash command 0x77 is not modelled"]


def test_sfdp_says_how_large_it_is_and_how_it_is_erased(bench):
    header = bench.flash.execute(0x5A, 0, count=16)
    assert header[:4] == b"SFDP"
    assert header[8] == 0
    words, pointer = header[11], int.from_bytes(header[12:15], "little")
    table = struct.unpack(f"<{words}I", bench.flash.execute(0x5A, pointer, count=4 * words))
    assert table[1] + 1 == SIZE * 8
    assert table[2] == 0x6B08EB44
    erases = struct.pack("<2I", *table[7:9])
    assert erases == bytes((12, 0x20, 15, 0x52, 16, 0xD8, 0, 0))
    assert 1 << (table[10] >> 4 & 0xF) == 256
    assert table[14] >> 20 & 7 == 2  # quad enable: bit 6 of status register 1


@pytest.mark.parametrize(
    ("name", "size", "jedec", "sector_us"),
    [
        ("IS25WP064", 8 << 20, "9D7017", 70_000),
        ("W25Q64JV", 8 << 20, "EF4017", 45_000),
        ("w25q16jvssiq", 2 << 20, "EF4015", 45_000),
        ("W25Q128JV", 16 << 20, "EF4018", 45_000),
        ("unknown", 4 << 20, "9D7016", 70_000),
    ],
)
def test_a_part_by_its_name_has_its_identity_and_times(name, size, jedec, sector_us):
    part = flash_parts.find(name, size)
    scheduler = Scheduler()
    flash = NorFlash(scheduler, bytearray(8192), part=part)
    assert flash.execute(0x9F, count=3).hex().upper() == jedec
    flash.execute(0x06)
    flash.execute(0x20, 0)
    assert flash.busy_until == sector_us * TICKS_PER_MICROSECOND
