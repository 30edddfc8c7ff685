"""COCO annotations: boxes and categories of pictures in one JSON file (cocodataset.org, "format").

For the people counter the truth is the number of its `person` boxes; for the classifier the one
category of a picture, where there is only one. Boxes go the way of the picture: centre crop to a
square, 96x96.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from rt1062.errors import SetupError
from rtbench.boxes import Edges
from rtbench.frames import FRAME_WIDTH
from rtbench.items.item import GroundTruth, Item, key_of, normalised
from rtbench.items.pictures import pictures
from rtbench.scenes.scene import MINIMUM_VISIBLE_FRACTION
from rtbench.terminal import printable

PERSON = "person"


def is_coco(value: object) -> bool:
    """Whether a JSON file's content is of this kind."""
    return isinstance(value, dict) and {"images", "annotations"} <= value.keys()


def coco(path: Path, value: Mapping[str, object]) -> list[Item]:
    """The pictures of an annotation file, in its order; SetupError, with the place, for another.

    They are looked for beside the file, in `images`, and in the folders that COCO itself uses.
    """
    images = _objects(path, value, "images", {"id": (int, str), "file_name": (str,)})
    wanted = {"image_id": (int, str), "category_id": (int,), "bbox": (list,)}
    found = defaultdict(list)
    for one in _objects(path, value, "annotations", wanted):
        found[one["image_id"]].append(one)
    categories = _objects(path, value, "categories", {"id": (int,), "name": (str,)})
    names = {one["id"]: normalised(printable(one["name"])) for one in categories}
    items = []
    for image in images:
        name = printable(image["file_name"])
        truth = _truth(path, image, found[image["id"]], names)
        file = _file(path, image["file_name"])
        if file.is_file():
            items += pictures(file, name, truth.label, truth)
        else:  # a row with its reason, when its turn comes
            items.append(Item(name, key_of(name), picture=file, label=truth.label, truth=truth))
    if not items:
        raise SetupError(f"{path}: no image in it")
    return items


def _objects(
    path: Path, value: Mapping[str, object], name: str, keys: Mapping[str, tuple[type, ...]]
) -> Sequence[Mapping[str, object]]:
    rows = value.get(name, [])
    if not isinstance(rows, list):
        raise SetupError(f"{path}: {name} must be a list, not {rows!r:.60}")
    for at, row in enumerate(rows):
        for key, kinds in keys.items():
            one = row.get(key) if isinstance(row, dict) else None
            if not isinstance(one, kinds) or isinstance(one, bool):
                kind = " or ".join(kind.__name__ for kind in kinds)
                raise SetupError(f"{path}: {name}[{at}].{key} must be {kind}, not {one!r:.60}")
    return rows


def _truth(
    path: Path,
    image: Mapping[str, object],
    found: Sequence[Mapping[str, object]],
    names: Mapping[int, str],
) -> GroundTruth:
    labels = {names.get(one["category_id"]) for one in found}
    label = labels.pop() if len(labels) == 1 else None
    persons = [one for one in found if names.get(one["category_id"]) == PERSON]
    crowd = any(one.get("iscrowd") for one in persons)  # one box for many: no count
    if PERSON not in names.values() or crowd:
        return GroundTruth(label=label)
    sides = [image.get(name) for name in ("width", "height")]
    if not all(isinstance(side, int) and side > 0 for side in sides):
        if persons:
            raise SetupError(f"{path}: {image['file_name']}: width and height must be numbers")
        sides = [1, 1]
    boxes = [box for one in persons if (box := _box(path, one["bbox"], sides)) is not None]
    return GroundTruth(label, len(boxes), tuple(boxes), tuple(range(1, len(boxes) + 1)))


def _box(path: Path, bbox: Sequence[object], sides: Sequence[int]) -> Edges | None:
    """x, y, width and height of the picture, in pixels of the frame; None where it is cut off."""
    if len(bbox) != 4 or not all(isinstance(one, int | float) for one in bbox):
        raise SetupError(f"{path}: bbox must be four numbers, not {bbox!r:.60}")
    x, y, wide, high = bbox
    side = min(sides)
    scale = FRAME_WIDTH / side
    left, top = ((whole - side) / 2 for whole in sides)
    edges = ((x - left), (y - top), (x + wide - left), (y + high - top))
    cut = tuple(round(min(max(edge, 0), side) * scale, 2) for edge in edges)
    area = (cut[2] - cut[0]) * (cut[3] - cut[1])
    whole = wide * high * scale * scale
    return cut if whole > 0 and area >= MINIMUM_VISIBLE_FRACTION * whole else None


def _file(path: Path, name: str) -> Path:
    beside, stem = path.parent, path.stem.removeprefix("instances_")
    folders = (beside, beside / "images", beside / stem, beside.parent, beside.parent / "images",
               beside.parent / stem)  # fmt: skip
    return next((one / name for one in folders if (one / name).is_file()), beside / name)
