"""Moving scenes: persons with identities who enter, cross, meet, stand, turn and leave.

The camera, the backdrop and the light stay; each person follows a path of way points at a walking
speed, and the legs move with the distance covered, so that no foot slides.
"""

import itertools
from dataclasses import dataclass, replace
from math import atan2, degrees, hypot

import numpy as np

from rtbench.scenes.sampling import counting_camera, generator, sample_person, sampled_scene
from rtbench.scenes.scene import IMAGE_SIZE, Camera, Scene, Thing

FRAME_RATE = 5.0  # frames a second: what the bench's firmware reaches, roughly
STRIDE_SHARE = 0.85  # of the height, both steps
SCRIPTS = ("cross", "meet", "turn_back", "pass_behind")

Point = tuple[float, float]


@dataclass(frozen=True)
class Walk:
    """A person and the way points with the times in seconds at which they are reached."""

    person: Thing
    points: tuple[Point, ...]
    times: tuple[float, ...]

    def at(self, time: float) -> Thing | None:
        """The person at a moment, None before entering and after leaving."""
        if not self.times[0] <= time <= self.times[-1]:
            return None
        step = max(i for i, start in enumerate(self.times[:-1]) if start <= time)
        (x0, y0), (x1, y1) = self.points[step], self.points[step + 1]
        share = (time - self.times[step]) / (self.times[step + 1] - self.times[step])
        x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
        walked = sum(
            hypot(b[0] - a[0], b[1] - a[1])
            for a, b in zip(self.points[: step + 1], self.points[1 : step + 1], strict=False)
        )
        moving = hypot(x1 - x0, y1 - y0)
        if moving < 0.05:  # stands, as when two meet
            return replace(self.person, x_m=_round(x), y_m=_round(y), pose="stand",
                           heading_degrees=self._heading(step))  # fmt: skip
        phase = (walked + share * moving) / (STRIDE_SHARE * self.person.size_m)
        return replace(
            self.person,
            x_m=_round(x),
            y_m=_round(y),
            pose="walk",
            phase=_round((self.person.phase + phase) % 1.0),
            heading_degrees=self._heading(step),
        )

    def _heading(self, step: int) -> float:
        while step > 0 and self.points[step] == self.points[step + 1]:
            step -= 1  # who stands still looks where the last step went
        (x0, y0), (x1, y1) = self.points[step], self.points[step + 1]
        return _round(degrees(atan2(-(x1 - x0), y1 - y0)) % 360)


def sequence(
    seed: int, split: str = "train", frames: int = 40, persons: int | None = None
) -> list[Scene]:
    """The frames of one sequence; identities are numbered from 1 and stay with the person."""
    if frames < 1:
        raise ValueError(f"frames must be 1 or more, not {frames!r}")
    random = generator("sequence", split, seed)
    held_out = split == "test" and random.random() < 0.5
    count = int(random.integers(1, 6)) if persons is None else persons
    camera = counting_camera(random)
    walks = _walks(random, camera, count, frames / FRAME_RATE, held_out)
    first = sampled_scene("sequence", split, seed, "person", held_out, camera, [], random)
    scenes = []
    for frame in range(frames):
        things = [walk.at(frame / FRAME_RATE) for walk in walks]
        present = [thing for thing in things if thing is not None]
        # Each frame has noise of its own.
        optics = replace(first.optics, noise_seed=(first.optics.noise_seed + frame) % (1 << 31))
        label = "person" if present else "background"
        scenes.append(replace(first, things=present, optics=optics, frame=frame, label=label))
    return scenes


def _walks(
    random: np.random.Generator, camera: Camera, count: int, seconds: float, held_out: bool
) -> list[Walk]:
    walks: list[Walk] = []
    while len(walks) < count:
        script = str(random.choice(SCRIPTS))
        left, right = _ends(random, camera)
        start = float(random.uniform(0, 0.5 * seconds))
        if script == "meet" and len(walks) + 2 <= count:
            y = left[1]
            gap = 0.35
            pause = float(random.uniform(1, 3))
            for end, other, side in ((left, right, -gap), (right, left, gap)):
                points = ((end[0], y), (side, y), (side, y), (other[0], y + 0.5))
                walks.append(_walk(random, points, start, pause, held_out, len(walks) + 1))
            continue
        if random.random() < 0.5:
            left, right = right, left
        points: tuple[Point, ...] = (left, right)
        if script == "turn_back":
            points = (left, (0.0, 0.5 * (left[1] + right[1])), (left[0], left[1] + 0.3))
        elif script == "pass_behind":
            points = (left, (0.0, left[1] + 1.2), (right[0], left[1] + 0.2))
        walks.append(_walk(random, points, start, 0.0, held_out, len(walks) + 1))
    return walks


def _walk(
    random: np.random.Generator,
    points: tuple[Point, ...],
    start: float,
    pause: float,
    held_out: bool,
    identity: int,
) -> Walk:
    person = sample_person(random, held_out, identity)
    speed = float(random.uniform(0.9, 1.7))
    times = [start]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = hypot(x1 - x0, y1 - y0)
        times.append(times[-1] + (length / speed if length > 0 else max(pause, 0.1)))
    return Walk(person, points, tuple(times))


def _ends(random: np.random.Generator, camera: Camera) -> tuple[Point, Point]:
    """Points just out of sight on the left and on the right."""
    ends = []
    base = camera.focal_px * 1.7 / random.uniform(24, 46)
    for side in (-1, 1):
        distance = base * random.uniform(0.85, 1.15)
        ground = float(np.sqrt(max(distance**2 - (camera.height_m - 0.85) ** 2, 0.5)))
        half = 0.5 * IMAGE_SIZE * distance / camera.focal_px
        ends.append((_round(side * (half + 0.35)), _round(ground)))
    return ends[0], ends[1]


def _round(value: float) -> float:
    return round(float(value), 4)
