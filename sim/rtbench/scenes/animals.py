"""A dog. Colours: coat, second coat colour (belly, muzzle, ear), collar."""

from math import cos, pi, radians, sin

from rtbench.scenes.parts import Parts, Point, Rgb
from rtbench.scenes.scene import Thing

# Shares of the shoulder height: body length, body radius, leg radius, muzzle length, ear, tail.
BREEDS: dict[str, tuple[float, float, float, float, str, float]] = {
    "shepherd": (1.05, 0.2, 0.065, 0.26, "pointed", 0.5),
    "hound": (1.0, 0.19, 0.062, 0.28, "hanging", 0.55),
    "terrier": (1.0, 0.22, 0.08, 0.2, "pointed", 0.35),
    "dachshund": (1.75, 0.27, 0.1, 0.36, "hanging", 0.55),
    "retriever": (1.08, 0.24, 0.075, 0.25, "hanging", 0.6),
}
DOG_STYLES = tuple(BREEDS)
DOG_POSES = ("stand", "trot", "sniff", "sit")


def dog(thing: Thing) -> Parts:
    """The parts of a dog; `size_m` is the shoulder height, the nose is forward."""
    coat, second, collar = (tuple(colour) for colour in thing.colours)
    long, thick, leg, muzzle, ears, tail = BREEDS[thing.style]
    h = thing.size_m
    body = Parts()
    rear_y, front_y = -0.42 * long * h, 0.42 * long * h
    back, chest = 0.86 * h, 0.84 * h
    sitting = thing.pose == "sit"
    if sitting:
        back, rear_y = 0.36 * h, -0.2 * long * h
        chest = 0.9 * h
    rump: Point = (0.0, rear_y, back - thick * h * 0.6)
    breast: Point = (0.0, front_y * (0.6 if sitting else 1.0), chest - thick * h * 0.6)
    body.limb(rump, breast, thick * h, thick * h * 1.12, coat, bias_m=0.02)
    if thing.seed % 2:
        middle = tuple((a + b) / 2 for a, b in zip(rump, breast, strict=True))
        body.limb(middle, rump, thick * h * 0.95, thick * h * 0.7, second, bias_m=0.03)
    _legs(body, thing, h, leg * h, rump, breast, coat, second)
    _head(body, thing, h, breast, muzzle * h, ears, coat, second, collar)
    raised = radians(35 + 25 * sin(2 * pi * thing.phase))
    end = (0.0, rump[1] - thick * h - tail * h * cos(raised), rump[2] + tail * h * sin(raised))
    start = (0.0, rump[1] - thick * h * 0.8, rump[2] + thick * h * 0.4)
    body.limb(start, end, 0.055 * h, 0.03 * h, coat)
    return body


def _legs(
    body: Parts,
    thing: Thing,
    h: float,
    radius: float,
    rump: Point,
    breast: Point,
    coat: Rgb,
    paw: Rgb,
) -> None:
    swing = 26 * sin(2 * pi * thing.phase) if thing.pose == "trot" else 4
    for root, signs in ((rump, (1, -1)), (breast, (-1, 1))):
        for side, sign in zip((-1, 1), signs, strict=True):
            angle = radians(swing * sign)
            x = side * 0.13 * h
            top = (x, root[1], root[2])
            foot = (x, root[1] + root[2] * sin(angle) * 0.9, radius)
            if thing.pose == "sit" and root is rump:
                foot = (x * 1.5, root[1] + 0.4 * h, radius)
                top = (x * 1.4, root[1], root[2] - 0.03 * h)
                body.ball(top, radius * 2.4, coat)
            knee = (x, (top[1] + foot[1]) / 2 + (0.06 * h if root is rump else 0.0), root[2] * 0.5)
            body.limb(top, knee, radius * 1.6, radius * 1.05, coat)
            body.limb(knee, foot, radius * 1.05, radius * 0.8, coat)
            body.limb(foot, (x, foot[1] + 0.07 * h, radius * 0.8), radius, radius * 0.8, paw)


def _head(
    body: Parts, thing: Thing, h: float, breast: Point, muzzle: float, ears: str,
    coat: Rgb, second: Rgb, collar: Rgb,
) -> None:  # fmt: skip
    low = thing.pose == "sniff"
    y = breast[1] + 0.32 * h
    z = 0.42 * h if low else breast[2] + 0.42 * h
    head: Point = (0.0, y + (0.12 * h if low else 0.0), z)
    body.limb(breast, head, 0.15 * h, 0.11 * h, coat)
    collar_at = tuple(0.45 * a + 0.55 * b for a, b in zip(breast, head, strict=True))
    body.ball(collar_at, 0.125 * h, collar, bias_m=0.015)
    body.ball(head, 0.155 * h, coat, bias_m=0.03)
    nose = (0.0, head[1] + 0.1 * h + muzzle, head[2] - (0.2 * h if low else 0.07 * h))
    body.limb(head, nose, 0.1 * h, 0.062 * h, second, bias_m=0.03)
    body.ball(nose, 0.04 * h, (24, 20, 20), bias_m=0.06)
    for side in (-1, 1):
        body.ball(
            (side * 0.075 * h, head[1] + 0.12 * h, head[2] + 0.05 * h),
            0.022 * h,
            (20, 16, 16),
            bias_m=0.06,
        )
        root = (side * 0.1 * h, head[1] - 0.04 * h, head[2] + 0.1 * h)
        tip = (side * 0.12 * h, head[1] - 0.06 * h, head[2] + 0.3 * h)
        if ears == "hanging":
            tip = (side * 0.19 * h, head[1] - 0.02 * h, head[2] - 0.14 * h)
        body.limb(root, tip, 0.06 * h, 0.03 * h, second if thing.seed % 3 else coat, bias_m=0.05)
