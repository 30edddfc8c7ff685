"""Frames to show and what is true of them: scenes, labelled folders, pictures."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.boxes import Edges
from rtbench.scenes.render import render
from rtbench.scenes.scene import Scene, Truth
from rtbench.scenes.validation import WrongValueError, check

KEY_DIGITS = 16  # of a SHA-256 that tells contents apart
SCENE_FILES = (".json", ".jsonl")


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

    `frame` is there where it has been drawn already.
    """

    id: str
    key: str
    scene: Scene | None = None
    picture: Path | None = None
    label: str | None = None
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
        data = frames.to_rgb565(frames.load_picture(self.picture))
        count = int(self.label) if self.label is not None and self.label.isdecimal() else None
        return Frame(self.id, data, GroundTruth(label=self.label, count=count))

    def draw_or_say(self) -> tuple[Frame, str]:
        """The frame, and "" ; or one without bytes, and what is wrong with the item."""
        try:
            return self.draw(), ""
        except SetupError as error:
            empty = Frame(self.id, b"", GroundTruth(label=self.label))
            return empty, (str(error).splitlines() or ["it cannot be drawn"])[0]


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


def find(paths: Iterable[Path], left_out: Callable[[int], None] = lambda files: None) -> list[Item]:
    """The frames that paths stand for, in order; SetupError for one that stands for none.

    A file of scenes (JSON Lines of `rtbench scenes --json`), a picture, or a directory: pictures
    in its sub-directories are labelled with the sub-directory's name (ImageFolder). `left_out` is
    told how many files of a directory are no pictures.
    """
    items: list[Item] = []
    for path in paths:
        if not path.exists():
            raise SetupError(f"{path}: no such file or directory")
        if path.is_dir():
            pictures, others = picture_files(path)
            if others:
                left_out(others)
            items += [_in_folder(path, file) for file in pictures]
        elif path.suffix.lower() in SCENE_FILES:
            items += _scene_file(path)
        else:
            items.append(_picture(path, path.name, None))
    return items


def draw_scenes(
    sample: Callable[[int, str], Scene], number: int, seed: int, split: str
) -> list[Item]:
    """`number` scenes that `sample` gives, with the seeds from `seed` on."""
    return [scene_item(sample(seed + offset, split)) for offset in range(number)]


def picture_files(directory: Path) -> tuple[list[Path], int]:
    """The pictures in a directory and below, by name, and how many other files there are.

    Hidden ones are no files; SetupError for a directory without a picture.
    """
    from PIL import Image

    extensions = Image.registered_extensions()
    files = [
        file
        for file in sorted(directory.rglob("*"))
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(directory).parts)
    ]
    pictures = [file for file in files if file.suffix.lower() in extensions]
    if not pictures:
        raise SetupError(f"{directory}: no pictures in this directory")
    return pictures, len(files) - len(pictures)


def _in_folder(directory: Path, file: Path) -> Item:
    parts = file.relative_to(directory).parts
    return _picture(file, "/".join(parts), normalised(parts[0]) if len(parts) > 1 else None)


def _picture(file: Path, name: str, label: str | None) -> Item:
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error
    return Item(name, _key(name, digest), picture=file, label=label)


def _scene_file(path: Path) -> list[Item]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as text ({error})") from error
    items = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            scene = Scene.from_json(json.dumps(value["scene"]))
            check(scene)
        except WrongValueError as error:
            raise SetupError(f"{path}:{number}: {error}") from error
        except (ValueError, TypeError, KeyError, RecursionError, SetupError) as error:
            raise SetupError(
                f"{path}:{number}: not a scene; `rtbench scenes --json` writes such files ({error})"
            ) from error
        items.append(scene_item(scene))
    if not items:
        raise SetupError(f"{path}: no scene in it")
    return items


def scene_item(scene: Scene) -> Item:
    """A scene as a frame to come."""
    name = f"{scene.task}-{scene.split}-{scene.seed}"
    if scene.task == "sequence":
        name += f"-{scene.frame}"
    return Item(name, _key(name, json.dumps(asdict(scene), sort_keys=True)), scene=scene)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_DIGITS]


def data_digest(items: Sequence[Item]) -> str:
    """One hash over all frames: two evaluations with the same are of the same data."""
    return hashlib.sha256("\n".join(item.key for item in items).encode()).hexdigest()
