"""What TFLM on the host has answered before, kept on disk: the same bytes in, the same bytes out.

One file for a model, an arena and the package that computes. A record is a question's SHA-256, the
length of the answer, the answer, and a digest of all that. It is appended in one piece, so several
processes may; a file with a damaged record counts as none and is begun anew.
"""

import contextlib
import hashlib
import os
import struct
from importlib.machinery import ModuleSpec
from pathlib import Path

from rt1062 import checkout

FOLDER = checkout.CACHE / "answers"
MOST_FILES = 32  # of the last models
MOST_BYTES = 32 << 20  # of a file; what comes then is computed each time
_HEAD = struct.Struct("<32sI")
_DIGEST_BYTES = 8
_WORKER = Path(__file__).with_name("reference_worker.py")


def computed_by(package: ModuleSpec) -> bytes:
    """What an answer depends on besides model and input: the package as installed, our worker."""
    found = hashlib.sha256(_WORKER.read_bytes())
    for folder in package.submodule_search_locations or ():
        for path in sorted(Path(folder).rglob("*.so")):
            stat = path.stat()
            found.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return found.digest()


class Answers:
    """The answers of whatever `key` names; without a folder nothing is known or kept."""

    def __init__(self, key: bytes, folder: Path | None = FOLDER):
        self._path = folder and folder / hashlib.sha256(key).hexdigest()[:32]
        self._known: dict[bytes, bytes] = {}
        if self._path is None:
            return
        with contextlib.suppress(OSError):
            known = _records(self._path.read_bytes())
            if known is None:
                self._path.unlink()
            else:
                self._known = known

    def find(self, question: bytes) -> bytes | None:
        """The answer to a question, None if it is not known."""
        return self._known.get(hashlib.sha256(question).digest())

    def keep(self, question: bytes, answer: bytes) -> None:
        """Know an answer from now on; a disk that is full or closed is no error."""
        if self._path is None:
            return
        name = hashlib.sha256(question).digest()
        self._known[name] = answer
        record = _HEAD.pack(name, len(answer)) + answer
        with contextlib.suppress(OSError):
            if not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                _leave_newest(self._path.parent, MOST_FILES - 1)
            with self._path.open("ab", buffering=0) as file:
                if os.fstat(file.fileno()).st_size < MOST_BYTES:
                    file.write(record + _digest(record))


def _records(data: bytes) -> dict[bytes, bytes] | None:
    """The answers in a file by the names of their questions, None if it is damaged."""
    known, at = {}, 0
    while at < len(data):
        if at + _HEAD.size > len(data):
            return None
        name, length = _HEAD.unpack_from(data, at)
        end = at + _HEAD.size + length
        if data[end : end + _DIGEST_BYTES] != _digest(data[at:end]):
            return None
        known[name] = data[at + _HEAD.size : end]
        at = end + _DIGEST_BYTES
    return known


def _digest(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()[:_DIGEST_BYTES]


def _leave_newest(folder: Path, most: int) -> None:
    files = sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime_ns)
    for old in files[:-most]:
        old.unlink()
