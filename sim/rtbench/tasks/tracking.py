"""Identities and line crossings that a firmware reports, held against the truth of a sequence.

A line is crossed where the middle of a person's box comes from one side to the other; nearer than
MARGIN_PX is on neither side. That is how firmware/app/count/ counts, and the
truth is counted in the same way from the true boxes.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from rtbench.boxes import Edges, overlap
from rtbench.link.events import Box

MARGIN_PX = 2.0
LEAST_OVERLAP = 0.3  # of a true box and a reported one of the same person

# The line that the firmware watches unless told another: upwards through the middle.
MIDDLE_ENDS = (48, 96, 48, 0)

Persons = Mapping[int, Edges]  # the boxes of one frame by identity


@dataclass(frozen=True)
class Line:
    """From (x0, y0) to (x1, y1) in pixels; left and right as seen in that direction."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_a_point(self) -> bool:
        """Whether both ends are the same: no line at all."""
        return (self.x0, self.y0) == (self.x1, self.y1)

    def side(self, x: float, y: float) -> str | None:
        """`left`, `right`, or None for a point on the line."""
        across, down = self.x1 - self.x0, self.y1 - self.y0
        cross = across * (y - self.y0) - down * (x - self.x0)
        if abs(cross) < MARGIN_PX * max(abs(across), abs(down)):
            return None
        return "right" if cross > 0 else "left"

    def is_passed(self, before: tuple[float, float], now: tuple[float, float]) -> bool:
        """Whether the way between two points leads between the line's ends."""
        turns = [
            (now[0] - before[0]) * (y - before[1]) - (now[1] - before[1]) * (x - before[0])
            for x, y in ((self.x0, self.y0), (self.x1, self.y1))
        ]
        return min(turns) <= 0 <= max(turns)


@dataclass(frozen=True)
class TrueCrossing:
    """Who crosses the line, in which frame (from 0) and direction."""

    frame: int
    identity: int
    direction: str


@dataclass
class Track:
    """How well one true person was followed: the identities reported, frame by frame seen."""

    present: int = 0
    seen: int = 0
    identities: list[int] = field(default_factory=list)  # in order, each change once

    @property
    def switches(self) -> int:
        """How often the person became somebody else."""
        return max(0, len(self.identities) - 1)


class Watch:
    """Who crosses a line, frame after frame of a sequence, from the true boxes."""

    def __init__(self, line: Line):
        self.line = line
        self._sides: dict[int, tuple[str, tuple[float, float]]] = {}

    def next(self, persons: Persons) -> list[tuple[int, str]]:
        """Identity and direction of those whose crossing the next frame completes."""
        found = []
        for identity, (left, top, right, bottom) in sorted(persons.items()):
            now = ((left + right) / 2, (top + bottom) / 2)
            side = self.line.side(*now)
            if side is None:
                continue
            before = self._sides.get(identity)
            self._sides[identity] = side, now
            if before and before[0] != side and self.line.is_passed(before[1], now):
                found.append((identity, f"{before[0]}_to_{side}"))
        return found


def true_crossings(frames: Sequence[Persons], line: Line) -> list[TrueCrossing]:
    """All crossings of a sequence, in order."""
    watch = Watch(line)
    return [
        TrueCrossing(number, *one)
        for number, frame in enumerate(frames)
        for one in watch.next(frame)
    ]


def totals(crossings: Sequence[TrueCrossing]) -> dict[str, int]:
    """How many crossings in each direction."""
    directions = [one.direction for one in crossings]
    return {name: directions.count(name) for name in ("left_to_right", "right_to_left")}


def pairs(
    true: Sequence[Edges],
    seen: Sequence[Edges],
    least: float = LEAST_OVERLAP,
    known: Container[tuple[int, int]] = (),
) -> list[tuple[int, int, float]]:
    """Index of the true box, of the seen one and their overlap; `known` first, then the best."""
    every = sorted(
        ((overlap(a, b), i, j) for i, a in enumerate(true) for j, b in enumerate(seen)),
        key=lambda one: (one[1:] not in known, -one[0], one[1], one[2]),
    )
    taken_true: set[int] = set()
    taken_seen: set[int] = set()
    found = []
    for share, i, j in every:
        if share >= least and i not in taken_true and j not in taken_seen:
            taken_true.add(i)
            taken_seen.add(j)
            found.append((i, j, share))
    return found


def following(frames: Sequence[Persons], seen: Sequence[Sequence[Box]]) -> dict[int, Track]:
    """For each true identity how it was followed; `seen` are the boxes reported, frame by frame.

    A person keeps the identity that it had as long as a box with it overlaps: where one hides the
    other, the box that is left belongs to whom it belonged to before. So has it the CLEAR MOT
    metric (K. Bernardin and R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance",
    2008, section 2.1).
    """
    if len(frames) != len(seen):
        raise ValueError(f"seen must have boxes for each of {len(frames)} frames, not {len(seen)}")
    result: dict[int, Track] = {}
    for frame, boxes in zip(frames, seen, strict=True):
        names = sorted(frame)
        for name in names:
            result.setdefault(name, Track()).present += 1
        edges = [box.edges for box in boxes]
        known = {
            (i, j)
            for i, name in enumerate(names)
            for j, box in enumerate(boxes)
            if box.identity and result[name].identities[-1:] == [box.identity]
        }
        for i, j, _ in pairs([frame[name] for name in names], edges, known=known):
            one, identity = result[names[i]], boxes[j].identity
            one.seen += 1
            if identity and one.identities[-1:] != [identity]:
                one.identities.append(identity)
    return result
