"""Draws parts with flat shading onto a supersampled canvas and keeps who is seen at each pixel.

The canvas has a margin around the picture, so that a silhouette cut off by the picture's edge is
still measured in full.
"""

from math import cos, hypot, radians, sin

import numpy as np
from PIL import Image, ImageDraw

from rtbench.scenes import parts as solid
from rtbench.scenes.parts import Parts, Projection, Rgb
from rtbench.scenes.scene import IMAGE_SIZE, Camera, Light, Thing

SUPERSAMPLE = 3
MARGIN = 40  # picture pixels on each side
PICTURE = IMAGE_SIZE * SUPERSAMPLE
SIZE = (IMAGE_SIZE + 2 * MARGIN) * SUPERSAMPLE
OFFSET = MARGIN * SUPERSAMPLE
INSIDE = slice(OFFSET, OFFSET + PICTURE)

LIT_SHIFT = 0.26  # how far the lit side of a round part is off its middle, as a share of its radius
_ANGLES = np.linspace(0, 2 * np.pi, 18, endpoint=False)
_ROUND = np.stack([np.cos(_ANGLES), np.sin(_ANGLES), np.zeros(len(_ANGLES))], axis=1)
_CIRCLE = [(cos(radians(30 * step)), sin(radians(30 * step))) for step in range(12)]


Pen = ImageDraw.ImageDraw


class Canvas:
    """The picture being drawn; `owner` is the thing's number at each pixel, 0 for the backdrop."""

    def __init__(self, camera: Camera, light: Light, backdrop: Image.Image):
        self.image = Image.new("RGB", (SIZE, SIZE))
        self.image.paste(backdrop, (OFFSET, OFFSET))
        self._pen = ImageDraw.Draw(self.image)
        self.project = Projection(camera, SIZE / 2, SUPERSAMPLE)
        self.owner = np.zeros((SIZE, SIZE), np.uint8)
        azimuth = radians(light.azimuth_degrees)
        # From the right (x), from behind the camera (-y) and always somewhat from above.
        direction = np.array([sin(azimuth), -cos(azimuth), 0.9])
        self._light = direction / np.linalg.norm(direction)
        self._contrast = light.contrast
        side = self.project.axes.T @ self._light
        length = hypot(side[0], side[1]) or 1.0
        self._shift = (float(side[0]) / length, -float(side[1]) / length)

    def shadow(self, thing: Thing, half_length_m: float, half_width_m: float) -> None:
        """Darkens the ground under and beside a thing, away from the light."""
        if self._contrast <= 0:
            return
        # A share of the shadow's length leans away from the light; overcast keeps it underneath.
        lean = 0.6 * self._contrast * half_length_m
        world = solid.to_world(_ROUND * (half_width_m, half_length_m, 0.0), thing)
        world[:, :2] -= lean * self._light[:2]
        flat, depth = self.project(world)
        if depth.min() < solid.NEAR_M:
            return
        # Only the shadow's own rectangle is darkened: the whole canvas would cost too much.
        low = np.maximum(flat.min(axis=0) - 1, 0).astype(int)
        high = np.minimum(flat.max(axis=0) + 2, SIZE).astype(int)
        if (high <= low).any():
            return
        mask = Image.new("L", tuple(high - low))
        strength = int(70 + 110 * self._contrast)
        ImageDraw.Draw(mask).polygon([tuple(p) for p in (flat - low).tolist()], fill=strength)
        self.image.paste((12, 12, 16), tuple(low.tolist()), mask)

    def draw(self, collected: Parts, thing: Thing, number: int) -> int:
        """Draws an object over what is there; returns the pixels of its whole silhouette."""
        world = solid.to_world(np.array(collected.points), thing)
        flat, depth = self.project(world)
        scale = self.project.focal / np.maximum(depth, solid.NEAR_M)
        low = flat.min(axis=0) - 0.2 * scale.max()
        high = flat.max(axis=0) + 0.2 * scale.max()
        if (high < 0).any() or (low > SIZE).any():
            return 0
        mask = Image.new("L", (SIZE, SIZE))
        mask_pen = ImageDraw.Draw(mask)
        points, scales = flat.tolist(), scale.tolist()
        middle = world.mean(axis=0)
        ordered = sorted(
            collected.parts,
            key=lambda part: part.bias_m - depth[part.start : part.start + part.count].mean(),
        )
        for part in ordered:
            stop = part.start + part.count
            if depth[part.start : stop].min() < solid.NEAR_M:
                continue
            own, sizes = points[part.start : stop], scales[part.start : stop]
            if part.kind == solid.FACE:
                shade = self._face_shade(part, world[part.start : stop], middle)
                if shade is None:
                    continue
                flat_points = [tuple(point) for point in own]
                self._pen.polygon(flat_points, fill=_times(part.colour, shade))
                mask_pen.polygon(flat_points, fill=255)
            elif part.kind in (solid.RING, solid.LINE):
                width = max(1, round(part.radii[0] * sum(sizes) / len(sizes)))
                flat_points = [tuple(point) for point in own]
                self._pen.line(flat_points, fill=part.colour, width=width)
                mask_pen.line(flat_points, fill=255, width=width)
            elif part.kind == solid.HULL:
                self._hull(part, own, sizes, mask_pen)
            else:
                self._limb(part, own, sizes, mask_pen)
        return self._claim(mask, number)

    def _face_shade(
        self, part: solid.Part, corners: np.ndarray, middle: np.ndarray
    ) -> float | None:
        """The brightness of a face, None when it looks away from the camera."""
        if not part.shaded:
            return 1.0
        a, b, c = corners[0].tolist(), corners[1].tolist(), corners[2].tolist()
        ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
        vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = (nx * nx + ny * ny + nz * nz) ** 0.5 or 1.0
        centre = corners.mean(axis=0)
        out = centre - middle
        if nx * out[0] + ny * out[1] + nz * out[2] < 0:
            length = -length
        nx, ny, nz = nx / length, ny / length, nz / length
        if part.outward:
            eye = self.project.position - centre
            if nx * eye[0] + ny * eye[1] + nz * eye[2] < 0:
                return None
        lit = nx * self._light[0] + ny * self._light[1] + nz * self._light[2]
        return float(1.0 - 0.75 * self._contrast * (0.6 - 0.6 * max(lit, -0.3)))

    def _limb(
        self, part: solid.Part, own: list[list[float]], sizes: list[float], mask_pen: Pen
    ) -> None:
        (x0, y0), (x1, y1) = own[0], own[-1]
        r0, r1 = part.radii[0] * sizes[0], part.radii[1] * sizes[-1]
        _rod(mask_pen, x0, y0, r0, x1, y1, r1, 255)
        _rod(self._pen, x0, y0, r0, x1, y1, r1, self._dark(part.colour))
        # The lit side: the same rod, thinner and moved towards the light.
        sx, sy = self._shift
        k = LIT_SHIFT
        _rod(
            self._pen,
            x0 + k * r0 * sx, y0 + k * r0 * sy, r0 * (1 - k),
            x1 + k * r1 * sx, y1 + k * r1 * sy, r1 * (1 - k),
            part.colour,
        )  # fmt: skip

    def _hull(
        self, part: solid.Part, own: list[list[float]], sizes: list[float], mask_pen: Pen
    ) -> None:
        radii = [radius * size for radius, size in zip(part.radii, sizes, strict=True)]
        whole = _around(own, radii, 0.0, 0.0, 1.0)
        mask_pen.polygon(whole, fill=255)
        self._pen.polygon(whole, fill=self._dark(part.colour))
        sx, sy = self._shift
        lit = _around(own, radii, LIT_SHIFT * sx, LIT_SHIFT * sy, 1 - LIT_SHIFT)
        self._pen.polygon(lit, fill=part.colour)

    def _dark(self, colour: Rgb) -> Rgb:
        return _times(colour, 1.0 - 0.42 * self._contrast - 0.1)

    def _claim(self, mask: Image.Image, number: int) -> int:
        bounds = mask.getbbox()
        if bounds is None:
            return 0
        left, top, right, bottom = bounds
        covered = np.asarray(mask.crop(bounds)) > 0
        self.owner[top:bottom, left:right][covered] = number
        return int(np.count_nonzero(covered))

    def picture(self) -> Image.Image:
        """The picture at its final size, averaged down."""
        box = (OFFSET, OFFSET, OFFSET + PICTURE, OFFSET + PICTURE)
        return self.image.reduce(SUPERSAMPLE, box=box)


def _times(colour: Rgb, factor: float) -> Rgb:
    return tuple(min(255, max(0, int(channel * factor))) for channel in colour)


def _rod(
    pen: Pen, x0: float, y0: float, r0: float, x1: float, y1: float, r1: float, fill: Rgb | int
) -> None:
    if r0 >= 0.7:
        pen.ellipse((x0 - r0, y0 - r0, x0 + r0, y0 + r0), fill=fill)
    length = hypot(x1 - x0, y1 - y0)
    if length < 0.5:
        return
    if r1 >= 0.7:
        pen.ellipse((x1 - r1, y1 - r1, x1 + r1, y1 + r1), fill=fill)
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    pen.polygon(
        [
            (x0 + nx * r0, y0 + ny * r0),
            (x1 + nx * r1, y1 + ny * r1),
            (x1 - nx * r1, y1 - ny * r1),
            (x0 - nx * r0, y0 - ny * r0),
        ],
        fill=fill,
    )


def _around(
    centres: list[list[float]], radii: list[float], dx: float, dy: float, share: float
) -> list[tuple[float, float]]:
    """The convex outline of circles, each moved by a share of its radius and shrunk."""
    points = sorted(
        (x + radius * (dx + share * c), y + radius * (dy + share * s))
        for (x, y), radius in zip(centres, radii, strict=True)
        for c, s in _CIRCLE
    )
    outline: list[tuple[float, float]] = []
    for run in (points, points[::-1]):
        start = len(outline)
        for point in run:
            while len(outline) >= start + 2 and _turns_left(outline[-2], outline[-1], point):
                outline.pop()
            outline.append(point)
        outline.pop()
    return outline


def _turns_left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0
