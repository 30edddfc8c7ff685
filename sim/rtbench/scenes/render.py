"""From a scene's description to its picture and its truth."""

from dataclasses import dataclass
from math import radians, tan

import numpy as np

from rtbench.scenes import animals, clutter, person, vehicles
from rtbench.scenes.backdrops import draw_backdrop
from rtbench.scenes.canvas import INSIDE, PICTURE, SUPERSAMPLE, Canvas
from rtbench.scenes.optics import expose
from rtbench.scenes.parts import Parts
from rtbench.scenes.scene import TARGET_KINDS, Camera, ObjectTruth, Scene, Thing, Truth

BUILDERS = {
    "person": person.person,
    "bicycle": vehicles.bicycle,
    "car": vehicles.car,
    "dog": animals.dog,
    **clutter.BUILDERS,
}

# Half length (along the heading) and half width of the shadow, as shares of the size.
_SHADOWS = {"person": (0.13, 0.16), "bicycle": (0.5, 0.08), "car": (0.54, 0.24), "dog": (0.6, 0.25)}
_SHADOW = (0.25, 0.25)


@dataclass(frozen=True)
class RenderedScene:
    """A picture, uint8 (96, 96, 3) RGB, and what is in it."""

    image: np.ndarray
    truth: Truth


def horizon_row(camera: Camera) -> float:
    """The row of the horizon in the supersampled picture."""
    return PICTURE / 2 - camera.focal_px * SUPERSAMPLE * tan(radians(camera.pitch_degrees))


def build(thing: Thing) -> Parts:
    """The parts of a thing of any kind."""
    if thing.kind not in BUILDERS:
        raise ValueError(f"kind must be one of {sorted(BUILDERS)}, not {thing.kind!r}")
    return BUILDERS[thing.kind](thing)


def render(scene: Scene) -> RenderedScene:
    """Draws the scene; the same scene gives the same bytes."""
    canvas = Canvas(
        scene.camera, scene.light, draw_backdrop(scene.backdrop, horizon_row(scene.camera))
    )
    for thing in scene.things:
        length, width = _SHADOWS.get(thing.kind, _SHADOW)
        canvas.shadow(thing, length * thing.size_m, width * thing.size_m)
    far_to_near = sorted(scene.things, key=lambda thing: -thing.y_m)
    areas: dict[int, int] = {}
    boxes: dict[int, tuple[float, float, float, float] | None] = {}
    for number, thing in enumerate(far_to_near, start=1):
        areas[number] = canvas.draw(build(thing), thing, number)
        if thing.kind in TARGET_KINDS:
            boxes[number] = _box(canvas.owner[INSIDE, INSIDE] == number)
    image = expose(canvas.picture(), scene.light, scene.optics)
    objects = tuple(
        _object_truth(thing, number, areas[number], boxes[number], canvas.owner[INSIDE, INSIDE])
        for number, thing in reversed(list(enumerate(far_to_near, start=1)))
        if boxes.get(number) is not None
    )
    seen = tuple(item for item in objects if item.visible_fraction > 0)
    return RenderedScene(image, Truth(scene.label, seen, _axes(scene, seen)))


def _box(mask: np.ndarray) -> tuple[float, float, float, float] | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return None
    edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return tuple(round(int(edge) / SUPERSAMPLE, 3) for edge in edges)


def _object_truth(
    thing: Thing,
    number: int,
    area: int,
    full_box: tuple[float, float, float, float],
    owner: np.ndarray,
) -> ObjectTruth:
    mask = owner == number
    return ObjectTruth(
        kind=thing.kind,
        identity=thing.identity,
        box=_box(mask) or full_box,
        full_box=full_box,
        visible_fraction=round(int(np.count_nonzero(mask)) / max(area, 1), 4),
        distance_m=round(float(np.hypot(thing.x_m, thing.y_m)), 3),
    )


def _axes(scene: Scene, objects: tuple[ObjectTruth, ...]) -> dict[str, float | str]:
    """The difficulty axes along which the reports are broken down."""
    heights = [item.full_box[3] - item.full_box[1] for item in objects]
    visible = [item.visible_fraction for item in objects]
    return {
        "light": scene.light.level,
        "blur": scene.optics.blur_px,
        "noise": scene.optics.noise,
        "scale": round(min(heights), 1) if heights else 0.0,
        "occlusion": round(1.0 - min(visible), 4) if visible else 0.0,
        "clutter": float(sum(thing.kind not in TARGET_KINDS for thing in scene.things)),
        "camera_height": scene.camera.height_m,
        "backdrop": scene.backdrop.kind,
        "style": "held_out" if scene.held_out else "seen",
    }
