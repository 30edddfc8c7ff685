"""Pictures in a directory and below: in natural order, links followed, the rest with its reason."""

import os
import re
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.items.item import Item, normalised
from rtbench.items.pictures import pictures
from rtbench.terminal import printable

LeftOut = tuple[Path, str]  # a file that is no picture, and why


def in_folder(directory: Path, left_out: list[LeftOut]) -> list[Item]:
    """The pictures of a directory; a sub-directory's name is the label of what is in it.

    SetupError for a directory without a picture.
    """
    files, others = picture_files(directory)
    left_out += others
    return [item for file in files for item in _items(directory, file)]


def picture_files(directory: Path) -> tuple[list[Path], list[LeftOut]]:
    """The pictures in a directory and below, frame9 before frame10, and what is none.

    Hidden files are none and not told. SetupError for a directory without a picture.
    """
    found, left_out = [], []
    for file in sorted(_walk(directory, left_out), key=lambda file: natural(directory, file)):
        reason = frames.why_no_picture(file)
        if reason:
            left_out.append((file, reason))
        else:
            found.append(file)
    if not found:
        raise SetupError(f"{directory}: no pictures in this directory")
    return found, left_out


def natural(directory: Path, file: Path) -> tuple[object, ...]:
    """A key that orders numbers in names by their value."""
    parts = file.relative_to(directory).parts
    # Text and numbers take turns, so that like is compared with like.
    split = [re.split(r"([0-9]+)", part) for part in parts]
    keys = [tuple(int(one) if at % 2 else one for at, one in enumerate(each)) for each in split]
    return (*keys, parts)


def _walk(directory: Path, left_out: list[LeftOut]) -> list[Path]:
    """All files; links to directories are followed, unless they lead back to where one is."""
    files = []
    for folder, names, inside in os.walk(directory, followlinks=True):
        here = Path(folder)
        names[:] = [name for name in sorted(names) if not name.startswith(".")]
        for name in list(names):
            if (here / name).is_symlink() and _leads_up(here, here / name):
                names.remove(name)
                left_out.append((here / name, "a link to a directory that it is in"))
        for name in inside:
            if name.startswith("."):
                continue
            if (here / name).is_file():
                files.append(here / name)
            elif (here / name).is_symlink():
                left_out.append((here / name, "a link that leads nowhere"))
            else:
                left_out.append((here / name, "no regular file"))
    return files


def _leads_up(here: Path, link: Path) -> bool:
    target = os.path.realpath(link)
    return os.path.commonpath([target, os.path.realpath(here)]) == target


def _items(directory: Path, file: Path) -> list[Item]:
    parts = [printable(part) for part in file.relative_to(directory).parts]
    return pictures(file, "/".join(parts), normalised(parts[0]) if len(parts) > 1 else None)
