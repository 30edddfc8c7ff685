"""Which picture files `rtbench run --images` means."""

from collections.abc import Sequence
from pathlib import Path

from rt1062.errors import SetupError


def find(paths: Sequence[Path]) -> tuple[list[Path], int]:
    """The picture files, in order, and how many other files the directories held.

    A directory stands for the pictures in it and below, by name; SetupError for a path that does
    not exist, and for a directory without a picture.
    """
    from PIL import Image

    extensions = Image.registered_extensions()
    found: list[Path] = []
    others = 0
    for path in paths:
        if not path.exists():
            raise SetupError(f"{path}: no such file or directory")
        if not path.is_dir():
            found.append(path)
            continue
        files = sorted(one for one in path.rglob("*") if one.is_file() and not _hidden(one, path))
        pictures = [one for one in files if one.suffix.lower() in extensions]
        if not pictures:
            raise SetupError(f"{path}: no pictures in this directory")
        others += len(files) - len(pictures)
        found += pictures
    return found, others


def _hidden(file: Path, directory: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(directory).parts)
