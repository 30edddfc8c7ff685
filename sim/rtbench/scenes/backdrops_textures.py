"""Textures and gradients as backdrops: nothing in them has a size."""

import numpy as np
from PIL import Image, ImageDraw

from rtbench.scenes.brush import (
    PICTURE,
    SMALL,
    Random,
    bar,
    cloud,
    from_array,
    grain,
    grid,
    mix,
    plain,
    shifted,
    tone,
)


def stripes(random: Random, horizon: float) -> Image.Image:
    """Parallel bars."""
    rows, columns = grid()
    angle = random.uniform(0, np.pi)
    wave = np.sin(
        2 * np.pi * random.uniform(2, 14) * (rows * np.sin(angle) + columns * np.cos(angle))
    )
    sharp = random.uniform(0.6, 6)
    return from_array(
        mix(
            0.5 + 0.5 * np.clip(sharp * wave, -1, 1),
            tone(random, spread=50),
            tone(random, spread=50),
        )
    )


def speckle(random: Random, horizon: float) -> Image.Image:
    """Rough plaster, gravel, leaves: noise at several sizes."""
    total = np.zeros((SMALL, SMALL), np.float32)
    for cells in (4, 10, 24, 60):
        total += random.uniform(0.1, 1.0) * cloud(random, cells)
    return from_array(mix(0.5 + 0.35 * total, tone(random, spread=40), tone(random, spread=40)))


def checks(random: Random, horizon: float) -> Image.Image:
    """Squares of two colours, perhaps turned."""
    rows, columns = grid()
    angle, size = random.uniform(0, np.pi / 2), random.uniform(0.06, 0.3)
    a = rows * np.cos(angle) - columns * np.sin(angle)
    b = rows * np.sin(angle) + columns * np.cos(angle)
    first = tone(random, spread=40)
    second = shifted(first, int(random.integers(-90, 90)))
    return from_array(mix((np.floor(a / size) + np.floor(b / size)) % 2, first, second))


def blotches(random: Random, horizon: float) -> Image.Image:
    """Overlapping round and square patches."""
    image, pen = plain(tone(random, spread=40))
    for _ in range(random.integers(8, 40)):
        x, y = random.uniform(-20, PICTURE, 2)
        w, h = random.uniform(0.05, 0.4, 2) * PICTURE
        shape = pen.ellipse if random.random() < 0.5 else pen.rectangle
        shape((x, y, x + w, y + h), fill=tone(random, spread=45))
    return image


def waves(random: Random, horizon: float) -> Image.Image:
    """Two wave trains that interfere (held out)."""
    rows, columns = grid()
    total = np.zeros((SMALL, SMALL), np.float32)
    for _ in range(2):
        x, y = random.uniform(-0.5, 1.5, 2)
        total += np.sin(2 * np.pi * random.uniform(4, 12) * np.hypot(rows - y, columns - x))
    return from_array(mix(0.5 + 0.3 * total, tone(random, spread=45), tone(random, spread=45)))


def mosaic(random: Random, horizon: float) -> Image.Image:
    """Irregular triangles (held out)."""
    image, pen = plain(tone(random))
    cells = int(random.integers(4, 9))
    step = PICTURE / cells
    jitter = random.uniform(-0.35, 0.35, (cells + 1, cells + 1, 2)) * step
    base = tone(random, 80, 190)
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
    rows, columns = grid()
    angle = random.uniform(0, 2 * np.pi)
    ramp = 0.5 + (rows - 0.5) * np.sin(angle) + (columns - 0.5) * np.cos(angle)
    return from_array(mix(ramp, tone(random, spread=45), tone(random, spread=45)))


def two_tone(random: Random, horizon: float) -> Image.Image:
    """A backdrop and a floor, each with its own gradient, as in a studio."""
    rows, _ = grid()
    edge = float(np.clip(horizon / PICTURE + random.uniform(0.05, 0.3), 0.1, 0.95))
    wall = mix(
        np.broadcast_to(rows / edge, (SMALL, SMALL)),
        tone(random, spread=40),
        tone(random, spread=40),
    )
    floor = mix(
        np.broadcast_to((rows - edge) / (1 - edge), (SMALL, SMALL)), tone(random), tone(random)
    )
    blend = np.clip((rows - edge) / random.uniform(0.005, 0.15), 0, 1)[..., None]
    return from_array(wall * (1 - blend) + floor * blend)


def radial(random: Random, horizon: float) -> Image.Image:
    """Bright in the middle (held out)."""
    rows, columns = grid()
    x, y = random.uniform(0.2, 0.8, 2)
    ramp = np.hypot(rows - y, columns - x) * random.uniform(0.9, 1.6)
    return from_array(mix(ramp, tone(random, 150, 250, 40), tone(random, 40, 150, 40)))


def planks(random: Random, horizon: float) -> Image.Image:
    """Boards side by side, each with its own tone."""
    wood = tone(random, 70, 200, 35)
    image, pen = plain(wood)
    wide, upright, at = random.uniform(14, 60), random.random() < 0.5, 0.0
    while at < PICTURE:
        board = shifted(wood, int(random.integers(-24, 25)))
        edges = (at, 0, at + wide - 2, PICTURE) if upright else (0, at, PICTURE, at + wide - 2)
        bar(pen, edges, fill=board)
        at += wide * random.uniform(0.8, 1.2)
    return grain(image, random, random.uniform(0.03, 0.15), int(random.integers(10, 60)))


def plaid(random: Random, horizon: float) -> Image.Image:
    """Bands that cross, as on a blanket."""
    rows, columns = grid()
    first, second, third = (np.array(tone(random, spread=55)) for _ in range(3))
    across = np.sin(2 * np.pi * random.uniform(2, 9) * columns + random.uniform(0, 6)) > 0.2
    down = np.sin(2 * np.pi * random.uniform(2, 9) * rows + random.uniform(0, 6)) > 0.2
    values = mix(0.5 * across + 0.0 * rows, first, second)
    return from_array(values * (1 - 0.5 * down[..., None]) + 0.5 * down[..., None] * third)


def scribble(random: Random, horizon: float) -> Image.Image:
    """Lines, loops and bars without any meaning."""
    image, pen = plain(tone(random, spread=40))
    for _ in range(random.integers(6, 30)):
        x, y = random.uniform(0, PICTURE, 2)
        colour, width = tone(random, 20, 240, 50), int(random.integers(2, 14))
        points = [(x, y)]
        for _ in range(random.integers(1, 6)):
            x, y = x + random.normal(0, 60), y + random.normal(0, 60)
            points.append((x, y))
        if random.random() < 0.3:
            r = random.uniform(8, 60)
            pen.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=width)
        else:
            pen.line(points, fill=colour, width=width)
    return image


def pebbles(random: Random, horizon: float) -> Image.Image:
    """Many small round patches."""
    base = tone(random, 70, 190, 30)
    image, pen = plain(base)
    size = random.uniform(5, 18)
    for _ in range(random.integers(80, 260)):
        x, y = random.uniform(0, PICTURE, 2)
        w, h = random.uniform(0.5, 1.4, 2) * size
        pen.ellipse((x - w, y - h, x + w, y + h), fill=shifted(base, int(random.integers(-55, 56))))
    return image


def spots(random: Random, horizon: float) -> Image.Image:
    """Lights far out of focus."""
    rows, columns = grid()
    values = mix(rows, tone(random, 20, 160, 30), tone(random, 20, 160, 30))
    for _ in range(random.integers(3, 12)):
        x, y = random.uniform(-0.1, 1.1, 2)
        inside = np.hypot(rows - y, columns - x) < random.uniform(0.03, 0.2)
        share = (random.uniform(0.2, 0.7) * inside)[..., None]
        values = values * (1 - share) + share * np.array(tone(random, 120, 250, 60))
    return from_array(values)


def collage(random: Random, horizon: float) -> Image.Image:
    """Pieces of other textures beside each other."""
    choices = (stripes, speckle, checks, blotches, planks, plaid, scribble, pebbles, linear, spots)
    image = choices[int(random.integers(len(choices)))](random, horizon)
    for _ in range(random.integers(1, 4)):
        other = choices[int(random.integers(len(choices)))](random, horizon)
        mask = Image.new("L", (PICTURE, PICTURE))
        x, y = random.uniform(0, PICTURE, 2)
        angle, reach = random.uniform(0, 2 * np.pi), random.uniform(0.3, 2) * PICTURE
        dx, dy = np.cos(angle), np.sin(angle)
        # A strip from (x, y) to one side: an edge right through the picture, or a band.
        far, along = 2 * PICTURE, reach
        corners = [
            (x - far * dy, y + far * dx), (x + far * dy, y - far * dx),
            (x + far * dy + along * dx, y - far * dx + along * dy),
            (x - far * dy + along * dx, y + far * dx + along * dy),
        ]  # fmt: skip
        ImageDraw.Draw(mask).polygon(corners, fill=255)
        image.paste(other, (0, 0), mask)
    return image
