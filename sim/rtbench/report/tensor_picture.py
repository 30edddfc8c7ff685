"""A tensor as a picture: its channels side by side, each value a square of grey."""

import numpy as np
from PIL import Image

MOST_CHANNELS = 16
TILE_PX = 48
GAP_PX = 2
GROUND = (120, 130, 150)
DIFFERENT = np.array((220, 30, 30), np.uint8)


def tensor_picture(values: np.ndarray, other: np.ndarray | None = None) -> Image.Image:
    """The first channels of a tensor, black the least value and white the greatest of it; what
    differs from `other` is red.

    [1, height, width, channels] is a tile a channel; anything else one row of squares.
    """
    maps = _maps(values)
    span = float(maps.max() - maps.min()) or 1.0
    grey = ((maps - maps.min()) / span * 255).astype(np.uint8)
    colours = np.repeat(grey[..., np.newaxis], 3, axis=-1)
    if other is not None:
        colours[_maps(other.reshape(values.shape)) != maps] = DIFFERENT
    tiles = [Image.fromarray(one) for one in colours]
    tiles = [one.resize(_fitted(one.size), Image.NEAREST) for one in tiles]
    width = sum(one.width + GAP_PX for one in tiles) - GAP_PX
    picture = Image.new("RGB", (width, max(one.height for one in tiles)), GROUND)
    left = 0
    for one in tiles:
        picture.paste(one, (left, 0))
        left += one.width + GAP_PX
    return picture


def _maps(values: np.ndarray) -> np.ndarray:
    """Float64 (channels, height, width), the first of them."""
    if values.ndim == 4 and values.shape[1] * values.shape[2] > 1:
        maps = np.moveaxis(values[0], -1, 0)
    else:
        maps = values.reshape(1, 1, -1)[..., : MOST_CHANNELS * TILE_PX]
    return maps[:MOST_CHANNELS].astype(np.float64)


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """As large as a tile; a row of squares as wide as all tiles."""
    width, height = size
    if height == 1 and width > 1:
        whole = MOST_CHANNELS * (TILE_PX + GAP_PX) - GAP_PX
        return max(whole // width, 1) * width, TILE_PX // 3
    scale = TILE_PX / max(width, height)
    return max(round(width * scale), 1), max(round(height * scale), 1)
