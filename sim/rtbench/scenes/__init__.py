"""Synthetic camera scenes with exact ground truth: seeded, without any downloaded data."""

from rtbench.scenes.contact_sheet import contact_sheet
from rtbench.scenes.render import RenderedScene, render
from rtbench.scenes.sampling import classification_scene, counting_scene
from rtbench.scenes.scene import CLASSES, SPLITS, ObjectTruth, Scene, Truth

__all__ = [
    "CLASSES",
    "SPLITS",
    "ObjectTruth",
    "RenderedScene",
    "Scene",
    "Truth",
    "classification_scene",
    "contact_sheet",
    "counting_scene",
    "render",
]
