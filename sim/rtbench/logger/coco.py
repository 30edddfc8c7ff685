"""Boxes of persons as a COCO file (cocodataset.org, "Data format": object detection)."""

from collections.abc import Iterable

from rtbench.frames import FRAME_HEIGHT, FRAME_WIDTH
from rtbench.logger.entry import Entry

FILE = "annotations.json"


def coco(entries: Iterable[Entry]) -> dict[str, object]:
    """The file's content: an image each, its boxes as left, top, width and height."""
    images, annotations = [], []
    for number, entry in enumerate(entries, 1):
        size = {"width": FRAME_WIDTH, "height": FRAME_HEIGHT}
        images.append({"id": number, "file_name": entry.file, **size})
        for left, top, right, bottom in entry.boxes:
            width, height = right - left, bottom - top
            annotations.append({
                "id": len(annotations) + 1,
                "image_id": number,
                "category_id": 1,
                "bbox": [left, top, width, height],
                "area": width * height,
                "iscrowd": 0,
            })  # fmt: skip
    categories = [{"id": 1, "name": "person"}]
    return {"images": images, "annotations": annotations, "categories": categories}
