"""Rooms, offices and halls as backdrops."""

import numpy as np
from PIL import Image, ImageDraw

from rtbench.scenes.brush import (
    PICTURE,
    Random,
    bar,
    cloud,
    foot_row,
    from_array,
    grain,
    grid,
    ground,
    mix,
    plain,
    shifted,
    tone,
)


def room(random: Random, horizon: float) -> Image.Image:
    """A wall with pictures, doors and windows, a skirting board and a floor."""
    wall = tone(random, 90, 235)
    image, pen = plain(wall)
    foot = foot_row(horizon, random)
    floor = tone(random, 50, 190)
    for _ in range(random.integers(0, 4)):
        x, wide = random.uniform(-0.1, 0.9) * PICTURE, random.uniform(0.12, 0.35) * PICTURE
        top = foot - random.uniform(0.25, 0.75) * PICTURE
        door = random.random() < 0.35
        low = foot if door else top + random.uniform(0.15, 0.4) * PICTURE
        if low <= top:
            continue
        bar(pen, (x, top, x + wide, min(low, foot)), fill=tone(random, 40, 240, 40))
        bar(pen, (x, top, x + wide, min(low, foot)), outline=tone(random, 30, 240), width=4)
    bar(pen, (0, foot, PICTURE, PICTURE), fill=floor)
    if random.random() < 0.6:
        middle = random.uniform(0.2, 0.8) * PICTURE
        shade = shifted(floor, int(random.integers(-22, -8)))
        for step in range(-14, 15):
            pen.line((middle + step * 14, foot, middle + step * 75, PICTURE), fill=shade, width=2)
    bar(pen, (0, foot - 7, PICTURE, foot), fill=shifted(wall, int(random.integers(-50, 40))))
    return grain(image, random, random.uniform(0.02, 0.12), int(random.integers(4, 30)))


def office(random: Random, horizon: float) -> Image.Image:
    """Panels, a strip of windows and a carpet."""
    wall = tone(random, 120, 230, 14)
    image, pen = plain(wall)
    foot = foot_row(horizon, random)
    pitch = random.uniform(0.12, 0.3) * PICTURE
    for step in range(int(PICTURE / pitch) + 2):
        pen.line((step * pitch, 0, step * pitch, foot), fill=shifted(wall, -25), width=3)
    if random.random() < 0.7:
        top, low = foot - 0.75 * PICTURE, foot - 0.4 * PICTURE
        for step in range(int(PICTURE / pitch) + 1):
            bar(
                pen,
                (step * pitch + 8, top, (step + 1) * pitch - 8, low),
                fill=tone(random, 150, 245, 20),
            )
    if random.random() < 0.6:
        desk = foot - random.uniform(0.08, 0.2) * PICTURE
        x = random.uniform(-0.2, 0.7) * PICTURE
        bar(pen, (x, desk, x + 0.5 * PICTURE, desk + 8), fill=tone(random, 40, 150))
        for leg in (0.02, 0.46):
            bar(pen, (x + leg * PICTURE, desk, x + leg * PICTURE + 6, foot), fill=(60, 60, 64))
        bar(pen, (x + 60, desk - 45, x + 120, desk - 6), fill=(34, 36, 42))
    bar(pen, (0, foot, PICTURE, PICTURE), fill=tone(random, 50, 150, 20))
    return grain(image, random, random.uniform(0.03, 0.15), int(random.integers(20, 60)))


def corridor(random: Random, horizon: float) -> Image.Image:
    """Walls, floor and ceiling that run to a point."""
    image, pen = plain(tone(random, 120, 220))
    x, y = (
        random.uniform(0.3, 0.7) * PICTURE,
        float(np.clip(horizon, 0.05 * PICTURE, 0.6 * PICTURE)),
    )
    half = random.uniform(0.08, 0.2) * PICTURE
    s = PICTURE
    end = [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    far = [(-s, -s), (2 * s, -s), (2 * s, 2 * s), (-s, 2 * s)]
    for i, low, high in ((0, 150, 240), (1, 80, 200), (2, 50, 170), (3, 80, 200)):
        pen.polygon(
            [end[i], end[(i + 1) % 4], far[(i + 1) % 4], far[i]], fill=tone(random, low, high, 18)
        )
    pen.polygon(end, fill=tone(random, 70, 240))
    for step in (1.6, 2.6, 4.2):
        if random.random() < 0.7:
            side = random.choice((-1, 1))
            left, right = x + side * half * step, x + side * half * step * 1.35
            pen.polygon(
                [(left, y - half * step * 0.6), (right, y - half * step * 0.8),
                 (right, y + half * step * 1.35), (left, y + half * step)],
                fill=tone(random, 40, 200, 35),
            )  # fmt: skip
    return grain(image, random, random.uniform(0.02, 0.1))


def library(random: Random, horizon: float) -> Image.Image:
    """Shelves full of books (held out)."""
    image, pen = plain(tone(random, 40, 110))
    foot = foot_row(horizon, random)
    height = random.uniform(0.13, 0.22) * PICTURE
    shelf = foot
    while shelf > 0:
        x = 0.0
        while x < PICTURE:
            wide = random.uniform(6, 17)
            tall = height * random.uniform(0.6, 0.9)
            bar(pen, (x, shelf - tall, x + wide - 1, shelf - 5), fill=tone(random, 50, 200, 55))
            x += wide
        bar(pen, (0, shelf - 5, PICTURE, shelf), fill=(92, 64, 40))
        shelf -= height
    bar(pen, (0, foot, PICTURE, PICTURE), fill=tone(random, 70, 170))
    return grain(image, random, 0.05)


def tiled_hall(random: Random, horizon: float) -> Image.Image:
    """A floor of two-coloured tiles and columns (held out)."""
    distance, sideways, floor = ground(horizon)
    size = random.uniform(0.3, 0.7)
    tiles = (np.floor(distance / size) + np.floor(sideways / size)) % 2
    fade = np.clip(1.6 - distance / 9, 0, 1)
    first = np.array(tone(random, 120, 220, 15))
    tiles = 0.5 + (tiles - 0.5) * fade
    values = mix(tiles, first, first - random.uniform(30, 80))
    values[~floor] = tone(random, 130, 230, 15)
    image = from_array(values)
    pen = ImageDraw.Draw(image)
    foot = horizon + 0.1 * PICTURE
    for _ in range(random.integers(1, 4)):
        x, wide = random.uniform(0, 1) * PICTURE, random.uniform(14, 34)
        colour = tone(random, 110, 220, 12)
        bar(pen, (x, 0, x + wide, foot), fill=colour)
        bar(pen, (x, 0, x + wide * 0.35, foot), fill=shifted(colour, -35))
    return image


def kitchen(random: Random, horizon: float) -> Image.Image:
    """Cupboards with handles over and under a worktop."""
    image, pen = plain(tone(random, 130, 235, 15))
    foot = foot_row(horizon, random)
    front = tone(random, 60, 230, 35)
    wide, high = random.uniform(34, 80), random.uniform(0.2, 0.4) * PICTURE
    for top, low in ((foot - high, foot), (foot - 2.6 * high, foot - 1.7 * high)):
        at = random.uniform(-wide, 0)
        while at < PICTURE:
            bar(
                pen, (at, top, at + wide - 3, low), fill=front, outline=shifted(front, -45), width=2
            )
            bar(pen, (at + 5, top + 10, at + 9, top + 26), fill=shifted(front, -70))
            at += wide
    bar(pen, (0, foot - high - 9, PICTURE, foot - high), fill=tone(random, 40, 160))
    bar(pen, (0, foot, PICTURE, PICTURE), fill=tone(random, 60, 190))
    return grain(image, random, random.uniform(0.02, 0.08), int(random.integers(6, 30)))


def curtains(random: Random, horizon: float) -> Image.Image:
    """Folds of cloth down to the floor, perhaps with a gap."""
    rows, columns = grid()
    folds = np.sin(2 * np.pi * random.uniform(4, 16) * columns + 0.4 * cloud(random, 5))
    cloth = tone(random, 60, 210, 45)
    values = mix(0.5 + 0.5 * folds, cloth, shifted(cloth, -60))
    if random.random() < 0.5:
        left = random.uniform(0.1, 0.7)
        gap = (columns > left) & (columns < left + random.uniform(0.1, 0.35))
        values[gap] = tone(random, 120, 245)
    foot = foot_row(horizon, random) / PICTURE
    values[rows > foot] = tone(random, 50, 180)
    return from_array(values)


def storeroom(random: Random, horizon: float) -> Image.Image:
    """Boxes, pipes and boards of any size against a wall."""
    image, pen = plain(tone(random, 80, 210, 15))
    foot = foot_row(horizon, random)
    bar(pen, (0, foot, PICTURE, PICTURE), fill=tone(random, 50, 170, 12))
    for _ in range(random.integers(4, 14)):
        x, wide = random.uniform(-0.1, 1) * PICTURE, random.uniform(8, 80)
        tall = random.uniform(10, 150)
        lift = 0 if random.random() < 0.6 else random.uniform(0, 150)
        colour = tone(random, 30, 230, 40)
        bar(pen, (x, foot - lift - tall, x + wide, foot - lift), fill=colour)
        bar(pen, (x, foot - lift - tall, x + 0.3 * wide, foot - lift), fill=shifted(colour, -25))
    return grain(image, random, random.uniform(0.02, 0.12), int(random.integers(6, 40)))
