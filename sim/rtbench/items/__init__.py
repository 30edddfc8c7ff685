"""Frames to show and what is true of them.

item: one of them. find: what paths stand for: scene_file, folder (ImageFolder), coco, label_table
(CSV) and video have a way of their own to keep pictures and truths together.
"""

from rtbench.items.find import find
from rtbench.items.folder import picture_files
from rtbench.items.item import (
    Frame,
    GroundTruth,
    Item,
    data_digest,
    draw_scenes,
    frame_of,
    normalised,
    scene_item,
    truth_of,
)

__all__ = [
    "Frame",
    "GroundTruth",
    "Item",
    "data_digest",
    "draw_scenes",
    "find",
    "frame_of",
    "normalised",
    "picture_files",
    "scene_item",
    "truth_of",
]
