"""What the network should answer for known boxes, in the terms of rtbench.tflite.decoding."""

from collections.abc import Sequence

import numpy as np

from rtbench.scenes.scene import MINIMUM_VISIBLE_FRACTION
from rtbench.tflite.decoding import DISTANCE_UNIT_PX, GRID, STRIDE

Box = Sequence[float]

_CELLS = np.arange(GRID)
_MIDDLES = _CELLS * STRIDE + STRIDE / 2
BOX_FROM_HEAT = 0.35  # cells this near to a middle learn the box as well


def person_boxes(truth: dict) -> tuple[list[Box], list[Box]]:
    """The boxes that count, and those of persons too hidden to count or to be a mistake."""
    persons = [item for item in truth["objects"] if item["kind"] == "person"]
    count = [p["box"] for p in persons if p["visible_fraction"] >= MINIMUM_VISIBLE_FRACTION]
    ignore = [p["box"] for p in persons if p["visible_fraction"] < MINIMUM_VISIBLE_FRACTION]
    return count, ignore


def targets(count: Sequence[Box], ignore: Sequence[Box]) -> tuple[np.ndarray, np.ndarray]:
    """(GRID, GRID, 2): heat and its weight; (GRID, GRID, 5): weight and four distances."""
    heat = np.zeros((GRID, GRID), np.float32)
    weight = np.ones((GRID, GRID), np.float32)
    boxes = np.zeros((GRID, GRID, 5), np.float32)
    for left, top, right, bottom in ignore:
        weight[np.ix_(_within(top, bottom), _within(left, right))] = 0.0
    for left, top, right, bottom in count:
        column = min(GRID - 1, int((left + right) / 2 / STRIDE))
        row = min(GRID - 1, int((top + bottom) / 2 / STRIDE))
        across = max(0.45, 0.15 * (right - left) / STRIDE)
        down = max(0.6, 0.12 * (bottom - top) / STRIDE)
        own = np.exp(
            -((_CELLS[:, None] - row) ** 2) / (2 * down**2)
            - ((_CELLS[None, :] - column) ** 2) / (2 * across**2)
        )
        nearer = own > np.maximum(heat, BOX_FROM_HEAT)
        distances = np.stack(
            np.broadcast_arrays(
                _MIDDLES[None, :] - left,
                _MIDDLES[:, None] - top,
                right - _MIDDLES[None, :],
                bottom - _MIDDLES[:, None],
            ),
            axis=-1,
        )
        # Only from inside the box can all four distances be told.
        nearer &= (distances > 0).all(axis=-1)
        boxes[nearer, 0] = own[nearer]
        boxes[nearer, 1:] = distances[nearer] / DISTANCE_UNIT_PX
        heat = np.maximum(heat, own)
        weight[row, column] = 1.0
    return np.stack([heat, weight], axis=-1).astype(np.float32), boxes


def mirrored(heat: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The targets, (..., GRID, GRID, n), of pictures seen in a mirror."""
    return heat[..., ::-1, :], boxes[..., ::-1, :][..., [0, 3, 2, 1, 4]]


def _within(low: float, high: float) -> np.ndarray:
    return (low - STRIDE < _MIDDLES) & (high + STRIDE > _MIDDLES)
