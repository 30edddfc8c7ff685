"""What a scene is: small dataclasses that go to JSON and back and draw the same picture again.

Lengths are metres on a ground plane: x to the right, y away from the camera, z up. Colours are
[red, green, blue] from 0 to 255. Angles are degrees. Everything that the picture depends on is in
here, the seeds of the fine detail (backdrop, noise) included.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Self

from rt1062.errors import SetupError

FORMAT_VERSION = 1
IMAGE_SIZE = 96

CLASSES = ("background", "person", "bicycle", "car", "dog")
TARGET_KINDS = CLASSES[1:]
# What a scene can be of, and its number in the random stream (rtbench.scenes.sampling): another
# number draws other scenes than those that the committed networks were trained on.
STREAMS = {"classification": 0, "counting": 1, "sequence": 2}
SPLITS = ("train", "validation", "test")

Colour = list[int]


@dataclass
class Camera:
    """A pinhole over the ground plane, looking along +y and down by `pitch_degrees`."""

    height_m: float
    pitch_degrees: float
    roll_degrees: float
    focal_px: float  # for the 96-pixel image


@dataclass
class Backdrop:
    """What is behind everything: a kind, a style within the kind, and the seed of its details."""

    kind: str
    style: str
    seed: int


@dataclass
class Light:
    """Exposure, the direction and share of the direct light, and the white balance."""

    level: float  # 1.0 is a good exposure
    azimuth_degrees: float  # 0 from behind the camera, 90 from the right
    contrast: float  # share of the direct light, 0 is overcast
    red_gain: float
    blue_gain: float
    falloff: float  # brightness lost across the picture, away from the light
    style: str


@dataclass
class Optics:
    """Lens and sensor."""

    blur_px: float  # standard deviation in pixels of the 96-pixel image
    noise: float  # standard deviation in grey levels at mid grey
    noise_seed: int
    vignette: float


@dataclass
class Thing:
    """An object on the ground: a target or clutter.

    `style` is clothing, breed or body type, `colours` its palette in the order the drawing code of
    the kind says, `size_m` the height of a person or dog, the length of a car or bicycle.
    """

    kind: str
    identity: int
    x_m: float
    y_m: float
    heading_degrees: float  # 0 looks away from the camera, 90 to the left
    size_m: float
    style: str
    pose: str
    phase: float
    colours: list[Colour]
    seed: int = 0


@dataclass
class Scene:
    """One picture, described."""

    task: str
    split: str
    seed: int
    label: str
    held_out: bool
    camera: Camera
    backdrop: Backdrop
    light: Light
    optics: Optics
    things: list[Thing] = field(default_factory=list)
    frame: int = 0  # within a sequence

    def to_json(self) -> str:
        """The scene as one line of JSON."""
        return json.dumps({"version": FORMAT_VERSION, **asdict(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The scene that `to_json` wrote; SetupError when the text is none."""
        try:
            values = json.loads(text)
            version = values.pop("version")
            if version != FORMAT_VERSION:
                raise SetupError(f"scene version must be {FORMAT_VERSION}, not {version!r}")
            return cls(
                camera=Camera(**values.pop("camera")),
                backdrop=Backdrop(**values.pop("backdrop")),
                light=Light(**values.pop("light")),
                optics=Optics(**values.pop("optics")),
                things=[Thing(**thing) for thing in values.pop("things")],
                **values,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SetupError(f"not a scene: {error!r}") from error


@dataclass(frozen=True)
class ObjectTruth:
    """What is known about one target in the picture; boxes are (left, top, right, bottom) pixels.

    `box` encloses the visible pixels, `full_box` the silhouette as far as it is in the picture.
    `visible_fraction` counts both what others hide and what the picture's edge cuts off.
    """

    kind: str
    identity: int
    box: tuple[float, float, float, float]
    full_box: tuple[float, float, float, float]
    visible_fraction: float
    distance_m: float


@dataclass(frozen=True)
class Truth:
    """The answer: the class, the targets from near to far, and the difficulty axes."""

    label: str
    objects: tuple[ObjectTruth, ...]
    axes: dict[str, float | str]

    @property
    def persons(self) -> tuple[ObjectTruth, ...]:
        """The persons that count: visible to a fair part (MINIMUM_VISIBLE_FRACTION)."""
        return tuple(
            item
            for item in self.objects
            if item.kind == "person" and item.visible_fraction >= MINIMUM_VISIBLE_FRACTION
        )


# A person of whom less is seen is not counted, neither as present nor as missed.
MINIMUM_VISIBLE_FRACTION = 0.25
