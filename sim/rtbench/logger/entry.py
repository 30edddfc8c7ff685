"""A line of a log's manifest, and the file of them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import foreign
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


def read_manifest(path: Path) -> list[Entry]:
    """The entries of a manifest; a last line that a crash has cut short is left out.

    SetupError for a file that is none.
    """
    text = foreign.read_text(path)
    lines = text.splitlines()
    if lines and not text.endswith("\n"):
        lines.pop()
    entries = [
        foreign.decoded(line, Entry, f"{path}:{number}", "not a line of a log's manifest")
        for number, line in enumerate(lines, 1)
    ]
    for number, entry in enumerate(entries, 1):
        file = Path(entry.file)
        if file.is_absolute() or ".." in file.parts:
            raise SetupError(f"{path}:{number}: file must be within the folder, not {entry.file!r}")
    return entries
