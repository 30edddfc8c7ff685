"""Logged frames on disk: a folder of pictures for each label, and what is known of each frame.

LABEL/NAME.png  the frame, lossless; without a label NAME.png beside the labels' folders
manifest.jsonl  one line a frame, in the order of their arrival
"""

import contextlib
import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from rt1062.errors import SetupError
from rt1062.files import cannot_write, lock_file, remove_parts, whole
from rtbench import frames
from rtbench.logger.collector import Arrival

MANIFEST = "manifest.jsonl"
LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _+-]{0,31}")  # a folder's name anywhere
NAME_DIGITS = 6


@dataclass(frozen=True)
class Entry:
    """A line of the manifest; `duplicate_of` is the file that had the same pixels before, or ""."""

    file: str
    label: str
    session: str
    boot_id: str
    sequence: int
    time_ms: int
    crc32: str
    sha256: str
    source: str
    firmware: str
    sensor: str
    duplicate_of: str = ""


def check_label(label: str) -> str:
    """The label; SetupError for one that is no folder's name."""
    if label and not LABEL.fullmatch(label):
        raise SetupError(
            "a label must be 32 letters, digits, blanks, _, + or - at most and begin with a letter "
            f"or a digit, not {label!r}"
        )
    return label


class LogFolder:
    """The folder, for one session that adds to it; SetupError if it cannot be written."""

    def __init__(self, path: Path, session: str, firmware: str, sensor: str) -> None:
        self.path, self.session = path, session
        self.firmware, self.sensor = firmware, sensor
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = (path / ".lock").open("w")
        except OSError as error:
            raise cannot_write(path, error) from error
        if not lock_file(self._lock, wait=False):
            self._lock.close()
            raise SetupError(f"{path}: another logger writes there; name another folder")
        self._manifest = path / MANIFEST
        self.entries = self._resume()
        self._by_digest = {entry.sha256: entry.file for entry in reversed(self.entries)}
        try:
            self._stream = self._manifest.open("a", encoding="utf-8")
        except OSError as error:
            raise cannot_write(self._manifest, error) from error

    def close(self) -> None:
        """Let go of the folder."""
        with contextlib.suppress(OSError):
            self._stream.close()
        self._lock.close()

    @property
    def counts(self) -> Counter[str]:
        """Frames by label."""
        return Counter(entry.label for entry in self.entries)

    def _resume(self) -> list[Entry]:
        """The entries of earlier sessions; what a killed one has begun is put away."""
        found = read_manifest(self._manifest) if self._manifest.is_file() else []
        entries = [entry for entry in found if (self.path / entry.file).is_file()]
        if self._manifest.is_file():
            with whole(self._manifest) as part:
                part.write_text("".join(_line(entry) for entry in entries), encoding="utf-8")
        known = {entry.file for entry in entries}
        sessions = {entry.session for entry in found}
        for file in self.path.rglob("*.png"):
            session, _, number = file.stem.rpartition("-")
            ours = session in sessions and number.isdecimal() and len(number) == NAME_DIGITS
            if ours and file.relative_to(self.path).as_posix() not in known:
                file.unlink()
        for folder in {self.path, *((self.path / file).parent for file in known)}:
            remove_parts(folder)
        return entries

    def add(self, arrival: Arrival) -> Entry:
        """Keep a frame: its picture, then its line, so that a line is there for no picture less."""
        record, wish = arrival.record, arrival.wish
        digest = hashlib.sha256(record.pixels).hexdigest()
        name = f"{self.session}-{len(self.entries) + 1:0{NAME_DIGITS}}.png"
        file = f"{wish.label}/{name}" if wish.label else name
        entry = Entry(
            file=file,
            label=wish.label,
            session=self.session,
            boot_id=f"{record.boot_id:08x}",
            sequence=record.sequence,
            time_ms=record.time_ms,
            crc32=record.crc32,
            sha256=digest,
            source=wish.source,
            firmware=self.firmware,
            sensor=self.sensor,
            duplicate_of=self._by_digest.get(digest, ""),
        )
        path = self.path / file
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error) from error
        with whole(path) as part:
            Image.fromarray(frames.from_rgb565(record.pixels)).save(part)
        try:
            self._stream.write(_line(entry))
            self._stream.flush()
        except OSError as error:
            raise cannot_write(self._manifest, error) from error
        self._by_digest.setdefault(digest, file)
        self.entries.append(entry)
        return entry


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry)) + "\n"


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
            entries.append(Entry(**json.loads(line)))
        except (ValueError, TypeError) as error:
            if number == len(lines):
                break
            raise SetupError(f"{path}:{number}: not a line of a log's manifest") from error
    return entries
