"""Files that others wrote: JSON through one door, each value of the type its reader expects."""

import json
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec

from rt1062.errors import SetupError

MOST_BYTES = 1 << 28  # of a file; the largest of the bench's own has a tenth of it
SHOWN = 60  # characters of a value that is refused
WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Number = (
    Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    | Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
)


def read_text(path: Path) -> str:
    """A file's text; SetupError if it cannot be read, is not UTF-8 or far too large."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SetupError(f"{path}: must have at most {MOST_BYTES >> 20} MiB")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise SetupError(f"{path}: cannot be read as text ({error})") from error


def read_json(path: Path, kind: Any = Any, what: str = "") -> Any:
    """A file's value, converted to `kind` (a dataclass, TypedDict, list ...); SetupError with file,
    key, the value found and what is expected. `what` says what should have been in the file.
    """
    try:
        text = read_text(path)
    except SetupError as error:
        raise SetupError(f"{error}; {what}" if what else str(error)) from error
    return decoded(text, kind, path, what)


def read_checked(path: Path, kind: Any, what: str) -> dict[str, Any]:
    """All of an object in a file, what `kind` (a TypedDict) names of it checked; as `read_json`."""
    value = read_json(path, what=what)
    needed(value, kind, path, what)
    return value


def decoded(text: str, kind: Any, where: object, what: str = "") -> Any:
    """The same of a text that stands at `where`: a file, or a file and a line."""
    hint = f"; {what}" if what else ""
    try:
        value = json.loads(text)
        if r"\ud" in text.lower():  # half a character, of which no file and no page can be made
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise SetupError(f"{where}: not JSON ({error}){hint}") from error
    return needed(value, kind, where, what)


def needed(value: object, kind: Any, where: object, what: str = "") -> Any:
    """A value as `kind`; SetupError for another."""
    hint = f"; {what}" if what else ""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise SetupError(f"{where}: {_told(str(error), value)}{hint}") from error


def _told(said: str, value: object) -> str:
    """What the library says of a value, as `KEY must be X, not Y`."""
    said, _, path = said.partition(" - at `$")
    key = path.rstrip("`").lstrip(".")
    if missing := re.search(r"missing required field `(.+)`", said):
        return f"{key}.{missing[1]}".lstrip(".") + " is missing"
    expected = re.sub(r", got .*$", "", said.removeprefix("Expected "))
    kinds = [word.strip("` ") for word in expected.split("|")]
    if "float" in kinds and "int" in kinds:
        kinds.remove("int")
    expected = " or ".join(WORDS.get(kind, kind) for kind in kinds).replace("`", "")
    try:
        found = f", not {_at(value, key)!r:.{SHOWN}}"
    except LookupError:  # within a mapping the library does not say where
        found = ""
    return f"{key or 'it'} must be {expected}{found}"


def _at(value: Any, key: str) -> object:
    for name, place in re.findall(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]", key):
        if place == "...":
            raise LookupError(key)
        value = value[int(place)] if place else value[name]
    return value
