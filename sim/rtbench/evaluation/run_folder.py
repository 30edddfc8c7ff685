"""The rows of an evaluation on disk: kept as they come, taken up again, sorted at the end.

head.json    what was evaluated: firmware, model, emulator, the bench's own sources
rows.jsonl   one row a frame
rows.csv     the same for a spreadsheet
summary.json the figures, the same form as a baseline
frames/      each frame's bytes as the camera sent them, named by their SHA-256
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import rt1062
import rtbench
from rt1062.errors import SetupError
from rt1062.files import cannot_write, lock_file, remove_parts, write_whole
from rtbench import foreign
from rtbench.evaluation.table import write_table
from rtbench.tasks import Task
from rtbench.tasks.figure import counted
from rtbench.tasks.row import Row


class RunFolder:
    """A directory for one evaluation; SetupError if it cannot be written or is in use."""

    def __init__(self, path: Path, task: Task):
        self.path, self.task = path, task
        try:
            (path / "frames").mkdir(parents=True, exist_ok=True)
            self._lock = (path / ".lock").open("w")
        except OSError as error:
            raise cannot_write(path, error) from error
        if not lock_file(self._lock, wait=False):
            self._lock.close()
            raise SetupError(f"{path}: another evaluation writes there; name another")
        for folder in (path, path / "frames"):
            remove_parts(folder)
        self._rows, self._others = path / "rows.jsonl", path / "others.jsonl"
        self._stream = None
        self._old: dict[str, Row] = {}
        self._counted = counted("")

    def close(self) -> None:
        """Let go of the folder."""
        self._close_stream()
        self._lock.close()

    def _close_stream(self) -> None:
        if self._stream is not None:
            # What could not be written on a full disk is told by whoever wrote it.
            with contextlib.suppress(OSError):
                self._stream.close()

    def resume(self, head: dict[str, object], fresh: bool) -> dict[str, Row]:
        """The rows that are there already, by key; none if they are of something else.

        A frame that failed is not among them: it is tried again.
        """
        same = not fresh and read_json(self.path / "head.json") == json.loads(json.dumps(head))
        if same:
            found = [*read_rows(self._others, self.task), *read_rows(self._rows, self.task)]
            self._old = {row.key: row for row in found if not row.error}
        write_json(self.path / "head.json", head)
        self._counted = counted(str(head.get("emulator")))
        _write_rows(self._others, [])
        _write_rows(self._rows, self._old.values())
        try:
            self._stream = self._rows.open("a", encoding="utf-8")
        except OSError as error:
            raise cannot_write(self._rows, error) from error
        return self._old

    def add(self, row: Row, frame: bytes) -> None:
        """Keep one row at once."""
        file = self.frame_path(self.path, row.sha256)
        if not file.is_file() or file.stat().st_size != len(frame):
            write_whole(file, frame)
        try:
            self._stream.write(row.to_json() + "\n")
            self._stream.flush()
        except OSError as error:
            raise cannot_write(self._rows, error) from error

    def finish(self, rows: Sequence[Row]) -> None:
        """Write the rows in order, and the table; earlier rows of other frames are kept apart."""
        self._close_stream()
        keys = {row.key for row in rows}
        others = [row for key, row in self._old.items() if key not in keys]
        if others:
            _write_rows(self._others, others)
        _write_rows(self._rows, rows)
        write_table(self.path / "rows.csv", rows, self.task, self._counted)

    @staticmethod
    def frame_path(folder: Path, sha256: str) -> Path:
        """Where a frame's bytes are."""
        return folder / "frames" / f"{sha256}.rgb565"


def _write_rows(path: Path, rows: Iterable[Row]) -> None:
    write_whole(path, "".join(f"{row.to_json()}\n" for row in rows))


def read_rows(path: Path, task: Task) -> list[Row]:
    """The rows of a file; one that a crash cut short at the end is left out."""
    if not path.is_file():
        return []
    rows = []
    try:
        lines = foreign.read_text(path).splitlines()
    except SetupError as error:
        raise SetupError(f"{error}; --fresh begins anew") from error
    for number, line in enumerate(lines, 1):
        try:
            rows.append(Row.from_json(line, task.answer_type))
        except ValueError as error:
            if number == len(lines):
                break
            raise SetupError(f"{path}:{number}: {error}; --fresh begins anew") from error
    return rows


def read_json(path: Path) -> dict[str, object] | None:
    """A JSON object from a file that may be there; None without one."""
    try:
        value = foreign.read_json(path)
    except SetupError:
        return None
    return value if isinstance(value, dict) else None


def write_json(path: Path, value: object) -> None:
    """Write JSON, whole or not at all."""
    write_whole(path, json.dumps(value, indent=1) + "\n")


def bench_digest() -> str:
    """A hash of the bench's sources: results of another bench are not gone on with."""
    digest = hashlib.sha256()
    for package in (rt1062, rtbench):
        root = Path(package.__file__).parent
        for file in sorted(root.rglob("*.py")):
            name = file.relative_to(root)
            if "report" not in name.parts:
                digest.update(name.as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
