"""A CSV of labels: a picture a line, and what it shows or how many persons."""

import csv
from collections.abc import Sequence
from pathlib import Path

from rt1062.errors import SetupError
from rtbench.items.item import GroundTruth, Item, key_of, normalised
from rtbench.items.pictures import pictures
from rtbench.terminal import printable

FILE = ("file", "filename", "file_name", "image", "path", "picture")
LABEL = ("label", "class", "category", "truth")
COUNT = ("count", "persons", "people")


def label_table(path: Path) -> list[Item]:
    """The pictures of a table, in its order; their names are relative to it.

    A first line of names says what its columns are (file, label, count); without one they are file
    and label. Commas, semicolons or tabs. SetupError, with the line, for one that names no file.
    """
    rows = _rows(path)
    head = [cell.strip().lower() for cell in rows[0][1]]
    named = any(cell in FILE for cell in head)
    file_at = _column(head, FILE) if named else 0
    label_at = _column(head, LABEL) if named else 1
    count_at = _column(head, COUNT) if named else None
    items = []
    for number, cells in rows[1:] if named else rows:
        name = _cell(cells, file_at)
        if not name:
            raise SetupError(f"{path}:{number}: no file name in it")
        label, count = _cell(cells, label_at), _cell(cells, count_at)
        if count and not count.isdecimal():
            raise SetupError(f"{path}:{number}: count must be a whole number, not {count!r}")
        items += _items(path.parent / name, name, label, count)
    if not items:
        raise SetupError(f"{path}: no picture in it")
    return items


def _items(file: Path, name: str, label: str, count: str) -> list[Item]:
    shown, known = printable(name), normalised(printable(label)) or None
    truth = GroundTruth(label=known, count=int(count)) if count else None
    if file.is_file():
        return pictures(file, shown, known, truth)
    # A row with its reason, when its turn comes.
    return [Item(shown, key_of(shown), picture=file, label=known, truth=truth)]


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The lines with anything in them, with their numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = csv.reader(text.splitlines(), delimiter=delimiter)
        rows = [(table.line_num, cells) for cells in table if any(map(str.strip, cells))]
    except csv.Error as error:
        raise SetupError(f"{path}: not a table ({error})") from error
    if not rows:
        raise SetupError(f"{path}: no picture in it")
    return rows


def _column(head: Sequence[str], names: Sequence[str]) -> int | None:
    return next((at for at, cell in enumerate(head) if cell in names), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return "" if at is None or at >= len(cells) else cells[at].strip()
