"""What decides how long the core waits for memory, as a machine has it now: facts, no model.

RT1060 reference manual, chapters 14 (clocks) and FlexSPI; ARMv7-M Architecture Reference Manual
(DDI 0403), B3.5 (attributes of the MPU) and B3.1 (those without it).
"""

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What lies at an address."""

    ITCM, DTCM, OCRAM, SDRAM, FLASH, PSRAM, DEVICE = range(7)


class Policy(IntEnum):
    """What the MPU lets the L1 caches do there."""

    DEVICE = 0
    UNCACHED = 1
    THROUGH = 2  # read allocate, written through
    BACK = 3  # read allocate, written back
    ALLOCATE = 4  # read and write allocate, written back


@dataclass(frozen=True)
class Area:
    """Addresses from `start` to before `end`."""

    start: int
    end: int
    kind: Kind
    policy: Policy


@dataclass(frozen=True)
class SerialMemory:
    """A memory behind FlexSPI: its clock, and a read by the sequence that the window runs.

    `command_clocks`: from chip select to the first data, dummy clocks among them; `lanes`: bits a
    clock; `prefetch_bytes`: how much of its AHB buffer a miss fills, 0 without prefetch.
    """

    hz: int
    command_clocks: int
    lanes: int
    prefetch_bytes: int


@dataclass(frozen=True)
class MemorySystem:
    """Clocks in Hz, caches as CCR has them, areas by address; None for what is not there."""

    core_hz: int
    semc_hz: int
    icache: bool
    dcache: bool
    areas: tuple[Area, ...]
    flash: SerialMemory | None = None
    psram: SerialMemory | None = None
