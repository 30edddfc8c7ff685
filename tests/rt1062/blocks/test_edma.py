"""eDMA: minor and major loops, requests, links, scatter and gather, errors."""

import struct

import pytest

from rt1062.block import DmaRequest
from rt1062.blocks.dmamux import Dmamux
from rt1062.blocks.edma import Edma
from rt1062.scheduler import NEVER, Scheduler

CR, ES, ERQ, EEI, INT, ERR, HRS = 0x00, 0x04, 0x0C, 0x14, 0x24, 0x2C, 0x34
CEEI, SEEI, CERQ, SERQ, CDNE, SSRT, CERR, CINT = range(0x18, 0x20)
START, INTMAJOR, INTHALF, DREQ, ESG, MAJORELINK, DONE = 1, 2, 4, 8, 16, 32, 128
EMLM, HALT = 1 << 7, 1 << 5
NCE, DBE, SBE, SAE, DOE = 1 << 3, 1 << 0, 1 << 1, 1 << 7, 1 << 4
UART_TX = 2
ENBL, A_ON = 1 << 31, 1 << 29
OFFSETS = {
    "SADDR": (0x00, 4),
    "SOFF": (0x04, 2),
    "ATTR": (0x06, 2),
    "NBYTES": (0x08, 4),
    "SLAST": (0x0C, 4),
    "DADDR": (0x10, 4),
    "DOFF": (0x14, 2),
    "CITER": (0x16, 2),
    "DLASTSGA": (0x18, 4),
    "CSR": (0x1C, 2),
    "BITER": (0x1E, 2),
}


class Bench:
    """4 KB of memory from 0; addresses from 0x8000 are a device's register."""

    def __init__(self):
        self.scheduler = Scheduler()
        self.memory = bytearray(4096)
        self.device, self.wanted, self.served = bytearray(), 0, 0
        self.next_change = NEVER
        self.lines = [False] * 16
        self.error = False
        self.mux = Dmamux()
        self.edma = Edma(
            self.scheduler,
            self.load,
            self.store,
            self.mux,
            {UART_TX: DmaRequest(lambda: self.wanted > 0, lambda: self.next_change, self.serve)},
            [lambda level, i=i: self.lines.__setitem__(i, level) for i in range(16)],
            lambda level: setattr(self, "error", level),
        )

    def load(self, address, size):
        if address + size > 4096:
            return None
        return int.from_bytes(self.memory[address : address + size], "little")

    def store(self, address, size, value):
        if address >= 0x8000:
            self.device += value.to_bytes(size, "little")
            self.wanted -= 1
        elif address + size > 4096:
            return False
        else:
            self.memory[address : address + size] = value.to_bytes(size, "little")
        return True

    def serve(self):
        self.served += 1

    def tcd(self, channel, **fields):
        """A memory copy of 16 words in loops of 4 bytes, changed by `fields`."""
        values = {
            "SADDR": 0x100,
            "SOFF": 4,
            "ATTR": 2 << 8 | 2,
            "NBYTES": 4,
            "SLAST": 0,
            "DADDR": 0x200,
            "DOFF": 4,
            "CITER": 16,
            "DLASTSGA": 0,
            "BITER": 16,
            "CSR": 0,
        } | fields
        for name, value in values.items():
            offset, size = OFFSETS[name]
            mask = (1 << 8 * size) - 1
            self.edma.write(0x1000 + 0x20 * channel + offset, size, value & mask)

    def field(self, channel, name):
        offset, size = OFFSETS[name]
        return self.edma.read(0x1000 + 0x20 * channel + offset, size)

    def command(self, offset, value):
        self.edma.write(offset, 1, value)

    def run(self, ticks=100_000):
        self.scheduler.advance(ticks)


@pytest.fixture
def bench():
    bench = Bench()
    bench.memory[0x100:0x140] = bytes(range(64))
    return bench


def test_one_start_moves_one_minor_loop(bench):
    bench.tcd(0, NBYTES=8)
    bench.command(SSRT, 0)
    bench.run()
    assert bytes(bench.memory[0x200:0x20C]) == bytes(range(8)) + bytes(4)
    assert (bench.field(0, "SADDR"), bench.field(0, "DADDR")) == (0x108, 0x208)
    assert bench.field(0, "CITER") == 15
    assert bench.field(0, "CSR") & (START | DONE) == 0


def test_the_major_loop_ends_with_done_interrupt_and_last_offsets(bench):
    bench.tcd(0, NBYTES=64, CITER=1, BITER=1, SLAST=-64, DLASTSGA=-64, CSR=INTMAJOR)
    bench.edma.write(0x101C, 2, INTMAJOR | START)
    bench.run()
    assert bytes(bench.memory[0x200:0x240]) == bytes(range(64))
    assert (bench.field(0, "SADDR"), bench.field(0, "DADDR")) == (0x100, 0x200)
    assert bench.field(0, "CITER") == 1
    assert bench.field(0, "CSR") & DONE
    assert bench.edma.read(INT) == 1
    assert bench.lines[0]
    bench.command(CINT, 0)
    assert not bench.lines[0]
    bench.command(CDNE, 0)
    assert not bench.field(0, "CSR") & DONE


def test_channels_16_apart_share_a_line(bench):
    bench.tcd(19, CITER=1, BITER=1, CSR=INTMAJOR)
    bench.command(SSRT, 19)
    bench.run()
    assert bench.lines[3]
    assert bench.edma.read(INT) == 1 << 19


def test_a_request_drives_a_channel_until_dreq(bench):
    bench.tcd(5, ATTR=0, SOFF=1, NBYTES=1, DADDR=0x8000, DOFF=0, CITER=3, BITER=3, CSR=DREQ)
    bench.mux.write(4 * 5, 4, ENBL | UART_TX)
    bench.command(SERQ, 5)
    bench.run()
    assert bench.device == b""
    bench.wanted = 2
    bench.edma.poke()
    bench.run()
    assert bench.device == b"\x00\x01"
    assert bench.edma.read(HRS) == 0
    bench.wanted = 5
    assert bench.edma.read(HRS) == 1 << 5
    bench.edma.poke()
    bench.run()
    assert bench.device == b"\x00\x01\x02"
    assert bench.served == 3
    assert bench.edma.read(ERQ) == 0


def test_a_request_is_looked_at_when_its_block_changes(bench):
    bench.tcd(0, ATTR=0, NBYTES=1, DADDR=0x8000, DOFF=0)
    bench.mux.write(0, 4, ENBL | UART_TX)
    bench.next_change = 5000
    bench.command(SERQ, 0)
    bench.scheduler.at(5000, lambda: setattr(bench, "wanted", 1))
    bench.run(4999)
    assert bench.device == b""
    bench.run(10)
    assert len(bench.device) == 1


def test_without_the_mux_a_request_does_nothing(bench):
    bench.tcd(0, ATTR=0, NBYTES=1, DADDR=0x8000, DOFF=0)
    bench.wanted = 5
    bench.command(SERQ, 0)
    bench.run()
    assert bench.device == b""


def test_an_always_on_channel_runs_to_the_end(bench):
    bench.tcd(0, CSR=DREQ)
    bench.mux.write(0, 4, ENBL | A_ON)
    bench.command(SERQ, 0)
    bench.run()
    assert bytes(bench.memory[0x200:0x240]) == bytes(range(64))


def test_loops_take_time(bench):
    bench.tcd(0, NBYTES=64, CITER=1, BITER=1, CSR=DREQ | INTMAJOR)
    bench.tcd(1, NBYTES=64, CITER=1, BITER=1, DADDR=0x300, CSR=INTMAJOR)
    bench.command(SSRT, 0)
    bench.command(SSRT, 1)
    bench.run(1)
    assert bench.edma.read(INT) == 2  # the higher channel first
    bench.run((8 + 2 * 32) * 4)
    assert bench.edma.read(INT) == 3


def test_priorities_can_be_turned_round(bench):
    assert [bench.edma.read(0x100 + i, 1) for i in range(4)] == [3, 2, 1, 0]
    bench.edma.write(0x103, 1, 1)  # DCHPRI0
    bench.edma.write(0x102, 1, 0)  # DCHPRI1
    bench.tcd(0, CSR=INTMAJOR, CITER=1, BITER=1)
    bench.tcd(1, CSR=INTMAJOR, CITER=1, BITER=1)
    bench.command(SSRT, 0)
    bench.command(SSRT, 1)
    bench.run(1)
    assert bench.edma.read(INT) == 1


def test_half_of_the_major_loop_interrupts(bench):
    bench.tcd(0, CITER=4, BITER=4, CSR=INTHALF)
    bench.command(SSRT, 0)
    bench.run()
    assert bench.edma.read(INT) == 0
    bench.command(SSRT, 0)
    bench.run()
    assert bench.edma.read(INT) == 1


def test_links_start_another_channel(bench):
    bench.tcd(0, CITER=1 << 15 | 2 << 9 | 2, BITER=1 << 15 | 2 << 9 | 2, CSR=MAJORELINK | 3 << 8)
    bench.tcd(2, DADDR=0x300)
    bench.tcd(3, DADDR=0x400)
    bench.command(SSRT, 0)
    bench.run()
    assert (bench.field(2, "CITER"), bench.field(3, "CITER")) == (15, 16)
    bench.command(SSRT, 0)
    bench.run()
    assert (bench.field(2, "CITER"), bench.field(3, "CITER")) == (15, 15)


def test_scatter_and_gather_takes_the_next_descriptor_from_memory(bench):
    following = struct.pack(
        "<IhHIIIhHIHH", 0x104, 4, 0x202, 4, 0, 0x400, 4, 1, 0, START | INTMAJOR, 1
    )
    bench.memory[0x800:0x820] = following
    bench.tcd(0, CITER=1, BITER=1, DLASTSGA=0x800, CSR=ESG)
    bench.command(SSRT, 0)
    bench.run()
    assert bytes(bench.memory[0x200:0x204]) == bytes(range(4))
    assert bytes(bench.memory[0x400:0x404]) == bytes(range(4, 8))
    assert bench.edma.read(INT) == 1
    assert bench.field(0, "CSR") & DONE


def test_addresses_wrap_within_a_modulo(bench):
    bench.tcd(0, ATTR=4 << 11 | 2 << 8 | 2, SADDR=0x108, NBYTES=16, CITER=1, BITER=1)
    bench.command(SSRT, 0)
    bench.run()
    assert bytes(bench.memory[0x200:0x210]) == bytes([8, 9, 10, 11, 12, 13, 14, 15, *range(8)])


def test_a_destination_can_wrap_and_steps_can_be_negative(bench):
    bench.tcd(0, ATTR=2 << 8 | 3 << 3 | 2, SADDR=0x10C, SOFF=-4, NBYTES=16, CITER=1, BITER=1)
    bench.command(SSRT, 0)
    bench.run()
    assert bytes(bench.memory[0x200:0x20C]) == bytes([4, 5, 6, 7, 0, 1, 2, 3, 0, 0, 0, 0])
    assert bench.field(0, "SADDR") == 0xFC


def test_sizes_may_differ_between_source_and_destination(bench):
    bench.tcd(0, ATTR=0 << 8 | 2, SOFF=1, NBYTES=8, CITER=1, BITER=1)
    bench.command(SSRT, 0)
    bench.run()
    assert bytes(bench.memory[0x200:0x208]) == bytes(range(8))


def test_minor_loop_offsets_apply_between_loops(bench):
    bench.edma.write(CR, 4, 0x400 | EMLM)
    bench.tcd(0, NBYTES=1 << 30 | (12 & 0xFFFFF) << 10 | 4, CITER=2, BITER=2)
    bench.command(SSRT, 0)
    bench.run()
    assert bench.field(0, "DADDR") == 0x210
    bench.command(SSRT, 0)
    bench.run()
    assert bytes(bench.memory[0x210:0x214]) == bytes(range(4, 8))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"SADDR": 0x102}, SAE),
        ({"DOFF": 2}, DOE),
        ({"NBYTES": 6}, NCE),
        ({"CSR": ESG, "DLASTSGA": 0x804}, 1 << 2),
        ({"NBYTES": 0}, NCE),
        ({"CITER": 0}, NCE),
        ({"SADDR": 0x10000}, SBE),
        ({"DADDR": 0x2000}, DBE),
    ],
)
def test_what_is_wrong_is_named_and_stops_the_channel(bench, fields, error):
    bench.command(SEEI, 7)
    bench.tcd(7, **fields)
    bench.command(SSRT, 7)
    bench.run()
    assert bench.edma.read(ERR) == 1 << 7
    assert bench.edma.read(ES) == 1 << 31 | 7 << 8 | error
    assert bench.error
    bench.command(CERR, 7)
    assert not bench.error
    assert not bench.edma.read(ES) >> 31


@pytest.mark.parametrize(("control", "left"), [(0x400, 15), (0x400 | 1 << 4, 16)])
def test_an_error_halts_the_others_only_if_asked(bench, control, left):
    bench.edma.write(CR, 4, control)
    bench.tcd(9, NBYTES=0)
    bench.tcd(1)
    bench.command(SSRT, 9)
    bench.command(SSRT, 1)
    bench.run()
    assert bench.edma.read(ES) >> 8 & 0x1F == 9
    assert bench.field(1, "CITER") == left


def test_halt_holds_everything(bench):
    bench.edma.write(CR, 4, 0x400 | HALT)
    bench.tcd(0)
    bench.command(SSRT, 0)
    bench.run()
    assert bench.field(0, "CITER") == 16
    bench.edma.write(CR, 4, 0x400)
    bench.run()
    assert bench.field(0, "CITER") == 15


@pytest.mark.parametrize(("setter", "clearer", "register"), [(SERQ, CERQ, ERQ), (SEEI, CEEI, EEI)])
def test_command_bytes_take_one_channel_all_or_none(bench, setter, clearer, register):
    bench.command(setter, 4)
    assert bench.edma.read(register) == 1 << 4
    bench.command(setter, 1 << 6)
    assert bench.edma.read(register) == 0xFFFFFFFF
    bench.command(clearer, 4)
    assert bench.edma.read(register) == 0xFFFFFFFF & ~(1 << 4)
    bench.command(clearer, 1 << 7 | 5)
    assert bench.edma.read(register) == 0xFFFFFFFF & ~(1 << 4)


def test_reset_stops_everything(bench):
    bench.tcd(0, CITER=1, BITER=1, CSR=INTMAJOR)
    bench.command(SSRT, 0)
    bench.edma.reset(False)
    bench.run()
    assert bench.edma.read(INT) == 0
    assert bytes(bench.memory[0x200:0x204]) == bytes(4)
