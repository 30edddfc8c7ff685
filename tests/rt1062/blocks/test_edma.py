"""eDMA: minor and major loops, requests, links, scatter and gather, errors."""

import struct

import pytest

from rt1062.block import DmaRequest
from rt1062.blocks.dmamux import Dmamux
from rt1062.blocks.edma import Edma
from rt1062.scheduler import NEVER
from tests.rt1062.blocks.rig import Rig

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


class EdmaRig(Rig):
    """4 KB of memory from 0; addresses from 0x8000 are a device's register."""

    def __init__(self):
        super().__init__(hz=150_000_000)
        self.memory = bytearray(4096)
        self.device, self.wanted, self.served = bytearray(), 0, 0
        self.next_change = NEVER
        self.mux = Dmamux()
        request = DmaRequest(lambda: self.wanted > 0, lambda: self.next_change, self.serve)
        self.hold(
            Edma(
                self.scheduler,
                self.clock_hz,
                [self.line(str(i)) for i in range(16)],
                self.line("error"),
                read=self.load,
                write=self.store,
                mux=self.mux,
                requests={UART_TX: request},
            )
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
            self.write(0x1000 + 0x20 * channel + offset, value & mask, size)

    def field(self, channel, name):
        offset, size = OFFSETS[name]
        return self.read(0x1000 + 0x20 * channel + offset, size)

    def command(self, offset, value):
        self.write(offset, value, 1)

    def run(self, ticks=100_000):
        self.pass_time(ticks)


@pytest.fixture
def rig():
    rig = EdmaRig()
    rig.memory[0x100:0x140] = bytes(range(64))
    return rig


def test_one_start_moves_one_minor_loop(rig):
    rig.tcd(0, NBYTES=8)
    rig.command(SSRT, 0)
    rig.run()
    assert bytes(rig.memory[0x200:0x20C]) == bytes(range(8)) + bytes(4)
    assert (rig.field(0, "SADDR"), rig.field(0, "DADDR")) == (0x108, 0x208)
    assert rig.field(0, "CITER") == 15
    assert rig.field(0, "CSR") & (START | DONE) == 0


def test_the_major_loop_ends_with_done_interrupt_and_last_offsets(rig):
    rig.tcd(0, NBYTES=64, CITER=1, BITER=1, SLAST=-64, DLASTSGA=-64, CSR=INTMAJOR)
    rig.write(0x101C, INTMAJOR | START, size=2)
    rig.run()
    assert bytes(rig.memory[0x200:0x240]) == bytes(range(64))
    assert (rig.field(0, "SADDR"), rig.field(0, "DADDR")) == (0x100, 0x200)
    assert rig.field(0, "CITER") == 1
    assert rig.field(0, "CSR") & DONE
    assert rig.read(INT) == 1
    assert rig.levels["0"]
    rig.command(CINT, 0)
    assert not rig.levels["0"]
    rig.command(CDNE, 0)
    assert not rig.field(0, "CSR") & DONE


def test_channels_16_apart_share_a_line(rig):
    rig.tcd(19, CITER=1, BITER=1, CSR=INTMAJOR)
    rig.command(SSRT, 19)
    rig.run()
    assert rig.levels["3"]
    assert rig.read(INT) == 1 << 19


def test_a_request_drives_a_channel_until_dreq(rig):
    rig.tcd(5, ATTR=0, SOFF=1, NBYTES=1, DADDR=0x8000, DOFF=0, CITER=3, BITER=3, CSR=DREQ)
    rig.mux.write(4 * 5, 4, ENBL | UART_TX)
    rig.command(SERQ, 5)
    rig.run()
    assert rig.device == b""
    rig.wanted = 2
    rig.block.poke()
    rig.run()
    assert rig.device == b"\x00\x01"
    assert rig.read(HRS) == 0
    rig.wanted = 5
    assert rig.read(HRS) == 1 << 5
    rig.block.poke()
    rig.run()
    assert rig.device == b"\x00\x01\x02"
    assert rig.served == 3
    assert rig.read(ERQ) == 0


def test_a_request_is_looked_at_when_its_block_changes(rig):
    rig.tcd(0, ATTR=0, NBYTES=1, DADDR=0x8000, DOFF=0)
    rig.mux.write(0, 4, ENBL | UART_TX)
    rig.next_change = 5000
    rig.command(SERQ, 0)
    rig.scheduler.at(5000, lambda: setattr(rig, "wanted", 1))
    rig.run(4999)
    assert rig.device == b""
    rig.run(10)
    assert len(rig.device) == 1


def test_without_the_mux_a_request_does_nothing(rig):
    rig.tcd(0, ATTR=0, NBYTES=1, DADDR=0x8000, DOFF=0)
    rig.wanted = 5
    rig.command(SERQ, 0)
    rig.run()
    assert rig.device == b""


def test_an_always_on_channel_runs_to_the_end(rig):
    rig.tcd(0, CSR=DREQ)
    rig.mux.write(0, 4, ENBL | A_ON)
    rig.command(SERQ, 0)
    rig.run()
    assert bytes(rig.memory[0x200:0x240]) == bytes(range(64))


def test_loops_take_time(rig):
    rig.tcd(0, NBYTES=64, CITER=1, BITER=1, CSR=DREQ | INTMAJOR)
    rig.tcd(1, NBYTES=64, CITER=1, BITER=1, DADDR=0x300, CSR=INTMAJOR)
    rig.command(SSRT, 0)
    rig.command(SSRT, 1)
    rig.run(1)
    assert rig.read(INT) == 2  # the higher channel first
    rig.run((8 + 2 * 32) * 4)
    assert rig.read(INT) == 3


def test_priorities_can_be_turned_round(rig):
    assert [rig.read(0x100 + i, 1) for i in range(4)] == [3, 2, 1, 0]
    rig.write(0x103, 1, size=1)  # DCHPRI0
    rig.write(0x102, 0, size=1)  # DCHPRI1
    rig.tcd(0, CSR=INTMAJOR, CITER=1, BITER=1)
    rig.tcd(1, CSR=INTMAJOR, CITER=1, BITER=1)
    rig.command(SSRT, 0)
    rig.command(SSRT, 1)
    rig.run(1)
    assert rig.read(INT) == 1


@pytest.mark.parametrize(("control", "first"), [(1 << 10, 16), (1 << 8, 0)])
def test_groups_of_sixteen_have_priorities_too(rig, control, first):
    rig.write(CR, control)
    for channel in (0, 16):
        rig.tcd(channel, CSR=INTMAJOR, CITER=1, BITER=1)
        rig.command(SSRT, channel)
    rig.run(1)
    assert rig.read(INT) == 1 << first


def test_half_of_the_major_loop_interrupts(rig):
    rig.tcd(0, CITER=4, BITER=4, CSR=INTHALF)
    rig.command(SSRT, 0)
    rig.run()
    assert rig.read(INT) == 0
    rig.command(SSRT, 0)
    rig.run()
    assert rig.read(INT) == 1


def test_links_start_another_channel(rig):
    rig.tcd(0, CITER=1 << 15 | 2 << 9 | 2, BITER=1 << 15 | 2 << 9 | 2, CSR=MAJORELINK | 3 << 8)
    rig.tcd(2, DADDR=0x300)
    rig.tcd(3, DADDR=0x400)
    rig.command(SSRT, 0)
    rig.run()
    assert (rig.field(2, "CITER"), rig.field(3, "CITER")) == (15, 16)
    rig.command(SSRT, 0)
    rig.run()
    assert (rig.field(2, "CITER"), rig.field(3, "CITER")) == (15, 15)


def test_scatter_and_gather_takes_the_next_descriptor_from_memory(rig):
    following = struct.pack(
        "<IhHIIIhHIHH", 0x104, 4, 0x202, 4, 0, 0x400, 4, 1, 0, START | INTMAJOR, 1
    )
    rig.memory[0x800:0x820] = following
    rig.tcd(0, CITER=1, BITER=1, DLASTSGA=0x800, CSR=ESG)
    rig.command(SSRT, 0)
    rig.run()
    assert bytes(rig.memory[0x200:0x204]) == bytes(range(4))
    assert bytes(rig.memory[0x400:0x404]) == bytes(range(4, 8))
    assert rig.read(INT) == 1
    assert rig.field(0, "CSR") & DONE


def test_addresses_wrap_within_a_modulo(rig):
    rig.tcd(0, ATTR=4 << 11 | 2 << 8 | 2, SADDR=0x108, NBYTES=16, CITER=1, BITER=1)
    rig.command(SSRT, 0)
    rig.run()
    assert bytes(rig.memory[0x200:0x210]) == bytes([8, 9, 10, 11, 12, 13, 14, 15, *range(8)])


def test_a_destination_can_wrap_and_steps_can_be_negative(rig):
    rig.tcd(0, ATTR=2 << 8 | 3 << 3 | 2, SADDR=0x10C, SOFF=-4, NBYTES=16, CITER=1, BITER=1)
    rig.command(SSRT, 0)
    rig.run()
    assert bytes(rig.memory[0x200:0x20C]) == bytes([4, 5, 6, 7, 0, 1, 2, 3, 0, 0, 0, 0])
    assert rig.field(0, "SADDR") == 0xFC


def test_sizes_may_differ_between_source_and_destination(rig):
    rig.tcd(0, ATTR=0 << 8 | 2, SOFF=1, NBYTES=8, CITER=1, BITER=1)
    rig.command(SSRT, 0)
    rig.run()
    assert bytes(rig.memory[0x200:0x208]) == bytes(range(8))


def test_minor_loop_offsets_apply_between_loops(rig):
    rig.write(CR, 0x400 | EMLM)
    rig.tcd(0, NBYTES=1 << 30 | (12 & 0xFFFFF) << 10 | 4, CITER=2, BITER=2)
    rig.command(SSRT, 0)
    rig.run()
    assert rig.field(0, "DADDR") == 0x210
    rig.command(SSRT, 0)
    rig.run()
    assert bytes(rig.memory[0x210:0x214]) == bytes(range(4, 8))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"SADDR": 0x102}, SAE),
        ({"SOFF": 2}, 1 << 6),
        ({"DADDR": 0x202}, 1 << 5),
        ({"DOFF": 2}, DOE),
        ({"NBYTES": 6}, NCE),
        ({"CSR": ESG, "DLASTSGA": 0x804}, 1 << 2),
        ({"NBYTES": 0}, NCE),
        ({"CITER": 0}, NCE),
        ({"SADDR": 0x10000}, SBE),
        ({"DADDR": 0x2000}, DBE),
    ],
)
def test_what_is_wrong_is_named_and_stops_the_channel(rig, fields, error):
    rig.command(SEEI, 7)
    rig.tcd(7, **fields)
    rig.command(SSRT, 7)
    rig.run()
    assert rig.read(ERR) == 1 << 7
    assert rig.read(ES) == 1 << 31 | 7 << 8 | error
    assert rig.levels["error"]
    rig.command(CERR, 7)
    assert not rig.levels["error"]
    assert not rig.read(ES) >> 31


@pytest.mark.parametrize(("control", "left"), [(0x400, 15), (0x400 | 1 << 4, 16)])
def test_an_error_halts_the_others_only_if_asked(rig, control, left):
    rig.write(CR, control)
    rig.tcd(9, NBYTES=0)
    rig.tcd(1)
    rig.command(SSRT, 9)
    rig.command(SSRT, 1)
    rig.run()
    assert rig.read(ES) >> 8 & 0x1F == 9
    assert rig.field(1, "CITER") == left


def test_halt_holds_everything(rig):
    rig.write(CR, 0x400 | HALT)
    rig.tcd(0)
    rig.command(SSRT, 0)
    rig.run()
    assert rig.field(0, "CITER") == 16
    rig.write(CR, 0x400)
    rig.run()
    assert rig.field(0, "CITER") == 15


ONE, ALL, NOP = 4, 1 << 6, 1 << 7
EVERY_CHANNEL = 0xFFFF_FFFF


@pytest.mark.parametrize(("setter", "clearer", "register"), [(SERQ, CERQ, ERQ), (SEEI, CEEI, EEI)])
def test_command_bytes_take_one_channel_all_or_none(rig, setter, clearer, register):
    rig.command(setter, ONE)
    assert rig.read(register) == 1 << ONE
    rig.command(setter, ALL)
    assert rig.read(register) == EVERY_CHANNEL
    rig.command(clearer, ONE)
    assert rig.read(register) == EVERY_CHANNEL & ~(1 << ONE)
    rig.command(clearer, NOP | 5)
    assert rig.read(register) == EVERY_CHANNEL & ~(1 << ONE)
    rig.command(clearer, ALL)
    assert rig.read(register) == 0
    rig.command(setter, NOP | 5)
    assert rig.read(register) == 0


@pytest.mark.parametrize(("clearer", "register"), [(CERR, "ERR"), (CINT, "INT")])
def test_flags_are_cleared_for_one_channel_all_or_none(rig, clearer, register):
    rig.block.value[register] = EVERY_CHANNEL
    rig.command(clearer, NOP | ONE)
    assert rig.block.value[register] == EVERY_CHANNEL
    rig.command(clearer, ONE)
    assert rig.block.value[register] == EVERY_CHANNEL & ~(1 << ONE)
    rig.command(clearer, ALL)
    assert rig.block.value[register] == 0


@pytest.mark.parametrize(
    ("command", "left"), [(NOP | ONE, 32), (ONE, 31), (ALL, 0)], ids=["none", "one", "all"]
)
def test_done_is_cleared_for_one_channel_all_or_none(rig, command, left):
    for channel in range(32):
        rig.block.value[f"CSR{channel}"] = DONE
    rig.command(CDNE, command)
    assert sum(bool(rig.field(channel, "CSR") & DONE) for channel in range(32)) == left


@pytest.mark.parametrize(
    ("command", "started"), [(NOP | ONE, 0), (ONE, 1), (ALL, 32)], ids=["none", "one", "all"]
)
def test_start_is_for_one_channel_all_or_none(rig, command, started):
    for channel in range(32):
        rig.tcd(channel)
    rig.command(SSRT, command)
    rig.run()
    assert sum(rig.field(channel, "CITER") == 15 for channel in range(32)) == started


def test_without_a_bus_clock_nothing_moves(rig):
    rig.hz = 0
    rig.tcd(0)
    rig.command(SSRT, 0)
    rig.run()
    assert rig.field(0, "CITER") == 16
    rig.hz = 150_000_000
    rig.write(CR, 0x400)
    rig.run()
    assert rig.field(0, "CITER") == 15


def test_reset_stops_everything(rig):
    rig.tcd(0, CITER=1, BITER=1, CSR=INTMAJOR)
    rig.command(SSRT, 0)
    rig.block.reset(False)
    rig.run()
    assert rig.read(INT) == 0
    assert bytes(rig.memory[0x200:0x204]) == bytes(4)
