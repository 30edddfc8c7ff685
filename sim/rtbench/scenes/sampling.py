"""Draws the description of a random scene from a seed and a split.

Train, validation and test never share a random stream, whatever their seeds: the split and the task
are part of the generator's key. Half of the test scenes use backdrops, clothing and light that
neither training nor validation ever sees (`held_out`).
"""

from math import asin, atan2, cos, degrees, radians, sin

import numpy as np

from rtbench.scenes import animals, backdrops, clothing, clutter, person, vehicles
from rtbench.scenes.render import render
from rtbench.scenes.scene import (
    CLASSES,
    IMAGE_SIZE,
    SPLITS,
    STREAMS,
    Backdrop,
    Camera,
    Colour,
    Light,
    Optics,
    Scene,
    Thing,
)

Random = np.random.Generator

MAXIMUM_PERSONS = 8
HEIGHTS_PX = 24, 58  # of a grown person; a child of two thirds is still plain to the eye
HELD_OUT_SHARE = 0.5  # of the test scenes
SMALL_SHARE = 0.12  # of the classification targets
OCCLUDED_SHARE = 0.3  # of the classification scenes with a target
LEAST_VISIBLE = 0.45  # of an occluded target

_SKIN = (
    (244, 208, 177),
    (224, 178, 140),
    (198, 142, 102),
    (150, 100, 68),
    (104, 68, 46),
    (76, 50, 36),
)
_HAIR = ((28, 22, 20), (64, 42, 28), (112, 76, 42), (196, 160, 96), (150, 148, 146), (140, 60, 30))
_COATS = (
    (36, 30, 28),
    (92, 62, 38),
    (150, 104, 60),
    (206, 176, 130),
    (232, 226, 214),
    (120, 118, 116),
    (70, 48, 34),
)
_LIGHTS = ("daylight", "warm", "cool", "dim")
_HELD_OUT_LIGHTS = ("low_sun", "fluorescent")


def generator(task: str, split: str, seed: int, *more: int) -> Random:
    """The random stream of one scene."""
    if task not in STREAMS:
        raise ValueError(f"task must be one of {tuple(STREAMS)}, not {task!r}")
    if split not in SPLITS:
        raise ValueError(f"split must be one of {SPLITS}, not {split!r}")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, not {seed!r}")
    return np.random.default_rng([STREAMS[task], SPLITS.index(split), seed, *more])


def classification_scene(seed: int, split: str = "train", label: str | None = None) -> Scene:
    """One target of one class, or none; the classes take turns unless `label` names one.

    For training, none comes twice as often: what is no target has the most ways to look.
    """
    random = generator("classification", split, seed)
    turns = (*CLASSES, "background") if split == "train" else CLASSES
    label = turns[seed % len(turns)] if label is None else label
    if label not in CLASSES:
        raise ValueError(f"label must be one of {CLASSES}, not {label!r}")
    held_out = split == "test" and random.random() < HELD_OUT_SHARE
    target = None if label == "background" else sample_target(random, label, held_out)
    camera = _classification_camera(random, target)
    things = [] if target is None else [target]
    _add_clutter(
        random, things, camera, label, int(random.choice(5, p=(0.3, 0.3, 0.2, 0.12, 0.08)))
    )
    occluded = target is not None and random.random() < OCCLUDED_SHARE
    if occluded:
        _add_occluder(random, things, camera, target)
    scene = sampled_scene("classification", split, seed, label, held_out, camera, things, random)
    if occluded:
        seen = render(scene).truth.objects
        if not seen or seen[0].visible_fraction < LEAST_VISIBLE:
            scene.things.pop()  # the occluder: nobody could say what is behind it
    return scene


def counting_scene(seed: int, split: str = "train", persons: int | None = None) -> Scene:
    """0 to 8 persons; the numbers take turns unless `persons` names one."""
    random = generator("counting", split, seed)
    count = seed % (MAXIMUM_PERSONS + 1) if persons is None else persons
    if not 0 <= count <= MAXIMUM_PERSONS:
        raise ValueError(f"persons must be 0 to {MAXIMUM_PERSONS}, not {count!r}")
    held_out = split == "test" and random.random() < HELD_OUT_SHARE
    camera = counting_camera(random)
    things: list[Thing] = []
    for identity in range(1, count + 1):
        things.append(_place_person(random, camera, things, identity, held_out))
    _add_clutter(random, things, camera, "person", int(random.choice(4, p=(0.4, 0.3, 0.2, 0.1))))
    return sampled_scene(
        "counting",
        split,
        seed,
        "person" if count else "background",
        held_out,
        camera,
        things,
        random,
    )


def counting_camera(random: Random) -> Camera:
    """A fixed camera, at eye level or up to the ceiling, that sees a piece of ground."""
    height = float(random.uniform(1.4, 4.0))
    focal = float(random.uniform(78, 125))
    # Aimed at half a person's height in the middle of the ground where persons are placed.
    middle = focal * 1.7 / random.uniform(30, 42)
    pitch = degrees(atan2(height - 0.85, middle)) + random.uniform(-3, 3)
    return Camera(
        round(height, 3), round(pitch, 2), round(float(random.normal(0, 1.5)), 2), round(focal, 2)
    )


def sample_person(random: Random, held_out: bool, identity: int = 1) -> Thing:
    """A person with build, clothing and pose, not yet placed."""
    style = random.choice(clothing.HELD_OUT if held_out else clothing.SEEN)
    child = random.random() < 0.12
    colours = [
        _vary(random, _pick(random, _SKIN), 10),
        _vary(random, _pick(random, _HAIR), 12),
        _cloth(random),
        _cloth(random, 20, 130) if random.random() < 0.7 else _cloth(random),
        _cloth(random, 15, 90) if random.random() < 0.7 else _cloth(random, 180, 240),
        _cloth(random),
    ]
    return Thing(
        kind="person",
        identity=identity,
        x_m=0.0,
        y_m=0.0,
        heading_degrees=_round(random.uniform(0, 360)),
        size_m=_round(random.uniform(1.1, 1.4) if child else random.normal(1.7, 0.08)),
        style=str(style),
        pose=str(random.choice(person.POSES, p=(0.3, 0.34, 0.1, 0.08, 0.05, 0.07, 0.06))),
        phase=_round(random.random()),
        colours=colours,
        seed=int(random.integers(1 << 16)),
    )


def sample_target(random: Random, label: str, held_out: bool) -> Thing:
    """A target of a class, not yet placed."""
    if label == "person":
        return sample_person(random, held_out)
    seed, phase = int(random.integers(1 << 16)), _round(random.random())
    if label == "dog":
        coat = _vary(random, _pick(random, _COATS), 14)
        second = _vary(random, _pick(random, _COATS), 14) if random.random() < 0.6 else coat
        # Mostly seen from the side, where a dog is plain.
        side = random.choice((90, 270)) + random.normal(0, 32)
        return Thing(
            "dog", 1, 0.0, 0.0, _round(side), _round(random.uniform(0.3, 0.65)),
            str(random.choice(animals.DOG_STYLES)),
            str(random.choice(animals.DOG_POSES, p=(0.35, 0.35, 0.15, 0.15))),
            phase, [coat, second, _cloth(random)], seed,
        )  # fmt: skip
    if label == "bicycle":
        side = random.choice((90, 270)) + random.normal(0, 26)
        tyre = [24, 24, 26] if random.random() < 0.8 else _cloth(random, 150, 220)
        return Thing(
            "bicycle", 1, 0.0, 0.0, _round(side), _round(random.uniform(1.55, 1.85)),
            str(random.choice(vehicles.BICYCLE_STYLES)), "", phase,
            [_cloth(random), tyre, _cloth(random, 20, 80)], seed,
        )  # fmt: skip
    glass = int(random.integers(40, 110))
    return Thing(
        "car", 1, 0.0, 0.0, _round(random.uniform(0, 360)), _round(random.uniform(3.8, 4.7)),
        str(random.choice(vehicles.CAR_STYLES)), "", phase,
        [_cloth(random), [glass, glass + 14, glass + 24], _cloth(random, 20, 70)], seed,
    )  # fmt: skip


# Height of a target's middle and its longest visible extent, as shares of its size.
_MIDDLE = {"person": 0.5, "bicycle": 0.3, "car": 0.17, "dog": 0.55}
_EXTENT = {"person": 1.0, "bicycle": 1.0, "car": 1.0, "dog": 1.9}


def _classification_camera(random: Random, target: Thing | None) -> Camera:
    """A camera that sees the target at a chosen size and place, and puts the target there."""
    height = float(random.uniform(0.9, 1.9) if random.random() < 0.6 else random.uniform(1.9, 4.0))
    roll = float(random.normal(0, 2))
    if target is None:
        pitch, focal = float(random.uniform(-4, 40)), float(random.uniform(80, 160))
        return Camera(round(height, 3), round(pitch, 2), round(roll, 2), round(focal, 2))
    extent = _EXTENT[target.kind] * target.size_m
    middle = _MIDDLE[target.kind] * target.size_m
    # A car seen from ahead is far narrower than its length.
    least = 44 if target.kind == "car" else 38
    pixels = random.uniform(least, 92)
    if random.random() < SMALL_SHARE:
        pixels = random.uniform(0.8 * least, least)
    drop = height - middle
    # Never steeper than about 50 degrees, so that a class stays plain.
    distance = max(float(random.uniform(2.2, 7.0)) * max(1.0, extent / 1.7), 1.3 * abs(drop))
    focal = pixels * distance / extent
    slack = max(0.0, IMAGE_SIZE - pixels) / 2
    u, v = random.uniform(-slack, slack, 2) * 0.9 + random.normal(0, 2, 2)
    if target.kind in ("person",):
        u = random.uniform(-34, 34)
    pitch = degrees(asin(drop / distance)) + degrees(atan2(-v, focal))
    camera = Camera(round(height, 3), round(pitch, 2), round(roll, 2), round(focal, 2))
    ground = float(np.sqrt(max(distance**2 - drop**2, 0.04)))
    target.y_m = _round(ground)
    target.x_m = _round(u * distance / focal)
    return camera


def _place_person(
    random: Random, camera: Camera, others: list[Thing], identity: int, held_out: bool
) -> Thing:
    """A person somewhere on the visible ground, rarely much behind another."""
    thing = sample_person(random, held_out, identity)
    best, best_overlap = (0.0, 5.0), 9.0
    taken = [_rough_box(camera, other) for other in others]
    limit = 0.55 if random.random() < 0.3 else 0.25
    for _ in range(14):
        distance = camera.focal_px * 1.7 / random.uniform(*HEIGHTS_PX)
        ground = float(np.sqrt(max(distance**2 - (camera.height_m - 0.85) ** 2, 0.5)))
        half = 0.5 * IMAGE_SIZE * distance / camera.focal_px
        thing.x_m, thing.y_m = _round(random.uniform(-0.88, 0.88) * half), _round(ground)
        box = _rough_box(camera, thing)
        if box[1] < -4 or box[3] > IMAGE_SIZE + 4:
            continue
        overlap = max((_overlap(box, other) for other in taken), default=0.0)
        if overlap < best_overlap:
            best, best_overlap = (thing.x_m, thing.y_m), overlap
        if overlap <= limit:
            break
    thing.x_m, thing.y_m = best
    return thing


def _rough_box(camera: Camera, thing: Thing) -> tuple[float, float, float, float]:
    """About where a person is in the picture."""
    pitch = radians(camera.pitch_degrees)
    edges = []
    for z in (0.0, thing.size_m):
        up = z - camera.height_m
        depth = thing.y_m * cos(pitch) - up * sin(pitch)
        edges.append(
            IMAGE_SIZE / 2 - camera.focal_px * (thing.y_m * sin(pitch) + up * cos(pitch)) / depth
        )
    centre = IMAGE_SIZE / 2 + camera.focal_px * thing.x_m / depth
    half = camera.focal_px * 0.17 * thing.size_m / depth
    return (centre - half, edges[1], centre + half, edges[0])


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """The shared area as a share of the smaller box."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return wide * high / smaller


def _add_clutter(
    random: Random, things: list[Thing], camera: Camera, label: str, count: int
) -> None:
    """Clutter beside and behind what is there; half of it resembles the target."""
    nearest = min((thing.y_m for thing in things), default=2.5)
    for _ in range(count):
        choices = clutter.LOOKALIKES[label] if random.random() < 0.5 else tuple(clutter.BUILDERS)
        kind = str(random.choice(choices))
        # In sight and behind the nearest target, so that it hides nothing by accident.
        y = nearest + abs(random.normal(0.6, 1.6)) + (0.4 if things else random.uniform(0, 4))
        things.append(_clutter_thing(random, kind, camera, y, random.uniform(-0.5, 0.5)))


def _add_occluder(random: Random, things: list[Thing], camera: Camera, target: Thing) -> None:
    """Something in front of the target that hides a part of it."""
    kind = str(random.choice(clutter.OCCLUDERS))
    y = target.y_m * random.uniform(0.72, 0.9)
    thing = _clutter_thing(random, kind, camera, y, 0.0)
    reach = 0.2 * target.size_m * _EXTENT[target.kind] + 0.25 * thing.size_m
    thing.x_m = _round(
        target.x_m * y / target.y_m + random.choice((-1, 1)) * random.uniform(0.35, 1.2) * reach
    )
    # Never so large that nothing of the target is left.
    tallest = 0.55 * target.size_m * (1.0 if target.kind == "person" else 0.5)
    if kind not in ("lamp_post", "tree"):
        thing.size_m = _round(min(thing.size_m, max(0.25, tallest)))
    things.append(thing)


def _clutter_thing(random: Random, kind: str, camera: Camera, y: float, across: float) -> Thing:
    low, high = clutter.SIZES[kind]
    green = kind in ("tree", "bush", "potted_plant")
    main = [
        int(random.integers(30, 95)),
        int(random.integers(80, 140)),
        int(random.integers(25, 75)),
    ]
    x = across * IMAGE_SIZE * y / camera.focal_px
    # A sign shows its plate to the camera.
    heading = random.normal(0, 20) if kind == "sign" else random.uniform(0, 360)
    return Thing(
        kind, 0, _round(x), _round(max(y, 0.8)), _round(heading),
        _round(random.uniform(low, high)), "", "", 0.0,
        [main if green else _cloth(random), _cloth(random, 40, 130), _cloth(random)],
        int(random.integers(1 << 16)),
    )  # fmt: skip


def sampled_scene(
    task: str, split: str, seed: int, label: str, held_out: bool, camera: Camera,
    things: list[Thing], random: Random,
) -> Scene:  # fmt: skip
    styles = backdrops.HELD_OUT if held_out else backdrops.SEEN
    kind = str(
        random.choice(("indoor", "street", "texture", "gradient"), p=(0.36, 0.36, 0.16, 0.12))
    )
    backdrop = Backdrop(kind, str(random.choice(list(styles[kind]))), int(random.integers(1 << 31)))
    return Scene(
        task,
        split,
        seed,
        label,
        held_out,
        camera,
        backdrop,
        _light(random, held_out),
        _optics(random),
        things,
    )


def _light(random: Random, held_out: bool) -> Light:
    style = str(random.choice(_HELD_OUT_LIGHTS if held_out else _LIGHTS))
    level = {"dim": random.uniform(0.45, 0.75)}.get(style, random.uniform(0.75, 1.4))
    contrast = random.uniform(0.05, 0.8)
    red, blue = random.normal(1.0, 0.06, 2)
    if style == "warm":
        red, blue = red + 0.12, blue - 0.16
    elif style == "cool":
        red, blue = red - 0.14, blue + 0.12
    elif style == "low_sun":
        red, blue, contrast = red + 0.18, blue - 0.24, random.uniform(0.7, 1.0)
    elif style == "fluorescent":
        red, blue, contrast = red - 0.12, blue - 0.1, random.uniform(0.0, 0.2)
    return Light(
        level=_round(level),
        azimuth_degrees=_round(random.uniform(-150, 150)),
        contrast=_round(contrast),
        red_gain=_round(red),
        blue_gain=_round(blue),
        falloff=_round(random.uniform(0, 0.3)),
        style=style,
    )


def _optics(random: Random) -> Optics:
    return Optics(
        blur_px=_round(
            random.choice((random.uniform(0.0, 0.6), random.uniform(0.6, 1.2)), p=(0.75, 0.25))
        ),
        noise=_round(random.choice((random.uniform(0, 6), random.uniform(6, 18)), p=(0.75, 0.25))),
        noise_seed=int(random.integers(1 << 31)),
        vignette=_round(random.uniform(0, 0.35)),
    )


def _pick(random: Random, colours: tuple) -> Colour:
    return list(colours[int(random.integers(len(colours)))])


def _vary(random: Random, colour: Colour, by: int) -> Colour:
    return [int(c) for c in np.clip(np.array(colour) + random.integers(-by, by + 1, 3), 0, 255)]


def _cloth(random: Random, low: int = 20, high: int = 240) -> Colour:
    """Any colour between grey and saturated."""
    base = random.uniform(low, high)
    spread = random.uniform(0, 1) ** 1.5 * 110
    return [int(c) for c in np.clip(base + random.uniform(-spread, spread, 3), 8, 250)]


def _round(value: float) -> float:
    return round(float(value), 4)
