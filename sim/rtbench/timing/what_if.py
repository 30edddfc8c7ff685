"""The same frame in other settings: where arena, weights and kernels lie, and other clocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rt1062.machine import Machine
from rt1062.memory_system import Kind
from rtbench.timing.estimate import MID, Estimate
from rtbench.timing.setting import Move, Setting

MHZ = (600, 528, 396, 132)
FLASH_MHZ = (60, 100, 133)
NEAR = 0.04  # a clock that is no further off is the same: 102.9 MHz are the ROM's 100
ARENAS = (Kind.DTCM, Kind.OCRAM, Kind.SDRAM)
NAMES = {Kind.FLASH: "QSPI flash"}
MODEL_MARK, MARK_AT = b"TFL3", 4  # the identifier of a .tflite, and where it is in it
LEAST_ARENA = 512  # bytes


@dataclass(frozen=True)
class Piece:
    """Bytes of the address space, as (first address, first behind) of each run of them."""

    runs: tuple[tuple[int, int], ...]

    def in_memory(self, setting: Setting) -> Kind:
        """The memory in which its first byte lies."""
        first = self.runs[0][0]
        return next(
            (one.kind for one in setting.areas if one.start <= first < one.end), Kind.DEVICE
        )

    def to(self, kind: Kind) -> tuple[Move, ...]:
        """What takes it to another memory."""
        return tuple(Move(start, end, kind) for start, end in self.runs)


@dataclass(frozen=True)
class Case:
    """A setting by what is other in it; `is_own`: it is the machine's."""

    what: str
    name: str
    setting: Setting
    is_own: bool


def cases(
    setting: Setting, arena: Piece | None, weights: Piece | None, kernels: Piece | None
) -> list[Case]:
    """All of them; without an arena, weights or kernels those of the others."""
    found = []
    for what, piece, kinds in (
        ("arena", arena, ARENAS),
        ("weights", weights, (Kind.FLASH, Kind.OCRAM)),
        ("kernels", kernels, (Kind.ITCM, Kind.FLASH)),
    ):
        if piece is None or not piece.runs:
            continue
        own = piece.in_memory(setting)
        for kind in kinds if own in kinds else (own, *kinds):
            there = setting if kind == own else setting.moved(*piece.to(kind))
            found.append(Case(what, NAMES.get(kind, kind.name), there, kind == own))
    for what, hz, megahertz in (
        ("core", setting.core_hz, MHZ),
        ("QSPI", setting.flash.hz if setting.flash else 0, FLASH_MHZ),
    ):
        for mhz in _with_own(hz, megahertz) if hz else ():
            is_own = mhz * 1e6 == hz
            other = (
                replace(setting, core_hz=round(mhz * 1e6))
                if what == "core"
                else setting.flash_at(round(mhz * 1e6))
            )
            found.append(Case(what, f"{mhz:.4g} MHz", setting if is_own else other, is_own))
    return found


def _with_own(hz: int, megahertz: Sequence[int]) -> list[float]:
    """The clocks, and the machine's own in place of one that is nearly the same, or besides."""
    own = hz / 1e6
    near = [mhz for mhz in megahertz if abs(mhz - own) <= NEAR * mhz]
    found = [own if mhz in near else float(mhz) for mhz in megahertz]
    return found if near else [own, *found]


def find_arena(machine: Machine, name: str | None = None) -> Piece | None:
    """The tensor arena: the variable of this name, or the largest whose name has the word in it."""
    symbols = machine.symbols
    if name is not None:
        return _variable(symbols.address(name), symbols.size(name))
    found = [one for one in symbols.variables if "arena" in one.name.lower()]
    largest = max(found, key=lambda one: one.size, default=None)
    if largest is None or largest.size < LEAST_ARENA:
        return None
    return _variable(largest.start, largest.size)


def find_weights(machine: Machine, name: str | None = None) -> Piece | None:
    """The model: the variable of this name, or the largest that a .tflite lies in."""
    symbols = machine.symbols
    if name is not None:
        return _variable(symbols.address(name), symbols.size(name))
    for one in sorted(symbols.variables, key=lambda one: -one.size):
        if one.size < LEAST_ARENA:
            break
        try:
            mark = machine.read_memory(one.start + MARK_AT, len(MODEL_MARK))
        except ValueError:  # a symbol of the linker's, where nothing is
            continue
        if mark == MODEL_MARK:
            return _variable(one.start, one.size)
    return None


def _variable(start: int, size: int) -> Piece:
    return Piece(((start, start + size),))


def kernels_of(estimate: Estimate, setting: Setting) -> Piece:
    """The code that ran in ITCM; where none did, all that ran."""
    cycles = estimate.cycles[MID].sum(axis=(0, 1))
    ran = [place for place, spent in zip(estimate.places, cycles, strict=True) if spent]
    runs = _joined((start, start + length) for start, length in ran)
    tight = [run for run in runs if Piece((run,)).in_memory(setting) is Kind.ITCM]
    return Piece(tuple(tight or runs))


def _joined(runs: Iterable[tuple[int, int]], gap: int = 64) -> list[tuple[int, int]]:
    """In order, those that are near each other as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if found and start <= found[-1][1] + gap:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
