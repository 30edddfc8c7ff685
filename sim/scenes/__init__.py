"""Synthetic camera scenes with exact ground truth: seeded, without any downloaded data."""

from sim.scenes.contact_sheet import contact_sheet
from sim.scenes.render import RenderedScene, render
from sim.scenes.sampling import classification_scene, counting_scene
from sim.scenes.scene import CLASSES, SPLITS, ObjectTruth, Scene, Truth

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
