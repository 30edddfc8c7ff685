"""Short plays for the tracker: who walks where. The camera, place and clothes come from a seed."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import hypot

import numpy as np

from rtbench.scenes.sampling import counting_camera, generator, sample_person, sampled_scene
from rtbench.scenes.scene import IMAGE_SIZE, Camera, Scene
from rtbench.scenes.sequence import FRAME_RATE, Walk

SECONDS = 8.0  # longer than any play
SPEED_M_S = 1.3
HEIGHT_PX = 36  # of a person of 1.7 m where the plays take place
FLICKER = (1.0, 0.72, 1.12, 0.8)  # of the light, frame by frame

Point = tuple[float, float]
Way = tuple[float, Sequence[Point]]  # when it begins, where it leads; a point twice is a rest
Play = Callable[[float, float], list[Way]]  # from half the picture's width and the distance, metres


def _enter(half: float, far: float) -> list[Way]:
    stop = (-0.35 * half, far)
    return [(0.6, [(-half - 0.4, far), stop, *_rest(stop, 8)])]


def _leave(half: float, far: float) -> list[Way]:
    start = (0.4 * half, far)
    return [(0.0, [*_rest(start, 2), start, (-half - 0.4, far)])]


def _cross(half: float, far: float) -> list[Way]:
    return [
        (0.2, [(-half - 0.4, far), (half + 0.4, far)]),
        (2.4, [(half + 0.6, 1.25 * far), (-half - 0.6, 1.25 * far)]),
    ]


def _meet_and_part(half: float, far: float) -> list[Way]:
    ways = []
    for side in (-1, 1):
        start, stop = (side * (half + 0.4), far), (side * 0.45, far)
        ways.append((0.0, [start, stop, *_rest(stop, 2), start]))
    return ways


def _stand_still(half: float, far: float) -> list[Way]:
    places = ((-0.5 * half, far), (0.35 * half, 1.1 * far))
    return [(0.0, _rest(place, SECONDS + 1)) for place in places]


def _crowd_of_eight(half: float, far: float) -> list[Way]:
    # The back row looks through the gaps of the front row.
    places = [(share * half, far) for share in (-0.875, -0.375, 0.125, 0.625)]
    places += [(1.35 * share * half, 1.35 * far) for share in (-0.625, -0.125, 0.375, 0.875)]
    return [(0.0, _rest(place, SECONDS + 1)) for place in places]


def _walk_by(half: float, far: float) -> list[Way]:
    return [(0.2, [(-half - 0.4, far), (half + 0.4, far)])]


def _take_turns(half: float, far: float) -> list[Way]:
    # Gone as if through a door, and two seconds later somebody else stands there.
    place = (-0.45 * half, far)
    return [(0.0, _rest(place, 2.5)), (4.5, _rest(place, SECONDS))]


# Who walks where, and for how many frames: no longer than it takes to see it.
PLAYS: dict[str, tuple[Play, int]] = {
    "enter": (_enter, 20),
    "leave": (_leave, 30),
    "cross": (_cross, 34),
    "meet and part": (_meet_and_part, 34),
    "stand still": (_stand_still, 20),
    "crowd of eight": (_crowd_of_eight, 16),
    "flicker": (_walk_by, 26),
    "take turns": (_take_turns, 32),
}


def scenes(name: str, seed: int) -> list[Scene]:
    """The frames of a play, five a second."""
    random = generator("sequence", "test", 10_000 + seed)
    camera = counting_camera(random)
    half, far = _measures(camera)
    play, frames = PLAYS[name]
    walks = [
        Walk(sample_person(random, False, number), tuple(points), _times(start, points))
        for number, (start, points) in enumerate(play(half, far), 1)
    ]
    first = sampled_scene("sequence", "test", seed, "person", False, camera, [], random)
    result = []
    for frame in range(frames):
        things = [one for walk in walks if (one := walk.at(frame / FRAME_RATE)) is not None]
        optics = replace(first.optics, noise_seed=(first.optics.noise_seed + frame) % (1 << 31))
        scene = replace(first, things=things, optics=optics, frame=frame)
        if name == "flicker":
            level = first.light.level * FLICKER[frame % len(FLICKER)]
            scene = replace(scene, light=replace(scene.light, level=level))
        result.append(scene)
    return result


def _rest(place: Point, seconds: float) -> list[Point]:
    """The place once more a second: a rest of so long."""
    return [place] * (int(seconds) + 1)


def _times(start: float, points: Sequence[Point]) -> tuple[float, ...]:
    times = [start]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = hypot(x1 - x0, y1 - y0)
        times.append(times[-1] + (length / SPEED_M_S if length > 0 else 1.0))
    return tuple(times)


def _measures(camera: Camera) -> tuple[float, float]:
    """Half the picture's width and the way along the ground to where people are HEIGHT_PX tall."""
    distance = camera.focal_px * 1.7 / HEIGHT_PX
    ground = float(np.sqrt(max(distance**2 - (camera.height_m - 0.85) ** 2, 0.5)))
    return 0.5 * IMAGE_SIZE * distance / camera.focal_px, ground
