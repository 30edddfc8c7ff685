"""Streets, parks and other places outside as backdrops."""

import numpy as np
from PIL import Image

from rtbench.scenes.brush import (
    PICTURE,
    SMALL,
    Random,
    bar,
    cloud,
    foot_row,
    from_array,
    grain,
    grid,
    mix,
    plain,
    shifted,
    sky,
    tone,
)


def town(random: Random, horizon: float) -> Image.Image:
    """House fronts, a pavement and a road."""
    image, pen = plain(sky(random))
    foot = foot_row(horizon, random)
    x = random.uniform(-60, 0)
    while x < PICTURE:
        wide = random.uniform(0.25, 0.6) * PICTURE
        top = foot - random.uniform(0.3, 0.95) * PICTURE
        front = tone(random, 80, 215, 40)
        bar(pen, (x, top, x + wide, foot), fill=front)
        columns, rows = int(random.integers(2, 5)), int(random.integers(2, 5))
        glass = tone(random, 40, 130, 20)
        step_x, step_y = wide / columns, (foot - top) / rows
        for column in range(columns):
            for row in range(rows):
                left, upper = x + column * step_x + step_x * 0.25, top + row * step_y + step_y * 0.2
                bar(pen, (left, upper, left + step_x * 0.5, upper + step_y * 0.55), fill=glass)
        x += wide + random.uniform(0, 25)
    pavement = tone(random, 110, 190, 8)
    kerb = foot + random.uniform(0.05, 0.4) * (PICTURE - foot)
    bar(pen, (0, foot, PICTURE, kerb), fill=pavement)
    bar(pen, (0, kerb, PICTURE, PICTURE), fill=tone(random, 60, 110, 6))
    if random.random() < 0.6:
        y = kerb + 0.4 * (PICTURE - kerb)
        for step in range(-1, 5):
            pen.polygon(
                [
                    (step * 80, y),
                    (step * 80 + 45, y),
                    (step * 80 + 40, y + 8),
                    (step * 80 - 6, y + 8),
                ],
                fill=(225, 225, 215),
            )
    return grain(image, random, random.uniform(0.03, 0.12), int(random.integers(12, 50)))


def park(random: Random, horizon: float) -> Image.Image:
    """Grass, a path and far trees."""
    image, pen = plain(sky(random))
    edge = int(
        np.clip(horizon + random.uniform(0.01, 0.08) * PICTURE, -0.2 * PICTURE, 0.8 * PICTURE)
    )
    for _ in range(random.integers(5, 16)):
        x, r = random.uniform(0, 1) * PICTURE, random.uniform(0.06, 0.2) * PICTURE
        green = (
            int(random.integers(30, 90)),
            int(random.integers(75, 130)),
            int(random.integers(25, 70)),
        )
        pen.ellipse((x - r, edge - 1.5 * r, x + r, edge + 0.4 * r), fill=green)
    grass = (
        int(random.integers(70, 130)),
        int(random.integers(120, 175)),
        int(random.integers(45, 95)),
    )
    bar(pen, (0, edge, PICTURE, PICTURE), fill=grass)
    if random.random() < 0.6:
        a, b = random.uniform(0.2, 0.8, 2) * PICTURE
        pen.polygon(
            [(a - 8, edge), (a + 8, edge), (b + 130, PICTURE), (b - 90, PICTURE)],
            fill=tone(random, 150, 205, 15),
        )
    return grain(image, random, random.uniform(0.08, 0.25), int(random.integers(24, 70)))


def car_park(random: Random, horizon: float) -> Image.Image:
    """Asphalt with painted bays in front of a wall or hedge."""
    image, pen = plain(sky(random))
    foot = foot_row(horizon, random)
    low_wall = foot - random.uniform(0.08, 0.35) * PICTURE
    colour = tone(random, 90, 190, 25) if random.random() < 0.6 else (62, 98, 48)
    bar(pen, (0, low_wall, PICTURE, foot), fill=colour)
    bar(pen, (0, foot, PICTURE, PICTURE), fill=tone(random, 70, 135, 8))
    middle = random.uniform(0.2, 0.8) * PICTURE
    for step in range(-5, 6):
        near = middle + step * 190
        pen.line((middle + step * 55, foot, near, PICTURE), fill=(215, 215, 205), width=4)
    return grain(image, random, random.uniform(0.05, 0.15), int(random.integers(24, 60)))


def brick_alley(random: Random, horizon: float) -> Image.Image:
    """A brick wall over paving stones (held out)."""
    brick = (
        int(random.integers(130, 185)),
        int(random.integers(62, 105)),
        int(random.integers(45, 85)),
    )
    image, pen = plain(shifted(brick, 45))
    foot = foot_row(horizon, random)
    high, wide = random.uniform(11, 20), random.uniform(26, 46)
    row, y = 0, float(foot)
    while y > -high:
        x = -wide * (0.5 if row % 2 else 0.0)
        while x < PICTURE:
            bar(
                pen,
                (x + 1, y - high + 1, x + wide - 2, y - 2),
                fill=shifted(brick, int(random.integers(-20, 20))),
            )
            x += wide
        y -= high
        row += 1
    bar(pen, (0, foot, PICTURE, PICTURE), fill=tone(random, 90, 150, 10))
    for step in range(1, 6):
        y = foot + (PICTURE - foot) * (step / 6) ** 1.7
        pen.line((0, y, PICTURE, y), fill=(70, 70, 70), width=2)
    return image


def beach(random: Random, horizon: float) -> Image.Image:
    """Sea and sand under an evening or noon sky (held out)."""
    rows, _ = grid()
    edge = float(np.clip(horizon / PICTURE, 0.02, 0.7))
    top, low = (
        np.array(sky(random)),
        np.array((250, int(random.integers(190, 235)), int(random.integers(150, 220)))),
    )
    values = mix(np.broadcast_to(rows / edge, (SMALL, SMALL)), top, low)
    shore = edge + random.uniform(0.04, 0.2)
    wave = shore + 0.02 * cloud(random, 6)
    sea = np.array((40, int(random.integers(95, 140)), int(random.integers(130, 175))))
    values[(rows > edge) & (rows <= wave)] = sea
    sand = np.array((220, 198, 150)) + random.uniform(-25, 20)
    beach_rows = rows > wave
    values[beach_rows] = sand + 14 * cloud(random, 40)[beach_rows][:, None]
    return from_array(values)


def fields(random: Random, horizon: float) -> Image.Image:
    """Open land with furrows below hills."""
    image, pen = plain(sky(random))
    edge = float(np.clip(horizon + random.uniform(-0.02, 0.05) * PICTURE, -60, 0.8 * PICTURE))
    for _ in range(random.integers(0, 4)):
        x, r = random.uniform(0, 1) * PICTURE, random.uniform(0.3, 0.8) * PICTURE
        pen.ellipse((x - r, edge - 0.25 * r, x + r, edge + r), fill=tone(random, 60, 160, 35))
    soil = tone(random, 80, 180, 45)
    bar(pen, (0, edge, PICTURE, PICTURE), fill=soil)
    middle = random.uniform(0.1, 0.9) * PICTURE
    spacing = random.uniform(12, 40)
    for step in range(-16, 17):
        near = middle + step * spacing * 6
        pen.line((middle + step * spacing, edge, near, PICTURE), fill=shifted(soil, -22), width=4)
    return grain(image, random, random.uniform(0.05, 0.25), int(random.integers(12, 70)))


def yard(random: Random, horizon: float) -> Image.Image:
    """A board fence or corrugated sheets behind a paved place."""
    image, pen = plain(sky(random))
    foot = foot_row(horizon, random)
    top = foot - random.uniform(0.2, 0.8) * PICTURE
    colour, at, wide = tone(random, 60, 190, 35), 0.0, random.uniform(8, 26)
    while at < PICTURE:
        bar(
            pen, (at, top, at + wide - 2, foot), fill=shifted(colour, int(random.integers(-22, 23)))
        )
        at += wide
    ground_colour = tone(random, 70, 180, 15)
    bar(pen, (0, foot, PICTURE, PICTURE), fill=ground_colour)
    for _ in range(random.integers(0, 5)):  # stains and puddles
        x, y = random.uniform(0, PICTURE), random.uniform(max(foot, 0), PICTURE)
        w, h = random.uniform(10, 60), random.uniform(3, 12)
        pen.ellipse((x - w, y - h, x + w, y + h), fill=shifted(ground_colour, -30))
    return grain(image, random, random.uniform(0.04, 0.15), int(random.integers(12, 60)))
