"""Objects as a list of simple solid parts in metres, and their projection onto the picture.

An object's own frame: x to its right, y forward, z up, origin on the ground. Parts are balls,
tapered limbs, flat faces and rings: enough for articulated figures that stay right from every
camera height.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin

import numpy as np

from rtbench.scenes.scene import Camera, Thing

Point = tuple[float, float, float]
Rgb = tuple[int, int, int]

NEAR_M = 0.35  # a part nearer to the camera is not drawn
RING_POINTS = 22

BALL, LIMB, FACE, RING, LINE, HULL = range(6)


@dataclass(frozen=True)
class Part:
    """One solid: `count` points from `start` in the object's point list."""

    kind: int
    start: int
    count: int
    radii: tuple[float, ...]
    colour: Rgb
    shaded: bool
    bias_m: float  # drawn as if this much nearer to the camera
    outward: bool  # a face seen only from outside


class Parts:
    """Collects the parts of one object."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.parts: list[Part] = []

    def _add(
        self,
        kind: int,
        points: list[Point],
        colour: Rgb,
        radii: tuple[float, ...] = (0.0, 0.0),
        shaded: bool = True,
        bias_m: float = 0.0,
        outward: bool = False,
    ) -> None:
        self.parts.append(
            Part(kind, len(self.points), len(points), radii, colour, shaded, bias_m, outward)
        )
        self.points.extend(points)

    def ball(self, at: Point, radius: float, colour: Rgb, bias_m: float = 0.0) -> None:
        """A sphere."""
        self._add(BALL, [at], colour, (radius, radius), bias_m=bias_m)

    def limb(
        self,
        start: Point,
        end: Point,
        start_radius: float,
        end_radius: float,
        colour: Rgb,
        bias_m: float = 0.0,
    ) -> None:
        """A tapered rod with round ends."""
        self._add(LIMB, [start, end], colour, (start_radius, end_radius), bias_m=bias_m)

    def hull(
        self, points: list[Point], radii: list[float], colour: Rgb, bias_m: float = 0.0
    ) -> None:
        """One smooth body stretched over balls."""
        self._add(HULL, points, colour, tuple(radii), bias_m=bias_m)

    def face(
        self, points: list[Point], colour: Rgb, bias_m: float = 0.0, outward: bool = False
    ) -> None:
        """A flat polygon; `outward` ones vanish when seen from the side of the object's middle."""
        self._add(FACE, points, colour, bias_m=bias_m, outward=outward)

    def disc(
        self, at: Point, radius: float, colour: Rgb, axis: str = "x", bias_m: float = 0.0
    ) -> None:
        """A filled circle across the given axis."""
        self._add(FACE, circle(at, radius, axis), colour, shaded=False, bias_m=bias_m)

    def ring(
        self,
        at: Point,
        radius: float,
        width: float,
        colour: Rgb,
        axis: str = "x",
        bias_m: float = 0.0,
    ) -> None:
        """A hoop of `width` across the given axis."""
        points = circle(at, radius, axis)
        self._add(RING, [*points, points[0], points[1]], colour, (width, width), bias_m=bias_m)

    def line(self, points: list[Point], width: float, colour: Rgb, bias_m: float = 0.0) -> None:
        """A thin polyline."""
        self._add(LINE, points, colour, (width, width), shaded=False, bias_m=bias_m)

    def box(self, low: Point, high: Point, colour: Rgb) -> None:
        """The five upper faces of an upright box."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        corners = [
            [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)],
            [(x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1)],
            [(x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1)],
            [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)],
            [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)],
        ]
        for points in corners:
            self.face(points, colour)


def circle(at: Point, radius: float, axis: str) -> list[Point]:
    """Points on a circle across `axis` ("x", "y" or "z")."""
    x, y, z = at
    points = []
    for step in range(RING_POINTS):
        a = radius * cos(2 * pi * step / RING_POINTS)
        b = radius * sin(2 * pi * step / RING_POINTS)
        offsets = {"x": (x, y + a, z + b), "y": (x + a, y, z + b), "z": (x + a, y + b, z)}
        points.append(offsets[axis])
    return points


def to_world(points: np.ndarray, thing: Thing) -> np.ndarray:
    """Points of an object's own frame on the ground plane."""
    c, s = cos(radians(thing.heading_degrees)), sin(radians(thing.heading_degrees))
    turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    return points @ turn + (thing.x_m, thing.y_m, 0.0)


class Projection:
    """The camera as a function from the world to picture coordinates."""

    def __init__(self, camera: Camera, centre_px: float, pixels_per_px: float):
        pitch, roll = radians(camera.pitch_degrees), radians(camera.roll_degrees)
        right = np.array([1.0, 0.0, 0.0])
        forward = np.array([0.0, cos(pitch), -sin(pitch)])
        up = np.array([0.0, sin(pitch), cos(pitch)])
        c, s = cos(roll), sin(roll)
        self.axes = np.stack([c * right + s * up, c * up - s * right, forward], axis=1)
        self.position = np.array([0.0, 0.0, camera.height_m])
        self.focal = camera.focal_px * pixels_per_px
        self.centre = centre_px

    def __call__(self, world: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, 2) picture coordinates and (n,) depths; what is behind the camera is far off."""
        view = (world - self.position) @ self.axes
        depth = view[:, 2]
        safe = np.maximum(depth, 0.05)
        flat = np.empty((len(world), 2))
        flat[:, 0] = self.centre + self.focal * view[:, 0] / safe
        flat[:, 1] = self.centre - self.focal * view[:, 1] / safe
        return flat, depth
