"""What the backdrops are drawn with: colours, surfaces, the ground plane."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from rtbench.scenes.canvas import PICTURE

Pen = ImageDraw.ImageDraw
Random = np.random.Generator
SMALL = PICTURE // 3


def tone(random: Random, low: int = 60, high: int = 215, spread: int = 28) -> tuple[int, int, int]:
    """A muted colour."""
    base = random.integers(low, high)
    return tuple(int(c) for c in np.clip(base + random.integers(-spread, spread + 1, 3), 0, 255))


def shifted(colour: tuple[int, int, int], by: int) -> tuple[int, int, int]:
    return tuple(min(255, max(0, channel + by)) for channel in colour)


def plain(colour: tuple[int, int, int]) -> tuple[Image.Image, Pen]:
    image = Image.new("RGB", (PICTURE, PICTURE), colour)
    return image, ImageDraw.Draw(image)


def cloud(random: Random, cells: int) -> np.ndarray:
    """Smooth noise from -1 to 1 at a third of the size."""
    coarse = random.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((SMALL, SMALL), Image.Resampling.BICUBIC))


def grain(image: Image.Image, random: Random, strength: float, cells: int = 24) -> Image.Image:
    """Unevenness of a surface, over the whole picture."""
    noise = np.clip(128 + 127 * strength * cloud(random, cells), 0, 255).astype(np.uint8)
    layer = Image.fromarray(noise).resize((PICTURE, PICTURE), Image.Resampling.BILINEAR)
    # image + layer - 128, within 0 to 255: numpy takes three times as long for three channels.
    return ImageChops.add(image, Image.merge("RGB", (layer,) * 3), 1, -128)


def bar(pen: Pen, box: tuple[float, float, float, float], **style) -> None:
    """A rectangle, unless the horizon leaves no room for it."""
    if box[2] >= box[0] and box[3] >= box[1]:
        pen.rectangle(box, **style)


def from_array(values: np.ndarray) -> Image.Image:
    small = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    return small.resize((PICTURE, PICTURE), Image.Resampling.BILINEAR)


def grid() -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32) / SMALL
    return rows, columns


def ground(horizon: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance and sideways position on the floor for each pixel, and where the floor is."""
    rows, columns = grid()
    below = rows - horizon / PICTURE
    floor = below > 0.02
    distance = 0.5 / np.maximum(below, 0.02)
    return distance, (columns - 0.5) * distance, floor


def mix(pattern: np.ndarray, first: tuple, second: tuple) -> np.ndarray:
    pattern = np.clip(pattern, 0, 1)[..., None]
    return np.array(first) * (1 - pattern) + np.array(second) * pattern


def foot_row(horizon: float, random: Random) -> int:
    """The row where wall and floor meet: below the horizon, by the distance of the wall."""
    return int(
        np.clip(horizon + random.uniform(0.06, 0.3) * PICTURE, -0.2 * PICTURE, 0.92 * PICTURE)
    )


def sky(random: Random) -> tuple[int, int, int]:
    kind = random.random()
    if kind < 0.5:
        return (
            int(random.integers(110, 180)),
            int(random.integers(160, 205)),
            int(random.integers(210, 250)),
        )
    base = int(random.integers(150, 235))
    return (base, base, min(255, base + 8))
