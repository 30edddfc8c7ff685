"""The data of the people counter: rendered scenes, or a user's own pictures with COCO JSON.

A folder of `rtbench log` needs none beside its manifest, which knows boxes and splits.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from models.people_counting.config import Config
from models.shared.rendered import Samples, rendered_samples, split_seeds, through_camera
from rt1062.errors import SetupError
from rtbench.frames import load_picture
from rtbench.logger.entry import MANIFEST, Entry, read_manifest

SPLITS = ("train", "validation", "test")
PICTURE_PX = 96


@dataclass(frozen=True)
class Dataset:
    """The three splits."""

    train: Samples
    validation: Samples
    test: Samples

    @property
    def seeds(self) -> dict[str, str]:
        """The scene seeds of each split, which never share a random stream."""
        return split_seeds(self)


def load_dataset(config: Config, data: Path | None = None) -> Dataset:
    """The scenes of `config`, the pictures that the COCO files in `data` name, or logged ones."""
    if data is not None:
        return logged_dataset(data) if (data / MANIFEST).is_file() else coco_dataset(data)
    counts = (config.train_scenes, config.validation_scenes, config.test_scenes)
    return Dataset(
        *(
            rendered_samples("counting", split, count, config.threads)
            for split, count in zip(SPLITS, counts, strict=True)
        )
    )


def coco_dataset(root: Path) -> Dataset:
    """`root/{train,validation,test}.json`, pictures beside them or in `root/<split>/`."""
    if not root.is_dir():
        raise SetupError(f"{root}: no such directory; it must hold train, validation and test.json")
    return Dataset(*(_coco(root, split) for split in SPLITS))


def logged_dataset(root: Path) -> Dataset:
    """The frames of `rtbench log`, each session in the split that the manifest says."""
    entries = read_manifest(root / MANIFEST)
    return Dataset(
        *(_logged(root, split, [one for one in entries if one.split == split]) for split in SPLITS)
    )


def _logged(root: Path, split: str, entries: list[Entry]) -> Samples:
    if not any(entry.boxes for entry in entries):
        raise SetupError(
            f"{root}: no session of split {split} has boxes of persons; log one with "
            f"--task count --split {split}"
        )
    images = np.stack([through_camera(load_picture(root / entry.file)) for entry in entries])
    truths = [{"label": "", "objects": _of_boxes(entry), "axes": {}} for entry in entries]
    return Samples(images, truths)


def _of_boxes(entry: Entry) -> list[dict]:
    return [
        {"kind": "person", "box": list(map(float, box)), "visible_fraction": 1.0}
        for box in entry.boxes
    ]


def _coco(root: Path, split: str) -> Samples:
    path = root / f"{split}.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        persons = {item["id"] for item in table["categories"] if item["name"] == "person"}
        boxes: dict[int, list[dict]] = {item["id"]: [] for item in table["images"]}
        for item in table["annotations"]:
            if item["category_id"] in persons:
                boxes[item["image_id"]].append(item)
        pictures = [(item["id"], _picture_path(root, split, item)) for item in table["images"]]
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror}); COCO JSON wanted") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{path}: not COCO JSON ({error!r})") from error
    if not persons:
        raise SetupError(f'{path}: no category "person"')
    if not pictures:
        raise SetupError(f"{path}: no picture in it")
    if not any(boxes.values()):
        raise SetupError(f"{path}: class without samples: no person is annotated")
    images = np.stack([through_camera(load_picture(picture)) for _, picture in pictures])
    truths = [
        {"label": "", "objects": _objects(path, boxes[number], picture), "axes": {}}
        for number, picture in pictures
    ]
    return Samples(images, truths)


def _picture_path(root: Path, split: str, item: dict) -> Path:
    for path in (root / split / item["file_name"], root / item["file_name"]):
        if path.is_file():
            return path
    raise SetupError(f"{root / split / item['file_name']}: no such picture, {split}.json names it")


def _objects(path: Path, annotations: list[dict], picture: Path) -> list[dict]:
    """The boxes as they are after the bench's own crop and resize."""
    with Image.open(picture) as file:
        width, height = ImageOps.exif_transpose(file).size
    side = min(width, height)
    scale = PICTURE_PX / side
    shift = ((width - side) / 2, (height - side) / 2)
    objects = []
    for item in annotations:
        try:
            x, y, wide, high = (float(value) for value in item["bbox"])
        except (ValueError, TypeError, KeyError) as error:
            raise SetupError(
                f"{path}: annotation {item.get('id')} has no bbox [x, y, w, h]"
            ) from error
        if wide <= 0 or high <= 0:
            raise SetupError(
                f"{path}: annotation {item.get('id')} has an empty bbox {item['bbox']}"
            )
        edges = [
            (x - shift[0]) * scale, (y - shift[1]) * scale,
            (x + wide - shift[0]) * scale, (y + high - shift[1]) * scale,
        ]  # fmt: skip
        cut = [min(float(PICTURE_PX), max(0.0, edge)) for edge in edges]
        seen = max(0.0, cut[2] - cut[0]) * max(0.0, cut[3] - cut[1])
        if seen > 0:
            share = 0.0 if item.get("iscrowd") else seen / (wide * high * scale**2)
            objects.append({"kind": "person", "box": cut, "visible_fraction": share})
    return objects
