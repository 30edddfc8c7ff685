"""Cars and bicycles.

Colours of a car: paint, glass, trim. Colours of a bicycle: frame, tyre, saddle and grips.
"""

import itertools
from math import cos, pi, sin

from rtbench.scenes.parts import Parts, Point, Rgb
from rtbench.scenes.scene import Thing

CAR_STYLES = ("sedan", "hatchback", "van", "pickup", "suv")
BICYCLE_STYLES = ("diamond", "step_through", "racing")

# Side profiles from the rear bumper over the roof to the front: (y, z) as shares of the length,
# and whether the strip that starts there is glass.
PROFILES: dict[str, list[tuple[float, float, bool]]] = {
    "sedan": [
        (-0.5, 0.08, False), (-0.5, 0.19, False), (-0.46, 0.225, False), (-0.32, 0.235, True),
        (-0.2, 0.335, False), (0.08, 0.34, True), (0.24, 0.235, False), (0.46, 0.205, False),
        (0.5, 0.15, False), (0.5, 0.08, False),
    ],
    "hatchback": [
        (-0.5, 0.09, False), (-0.5, 0.24, True), (-0.41, 0.365, False), (0.04, 0.38, True),
        (0.24, 0.26, False), (0.45, 0.225, False), (0.5, 0.16, False), (0.5, 0.09, False),
    ],
    "van": [
        (-0.5, 0.09, False), (-0.5, 0.26, True), (-0.48, 0.43, False), (0.2, 0.44, True),
        (0.36, 0.27, False), (0.47, 0.22, False), (0.5, 0.15, False), (0.5, 0.09, False),
    ],
    "pickup": [
        (-0.5, 0.1, False), (-0.5, 0.23, False), (-0.14, 0.23, True), (-0.11, 0.36, False),
        (0.1, 0.365, True), (0.23, 0.245, False), (0.46, 0.225, False), (0.5, 0.16, False),
        (0.5, 0.1, False),
    ],
    "suv": [
        (-0.5, 0.11, False), (-0.5, 0.27, True), (-0.46, 0.4, False), (0.06, 0.41, True),
        (0.2, 0.28, False), (0.46, 0.255, False), (0.5, 0.17, False), (0.5, 0.11, False),
    ],
}  # fmt: skip

# Side windows: corners (y, z) as shares of the length.
_WINDOWS: dict[str, list[list[tuple[float, float]]]] = {
    "sedan": [
        [(-0.27, 0.24), (-0.18, 0.32), (-0.07, 0.325), (-0.07, 0.24)],
        [(-0.05, 0.24), (-0.05, 0.325), (0.07, 0.325), (0.2, 0.24)],
    ],
    "hatchback": [
        [(-0.44, 0.265), (-0.38, 0.345), (-0.2, 0.355), (-0.2, 0.265)],
        [(-0.17, 0.265), (-0.17, 0.36), (0.03, 0.36), (0.19, 0.265)],
    ],
    "van": [
        [(0.02, 0.29), (0.02, 0.41), (0.19, 0.41), (0.31, 0.29)],
        [(-0.26, 0.3), (-0.26, 0.41), (-0.02, 0.41), (-0.02, 0.3)],
    ],
    "pickup": [[(-0.12, 0.25), (-0.1, 0.345), (0.09, 0.345), (0.2, 0.25)]],
    "suv": [
        [(-0.44, 0.285), (-0.42, 0.38), (-0.22, 0.385), (-0.22, 0.285)],
        [(-0.19, 0.285), (-0.19, 0.39), (0.05, 0.39), (0.16, 0.285)],
    ],
}


def car(thing: Thing) -> Parts:
    """The parts of a car, its length along y."""
    paint, glass, trim = (tuple(colour) for colour in thing.colours)
    length = thing.size_m
    half = 0.205 * length
    belt = 0.24  # above it the body leans in

    def at(side: float, y: float, z: float) -> Point:
        lean = 1.0 - 0.9 * max(0.0, z - belt)
        return (side * half * lean, y * length, z * length)

    body = Parts()
    profile = PROFILES[thing.style]
    for (y0, z0, is_glass), (y1, z1, _) in itertools.pairwise(profile):
        colour = glass if is_glass else paint
        corners = [at(-1, y0, z0), at(1, y0, z0), at(1, y1, z1), at(-1, y1, z1)]
        body.face(corners, colour, outward=True)
        if is_glass:  # the posts beside the glass
            for side in (-1, 1):
                body.limb(
                    at(side, y0, z0), at(side, y1, z1), 0.012 * length, 0.01 * length, paint, 0.05
                )
    for side in (-1, 1):
        body.face([at(side, y, z) for y, z, _ in profile], paint, bias_m=0.1, outward=True)
        for window in _WINDOWS[thing.style]:
            _outside(body, [at(side * 1.005, y, z) for y, z in window], glass, 0.3)
        sill = ((-0.5, 0.08), (0.5, 0.08), (0.5, 0.105), (-0.5, 0.105))
        _outside(body, [at(side * 1.01, y, z) for y, z in sill], trim, 0.2)
        for y in (-0.3, 0.31):
            _wheel(body, at(side * 1.0, y, 0.075), 0.078 * length, side, trim)
    _lights(body, thing, length, half, trim)
    return body


def _outside(body: Parts, points: list[Point], colour: Rgb, bias_m: float) -> None:
    body.face(points, colour, bias_m=bias_m, outward=True)


def _wheel(body: Parts, at: Point, radius: float, side: int, trim: Rgb) -> None:
    x, y, z = at
    for depth, share, colour, bias in (
        (0.02, 1.22, tuple(c // 2 for c in trim), 0.35),
        (0.03, 1.0, (26, 26, 28), 0.4),
        (0.05, 0.58, (168, 170, 174), 0.45),
        (0.06, 0.2, (60, 60, 64), 0.5),
    ):
        points = [
            (x + side * depth, y + share * radius * cos(a), z + share * radius * sin(a))
            for a in (2 * pi * step / 14 for step in range(14))
        ]
        body.face(points, colour, bias_m=bias, outward=True)


def _lights(body: Parts, thing: Thing, length: float, half: float, trim: Rgb) -> None:
    for end, colour in ((0.503, (250, 244, 205)), (-0.503, (200, 24, 24))):
        y = end * length
        for side in (-1, 1):
            x0, x1 = side * half * 0.62, side * half * 0.97
            z0, z1 = 0.155 * length, 0.2 * length
            if end > 0:
                z0, z1 = 0.125 * length, 0.165 * length
            _outside(body, [(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)], colour, 0.4)
        width, z0, z1 = half * 0.3, 0.11 * length, 0.135 * length
        plate = [(-width, y, z0), (width, y, z0), (width, y, z1), (-width, y, z1)]
        _outside(body, plate, (225, 225, 215), 0.4)
        if end > 0:
            width, z0, z1 = half * 0.5, 0.13 * length, 0.16 * length
            grille = [(-width, y, z0), (width, y, z0), (width, y, z1), (-width, y, z1)]
            _outside(body, grille, trim, 0.38)


def bicycle(thing: Thing) -> Parts:
    """The parts of a bicycle, its length along y."""
    frame, tyre, dark = (tuple(colour) for colour in thing.colours)
    k = thing.size_m / 1.75
    body = Parts()
    radius = 0.335 * k
    rear, front = (0.0, -0.52 * k, radius), (0.0, 0.53 * k, radius)
    for hub in (rear, front):
        body.ring(hub, radius, 0.05 * k, tyre)
        body.ring(hub, radius * 0.9, 0.016 * k, (176, 178, 182), bias_m=0.01)
        for step in range(6):
            a = pi * step / 6 + thing.phase
            y, z = radius * 0.9 * cos(a), radius * 0.9 * sin(a)
            body.line(
                [(0, hub[1] - y, hub[2] - z), (0, hub[1] + y, hub[2] + z)],
                0.008 * k,
                (150, 150, 154),
            )
        body.ball(hub, 0.035 * k, (120, 120, 124), bias_m=0.02)
    crank, seat = (0.0, -0.08 * k, 0.3 * k), (0.0, -0.22 * k, 0.86 * k)
    head = (0.0, 0.36 * k, 0.86 * k)
    low_head = (0.0, 0.39 * k, 0.7 * k)
    tube = 0.021 * k
    step_through = thing.style == "step_through"
    joints = [
        (crank, (0.0, -0.2 * k, 0.8 * k)), (crank, low_head), (rear, crank),
        (rear, (0.0, -0.2 * k, 0.78 * k)), (head, low_head), (low_head, front),
    ]  # fmt: skip
    if not step_through:
        joints.append(((0.0, -0.2 * k, 0.8 * k), (0.0, 0.37 * k, 0.82 * k)))
    for start, end in joints:
        body.limb(start, end, tube, tube, frame, bias_m=0.05)
    body.limb((0.0, -0.2 * k, 0.8 * k), seat, 0.016 * k, 0.016 * k, (150, 150, 155), bias_m=0.05)
    body.limb(
        (0, seat[1] - 0.11 * k, seat[2] + 0.02),
        (0, seat[1] + 0.12 * k, seat[2] + 0.02),
        0.045 * k,
        0.02 * k,
        dark,
        0.06,
    )
    body.ring(crank, 0.09 * k, 0.02 * k, dark, bias_m=0.06)
    body.limb(
        crank, (0.06 * k, crank[1] + 0.1 * k, crank[2] - 0.12 * k), 0.012 * k, 0.012 * k, dark, 0.06
    )
    _handlebar(body, thing.style, head, k, dark)
    if step_through:
        body.limb(
            (0, 0.6 * k, 0.8 * k),
            (0, 0.6 * k, 0.7 * k),
            0.1 * k,
            0.08 * k,
            (150, 116, 74),
            bias_m=0.02,
        )
        body.ring(rear, radius * 1.1, 0.03 * k, frame, bias_m=-0.02)
    return body


def _handlebar(body: Parts, style: str, head: Point, k: float, dark: Rgb) -> None:
    top = (0.0, head[1] - 0.02 * k, head[2] + 0.1 * k)
    body.limb(head, top, 0.018 * k, 0.018 * k, (150, 150, 155), bias_m=0.05)
    for side in (-1, 1):
        wide = (side * 0.24 * k, top[1] + 0.04 * k, top[2])
        body.limb(top, wide, 0.014 * k, 0.014 * k, (120, 120, 125), bias_m=0.06)
        back = -0.16 * k if style == "step_through" else 0.0
        drop = -0.14 * k if style == "racing" else 0.0
        ahead = 0.1 * k if style == "racing" else back
        body.limb(
            wide, (wide[0], wide[1] + ahead, wide[2] + drop), 0.02 * k, 0.02 * k, dark, bias_m=0.07
        )
