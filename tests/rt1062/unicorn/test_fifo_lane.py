"""rt1062.unicorn.fifo_lane: what passes the lane and what comes to Python are one block."""

import ctypes
import random

import pytest

from rt1062.blocks import lpspi_registers as reg
from rt1062.blocks.lpspi import Lpspi
from rt1062.scheduler import Scheduler
from rt1062.unicorn import bus as bus_module
from rt1062.unicorn import native
from rt1062.unicorn.bus import AccessLog, Bus
from rt1062.unicorn.core import Core
from rt1062.unicorn.fifo_lane import FifoLane

BASE = 0x4039_4000


class Rig:
    """An LPSPI on a bus, accessed as Unicorn would, with and without a lane."""

    def __init__(self, monkeypatch, lanes: bool):
        monkeypatch.setattr(Bus, "lanes", lanes)
        self.core = Core()
        self.scheduler = Scheduler(lambda: self.core.words[native.NOW])
        self.sent: list[tuple[int, int]] = []
        self.bus = Bus(self.core, self.scheduler, AccessLog(lambda: 0))
        self.levels: list[tuple[int, bool]] = []
        self.block = Lpspi(
            self.scheduler, lambda: 105_600_000, self.level, self.transfer,
            transfer_many=self.transfer_many if lanes else None,
        )  # fmt: skip
        self.bus.attach("LPSPI1", BASE, self.block, 0x4000)
        if lanes:
            ((_, self.lane),) = self.bus._lanes
            self.user = ctypes.c_void_p(self.lane.address)
            self.load = bus_module._READ(FifoLane.read_address)
            self.store = bus_module._WRITE(FifoLane.write_address)
        else:
            self.user = None
            self.load, self.store = self.bus._callbacks
        self.write(reg.CFGR1, reg.CFGR1.MASTER)
        self.write(reg.CCR, 12 | 3 << 8)
        self.write(reg.CR, reg.CR.MEN)
        self.write(reg.TCR, 7)

    def level(self, level: bool) -> None:
        self.levels.append((self.core.words[native.NOW], level))

    def transfer(self, pcs: int, byte: int) -> int:
        self.sent.append((self.core.words[native.NOW], byte))
        return byte ^ 0x5A

    def transfer_many(self, pcs: int, data: list[int]) -> list[int]:
        return [self.transfer(pcs, byte) for byte in data]

    def read(self, register) -> int:
        return self.load(None, register.offset, 4, self.user)

    def write(self, register, value: int) -> None:
        self.store(None, register.offset, 4, value, self.user)

    def wait(self, ticks: int) -> None:
        words = self.core.words
        end = words[native.NOW] + ticks
        while self.scheduler.next_time <= end:
            words[native.NOW] = max(words[native.NOW], self.scheduler.next_time)
            self.bus.settle()  # as the processor does
            self.scheduler.run_due(words[native.NOW])
        words[native.NOW] = max(words[native.NOW], end)


def random_accesses(rig: Rig, seed: int) -> list[tuple[int, int]]:
    """What reads gave, and when, in a random but repeatable exchange."""
    chance = random.Random(seed)
    seen = []
    for _ in range(400):
        kind = chance.choices(
            ("fill", "drain", "look", "wait", "control", "interrupt", "flush", "watermark"),
            (20, 20, 10, 20, 2, 2, 1, 1),
        )[0]
        if kind == "fill":
            for _ in range(chance.randrange(1, 20)):
                rig.write(reg.TDR, chance.randrange(256))
                rig.wait(chance.randrange(200))
        elif kind == "drain":
            for _ in range(chance.randrange(1, 20)):
                seen.append(rig.read(reg.RDR))
                rig.wait(chance.randrange(20))
        elif kind == "look":
            seen += [rig.read(r) for r in chance.choices((reg.SR, reg.FSR, reg.RSR, reg.TCR), k=5)]
        elif kind == "wait":
            rig.wait(chance.choice((10, 700, 5_000, 80_000)))
        elif kind == "control":
            rig.write(reg.TCR, chance.choice((7, 7, 15, 7 | 1 << 21)))
        elif kind == "interrupt":
            rig.write(reg.IER, chance.choice((0, 0, reg.IER.TDIE, reg.IER.RDIE)))
        elif kind == "watermark":
            rig.write(reg.FCR, chance.choice((0, 0x000F_000F, 0x0003_0003)))
        else:
            rig.write(reg.CR, reg.CR.MEN | chance.choice((reg.CR.RTF, reg.CR.RRF)))
        seen.append(rig.core.words[native.NOW])
    assert rig.bus.error is None
    return seen


@pytest.mark.parametrize("seed", range(25))
def test_the_block_is_the_same_with_and_without_a_lane(monkeypatch, seed):
    with_lane, without = Rig(monkeypatch, lanes=True), Rig(monkeypatch, lanes=False)
    assert random_accesses(with_lane, seed) == random_accesses(without, seed)
    assert with_lane.sent == without.sent
    assert with_lane.levels == without.levels


def test_the_lane_is_used(monkeypatch):
    rig = Rig(monkeypatch, lanes=True)
    for value in range(16):
        rig.write(reg.TDR, value)
    # The first word opens the lane, the others only wait in the FIFO.
    assert rig.lane.close()[1] == list(range(1, 16))
    rig.wait(60_000)
    rig.write(reg.TDR, 99)
    rig.wait(60_000)
    assert [rig.read(reg.RDR) for _ in range(2)] == [0x5A, 99 ^ 0x5A]
    assert rig.lane.close()[0] == 1


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
    rig.write(reg.TDR, 1)
    before = rig.core.words[native.NOW]
    for _ in range(12):
        rig.read(reg.SR)
        rig.write(reg.TDR, 2)
    assert rig.core.words[native.NOW] == before
    for _ in range(6):
        rig.read(reg.SR)
    assert rig.core.words[native.NOW] > before
