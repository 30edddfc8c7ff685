"""Things that are no target but may look like one, and things that stand in front of targets.

Colours: main, second, third. `size_m` is the height, unless a line says otherwise.
"""

from collections.abc import Callable

from rtbench.scenes.parts import Parts
from rtbench.scenes.scene import Thing

_METAL = (120, 122, 128)


def _colours(thing: Thing):
    return tuple(tuple(colour) for colour in thing.colours)


def lamp_post(thing: Thing) -> Parts:
    """A pole with a lamp: tall and thin, as a person far away."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0), (0, 0, h), 0.035 * h, 0.02 * h, main)
    parts.ball((0, 0, h), 0.07 * h, second)
    return parts


def tree(thing: Thing) -> Parts:
    """A trunk with a crown."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0), (0, 0, 0.6 * h), 0.05 * h, 0.035 * h, second)
    for x, z, r in ((0, 0.8, 0.2), (-0.13, 0.68, 0.16), (0.14, 0.7, 0.15), (0.03, 0.62, 0.14)):
        parts.ball((x * h, 0.05 * h * (x > 0), z * h), r * h, main)
    return parts


def bush(thing: Thing) -> Parts:
    """A low round plant."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    for x, z, r in ((-0.35, 0.35, 0.36), (0.3, 0.4, 0.4), (0.0, 0.6, 0.38)):
        parts.ball((x * h, 0, z * h), r * h, main if x < 0.1 else second)
    return parts


def dress_form(thing: Thing) -> Parts:
    """A tailor's form: a torso on a pole, without head and legs."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0.03 * h), (0, 0, 0.5 * h), 0.02 * h, 0.02 * h, second)
    for side in (-1, 1):
        parts.limb(
            (0, 0, 0.05 * h), (0.16 * h * side, 0.05 * h, 0.02 * h), 0.02 * h, 0.02 * h, second
        )
        parts.limb(
            (0.05 * h * side, 0, 0.55 * h), (0.06 * h * side, 0, 0.86 * h), 0.08 * h, 0.09 * h, main
        )
    parts.limb((0, 0, 0.9 * h), (0, 0, h), 0.035 * h, 0.03 * h, second)
    return parts


def coat_stand(thing: Thing) -> Parts:
    """A stand with a coat hung on it."""
    main, second, third = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0), (0, 0, h), 0.018 * h, 0.018 * h, second)
    for side in (-1, 1):
        parts.limb((0, 0, 0.06 * h), (0.15 * h * side, 0, 0.01 * h), 0.015 * h, 0.015 * h, second)
        parts.limb((0, 0, 0.93 * h), (0.13 * h * side, 0, h), 0.015 * h, 0.015 * h, second)
    parts.limb(
        (0.06 * h, 0.03 * h, 0.86 * h), (0.07 * h, 0.03 * h, 0.4 * h), 0.06 * h, 0.1 * h, main
    )
    parts.limb(
        (-0.07 * h, 0.02 * h, 0.9 * h), (-0.08 * h, 0.02 * h, 0.62 * h), 0.03 * h, 0.05 * h, third
    )
    return parts


def traffic_cone(thing: Thing) -> Parts:
    """A cone with a white band."""
    h, parts = thing.size_m, Parts()
    parts.box((-0.28 * h, -0.28 * h, 0), (0.28 * h, 0.28 * h, 0.06 * h), (40, 40, 42))
    parts.limb((0, 0, 0.08 * h), (0, 0, h), 0.2 * h, 0.035 * h, (232, 88, 28))
    parts.limb((0, 0, 0.45 * h), (0, 0, 0.62 * h), 0.135 * h, 0.1 * h, (240, 240, 238), bias_m=0.05)
    return parts


def hydrant(thing: Thing) -> Parts:
    """A fire hydrant: a small body with arms."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0.1 * h), (0, 0, 0.75 * h), 0.17 * h, 0.15 * h, main)
    parts.ball((0, 0, 0.83 * h), 0.16 * h, main)
    parts.limb((-0.27 * h, 0, 0.55 * h), (0.27 * h, 0, 0.55 * h), 0.08 * h, 0.08 * h, second)
    return parts


def sign(thing: Thing) -> Parts:
    """A round or square plate on a pole."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0), (0, 0, h), 0.018 * h, 0.018 * h, _METAL)
    r = 0.15 * h
    if thing.seed % 2:
        parts.disc((0, -0.03, 0.86 * h), r, main, axis="y", bias_m=0.1)
        parts.disc((0, -0.03, 0.86 * h), 0.7 * r, second, axis="y", bias_m=0.2)
    else:
        for share, colour, bias in ((1.0, main, 0.1), (0.8, second, 0.2)):
            s = r * share
            z = 0.86 * h
            parts.face(
                [(-s, -0.03, z - s), (s, -0.03, z - s), (s, -0.03, z + s), (-s, -0.03, z + s)],
                colour,
                bias,
            )
    return parts


def chair(thing: Thing) -> Parts:
    """A chair: four legs and a back, as a dog has four legs and a neck."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    for x in (-0.23, 0.23):
        for y in (-0.23, 0.23):
            parts.limb((x * h, y * h, 0), (x * h, y * h, 0.48 * h), 0.026 * h, 0.026 * h, second)
        parts.limb(
            (x * h, -0.23 * h, 0.48 * h), (x * h, -0.27 * h, h), 0.026 * h, 0.026 * h, second
        )
    parts.box((-0.26 * h, -0.26 * h, 0.46 * h), (0.26 * h, 0.26 * h, 0.53 * h), main)
    back = [(-0.24, -0.25, 0.65), (0.24, -0.25, 0.65), (0.24, -0.27, 0.98), (-0.24, -0.27, 0.98)]
    parts.face([(x * h, y * h, z * h) for x, y, z in back], main)
    return parts


def table(thing: Thing) -> Parts:
    """A table; the height is `size_m`."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    for x in (-0.75, 0.75):
        for y in (-0.4, 0.4):
            parts.limb((x * h, y * h, 0), (x * h, y * h, 0.95 * h), 0.045 * h, 0.045 * h, second)
    parts.box((-0.85 * h, -0.5 * h, 0.93 * h), (0.85 * h, 0.5 * h, h), main)
    return parts


def sawhorse(thing: Thing) -> Parts:
    """A beam on four legs: the build of a dog without head and tail."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, -0.6 * h, h), (0, 0.6 * h, h), 0.07 * h, 0.07 * h, main)
    for y in (-0.5, 0.5):
        for x in (-0.28, 0.28):
            parts.limb((0, y * h, h), (x * h, y * 1.1 * h, 0), 0.045 * h, 0.045 * h, second)
    return parts


def crate(thing: Thing) -> Parts:
    """A box as long as it pleases its seed."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    half = (0.4 + 0.15 * (thing.seed % 5)) * h
    parts.box((-half, -0.45 * h, 0), (half, 0.45 * h, h), main)
    for z in (0.3, 0.65):
        parts.line(
            [(-half, -0.46 * h, z * h), (half, -0.46 * h, z * h)], 0.03 * h, second, bias_m=0.3
        )
    return parts


def skip(thing: Thing) -> Parts:
    """A waste container: as large as a car, without wheels and glass."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    low, high, wide = 0.95 * h, 1.35 * h, 0.65 * h
    ends = [(-low, 0.05 * h), (low, 0.05 * h), (high, h), (-high, h)]
    for side in (-1, 1):
        parts.face([(side * wide, y, z) for y, z in ends], main)
    for side in (-1, 1):
        edge = [(-wide, side * low, 0.05 * h), (wide, side * low, 0.05 * h)]
        parts.face([*edge, (wide, side * high, h), (-wide, side * high, h)], main)
    parts.face([(-wide, -high, h), (wide, -high, h), (wide, high, h), (-wide, high, h)], second)
    for y in (-0.5, 0.0, 0.5):
        for side in (-1, 1):
            parts.line(
                [
                    (side * wide * 1.01, y * h, 0.08 * h),
                    (side * wide * 1.01, y * 1.2 * h, 0.97 * h),
                ],
                0.05 * h,
                second,
                0.1,
            )
    return parts


def tyre(thing: Thing) -> Parts:
    """One tyre or hoop, upright: a wheel that is no bicycle."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.ring((0, 0, h / 2), 0.42 * h, 0.13 * h if thing.seed % 2 else 0.05 * h, main)
    if thing.seed % 2:
        parts.disc((0, 0, h / 2), 0.2 * h, second)
    return parts


def bin_(thing: Thing) -> Parts:
    """A round litter bin."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0.25 * h), (0, 0, 0.8 * h), 0.25 * h, 0.28 * h, main)
    parts.limb((0, 0, 0.88 * h), (0, 0, 0.9 * h), 0.29 * h, 0.25 * h, second, bias_m=0.1)
    return parts


def potted_plant(thing: Thing) -> Parts:
    """Leaves in a pot."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0.12 * h), (0, 0, 0.28 * h), 0.11 * h, 0.15 * h, second)
    for x, y, z in (
        (-0.25, 0, 0.8),
        (0.24, 0.05, 0.85),
        (0, -0.1, 1.0),
        (-0.12, 0.1, 0.95),
        (0.3, -0.05, 0.6),
        (-0.3, 0, 0.58),
    ):
        parts.limb((0, 0, 0.35 * h), (x * h, y * h, z * h), 0.03 * h, 0.06 * h, main)
    return parts


def parasol(thing: Thing) -> Parts:
    """A sunshade on a pole."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    parts.limb((0, 0, 0), (0, 0, h), 0.02 * h, 0.02 * h, _METAL)
    around = ((1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7))
    rim = [(0.45 * h * a, 0.45 * h * b, 0.78 * h) for a, b in around]
    for step, corner in enumerate(rim):
        parts.face([corner, rim[(step + 1) % 8], (0, 0, h)], main if step % 2 else second)
    return parts


def fence(thing: Thing) -> Parts:
    """A stretch of railing; its bars look like bicycle tubes and thin legs."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    for x in (-1.2, -0.8, -0.4, 0.0, 0.4, 0.8, 1.2):
        parts.limb((x * h, 0, 0), (x * h, 0, h), 0.03 * h, 0.03 * h, main)
    for z in (0.35, 0.9):
        parts.limb((-1.25 * h, 0, z * h), (1.25 * h, 0, z * h), 0.03 * h, 0.03 * h, second)
    return parts


def bench(thing: Thing) -> Parts:
    """A park bench; the height of the back is `size_m`."""
    main, second, _ = _colours(thing)
    h, parts = thing.size_m, Parts()
    for x in (-0.75, 0.75):
        parts.limb((x * h, -0.2 * h, 0), (x * h, -0.25 * h, h), 0.04 * h, 0.035 * h, second)
        parts.limb((x * h, 0.25 * h, 0), (x * h, 0.25 * h, 0.5 * h), 0.04 * h, 0.04 * h, second)
    for y in (-0.15, 0.05, 0.25):
        parts.limb(
            (-0.95 * h, y * h, 0.52 * h), (0.95 * h, y * h, 0.52 * h), 0.055 * h, 0.055 * h, main
        )
    for z in (0.72, 0.92):
        parts.limb(
            (-0.95 * h, -0.24 * h, z * h), (0.95 * h, -0.24 * h, z * h), 0.055 * h, 0.055 * h, main
        )
    return parts


BUILDERS: dict[str, Callable[[Thing], Parts]] = {
    "lamp_post": lamp_post, "tree": tree, "bush": bush, "dress_form": dress_form,
    "coat_stand": coat_stand, "traffic_cone": traffic_cone, "hydrant": hydrant, "sign": sign,
    "chair": chair, "table": table, "sawhorse": sawhorse, "crate": crate, "skip": skip,
    "tyre": tyre, "bin": bin_, "potted_plant": potted_plant, "parasol": parasol, "fence": fence,
    "bench": bench,
}  # fmt: skip

# Height range in metres of each.
SIZES: dict[str, tuple[float, float]] = {
    "lamp_post": (2.0, 3.2), "tree": (2.2, 3.6), "bush": (0.6, 1.1), "dress_form": (1.4, 1.7),
    "coat_stand": (1.6, 1.9), "traffic_cone": (0.5, 0.9), "hydrant": (0.7, 0.9),
    "sign": (1.6, 2.3), "chair": (0.8, 1.0), "table": (0.7, 0.8), "sawhorse": (0.6, 0.9),
    "crate": (0.5, 1.2), "skip": (1.1, 1.5), "tyre": (0.6, 0.8), "bin": (0.8, 1.1),
    "potted_plant": (0.8, 1.5), "parasol": (2.0, 2.5), "fence": (0.8, 1.1), "bench": (0.8, 0.95),
}  # fmt: skip

# What looks most like each target.
LOOKALIKES: dict[str, tuple[str, ...]] = {
    "background": tuple(BUILDERS),
    "person": ("dress_form", "coat_stand", "lamp_post", "sign", "tree", "hydrant", "parasol"),
    "bicycle": ("tyre", "fence", "chair", "sawhorse", "bench"),
    "car": ("skip", "crate", "table", "tyre", "bench"),
    "dog": ("sawhorse", "chair", "bush", "hydrant", "table", "crate"),
}

# What may stand in front of a target.
OCCLUDERS = ("crate", "potted_plant", "bush", "fence", "bin", "lamp_post", "table", "tree", "bench")
