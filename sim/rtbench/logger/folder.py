"""Logged frames on disk: a folder of pictures for each label, and what is known of each frame.

LABEL/NAME.png    the frame, lossless; without a label NAME.png beside the labels' folders
manifest.jsonl    one line a frame, in the order of their arrival
annotations.json  boxes as COCO has them, where there are any
"""

import contextlib
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from rt1062.errors import SetupError
from rt1062.files import cannot_write, lock_file, remove_parts, whole, write_whole
from rtbench import frames
from rtbench.logger import coco
from rtbench.logger.collector import Arrival
from rtbench.logger.entry import MANIFEST, Entry, read_manifest
from rtbench.logger.likeness import Likenesses, likeness

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _+-]{0,31}")  # a folder's name anywhere
NAME_DIGITS = 6
RAW = ".rgb565"
# Of ten sessions; a session is in one split as a whole, as its frames are alike.
SPLIT_OF_TENTH = (*["train"] * 8, "validation", "test")


@dataclass(frozen=True)
class Session:
    """What is the same of all frames of a session."""

    name: str
    firmware: str
    sensor: str
    split: str = ""

    @property
    def its_split(self) -> str:
        """The one that was given, or one that its name decides."""
        digest = hashlib.sha256(self.name.encode()).digest()
        return self.split or SPLIT_OF_TENTH[digest[0] % len(SPLIT_OF_TENTH)]


def check_label(label: str) -> str:
    """The label; SetupError for one that is no folder's name."""
    if label and not LABEL.fullmatch(label):
        raise SetupError(
            "a label must be 32 letters, digits, blanks, _, + or - at most and begin with a letter "
            f"or a digit, not {label!r}"
        )
    return label


class LogFolder:
    """The folder, for one session that adds to it; SetupError if it cannot be written.

    `raw`: the frames as they came (RGB565) instead of pictures.
    """

    def __init__(self, path: Path, session: Session, raw: bool = False) -> None:
        self.path, self.session, self.raw = path, session, raw
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
        self._number = len(self.entries)
        self._by_digest = {entry.sha256: entry.file for entry in reversed(self.entries)}
        self._likenesses = Likenesses()
        for entry in self.entries:
            self._likenesses.add(entry.file, int(entry.likeness, 16))
        self._open()

    def _open(self) -> None:
        try:
            self._stream = self._manifest.open("a", encoding="utf-8")
        except OSError as error:
            raise cannot_write(self._manifest, error) from error

    def close(self) -> None:
        """Let go of the folder; the boxes are written down."""
        with contextlib.suppress(OSError):
            self._stream.close()
        try:
            if any(entry.boxes for entry in self.entries):
                write_whole(self.path / coco.FILE, json.dumps(coco.coco(self.entries)) + "\n")
        finally:
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
            self._rewrite(entries)
        known = {entry.file for entry in entries}
        for file in self.path.rglob(f"*-{'[0-9]' * NAME_DIGITS}.*"):
            ours = file.suffix in (".png", RAW) and is_session(file.stem[: -NAME_DIGITS - 1])
            if ours and file.relative_to(self.path).as_posix() not in known:
                file.unlink()
        for folder in (self.path, *filter(Path.is_dir, self.path.iterdir())):
            remove_parts(folder)
        return entries

    def _rewrite(self, entries: list[Entry]) -> None:
        write_whole(self._manifest, "".join(entry.to_json() for entry in entries))

    def add(self, arrival: Arrival) -> Entry:
        """Keep a frame: its picture first, then its line, so that no line is without a picture."""
        entry = self._entry(arrival)
        path = self.path / entry.file
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error) from error
        if self.raw:
            write_whole(path, arrival.record.pixels)
        else:
            with whole(path) as part:
                Image.fromarray(frames.from_rgb565(arrival.record.pixels)).save(part)
        try:
            self._stream.write(entry.to_json())
            self._stream.flush()
        except OSError as error:
            raise cannot_write(self._manifest, error) from error
        self._by_digest.setdefault(entry.sha256, entry.file)
        self._likenesses.add(entry.file, int(entry.likeness, 16))
        self._number += 1
        self.entries.append(entry)
        return entry

    def _entry(self, arrival: Arrival) -> Entry:
        record, wish = arrival.record, arrival.wish
        name = f"{self.session.name}-{self._number + 1:0{NAME_DIGITS}}{RAW if self.raw else '.png'}"
        digest = hashlib.sha256(record.pixels).hexdigest()
        alike = likeness(frames.from_rgb565(record.pixels))
        return Entry(
            file=f"{wish.label}/{name}" if wish.label else name,
            label=wish.label,
            session=self.session.name,
            split=self.session.its_split,
            boot_id=f"{record.boot_id:08x}",
            sequence=record.sequence,
            time_ms=record.time_ms,
            crc32=record.crc32,
            sha256=digest,
            likeness=f"{alike:016x}",
            source=wish.source,
            firmware=self.session.firmware,
            sensor=self.session.sensor,
            boxes=wish.boxes,
            duplicate_of=self._by_digest.get(digest, ""),
            near=self._likenesses.nearest(alike),
        )

    def undo(self) -> Entry | None:
        """Take the last frame of this session back; None if there is none."""
        if not self.entries or self.entries[-1].session != self.session.name:
            return None
        last = self.entries.pop()
        self._stream.close()
        self._rewrite(self.entries)
        self._open()
        (self.path / last.file).unlink(missing_ok=True)
        if self._by_digest.get(last.sha256) == last.file:
            del self._by_digest[last.sha256]
        return last


def is_session(name: str) -> bool:
    """Whether `new_session` may have made the name."""
    return re.fullmatch(r"\d{8}T\d{6}(\.\d+)?", name) is not None


def new_session(time_text: str, path: Path) -> str:
    """A session's name, from its beginning (YYYYMMDDTHHMMSS): one that the folder has not yet."""
    manifest = path / MANIFEST
    used = {entry.session for entry in read_manifest(manifest)} if manifest.is_file() else set()
    names = [time_text, *(f"{time_text}.{number}" for number in range(2, len(used) + 3))]
    return next(name for name in names if name not in used)


def split_files(folder: Path, split: str) -> set[Path]:
    """The pictures of a logged folder that are in a split; SetupError if it is no such folder."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise SetupError(
            f"{folder}: --split is of drawn scenes (--scenes N) and of folders of `rtbench log`"
        )
    return {folder / entry.file for entry in read_manifest(manifest) if entry.split == split}
