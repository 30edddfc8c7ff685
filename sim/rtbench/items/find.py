"""What paths stand for: folders, pictures, videos, and tables of what is true of pictures."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.items.coco import coco, is_coco
from rtbench.items.folder import LeftOut, in_folder
from rtbench.items.item import Item
from rtbench.items.label_table import label_table
from rtbench.items.pictures import pictures
from rtbench.items.scene_file import scene_file
from rtbench.items.video import VIDEOS, video
from rtbench.terminal import printable

SCENE_FILES = (".json", ".jsonl")


def find(
    paths: Iterable[Path], left_out: Callable[[Sequence[LeftOut]], None] = lambda files: None
) -> list[Item]:
    """The frames that paths stand for, in order; SetupError for one that stands for none.

    A file of scenes (JSON Lines of `rtbench scenes --json`), COCO annotations (.json), a CSV of
    labels, a video, a picture, or a directory: pictures in its sub-directories are labelled with
    the sub-directory's name (ImageFolder). `left_out` is told which files of a directory are no
    pictures, and why.
    """
    items: list[Item] = []
    for path in paths:
        ending = path.suffix.lower()
        if not path.exists():
            raise SetupError(f"{path}: no such file or directory")
        if path.is_dir():
            others: list[LeftOut] = []
            items += in_folder(path, others)
            if others:
                left_out(others)
        elif ending in SCENE_FILES:
            value = _json_object(path)
            items += coco(path, value) if is_coco(value) else scene_file(path)
        elif ending in (".csv", ".tsv"):
            items += label_table(path)
        elif ending in VIDEOS:
            items += video(path)
        else:
            reason = frames.why_no_picture(path)
            if "HEIC" in reason:
                raise SetupError(f"{path}: {reason}")
            items += pictures(path, printable(path.name), None)
    return items


def _json_object(path: Path) -> object:
    """The whole file as JSON; None where it is more than one line's worth, or none at all."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
