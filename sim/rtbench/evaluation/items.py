"""The frames of an evaluation and what is true of them: scenes, labelled folders, pictures."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.scenes import classification_scene, counting_scene, render
from rtbench.scenes.scene import Scene

KEY_DIGITS = 16  # of a SHA-256 that tells contents apart


@dataclass(frozen=True)
class Drawn:
    """A frame as the camera sends it, and its truth; None and empty where it is not known."""

    frame: bytes
    label: str | None = None
    count: int | None = None
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    axes: dict[str, float | str] | None = None


@dataclass(frozen=True)
class Item:
    """One frame to come. `id` names it to people, `key` changes whenever its content does."""

    id: str
    key: str
    scene: Scene | None = None
    picture: Path | None = None
    label: str | None = None

    def draw(self) -> Drawn:
        """The frame and its truth; a scene is rendered, a picture read."""
        if self.scene is None:
            frame = frames.to_rgb565(frames.load_picture(self.picture))
            count = int(self.label) if self.label is not None and self.label.isdecimal() else None
            return Drawn(frame, label=self.label, count=count)
        rendered = render(self.scene)
        truth = rendered.truth
        return Drawn(
            frame=frames.to_rgb565(rendered.image),
            label=truth.label,
            count=len(truth.persons),
            boxes=tuple(person.box for person in truth.persons),
            axes=truth.axes,
        )


def find(path: Path) -> list[Item]:
    """The frames that `path` stands for, in order; SetupError if there is none.

    A file of scenes (JSON Lines of `rtbench scenes --json`), a picture, or a directory: pictures
    in its sub-directories are labelled with the sub-directory's name (ImageFolder).
    """
    if not path.exists():
        raise SetupError(f"{path}: no such file or directory")
    if path.is_dir():
        return _folder(path)
    if path.suffix.lower() in (".json", ".jsonl"):
        return _scene_file(path)
    return [_picture(path, path.name, None)]


def draw_scenes(app: str, number: int, seed: int, split: str) -> list[Item]:
    """`number` scenes of the app's task, with the seeds from `seed` on."""
    sample = counting_scene if app == "count" else classification_scene
    return [_scene(sample(seed + offset, split)) for offset in range(number)]


def _folder(path: Path) -> list[Item]:
    from PIL import Image

    extensions = Image.registered_extensions()
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and file.suffix.lower() in extensions
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not files:
        raise SetupError(f"{path}: no pictures in this directory")
    items = []
    for file in files:
        parts = file.relative_to(path).parts
        items.append(_picture(file, "/".join(parts), parts[0] if len(parts) > 1 else None))
    return items


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
            items.append(_scene(Scene.from_json(json.dumps(value["scene"]))))
        except (ValueError, TypeError, KeyError, SetupError) as error:
            raise SetupError(
                f"{path}:{number}: not a scene; `rtbench scenes --json` writes such files ({error})"
            ) from error
    if not items:
        raise SetupError(f"{path}: no scene in it")
    return items


def _scene(scene: Scene) -> Item:
    name = f"{scene.task}-{scene.split}-{scene.seed}"
    if scene.task == "sequence":
        name += f"-{scene.frame}"
    return Item(name, _key(name, json.dumps(asdict(scene), sort_keys=True)), scene=scene)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_DIGITS]


def data_digest(items: Sequence[Item]) -> str:
    """One hash over all frames: two evaluations with the same are of the same data."""
    return hashlib.sha256("\n".join(item.key for item in items).encode()).hexdigest()
