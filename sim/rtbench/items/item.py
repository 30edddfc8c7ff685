"""One frame to show and what is true of it: a scene, a picture, or one that is drawn already."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.boxes import Edges
from rtbench.scenes.render import render
from rtbench.scenes.scene import Scene, Truth

KEY_DIGITS = 16  # of a SHA-256 that tells contents apart


@dataclass(frozen=True)
class GroundTruth:
    """What is true of a frame; None and empty where it is not known.

    `boxes` are those of the persons that count, `identities` theirs in the same order.
    """

    label: str | None = None
    count: int | None = None
    boxes: tuple[Edges, ...] = ()
    identities: tuple[int, ...] = ()
    axes: Mapping[str, float | str] = field(default_factory=dict)
    crossings: tuple[str, ...] | None = None  # "identity direction", of this frame of a sequence

    @property
    def persons(self) -> dict[int, Edges]:
        """The boxes by identity."""
        return dict(zip(self.identities, self.boxes, strict=True))


@dataclass(frozen=True)
class Frame:
    """A frame as the camera sends it: what it is called, its bytes, its truth."""

    id: str
    data: bytes
    truth: GroundTruth = GroundTruth()


@dataclass(frozen=True)
class Item:
    """One frame to come. `id` names it to people, `key` changes whenever its content does.

    `page` is that of a picture with several; `truth` what is known of a picture besides its label;
    `frame` is there where it has been drawn already.
    """

    id: str
    key: str
    scene: Scene | None = None
    picture: Path | None = None
    label: str | None = None
    page: int | None = None
    truth: GroundTruth | None = None
    frame: Frame | None = None

    def ready(self) -> Self:
        """The item with its frame drawn."""
        return replace(self, frame=self.draw())

    def draw(self) -> Frame:
        """The frame and its truth; a scene is rendered, a picture read.

        SetupError if it cannot be.
        """
        if self.frame is not None:
            return self.frame
        if self.scene is not None:
            return frame_of(self.scene, self.id)
        data = frames.to_rgb565(frames.load_picture(self.picture, page=self.page))
        return Frame(self.id, data, self._known())

    def draw_or_say(self) -> tuple[Frame, str]:
        """The frame, and "" ; or one without bytes, and what is wrong with the item."""
        try:
            return self.draw(), ""
        except SetupError as error:
            empty = Frame(self.id, b"", self._known())
            return empty, (str(error).splitlines() or ["it cannot be drawn"])[0]

    def _known(self) -> GroundTruth:
        """What is true of a picture: what somebody wrote down, or the label, which may be a
        number of persons.
        """
        if self.truth is not None:
            return self.truth
        number = self.label is not None and self.label.isdecimal()
        return GroundTruth(label=self.label, count=int(self.label) if number else None)


def frame_of(scene: Scene, name: str) -> Frame:
    """A scene as the camera sees it, with its truth; SetupError if it cannot be drawn."""
    try:
        picture = render(scene)
    except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError) as error:
        raise SetupError(f"{name}: this scene cannot be drawn: {error!r}") from error
    return Frame(name, frames.to_rgb565(picture.image), truth_of(picture.truth))


def truth_of(truth: Truth) -> GroundTruth:
    """What is true of a scene that was rendered."""
    persons = truth.persons
    return GroundTruth(
        label=truth.label,
        count=len(persons),
        boxes=tuple(person.box for person in persons),
        identities=tuple(person.identity for person in persons),
        axes=truth.axes,
    )


def normalised(label: str) -> str:
    """A label in Unicode's composed form (NFC): file systems have the same name in others."""
    return unicodedata.normalize("NFC", label)


def draw_scenes(
    sample: Callable[[int, str], Scene], number: int, seed: int, split: str
) -> list[Item]:
    """`number` scenes that `sample` gives, with the seeds from `seed` on."""
    return [scene_item(sample(seed + offset, split)) for offset in range(number)]


def scene_item(scene: Scene) -> Item:
    """A scene as a frame to come."""
    name = f"{scene.task}-{scene.split}-{scene.seed}"
    if scene.task == "sequence":
        name += f"-{scene.frame}"
    return Item(name, key_of(name, json.dumps(asdict(scene), sort_keys=True)), scene=scene)


def key_of(*parts: str) -> str:
    """A short hash of what an item is made of."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[
        :KEY_DIGITS
    ]


def data_digest(items: Sequence[Item]) -> str:
    """One hash over all frames: two evaluations with the same are of the same data."""
    return hashlib.sha256("\n".join(item.key for item in items).encode()).hexdigest()
