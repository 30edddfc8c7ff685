"""What an estimate is for: clocks, caches, and where things lie; each to be changed for a what-if.

`setting_of(machine)` reads all of it from the machine. Then, for example,
`replace(setting, core_hz=132_000_000)`, `setting.flash_at(60_000_000)`,
`setting.moved(Move(start, end, Kind.SDRAM))`.
"""

from dataclasses import dataclass, replace
from typing import Self

from rt1062.machine import Machine
from rt1062.memory_system import Area, Kind, MemorySystem, Policy


@dataclass(frozen=True)
class Move:
    """Take addresses from `start` to before `end` as if they lay in memory of another kind."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True)
class Setting(MemorySystem):
    """A machine's memory system, and what is taken to be elsewhere than it is."""

    moves: tuple[Move, ...] = ()

    def moved(self, *moves: Move) -> Self:
        """With these moves besides; of two about one address the first counts."""
        return replace(self, moves=(*moves, *self.moves))

    def flash_at(self, hz: int) -> Self:
        """With another clock of the serial flash."""
        if self.flash is None:
            return self
        return replace(self, flash=replace(self.flash, hz=hz))

    def moved_areas(self) -> list[Area]:
        """The moves as areas, as the firmware would set such memory up."""
        tightly = (Kind.ITCM, Kind.DTCM)
        return [
            Area(
                one.start, one.end, one.kind,
                Policy.UNCACHED if one.kind in tightly else Policy.ALLOCATE,
            )
            for one in self.moves
        ]  # fmt: skip


def setting_of(machine: Machine) -> Setting:
    """As the firmware has set the machine up by now; SetupError where that cannot be read."""
    found = machine.memory_system()
    return Setting(**vars(found))
