"""rt1062.unicorn.fifo_lane: what passes the lane and what comes to Python are one block."""

import ctypes
import random
from itertools import islice

import pytest

from rt1062.blocks import lpspi_registers as reg
from rt1062.blocks.lpspi import Lpspi
from rt1062.scheduler import NEVER, Scheduler
from rt1062.unicorn import native
from rt1062.unicorn.bus import AccessLog, Bus
from rt1062.unicorn.core import Core
from rt1062.unicorn.hooks import library

BASE, OTHER = 0x4039_4000, 0x4039_8000
BYTES, WORDS, SWAPPED = 7, 31, 31 | reg.TCR.BYSW  # TCR


def answers(begin: int):
    """What the device says, whatever it hears."""
    number = begin
    while True:
        yield number * 37 % 256
        number += 1


# As Unicorn calls them: handle, offset, bytes, (value,) user data.
LOAD = ctypes.PYFUNCTYPE(
    ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint, ctypes.c_void_p
)
STORE = ctypes.PYFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint, ctypes.c_uint64, ctypes.c_void_p
)


class Rig:
    """An LPSPI on a bus, accessed as Unicorn would, with and without a lane; another beside it."""

    def __init__(self, monkeypatch, lanes: bool, command: int = BYTES, known_to: int | None = None):
        self.known_to = known_to
        monkeypatch.setattr(Bus, "lanes", lanes)
        self.core = Core()
        self.words = self.core.words
        self.scheduler = Scheduler(lambda: self.words[native.NOW])
        self.sent: list[int] = []
        self.hz = 105_600_000
        self.bus = Bus(self.core, self.scheduler, AccessLog(lambda: 0))
        self.levels: list[tuple[int, bool]] = []
        self.block = Lpspi(
            self.scheduler, lambda: self.hz, self.level, self.transfer, coming=self.coming
        )
        other = Lpspi(self.scheduler, lambda: 105_600_000, self.level, self.transfer)
        self.bus.attach("LPSPI1", BASE, self.block, 0x4000)
        self.bus.attach("LPSPI2", OTHER, other, 0x4000)
        *_, (load, store), self.lane = self.bus._mapped["LPSPI1"]
        self.load, self.store = LOAD(library.address(load)), STORE(library.address(store))
        *_, (load, _), other_window = self.bus._mapped["LPSPI2"]
        self.load_other, self.other = LOAD(library.address(load)), other_window.address
        self.write(reg.CFGR1, reg.CFGR1.MASTER)
        self.write(reg.CCR, 12 | 3 << 8)
        self.write(reg.CR, reg.CR.MEN)
        self.write(reg.TCR, command)

    def level(self, level: bool) -> None:
        self.levels.append((self.words[native.NOW], level))

    def transfer(self, pcs: int, byte: int) -> int:
        self.sent.append(byte)
        return next(answers(len(self.sent)))

    def coming(self, count: int) -> bytes | None:
        sent = len(self.sent)
        if self.known_to is not None:  # from time to time the device cannot tell, or not so far
            count = min(count, self.known_to - sent % self.known_to)
            if sent // self.known_to % 3 == 2:
                return None
        return bytes(islice(answers(sent + 1), count))

    def read(self, register) -> int:
        self.words[native.DEADLINE] = min(self.scheduler.next_time, self.words[native.NOW] + 9_000)
        return self.load(None, register.offset, 4, self.lane.address)

    def read_other(self) -> int:
        return self.load_other(None, reg.SR.offset, 4, self.other)

    def write(self, register, value: int) -> None:
        self.store(None, register.offset, 4, value, self.lane.address)

    def wait(self, ticks: int) -> None:
        words = self.words
        end = words[native.NOW] + ticks
        while self.scheduler.next_time <= end:
            words[native.NOW] = max(words[native.NOW], self.scheduler.next_time)
            self.bus.settle()  # as the processor does
            self.scheduler.run_due(words[native.NOW])
        words[native.NOW] = max(words[native.NOW], end)

    def answer(self, number: int) -> int:
        return next(answers(number))


KINDS = {
    "fill": 30, "drain": 20, "look": 10, "spin": 20, "other": 4, "wait": 20, "frame": 2,
    "interrupt": 1, "flush": 1, "watermark": 2, "flags": 1, "follow": 10,
}  # fmt: skip


def random_accesses(rig: Rig, seed: int) -> list[tuple[int, int]]:
    """What reads gave, and when, in a random but repeatable exchange."""
    chance = random.Random(seed)
    seen = []
    for _ in range(500):
        rig.words[native.BLOCK] = chance.randrange(3)  # a piece of code
        kind = chance.choices(list(KINDS), KINDS.values())[0]
        if kind == "fill":
            for _ in range(chance.randrange(1, 20)):
                rig.write(reg.TDR, chance.randrange(1 << 32))
                rig.wait(chance.randrange(200))
        elif kind == "drain":
            for _ in range(chance.randrange(1, 20)):
                seen.append(rig.read(reg.RDR))
                rig.wait(chance.randrange(20))
        elif kind == "look":
            seen += [rig.read(r) for r in chance.choices((reg.SR, reg.FSR, reg.RSR, reg.TCR), k=5)]
        elif kind == "spin":
            status, step = chance.choice((reg.SR, reg.SR, reg.FSR)), chance.choice((5, 20, 30))
            for _ in range(chance.randrange(1, 30)):
                seen += rig.read(status), rig.words[native.NOW]
                rig.wait(step)
        elif kind == "other":
            seen += [rig.read_other() for _ in range(chance.randrange(1, 4))]
        elif kind == "wait":
            rig.wait(chance.choice((10, 700, 5_000, 80_000, 700_000)))
        elif kind == "frame":
            rig.write(reg.TCR, chance.choice((BYTES, WORDS, SWAPPED, 15, BYTES | reg.TCR.CONT)))
        elif kind == "interrupt":
            rig.write(reg.IER, chance.choice((0, 0, reg.IER.TDIE, reg.IER.RDIE)))
            rig.wait(chance.choice((700, 80_000)))
            rig.write(reg.IER, 0)
        elif kind == "watermark":
            rig.write(reg.FCR, chance.choice((0, 0x000F_000F, 0x0003_0003, 0x0007_000F)))
        elif kind == "follow":  # a word at or shortly behind the end of the one before
            for _ in range(8):
                rig.write(reg.TDR, 1)
                seen += [rig.read(reg.FSR) for _ in range(5)]
                rig.wait(chance.randrange(60))
                seen.append(rig.read(reg.RDR))
        elif kind == "flags":
            rig.write(reg.SR, chance.choice((reg.SR.WCF, reg.SR.WCF | reg.SR.FCF | reg.SR.TCF)))
        else:
            rig.write(reg.CR, reg.CR.MEN | chance.choice((reg.CR.RTF, reg.CR.RRF)))
        seen.append(rig.words[native.NOW])
    rig.bus.settle()
    assert rig.bus.error is None
    return seen


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("command", [BYTES, WORDS, SWAPPED])
@pytest.mark.parametrize("known_to", [None, 23])
def test_the_block_is_the_same_with_and_without_a_lane(monkeypatch, seed, command, known_to):
    with_lane = Rig(monkeypatch, lanes=True, command=command, known_to=known_to)
    without = Rig(monkeypatch, lanes=False, command=command)
    assert random_accesses(with_lane, seed) == random_accesses(without, seed)
    assert with_lane.sent == without.sent
    assert with_lane.levels == without.levels
    assert with_lane.bus.skipped == without.bus.skipped
    assert with_lane.bus.spins == without.bus.spins
    assert (with_lane.bus.spin or ())[1:] == (without.bus.spin or ())[1:]


def test_the_lane_is_used(monkeypatch):
    rig = Rig(monkeypatch, lanes=True, command=SWAPPED)
    # A word that finds its command not yet in force is Python's; the next ones open the lane.
    for value in range(16):
        rig.write(reg.TDR, value)
    rig.words[native.NOW] = 20_000
    read = [rig.read(reg.RDR) for _ in range(3)]
    passed = rig.lane.close()
    assert (passed.arrived, passed.read, passed.sent) == (7, 3, list(range(16)))
    first = [rig.answer(number) for number in range(1, 13)]
    assert read == [int.from_bytes(first[i : i + 4], "little") for i in (0, 4, 8)]


def test_the_clock_is_asked_after_a_millisecond(monkeypatch):
    rig = Rig(monkeypatch, lanes=True, command=SWAPPED)
    begins = []
    for hz in (105_600_000, 105_600_000, 52_800_000):
        rig.hz = hz
        rig.words[native.NOW] += 600_500  # and nothing else happens
        rig.write(reg.TDR, 0)
        begins.append(rig.words[native.NOW])
    rig.bus.settle()
    word = rig.block.next_event_time() - begins[-1]
    assert word == 2 * -(-(1 + 32 * 14) * 600_000_000 // 105_600_000) - 1  # rounded up


def test_a_burst_of_several_milliseconds_asks_for_the_clock_on_its_way(monkeypatch):
    looks = []
    for lanes in (True, False):
        rig = Rig(monkeypatch, lanes, command=SWAPPED)
        for _ in range(8):
            rig.write(reg.TDR, 0)
        rig.hz = 52_800_000  # and nobody says so
        seen = []
        while rig.words[native.NOW] < 3_000_000:
            rig.wait(1_500)
            received = reg.FSR.RXCOUNT.get(rig.read(reg.FSR))
            seen.append((rig.words[native.NOW], received))
            for _ in range(received):
                rig.read(reg.RDR)
                rig.write(reg.TDR, 0)
        looks.append(seen)
    assert sum(received for _, received in looks[0]) > 500
    assert looks[0] == looks[1]


def test_a_reset_forgets_what_passed(monkeypatch):
    rig = Rig(monkeypatch, lanes=True)
    for value in range(4):
        rig.write(reg.TDR, value)
    rig.bus.settle()  # as the board does
    rig.block.reset()
    rig.wait(60_000)
    assert rig.sent == []
    assert rig.read(reg.FSR) == 0


def test_accesses_past_python_end_a_spin(monkeypatch):
    rig = Rig(monkeypatch, lanes=True)
    rig.scheduler.at(NEVER - 1, lambda: None)
    rig.write(reg.TDR, 1)
    before = rig.words[native.NOW]
    for _ in range(12):
        rig.read(reg.SR)
        rig.write(reg.TDR, 2)
    assert rig.words[native.NOW] == before
    for _ in range(6):
        rig.read(reg.SR)
    assert rig.words[native.NOW] > before
