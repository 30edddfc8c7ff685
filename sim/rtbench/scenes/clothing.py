"""What persons wear over the plain figure: skirts, coats, bags, hats, patterns.

Lengths are shares of the body height, as in sim/rtbench/scenes/person.py.
"""

from rtbench.scenes.parts import Parts, Rgb

# The held-out styles are never drawn for training.
SEEN = (
    "plain", "short_sleeves", "shorts", "skirt", "jacket", "backpack", "stripes", "cap", "hoodie",
    "apron", "poncho", "two_tone", "shoulder_bag", "beanie",
)  # fmt: skip
HELD_OUT = ("long_coat", "hi_vis", "dress_and_hat", "checked")

SHORT_SLEEVES = ("short_sleeves", "shorts", "skirt", "cap", "apron")
COVERED_HAIR = ("cap", "dress_and_hat", "hoodie", "beanie")

HIP, SHOULDER, HEAD = 0.51, 0.80, 0.925


def head_radius(h: float) -> float:
    """Children have larger heads."""
    return 0.066 * h if h > 1.35 else 0.082 * h


def dress(
    body: Parts, style: str, h: float, build: float, top: Rgb, bottom: Rgb, extra: Rgb
) -> None:
    """Adds what a style needs to a figure that stands in trousers and a top."""
    if style in _SKIRTS:
        _skirt(body, style, h, build, bottom if style == "skirt" else top)
    if style in ("stripes", "checked"):
        _pattern(body, style, h, build, extra)
    if style in _EXTRAS:
        _EXTRAS[style](body, h, build, top, extra)
    if style in _HATS:
        _HATS[style](body, h, top, extra)


_SKIRTS = {"skirt": 0.33, "long_coat": 0.2, "dress_and_hat": 0.28}  # where they end


def _skirt(body: Parts, style: str, h: float, build: float, cloth: Rgb) -> None:
    low = _SKIRTS[style]
    waist = [(side * 0.032 * h * build, 0.0, 0.60 * h) for side in (-1, 1)]
    hem = [(side * 0.06 * h, y * h, low * h) for side in (-1, 1) for y in (-0.03, 0.03)]
    body.hull([*waist, *hem], [0.054 * h] * 2 + [0.05 * h] * 4, cloth, bias_m=0.16)


def _pattern(body: Parts, style: str, h: float, build: float, extra: Rgb) -> None:
    wide, depth = 0.105 * h * build, 0.052 * h * build
    for step in range(4):
        z = (0.56 + 0.06 * step) * h
        reach = (0.62 + 0.1 * step) * wide
        for y in (-1.16 * depth, 1.16 * depth):
            body.line([(-reach, y, z), (reach, y, z)], 0.024 * h, extra, bias_m=0.04)
    if style == "checked":
        for x in (-0.5 * wide, 0.0, 0.5 * wide):
            for y in (-1.2 * depth, 1.2 * depth):
                body.line([(x, y, 0.53 * h), (x, y, 0.78 * h)], 0.02 * h, extra, bias_m=0.04)


def _hi_vis(body: Parts, h: float, build: float, top: Rgb, extra: Rgb) -> None:
    wide, depth = 0.105 * h * build, 0.052 * h * build
    yellow, grey = (214, 240, 40), (235, 235, 235)
    body.limb((0, 0, 0.57 * h), (0, 0, 0.75 * h), depth * 1.5, depth * 1.75, yellow, bias_m=0.04)
    for y in (-1.7 * depth, 1.7 * depth):
        for z in (0.6 * h, 0.68 * h):
            body.line([(-0.8 * wide, y, z), (0.8 * wide, y, z)], 0.022 * h, grey, bias_m=0.06)


def _jacket(body: Parts, h: float, build: float, top: Rgb, extra: Rgb) -> None:
    y = 1.3 * 0.052 * h * build
    body.line([(0, y, 0.54 * h), (0, y, 0.78 * h)], 0.03 * h, extra, bias_m=0.03)


def _backpack(body: Parts, h: float, build: float, top: Rgb, extra: Rgb) -> None:
    y = -0.052 * h * build
    low, high = (0, 2.0 * y, 0.60 * h), (0, 1.9 * y, 0.74 * h)
    body.limb(low, high, 0.068 * h, 0.06 * h, extra)


def _apron(body: Parts, h: float, build: float, top: Rgb, extra: Rgb) -> None:
    y = 1.5 * 0.052 * h * build
    corners = (
        (-0.05, 0.74),
        (0.05, 0.74),
        (0.075, 0.6),
        (0.085, 0.36),
        (-0.085, 0.36),
        (-0.075, 0.6),
    )
    body.face([(x * h * build, y, z * h) for x, z in corners], extra, bias_m=0.04)


def _poncho(body: Parts, h: float, build: float, top: Rgb, extra: Rgb) -> None:
    neck = [(0.0, 0.0, 0.81 * h)]
    hem = [
        (x * h * build, y * h, 0.55 * h) for x, y in ((-0.14, 0), (0.14, 0), (0, 0.08), (0, -0.08))
    ]
    body.hull([*neck, *hem], [0.045 * h] + [0.03 * h] * 4, extra, bias_m=0.12)


def _shoulder_bag(body: Parts, h: float, build: float, top: Rgb, extra: Rgb) -> None:
    x = 0.12 * h * build
    body.limb((x, 0, 0.5 * h), (x, 0.02 * h, 0.42 * h), 0.055 * h, 0.06 * h, extra, bias_m=0.05)
    strap = [(x, 0.03 * h, 0.5 * h), (-0.5 * x, 0.07 * h, 0.79 * h)]
    body.line(strap, 0.016 * h, extra, bias_m=0.05)


def _cap(body: Parts, h: float, top: Rgb, extra: Rgb) -> None:
    z, radius = HEAD * h, head_radius(h)
    body.limb((0, 0, z + 0.03 * h), (0, 0, z + 0.04 * h), radius * 0.98, radius * 0.7, extra, 0.05)
    peak = (0, 0.1 * h, z + 0.022 * h)
    body.limb((0, 0.04 * h, z + 0.03 * h), peak, 0.028 * h, 0.02 * h, extra, bias_m=0.05)


def _beanie(body: Parts, h: float, top: Rgb, extra: Rgb) -> None:
    z, radius = HEAD * h, head_radius(h)
    body.limb((0, 0, z + 0.025 * h), (0, 0, z + 0.06 * h), radius * 1.02, radius * 0.6, extra, 0.05)


def _hood(body: Parts, h: float, top: Rgb, extra: Rgb) -> None:
    z, radius = HEAD * h, head_radius(h)
    back, crown = (0, -0.03 * h, z - 0.02 * h), (0, -0.015 * h, z + 0.03 * h)
    body.limb(back, crown, radius * 1.1, radius * 1.08, top, bias_m=0.025)


def _wide_hat(body: Parts, h: float, top: Rgb, extra: Rgb) -> None:
    z, radius = HEAD * h, head_radius(h)
    body.disc((0, 0, z + 0.035 * h), 0.13 * h, extra, axis="z", bias_m=0.05)
    low, high = (0, 0, z + 0.04 * h), (0, 0, z + 0.07 * h)
    body.limb(low, high, radius * 0.85, radius * 0.7, extra, bias_m=0.06)


_EXTRAS = {
    "hi_vis": _hi_vis, "jacket": _jacket, "backpack": _backpack, "apron": _apron,
    "poncho": _poncho, "shoulder_bag": _shoulder_bag,
}  # fmt: skip
_HATS = {"cap": _cap, "beanie": _beanie, "hoodie": _hood, "dress_and_hat": _wide_hat}
