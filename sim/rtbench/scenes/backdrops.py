"""What is behind everything: rooms, streets, textures and gradients.

Each style draws onto a supersampled picture from its own random generator, so that the scene's
seed for it is all that has to be kept. `horizon` is the row where the ground plane ends, in pixels
of that picture; it may be outside.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from rtbench.scenes import backdrops_indoor as indoor
from rtbench.scenes import backdrops_street as street
from rtbench.scenes import backdrops_textures as textures
from rtbench.scenes.scene import Backdrop

Style = Callable[[np.random.Generator, float], Image.Image]


def draw_backdrop(backdrop: Backdrop, horizon: float) -> Image.Image:
    """The picture of a backdrop."""
    random = np.random.default_rng(backdrop.seed)
    return STYLES[backdrop.kind][backdrop.style](random, horizon)


def _by_name(*styles: Style) -> dict[str, Style]:
    return {style.__name__: style for style in styles}


SEEN: dict[str, dict[str, Style]] = {
    "indoor": _by_name(
        indoor.room,
        indoor.office,
        indoor.corridor,
        indoor.kitchen,
        indoor.curtains,
        indoor.storeroom,
    ),
    "street": _by_name(street.town, street.park, street.car_park, street.fields, street.yard),
    "texture": _by_name(
        textures.stripes,
        textures.speckle,
        textures.checks,
        textures.blotches,
        textures.planks,
        textures.plaid,
        textures.scribble,
        textures.pebbles,
        textures.collage,
    ),
    "gradient": _by_name(textures.linear, textures.two_tone, textures.spots),
}
# Only ever drawn for test scenes.
HELD_OUT: dict[str, dict[str, Style]] = {
    "indoor": _by_name(indoor.library, indoor.tiled_hall),
    "street": _by_name(street.brick_alley, street.beach),
    "texture": _by_name(textures.waves, textures.mosaic),
    "gradient": _by_name(textures.radial),
}
STYLES = {kind: {**SEEN[kind], **HELD_OUT[kind]} for kind in SEEN}
