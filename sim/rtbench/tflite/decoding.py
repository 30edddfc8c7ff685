"""From the people counter's output tensors to boxes and a count: the contract of three parties.

Training, host evaluation and firmware all follow this page. Everything is integer arithmetic in
32 bits, so that a C++ implementation gives the same bits.

The network divides the 96x96 picture into GRID x GRID cells of STRIDE pixels and gives for each
- a score, int8, scale 1/256 and zero point -128: how surely the middle of a person is here;
- four distances, int8, from the middle of the cell to the left, top, right and bottom edge of the
  person's visible box. One step is `box_scale` x DISTANCE_UNIT_PX pixels, zero point `box_zero`.

1. Candidates are the cells whose score q is at least `threshold` and a peak of their 3x3
   neighbourhood: no neighbour that comes later in row-major order is greater, none that comes
   earlier is greater or equal. Cells outside the grid do not exist.
2. Candidates are ordered by score, greatest first, equal ones in row-major order; the first
   MAXIMUM_CANDIDATES stay.
3. A distance in sixteenths of a pixel is ((q - box_zero) * multiplier + 2^15) >> 16, with
   multiplier = round(box_scale * DISTANCE_UNIT_PX * 16 * 2^16), computed once. Negative ones are 0.
4. The middle of cell (row, column) is at x = (column * STRIDE + STRIDE / 2) * 16 and y the same of
   row. The edges are the middle minus left and top, plus right and bottom, cut to 0..96 * 16.
5. In order, a candidate is dropped when it has no area, or when with a box that was kept
   intersection * 256 > OVERLAP_256 * union; else it is kept. At most MAXIMUM_PERSONS are kept.

The count is the number kept. All products stay below 2^31.
"""

from dataclasses import dataclass

import numpy as np

PICTURE_PX = 96
STRIDE = 4
GRID = PICTURE_PX // STRIDE
SUBPIXELS = 16  # boxes are in sixteenths of a pixel
DISTANCE_UNIT_PX = 16  # a distance of 1.0 out of the network
OVERLAP_256 = 141  # 0.55 as a share of 256
MAXIMUM_CANDIDATES = 64
MAXIMUM_PERSONS = 16
_FRACTION_BITS = 16


@dataclass(frozen=True)
class Detection:
    """A person found: int8 score, box edges (left, top, right, bottom) in sixteenths of a pixel."""

    score: int
    box: tuple[int, int, int, int]

    @property
    def probability(self) -> float:
        """The score from 0 to 1."""
        return (self.score + 128) / 256

    @property
    def pixels(self) -> tuple[float, float, float, float]:
        """The box in pixels."""
        return tuple(edge / SUBPIXELS for edge in self.box)


@dataclass(frozen=True)
class Candidate:
    """A peak of the grid, and what became of it: `dropped` is "" for one that was kept."""

    row: int
    column: int
    detection: Detection
    dropped: str = ""


def distance_multiplier(box_scale: float) -> int:
    """The integer that turns a distance's steps into sixteenths of a pixel, times 2^16."""
    return round(box_scale * DISTANCE_UNIT_PX * SUBPIXELS * (1 << _FRACTION_BITS))


def decode(
    scores: np.ndarray, boxes: np.ndarray, threshold: int, multiplier: int, box_zero: int
) -> list[Detection]:
    """The persons found, surest first; scores int8 of GRID^2, boxes int8 of GRID^2 x 4 values."""
    every = candidates(scores, boxes, threshold, multiplier, box_zero)
    return [one.detection for one in every if not one.dropped]


def candidates(
    scores: np.ndarray, boxes: np.ndarray, threshold: int, multiplier: int, box_zero: int
) -> list[Candidate]:
    """Every peak of at least the threshold, surest first, with what steps 2 and 5 made of it."""
    if scores.dtype != np.int8 or scores.size != GRID * GRID:
        raise ValueError(f"scores must be int8 of {GRID}x{GRID}, not {scores.dtype} {scores.shape}")
    if boxes.dtype != np.int8 or boxes.size != GRID * GRID * 4:
        raise ValueError(f"boxes must be int8 of {GRID}x{GRID}x4, not {boxes.dtype} {boxes.shape}")
    if not -128 <= threshold <= 127:
        raise ValueError(f"threshold must be -128 to 127, not {threshold!r}")
    grid = scores.reshape(GRID, GRID).astype(np.int32)
    places = _peaks(grid, threshold)
    places.sort(key=lambda place: (-int(grid[place]), place))
    distances = boxes.reshape(GRID, GRID, 4)
    kept: list[Detection] = []
    found = []
    for number, (row, column) in enumerate(places):
        box = _box(row, column, distances[row, column], multiplier, box_zero)
        dropped = ""
        if number >= MAXIMUM_CANDIDATES or len(kept) == MAXIMUM_PERSONS:
            dropped = "one too many"
        elif box[2] <= box[0] or box[3] <= box[1]:
            dropped = "no area"
        elif any(overlaps(box, other.box) for other in kept):
            dropped = "overlaps a surer one"
        detection = Detection(int(grid[row, column]), box)
        if not dropped:
            kept.append(detection)
        found.append(Candidate(row, column, detection, dropped))
    return found


def overlaps(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Whether two boxes are taken for the same person."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return False
    shared = wide * high
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared * 256 > OVERLAP_256 * union


def _peaks(grid: np.ndarray, threshold: int) -> list[tuple[int, int]]:
    # Outside the grid is lower than any score.
    padded = np.full((GRID + 2, GRID + 2), -1000, np.int32)
    padded[1:-1, 1:-1] = grid
    peak = grid >= threshold
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if (down, right) == (0, 0):
                continue
            neighbour = padded[1 + down : 1 + down + GRID, 1 + right : 1 + right + GRID]
            earlier = (down, right) < (0, 0)
            peak &= grid > neighbour if earlier else grid >= neighbour
    return [(int(row), int(column)) for row, column in np.argwhere(peak)]


def _box(
    row: int, column: int, distances: np.ndarray, multiplier: int, box_zero: int
) -> tuple[int, int, int, int]:
    left, top, right, bottom = (
        max(0, ((int(q) - box_zero) * multiplier + (1 << (_FRACTION_BITS - 1))) >> _FRACTION_BITS)
        for q in distances
    )
    x = (column * STRIDE + STRIDE // 2) * SUBPIXELS
    y = (row * STRIDE + STRIDE // 2) * SUBPIXELS
    edge = PICTURE_PX * SUBPIXELS
    return (max(0, x - left), max(0, y - top), min(edge, x + right), min(edge, y + bottom))
