"""What is behind everything: rooms, streets, textures and gradients.

Each style draws onto a supersampled picture from its own random generator, so that the scene's
seed for it is all that has to be kept. `horizon` is the row where the ground plane ends, in pixels
of that picture; it may be outside.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from sim.scenes.canvas import PICTURE
from sim.scenes.scene import Backdrop

Pen = ImageDraw.ImageDraw
Random = np.random.Generator
SMALL = PICTURE // 3


def draw_backdrop(backdrop: Backdrop, horizon: float) -> Image.Image:
    """The picture of a backdrop."""
    random = np.random.default_rng(backdrop.seed)
    return STYLES[backdrop.kind][backdrop.style](random, horizon)


# Helpers


def _tone(random: Random, low: int = 60, high: int = 215, spread: int = 28) -> tuple[int, int, int]:
    """A muted colour."""
    base = random.integers(low, high)
    return tuple(int(c) for c in np.clip(base + random.integers(-spread, spread + 1, 3), 0, 255))


def _shift(colour: tuple[int, int, int], by: int) -> tuple[int, int, int]:
    return tuple(min(255, max(0, channel + by)) for channel in colour)


def _plain(colour: tuple[int, int, int]) -> tuple[Image.Image, Pen]:
    image = Image.new("RGB", (PICTURE, PICTURE), colour)
    return image, ImageDraw.Draw(image)


def _cloud(random: Random, cells: int) -> np.ndarray:
    """Smooth noise from -1 to 1 at a third of the size."""
    coarse = random.uniform(-1, 1, (cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((SMALL, SMALL), Image.Resampling.BICUBIC))


def _grain(image: Image.Image, random: Random, strength: float, cells: int = 24) -> Image.Image:
    """Unevenness of a surface, over the whole picture."""
    noise = np.clip(128 + 127 * strength * _cloud(random, cells), 0, 255).astype(np.uint8)
    layer = Image.fromarray(noise).resize((PICTURE, PICTURE), Image.Resampling.BILINEAR)
    values = np.asarray(image).astype(np.int16) + (np.asarray(layer).astype(np.int16) - 128)[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _bar(pen: Pen, box: tuple[float, float, float, float], **style) -> None:
    """A rectangle, unless the horizon leaves no room for it."""
    if box[2] >= box[0] and box[3] >= box[1]:
        pen.rectangle(box, **style)


def _from_array(values: np.ndarray) -> Image.Image:
    small = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    return small.resize((PICTURE, PICTURE), Image.Resampling.BILINEAR)


def _grid() -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[0:SMALL, 0:SMALL].astype(np.float32) / SMALL
    return rows, columns


def _ground(horizon: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance and sideways position on the floor for each pixel, and where the floor is."""
    rows, columns = _grid()
    below = rows - horizon / PICTURE
    floor = below > 0.02
    distance = 0.5 / np.maximum(below, 0.02)
    return distance, (columns - 0.5) * distance, floor


def _mix(pattern: np.ndarray, first: tuple, second: tuple) -> np.ndarray:
    pattern = np.clip(pattern, 0, 1)[..., None]
    return np.array(first) * (1 - pattern) + np.array(second) * pattern


# Indoor


def _foot(horizon: float, random: Random) -> int:
    """The row where wall and floor meet: below the horizon, by the distance of the wall."""
    return int(np.clip(horizon + random.uniform(0.06, 0.3) * PICTURE, -0.2 * PICTURE, 0.92 * PICTURE))


def room(random: Random, horizon: float) -> Image.Image:
    """A wall with pictures, doors and windows, a skirting board and a floor."""
    wall = _tone(random, 90, 235)
    image, pen = _plain(wall)
    foot = _foot(horizon, random)
    floor = _tone(random, 50, 190)
    for _ in range(random.integers(0, 4)):
        x, wide = random.uniform(-0.1, 0.9) * PICTURE, random.uniform(0.12, 0.35) * PICTURE
        top = foot - random.uniform(0.25, 0.75) * PICTURE
        door = random.random() < 0.35
        low = foot if door else top + random.uniform(0.15, 0.4) * PICTURE
        if low <= top:
            continue
        _bar(pen, (x, top, x + wide, min(low, foot)), fill=_tone(random, 40, 240, 40))
        _bar(pen, (x, top, x + wide, min(low, foot)), outline=_tone(random, 30, 240), width=4)
    _bar(pen, (0, foot, PICTURE, PICTURE), fill=floor)
    if random.random() < 0.6:
        middle = random.uniform(0.2, 0.8) * PICTURE
        shade = _shift(floor, int(random.integers(-22, -8)))
        for step in range(-14, 15):
            pen.line((middle + step * 14, foot, middle + step * 75, PICTURE), fill=shade, width=2)
    _bar(pen, (0, foot - 7, PICTURE, foot), fill=_shift(wall, int(random.integers(-50, 40))))
    return _grain(image, random, random.uniform(0.02, 0.12), int(random.integers(4, 30)))


def office(random: Random, horizon: float) -> Image.Image:
    """Panels, a strip of windows and a carpet."""
    wall = _tone(random, 120, 230, 14)
    image, pen = _plain(wall)
    foot = _foot(horizon, random)
    pitch = random.uniform(0.12, 0.3) * PICTURE
    for step in range(int(PICTURE / pitch) + 2):
        pen.line((step * pitch, 0, step * pitch, foot), fill=_shift(wall, -25), width=3)
    if random.random() < 0.7:
        top, low = foot - 0.75 * PICTURE, foot - 0.4 * PICTURE
        for step in range(int(PICTURE / pitch) + 1):
            _bar(pen, (step * pitch + 8, top, (step + 1) * pitch - 8, low), fill=_tone(random, 150, 245, 20))
    if random.random() < 0.6:
        desk = foot - random.uniform(0.08, 0.2) * PICTURE
        x = random.uniform(-0.2, 0.7) * PICTURE
        _bar(pen, (x, desk, x + 0.5 * PICTURE, desk + 8), fill=_tone(random, 40, 150))
        for leg in (0.02, 0.46):
            _bar(pen, (x + leg * PICTURE, desk, x + leg * PICTURE + 6, foot), fill=(60, 60, 64))
        _bar(pen, (x + 60, desk - 45, x + 120, desk - 6), fill=(34, 36, 42))
    _bar(pen, (0, foot, PICTURE, PICTURE), fill=_tone(random, 50, 150, 20))
    return _grain(image, random, random.uniform(0.03, 0.15), int(random.integers(20, 60)))


def corridor(random: Random, horizon: float) -> Image.Image:
    """Walls, floor and ceiling that run to a point."""
    image, pen = _plain(_tone(random, 120, 220))
    x, y = random.uniform(0.3, 0.7) * PICTURE, float(np.clip(horizon, 0.05 * PICTURE, 0.6 * PICTURE))
    half = random.uniform(0.08, 0.2) * PICTURE
    s = PICTURE
    end = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    far = [(-s, -s), (2 * s, -s), (2 * s, 2 * s), (-s, 2 * s)]
    for i, low, high in ((0, 150, 240), (1, 80, 200), (2, 50, 170), (3, 80, 200)):
        pen.polygon([end[i], end[(i + 1) % 4], far[(i + 1) % 4], far[i]], fill=_tone(random, low, high, 18))
    pen.polygon(end, fill=_tone(random, 70, 240))
    for step in (1.6, 2.6, 4.2):
        if random.random() < 0.7:
            side = random.choice((-1, 1))
            left, right = x + side * half * step, x + side * half * step * 1.35
            pen.polygon(
                [(left, y - half * step * 0.6), (right, y - half * step * 0.8),
                 (right, y + half * step * 1.35), (left, y + half * step)],
                fill=_tone(random, 40, 200, 35),
            )  # fmt: skip
    return _grain(image, random, random.uniform(0.02, 0.1))


def library(random: Random, horizon: float) -> Image.Image:
    """Shelves full of books (held out)."""
    image, pen = _plain(_tone(random, 40, 110))
    foot = _foot(horizon, random)
    height = random.uniform(0.13, 0.22) * PICTURE
    shelf = foot
    while shelf > 0:
        x = 0.0
        while x < PICTURE:
            wide = random.uniform(6, 17)
            tall = height * random.uniform(0.6, 0.9)
            _bar(pen, (x, shelf - tall, x + wide - 1, shelf - 5), fill=_tone(random, 50, 200, 55))
            x += wide
        _bar(pen, (0, shelf - 5, PICTURE, shelf), fill=(92, 64, 40))
        shelf -= height
    _bar(pen, (0, foot, PICTURE, PICTURE), fill=_tone(random, 70, 170))
    return _grain(image, random, 0.05)


def tiled_hall(random: Random, horizon: float) -> Image.Image:
    """A floor of two-coloured tiles and columns (held out)."""
    distance, sideways, floor = _ground(horizon)
    size = random.uniform(0.3, 0.7)
    tiles = (np.floor(distance / size) + np.floor(sideways / size)) % 2
    fade = np.clip(1.6 - distance / 9, 0, 1)
    first = np.array(_tone(random, 120, 220, 15))
    tiles = 0.5 + (tiles - 0.5) * fade
    values = _mix(tiles, first, first - random.uniform(30, 80))
    values[~floor] = _tone(random, 130, 230, 15)
    image = _from_array(values)
    pen = ImageDraw.Draw(image)
    foot = horizon + 0.1 * PICTURE
    for _ in range(random.integers(1, 4)):
        x, wide = random.uniform(0, 1) * PICTURE, random.uniform(14, 34)
        colour = _tone(random, 110, 220, 12)
        _bar(pen, (x, 0, x + wide, foot), fill=colour)
        _bar(pen, (x, 0, x + wide * 0.35, foot), fill=_shift(colour, -35))
    return image


# Street


def _sky(random: Random) -> tuple[int, int, int]:
    kind = random.random()
    if kind < 0.5:
        return (int(random.integers(110, 180)), int(random.integers(160, 205)), int(random.integers(210, 250)))
    base = int(random.integers(150, 235))
    return (base, base, min(255, base + 8))


def town(random: Random, horizon: float) -> Image.Image:
    """House fronts, a pavement and a road."""
    image, pen = _plain(_sky(random))
    foot = _foot(horizon, random)
    x = random.uniform(-60, 0)
    while x < PICTURE:
        wide = random.uniform(0.25, 0.6) * PICTURE
        top = foot - random.uniform(0.3, 0.95) * PICTURE
        front = _tone(random, 80, 215, 40)
        _bar(pen, (x, top, x + wide, foot), fill=front)
        columns, rows = int(random.integers(2, 5)), int(random.integers(2, 5))
        glass = _tone(random, 40, 130, 20)
        step_x, step_y = wide / columns, (foot - top) / rows
        for column in range(columns):
            for row in range(rows):
                left, upper = x + column * step_x + step_x * 0.25, top + row * step_y + step_y * 0.2
                _bar(pen, (left, upper, left + step_x * 0.5, upper + step_y * 0.55), fill=glass)
        x += wide + random.uniform(0, 25)
    pavement = _tone(random, 110, 190, 8)
    kerb = foot + random.uniform(0.05, 0.4) * (PICTURE - foot)
    _bar(pen, (0, foot, PICTURE, kerb), fill=pavement)
    _bar(pen, (0, kerb, PICTURE, PICTURE), fill=_tone(random, 60, 110, 6))
    if random.random() < 0.6:
        y = kerb + 0.4 * (PICTURE - kerb)
        for step in range(-1, 5):
            pen.polygon([(step * 80, y), (step * 80 + 45, y), (step * 80 + 40, y + 8), (step * 80 - 6, y + 8)], fill=(225, 225, 215))
    return _grain(image, random, random.uniform(0.03, 0.12), int(random.integers(12, 50)))


def park(random: Random, horizon: float) -> Image.Image:
    """Grass, a path and far trees."""
    image, pen = _plain(_sky(random))
    edge = int(np.clip(horizon + random.uniform(0.01, 0.08) * PICTURE, -0.2 * PICTURE, 0.8 * PICTURE))
    for _ in range(random.integers(5, 16)):
        x, r = random.uniform(0, 1) * PICTURE, random.uniform(0.06, 0.2) * PICTURE
        green = (int(random.integers(30, 90)), int(random.integers(75, 130)), int(random.integers(25, 70)))
        pen.ellipse((x - r, edge - 1.5 * r, x + r, edge + 0.4 * r), fill=green)
    grass = (int(random.integers(70, 130)), int(random.integers(120, 175)), int(random.integers(45, 95)))
    _bar(pen, (0, edge, PICTURE, PICTURE), fill=grass)
    if random.random() < 0.6:
        a, b = random.uniform(0.2, 0.8, 2) * PICTURE
        pen.polygon([(a - 8, edge), (a + 8, edge), (b + 130, PICTURE), (b - 90, PICTURE)], fill=_tone(random, 150, 205, 15))
    return _grain(image, random, random.uniform(0.08, 0.25), int(random.integers(24, 70)))


def car_park(random: Random, horizon: float) -> Image.Image:
    """Asphalt with painted bays in front of a wall or hedge."""
    image, pen = _plain(_sky(random))
    foot = _foot(horizon, random)
    low_wall = foot - random.uniform(0.08, 0.35) * PICTURE
    colour = _tone(random, 90, 190, 25) if random.random() < 0.6 else (62, 98, 48)
    _bar(pen, (0, low_wall, PICTURE, foot), fill=colour)
    _bar(pen, (0, foot, PICTURE, PICTURE), fill=_tone(random, 70, 135, 8))
    middle = random.uniform(0.2, 0.8) * PICTURE
    for step in range(-5, 6):
        near = middle + step * 190
        pen.line((middle + step * 55, foot, near, PICTURE), fill=(215, 215, 205), width=4)
    return _grain(image, random, random.uniform(0.05, 0.15), int(random.integers(24, 60)))


def brick_alley(random: Random, horizon: float) -> Image.Image:
    """A brick wall over paving stones (held out)."""
    brick = (int(random.integers(130, 185)), int(random.integers(62, 105)), int(random.integers(45, 85)))
    image, pen = _plain(_shift(brick, 45))
    foot = _foot(horizon, random)
    high, wide = random.uniform(11, 20), random.uniform(26, 46)
    row, y = 0, float(foot)
    while y > -high:
        x = -wide * (0.5 if row % 2 else 0.0)
        while x < PICTURE:
            _bar(pen, (x + 1, y - high + 1, x + wide - 2, y - 2), fill=_shift(brick, int(random.integers(-20, 20))))
            x += wide
        y -= high
        row += 1
    _bar(pen, (0, foot, PICTURE, PICTURE), fill=_tone(random, 90, 150, 10))
    for step in range(1, 6):
        y = foot + (PICTURE - foot) * (step / 6) ** 1.7
        pen.line((0, y, PICTURE, y), fill=(70, 70, 70), width=2)
    return image


def beach(random: Random, horizon: float) -> Image.Image:
    """Sea and sand under an evening or noon sky (held out)."""
    rows, _ = _grid()
    edge = float(np.clip(horizon / PICTURE, 0.02, 0.7))
    top, low = np.array(_sky(random)), np.array((250, int(random.integers(190, 235)), int(random.integers(150, 220))))
    values = _mix(np.broadcast_to(rows / edge, (SMALL, SMALL)), top, low)
    shore = edge + random.uniform(0.04, 0.2)
    wave = shore + 0.02 * _cloud(random, 6)
    sea = np.array((40, int(random.integers(95, 140)), int(random.integers(130, 175))))
    values[(rows > edge) & (rows <= wave)] = sea
    sand = np.array((220, 198, 150)) + random.uniform(-25, 20)
    beach_rows = rows > wave
    values[beach_rows] = sand + 14 * _cloud(random, 40)[beach_rows][:, None]
    return _from_array(values)


# Textures and gradients


def stripes(random: Random, horizon: float) -> Image.Image:
    """Parallel bars."""
    rows, columns = _grid()
    angle = random.uniform(0, np.pi)
    wave = np.sin(2 * np.pi * random.uniform(2, 14) * (rows * np.sin(angle) + columns * np.cos(angle)))
    sharp = random.uniform(0.6, 6)
    return _from_array(_mix(0.5 + 0.5 * np.clip(sharp * wave, -1, 1), _tone(random, spread=50), _tone(random, spread=50)))


def speckle(random: Random, horizon: float) -> Image.Image:
    """Rough plaster, gravel, leaves: noise at several sizes."""
    total = np.zeros((SMALL, SMALL), np.float32)
    for cells in (4, 10, 24, 60):
        total += random.uniform(0.1, 1.0) * _cloud(random, cells)
    return _from_array(_mix(0.5 + 0.35 * total, _tone(random, spread=40), _tone(random, spread=40)))


def checks(random: Random, horizon: float) -> Image.Image:
    """Squares of two colours, perhaps turned."""
    rows, columns = _grid()
    angle, size = random.uniform(0, np.pi / 2), random.uniform(0.06, 0.3)
    a = rows * np.cos(angle) - columns * np.sin(angle)
    b = rows * np.sin(angle) + columns * np.cos(angle)
    first = _tone(random, spread=40)
    second = _shift(first, int(random.integers(-90, 90)))
    return _from_array(_mix((np.floor(a / size) + np.floor(b / size)) % 2, first, second))


def blotches(random: Random, horizon: float) -> Image.Image:
    """Overlapping round and square patches."""
    image, pen = _plain(_tone(random, spread=40))
    for _ in range(random.integers(8, 40)):
        x, y = random.uniform(-20, PICTURE, 2)
        w, h = random.uniform(0.05, 0.4, 2) * PICTURE
        shape = pen.ellipse if random.random() < 0.5 else pen.rectangle
        shape((x, y, x + w, y + h), fill=_tone(random, spread=45))
    return image


def waves(random: Random, horizon: float) -> Image.Image:
    """Two wave trains that interfere (held out)."""
    rows, columns = _grid()
    total = np.zeros((SMALL, SMALL), np.float32)
    for _ in range(2):
        x, y = random.uniform(-0.5, 1.5, 2)
        total += np.sin(2 * np.pi * random.uniform(4, 12) * np.hypot(rows - y, columns - x))
    return _from_array(_mix(0.5 + 0.3 * total, _tone(random, spread=45), _tone(random, spread=45)))


def mosaic(random: Random, horizon: float) -> Image.Image:
    """Irregular triangles (held out)."""
    image, pen = _plain(_tone(random))
    cells = int(random.integers(4, 9))
    step = PICTURE / cells
    jitter = random.uniform(-0.35, 0.35, (cells + 1, cells + 1, 2)) * step
    base = _tone(random, 80, 190)
    for row in range(cells):
        for column in range(cells):
            corner = [
                ((column + dx) * step + jitter[row + dy, column + dx, 0],
                 (row + dy) * step + jitter[row + dy, column + dx, 1])
                for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))
            ]  # fmt: skip
            for triangle in (corner[:3], [corner[0], *corner[2:]]):
                fill = tuple(int(np.clip(c + random.integers(-45, 46), 0, 255)) for c in base)
                pen.polygon(triangle, fill=fill)
    return image


def linear(random: Random, horizon: float) -> Image.Image:
    """One colour into another."""
    rows, columns = _grid()
    angle = random.uniform(0, 2 * np.pi)
    ramp = 0.5 + (rows - 0.5) * np.sin(angle) + (columns - 0.5) * np.cos(angle)
    return _from_array(_mix(ramp, _tone(random, spread=45), _tone(random, spread=45)))


def two_tone(random: Random, horizon: float) -> Image.Image:
    """A backdrop and a floor, each with its own gradient, as in a studio."""
    rows, _ = _grid()
    edge = float(np.clip(horizon / PICTURE + random.uniform(0.05, 0.3), 0.1, 0.95))
    wall = _mix(np.broadcast_to(rows / edge, (SMALL, SMALL)), _tone(random, spread=40), _tone(random, spread=40))
    floor = _mix(np.broadcast_to((rows - edge) / (1 - edge), (SMALL, SMALL)), _tone(random), _tone(random))
    blend = np.clip((rows - edge) / random.uniform(0.005, 0.15), 0, 1)[..., None]
    return _from_array(wall * (1 - blend) + floor * blend)


def radial(random: Random, horizon: float) -> Image.Image:
    """Bright in the middle (held out)."""
    rows, columns = _grid()
    x, y = random.uniform(0.2, 0.8, 2)
    ramp = np.hypot(rows - y, columns - x) * random.uniform(0.9, 1.6)
    return _from_array(_mix(ramp, _tone(random, 150, 250, 40), _tone(random, 40, 150, 40)))


STYLES: dict[str, dict[str, Callable[[Random, float], Image.Image]]] = {
    "indoor": {"room": room, "office": office, "corridor": corridor, "library": library, "tiled_hall": tiled_hall},
    "street": {"town": town, "park": park, "car_park": car_park, "brick_alley": brick_alley, "beach": beach},
    "texture": {"stripes": stripes, "speckle": speckle, "checks": checks, "blotches": blotches, "waves": waves, "mosaic": mosaic},
    "gradient": {"linear": linear, "two_tone": two_tone, "radial": radial},
}
HELD_OUT_STYLES = {
    "indoor": ("library", "tiled_hall"),
    "street": ("brick_alley", "beach"),
    "texture": ("waves", "mosaic"),
    "gradient": ("radial",),
}
SEEN_STYLES = {
    kind: tuple(name for name in styles if name not in HELD_OUT_STYLES[kind])
    for kind, styles in STYLES.items()
}
