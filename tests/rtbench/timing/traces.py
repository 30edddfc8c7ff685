"""Traces as a machine would have kept them, and the memory system of a board, for the estimate."""

from collections.abc import Iterable, Sequence

import numpy as np

from rt1062.memory_system import Area, Kind, Policy, SerialMemory
from rt1062.observations import Block, Executed, Passage, Trace
from rtbench.timing.estimate import Estimator
from rtbench.timing.setting import Setting
from tests.rt1062.unicorn.assembler import assemble

ITCM, DTCM, OCRAM, SDRAM, FLASH = 0, 0x2000_0000, 0x2020_0000, 0x8000_0000, 0x6000_0000
SIZE = 1 << 20
BARE = 0x4000_0000  # what has no area: devices
SETTING = Setting(
    core_hz=600_000_000,
    semc_hz=150_000_000,
    icache=True,
    dcache=True,
    areas=(
        Area(ITCM, ITCM + SIZE, Kind.ITCM, Policy.UNCACHED),
        Area(DTCM, DTCM + SIZE, Kind.DTCM, Policy.UNCACHED),
        Area(OCRAM, OCRAM + SIZE, Kind.OCRAM, Policy.ALLOCATE),
        Area(FLASH, FLASH + 8 * SIZE, Kind.FLASH, Policy.ALLOCATE),
        Area(SDRAM, SDRAM + 8 * SIZE, Kind.SDRAM, Policy.ALLOCATE),
    ),
    flash=SerialMemory(hz=100_000_000, command_clocks=20, lanes=4, prefetch_bytes=1024),
)
Access = tuple[int, int, bool]  # address, bytes, whether it is a store


def reads(addresses: Iterable[int], size: int = 4) -> list[Access]:
    return [(address, size, False) for address in addresses]


def writes(addresses: Iterable[int], size: int = 4) -> list[Access]:
    return [(address, size, True) for address in addresses]


def words_of(first: int, count: int) -> range:
    return range(first, first + 4 * count, 4)


def events(accesses: Iterable[Access], passage: int = 0) -> list[int]:
    """Each access behind a passage of its own."""
    found = []
    for address, size, writes in accesses:
        word = Trace.ACCESS | Trace.WRITES * writes | size << Trace.SIZE | address
        found += [passage, word]
    return found


def estimator(
    happened: Sequence[int],
    code: Sequence[tuple[int, str]] = ((ITCM + 0x100, "nop"),),
    passages: Sequence[tuple[int, int]] = ((0, 0),),
    lost: int = 0,
) -> Estimator:
    """Of blocks, each an address and its source, and passages between them by their numbers."""
    machine_code = {start: assemble(source.replace(";", "\n")) for start, source in code}
    places = [(start, len(text)) for start, text in machine_code.items()]
    passed = [one for one in happened if one < Trace.ACCESS]
    times = np.bincount(passed, minlength=len(passages)).tolist()
    entered = [
        sum(count for (_, after), count in zip(passages, times, strict=True) if after == block)
        for block in range(len(places))
    ]
    return Estimator(
        Executed(
            tuple(
                Block(start, length, runs, runs, 0)
                for (start, length), runs in zip(places, entered, strict=True)
            ),
            (),
            passages=tuple(
                Passage(places[before], places[after], count)
                for (before, after), count in zip(passages, times, strict=True)
            ),
            trace=Trace(np.array(happened, np.int64), lost),
        ),
        lambda address, length: machine_code[address][:length],
    )


def looped(accesses: Iterable[Access], source: str = "nop") -> Estimator:
    """A piece of code that makes one access after the other."""
    return estimator(events(accesses), [(ITCM + 0x100, source)])
