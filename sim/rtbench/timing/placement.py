"""Where addresses count as lying, as tables that compiled passes look things up in."""

from dataclasses import dataclass

import numpy as np

from rt1062.memory_system import Area, Kind, Policy
from rtbench.timing.setting import Setting

# What is taken to be elsewhere gets addresses of its own there, with the same lines and sets.
MOVED, ROOM = 1 << 33, 1 << 29


@dataclass(frozen=True)
class Placement:
    """Disjoint pieces of the address space by their start, each with kind and policy, and how far
    its addresses are from where they count; the last piece goes on for ever.
    """

    starts: np.ndarray
    kinds: np.ndarray
    policies: np.ndarray
    offsets: np.ndarray
    icache: bool
    dcache: bool


def placement_of(setting: Setting) -> Placement:
    """A setting's memories, its moves carried out."""
    places = [
        *((area, True) for area in setting.moved_areas()),
        *((area, False) for area in setting.areas),
    ]
    edges = sorted({0, *(edge for area, _ in places for edge in (area.start, area.end))})
    rows = [_piece(start, places) for start in edges]
    kinds, policies, offsets = zip(*rows, strict=True)
    return Placement(
        np.array(edges, np.int64), np.array(kinds, np.int64), np.array(policies, np.int64),
        np.array(offsets, np.int64), setting.icache, setting.dcache,
    )  # fmt: skip


def _piece(start: int, places: list[tuple[Area, bool]]) -> tuple[Kind, Policy, int]:
    for area, moved in places:
        if area.start <= start < area.end:
            offset = MOVED + ROOM * area.kind - start // ROOM * ROOM if moved else 0
            return area.kind, area.policy, offset
    return Kind.DEVICE, Policy.DEVICE, 0
