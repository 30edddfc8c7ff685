"""An articulated person: joints from a pose, limbs and clothing hung on them.

Lengths are shares of the body height. Colours of the thing: skin, hair, top, bottom, shoes, extra.
"""

from math import cos, pi, radians, sin

from rtbench.scenes import clothing
from rtbench.scenes.clothing import HEAD, HIP, SHOULDER, head_radius
from rtbench.scenes.parts import Parts, Point, Rgb
from rtbench.scenes.scene import Thing

POSES = ("stand", "walk", "run", "wave", "arms_up", "hands_on_hips", "reach")

THIGH, SHIN = 0.245, 0.245
UPPER_ARM, FOREARM = 0.165, 0.15


def _leg_angles(pose: str, phase: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """(hip, knee) in degrees, left and right; hip forward and knee backward are positive."""
    swing = sin(2 * pi * phase)
    if pose == "walk":
        return (28 * swing, 10 + 18 * max(0.0, -swing)), (-28 * swing, 10 + 18 * max(0.0, swing))
    if pose == "run":
        return (48 * swing, 25 + 50 * max(0.0, -swing)), (-48 * swing, 25 + 50 * max(0.0, swing))
    return (3 * swing, 2), (-3 * swing, 2)


def _arm_angles(pose: str, phase: float) -> tuple[tuple[float, float, float], ...]:
    """(forward, sideways, elbow) in degrees, left and right."""
    swing = sin(2 * pi * phase)
    if pose == "walk":
        return (-26 * swing, 7, 15), (26 * swing, 7, 15)
    if pose == "run":
        return (-50 * swing, 10, 80), (50 * swing, 10, 80)
    if pose == "wave":
        return (0, 8, 8), (10, 140 + 20 * swing, 30)
    if pose == "arms_up":
        return (10, 150 + 10 * swing, 10), (10, 150 - 10 * swing, 10)
    if pose == "hands_on_hips":
        return (-8, 45, 95), (-8, 45, 95)
    if pose == "reach":
        return (70 + 10 * swing, 8, 12), (5, 8, 12)
    return (4 * swing, 8, 10), (-4 * swing, 8, 10)


def _chain(start: Point, forward: float, sideways: float, bend: float, first: float, second: float):
    """Two links that hang from `start`: the point in the middle and the end."""
    f, s, b = radians(forward), radians(sideways), radians(forward + bend)
    middle = (
        start[0] + first * sin(s),
        start[1] + first * sin(f) * cos(s),
        start[2] - first * cos(f) * cos(s),
    )
    end = (
        middle[0] + second * sin(s),
        middle[1] + second * sin(b) * cos(s),
        middle[2] - second * cos(b) * cos(s),
    )
    return middle, end


def _mirror(point: Point, side: int) -> Point:
    return (point[0] * side, point[1], point[2])


def person(thing: Thing) -> Parts:
    """The parts of a person."""
    skin, hair, top, bottom, shoes, extra = (tuple(colour) for colour in thing.colours)
    h = thing.size_m
    body = Parts()
    build = 0.92 + 0.016 * (thing.seed % 16)  # slim to broad
    _legs(body, thing, h, build, skin, bottom, shoes)
    _torso(body, h, build, top, bottom)
    sleeves = extra if thing.style == "two_tone" else top
    _arms(body, thing, h, build, skin, sleeves)
    _head(body, thing, h, skin, hair)
    clothing.dress(body, thing.style, h, build, top, bottom, extra)
    # The joints hang from the hip: the whole figure moves until the lower foot stands.
    lowest = min(z for _, _, z in body.points)
    body.points = [(x, y, z - lowest + 0.018 * h) for x, y, z in body.points]
    return body


def _legs(
    body: Parts, thing: Thing, h: float, build: float, skin: Rgb, bottom: Rgb, shoes: Rgb
) -> None:
    bare_thigh = thing.style == "skirt"
    bare_shin = thing.style in ("skirt", "shorts", "dress_and_hat")
    for side, (hip, knee) in zip((-1, 1), _leg_angles(thing.pose, thing.phase), strict=True):
        start = (side * 0.052 * h * build, 0.0, HIP * h)
        joint, ankle = _chain(start, hip, 1.5 * side, -knee, THIGH * h, SHIN * h)
        thigh_colour = skin if bare_thigh else bottom
        shin_colour = skin if bare_shin else bottom
        body.limb(start, joint, 0.058 * h * build, 0.043 * h * build, thigh_colour)
        body.limb(joint, ankle, 0.041 * h * build, 0.029 * h, shin_colour)
        if thing.style == "shorts":
            body.limb(start, joint, 0.062 * h * build, 0.05 * h * build, bottom, bias_m=0.01)
        toe = (ankle[0] + 0.015 * h * side, ankle[1] + 0.085 * h, ankle[2] - 0.01 * h)
        body.limb(ankle, toe, 0.031 * h, 0.023 * h, shoes, bias_m=0.02)


def _torso(body: Parts, h: float, build: float, top: Rgb, bottom: Rgb) -> None:
    wide, depth = 0.105 * h * build, 0.052 * h * build
    hip_wide = 0.072 * h * build
    hips = [(side * hip_wide * 0.55, 0.0, HIP * h) for side in (-1, 1)]
    waist = [(side * hip_wide * 0.45, 0.0, 0.60 * h) for side in (-1, 1)]
    chest = [(side * wide * 0.6, 0.0, 0.72 * h) for side in (-1, 1)]
    shoulders = [(side * wide * 0.78, 0.0, (SHOULDER - 0.022) * h) for side in (-1, 1)]
    body.hull([*hips, *waist], [0.062 * h] * 2 + [0.05 * h] * 2, bottom, bias_m=0.015)
    body.hull(
        [*waist, *chest, *shoulders],
        [depth * 1.05] * 2 + [depth * 1.2] * 2 + [0.042 * h] * 2,
        top, bias_m=0.02,
    )  # fmt: skip


def _arms(body: Parts, thing: Thing, h: float, build: float, skin: Rgb, top: Rgb) -> None:
    short = thing.style in clothing.SHORT_SLEEVES
    for side, (forward, sideways, elbow) in zip(
        (-1, 1), _arm_angles(thing.pose, thing.phase), strict=True
    ):
        start = (0.118 * h * build, 0.0, (SHOULDER - 0.015) * h)
        joint, hand = _chain(start, forward, sideways, elbow, UPPER_ARM * h, FOREARM * h)
        if thing.pose == "hands_on_hips":
            hand = (0.085 * h * build, 0.05 * h, (HIP + 0.06) * h)
        start, joint, hand = (_mirror(point, side) for point in (start, joint, hand))
        body.limb(start, joint, 0.036 * h, 0.029 * h, top, bias_m=0.005)
        body.limb(joint, hand, 0.027 * h, 0.02 * h, skin if short else top, bias_m=0.005)
        body.ball(hand, 0.026 * h, skin, bias_m=0.01)


def _head(body: Parts, thing: Thing, h: float, skin: Rgb, hair: Rgb) -> None:
    z = HEAD * h
    radius = head_radius(h)
    body.limb((0, 0, SHOULDER * h), (0, 0.01 * h, z), 0.032 * h, 0.03 * h, skin)
    body.limb(
        (0, 0.012 * h, z - 0.022 * h),
        (0, 0.006 * h, z + 0.01 * h),
        radius * 0.84,
        radius,
        skin,
        bias_m=0.03,
    )
    body.limb(
        (0, -0.022 * h, z - 0.012 * h),
        (0, -0.012 * h, z + 0.024 * h),
        radius * 0.88,
        radius * 0.95,
        hair,
        bias_m=0.02,
    )
    for x in (-0.024, 0.024):
        body.ball((x * h, 0.066 * h, z), 0.009 * h, (30, 24, 24), bias_m=0.02)
    if thing.seed % 3 == 0 and thing.style not in clothing.COVERED_HAIR:
        body.limb(
            (0, -0.04 * h, z), (0, -0.045 * h, z - 0.11 * h), radius * 0.8, radius * 0.6, hair
        )
