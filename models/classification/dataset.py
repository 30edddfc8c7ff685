"""The data of the classification: rendered scenes, or a user's own ImageFolder tree.

A folder of `rtbench log` is such a tree; its sessions stay whole, because frames of one are alike.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.classification.config import Config
from models.shared.rendered import Samples, rendered_samples, split_seeds, through_camera
from rt1062.errors import SetupError
from rtbench.frames import load_picture
from rtbench.logger.entry import MANIFEST, read_manifest
from rtbench.scenes import CLASSES

SPLITS = ("train", "validation", "test")
VALIDATION_SHARE, TEST_SHARE = 0.15, 0.15
MINIMUM_PER_CLASS = 8


@dataclass(frozen=True)
class Dataset:
    """The three splits, and what the labels are called."""

    labels: tuple[str, ...]
    train: Samples
    validation: Samples
    test: Samples

    @property
    def seeds(self) -> dict[str, str]:
        """The scene seeds of each split, which never share a random stream."""
        return split_seeds(self)

    def indices(self, samples: Samples) -> np.ndarray:
        """The class numbers of some samples."""
        numbers = {label: number for number, label in enumerate(self.labels)}
        return np.array([numbers[truth["label"]] for truth in samples.truths])


def load_dataset(config: Config, data: Path | None = None) -> Dataset:
    """The scenes of `config`, or the pictures below `data`, one folder a class."""
    if data is not None:
        return folder_dataset(data, config.seed)
    counts = {
        "train": config.train_scenes,
        "validation": config.validation_scenes,
        "test": config.test_scenes,
    }
    splits = {
        split: rendered_samples("classification", split, count, config.threads)
        for split, count in counts.items()
    }
    return Dataset(CLASSES, **splits)


def folder_dataset(root: Path, seed: int) -> Dataset:
    """`root/<class>/*`, or `root/{train,validation,test}/<class>/*` where it is split already, or
    a folder of `rtbench log`, whose manifest says each session's split."""
    if not root.is_dir():
        raise SetupError(f"{root}: no such directory; it must hold one folder of pictures a class")
    if (root / MANIFEST).is_file():
        return _logged(root)
    if (root / "train").is_dir():
        folders = {split: root / split for split in SPLITS}
        for folder in folders.values():
            if not folder.is_dir():
                raise SetupError(f"{folder}: missing; a split tree has train, validation and test")
        labels = _classes(folders["train"])
        for folder in folders.values():
            if _classes(folder) != labels:
                raise SetupError(f"{folder}: its classes must be {', '.join(labels)}, as in train")
        return Dataset(labels, **{name: _read(_files(folder)) for name, folder in folders.items()})
    labels = _classes(root)
    parts: dict[str, list[tuple[str, Path]]] = {"train": [], "validation": [], "test": []}
    random = np.random.default_rng(seed)
    for label in labels:
        files = [item for item in _files(root) if item[0] == label]
        if len(files) < MINIMUM_PER_CLASS:
            raise SetupError(
                f"{root / label}: {len(files)} pictures, a class needs {MINIMUM_PER_CLASS} or more"
            )
        files = [files[i] for i in random.permutation(len(files))]
        validation = max(1, round(VALIDATION_SHARE * len(files)))
        test = max(1, round(TEST_SHARE * len(files)))
        parts["validation"] += files[:validation]
        parts["test"] += files[validation : validation + test]
        parts["train"] += files[validation + test :]
    return Dataset(labels, **{name: _read(files) for name, files in parts.items()})


def _logged(root: Path) -> Dataset:
    entries = [entry for entry in read_manifest(root / MANIFEST) if entry.label]
    labels = tuple(sorted({entry.label for entry in entries}))
    if len(labels) < 2:
        raise SetupError(f"{root}: it must hold frames of two or more labels")
    parts = {}
    for split in SPLITS:
        chosen = [entry for entry in entries if entry.split == split]
        missing = set(labels) - {entry.label for entry in chosen}
        if missing:
            raise SetupError(
                f"{root}: no session of split {split} has {', '.join(sorted(missing))}; "
                f"log one with --split {split}"
            )
        parts[split] = _read([(entry.label, root / entry.file) for entry in chosen])
    return Dataset(labels, **parts)


def _classes(folder: Path) -> tuple[str, ...]:
    labels = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))
    if len(labels) < 2:
        raise SetupError(f"{folder}: it must hold two or more folders, one a class")
    return labels


def _files(folder: Path) -> list[tuple[str, Path]]:
    found = []
    for label in _classes(folder):
        paths = sorted(path for path in (folder / label).iterdir() if not path.name.startswith("."))
        if not paths:
            raise SetupError(f"{folder / label}: class without samples")
        found += [(label, path) for path in paths]
    return found


def _read(files: list[tuple[str, Path]]) -> Samples:
    images = np.stack([through_camera(load_picture(path)) for _, path in files])
    truths = [
        {"label": label, "objects": [], "axes": {}, "file": str(path)} for label, path in files
    ]
    return Samples(images, truths)
