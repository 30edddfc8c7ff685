"""One picture file: one frame, or those of an animation."""

import hashlib
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.items.item import GroundTruth, Item, key_of


def pictures(
    file: Path, name: str, label: str | None, truth: GroundTruth | None = None
) -> list[Item]:
    """The frames of a picture file; an animation (GIF, WebP, APNG) has one a moment.

    SetupError for a file that is not there or cannot be read at all.
    """
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error
    # What is known of a picture is part of what it is.
    known = () if truth is None else (repr(truth),)
    count = frames.moments(file)
    if count == 1:
        key = key_of(name, digest, *known)
        return [Item(name, key, picture=file, label=label, truth=truth)]
    return [
        Item(
            f"{name}[{page}]", key_of(name, digest, str(page), *known), picture=file, label=label,
            page=page, truth=truth,
        )
        for page in range(count)
    ]  # fmt: skip
