"""The difficulty axes of scenes, each cut at the same places in every report."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Axis:
    """A difficulty axis, the edges of its bins (none where it is a name) and their unit."""

    name: str
    edges: tuple[float, ...]
    unit: str = ""

    @property
    def title(self) -> str:
        """The name with the unit, for people."""
        return self.name.replace("_", " ") + (f", {self.unit}" if self.unit else "")


SCENE_AXES = (
    Axis("light", (0, 0.6, 0.8, 1.0, 1.2, 2), "of a good exposure"),
    Axis("blur", (0, 0.3, 0.6, 1.0, 2), "pixels"),
    Axis("noise", (0, 3, 6, 12, 20), "grey levels"),
    Axis("scale", (1, 25, 40, 60, 80, 200), "pixels high"),
    Axis("occlusion", (0, 0.001, 0.1, 0.25, 1.01), "share hidden"),
    Axis("clutter", (0, 1, 2, 3, 4, 9), "things"),
    Axis("camera_height", (0, 1.4, 1.9, 2.6, 4.1), "metres"),
    Axis("backdrop", ()),
    Axis("style", ()),
)


def bins(axis: Axis, values: Sequence[float | str]) -> dict[str, np.ndarray]:
    """For each bin by its name ("low..high", or the name itself) which of the values are in it.

    A bin holds its lower edge and not its upper one; values beyond the last edges are in none: a
    scene without a target has no scale.
    """
    column = np.array(values)
    if not axis.edges:
        return {str(name): column == name for name in sorted(set(values))}
    return {
        f"{low:g}..{high:g}": (column >= low) & (column < high)
        for low, high in zip(axis.edges, axis.edges[1:], strict=False)
    }
