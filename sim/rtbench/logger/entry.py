"""A line of a log's manifest, and the file of them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from rt1062.errors import SetupError
from rtbench.boxes import Edges

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True)
class Entry:
    """What is known of a frame that was logged.

    `sequence`, `boot_id` and `time_ms` are the board's; `crc32` and `sha256` of the pixels as they
    came; `likeness` as rtbench.logger.likeness has it. `duplicate_of` is the file that had the same
    pixels before, `near` the first that was much alike, or "".
    """

    file: str
    label: str
    session: str
    split: str
    boot_id: str
    sequence: int
    time_ms: int
    crc32: str
    sha256: str
    likeness: str
    source: str
    firmware: str
    sensor: str
    boxes: tuple[Edges, ...] = ()
    duplicate_of: str = ""
    near: str = ""

    def to_json(self) -> str:
        """The line, with its newline."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_json(cls, line: str) -> Self:
        """The entry of a line; ValueError or TypeError for one that is none."""
        values = json.loads(line)
        return cls(**{**values, "boxes": tuple(map(tuple, values["boxes"]))})


def read_manifest(path: Path) -> list[Entry]:
    """The entries of a manifest; a last line that a crash has cut short is left out.

    SetupError for a file that is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as text ({error})") from error
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entries.append(Entry.from_json(line))
        except (ValueError, TypeError, KeyError) as error:
            if number == len(lines):
                break
            raise SetupError(f"{path}:{number}: not a line of a log's manifest") from error
    return entries
