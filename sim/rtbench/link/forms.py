"""How a field of an event is written on the line: what is allowed there, and what it stands for."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from math import isfinite

from rtbench.link.values import Box, MemoryUse

SUBPIXELS = 16  # of a pixel, the unit of a box on the console
EDGE = 96 * SUBPIXELS
CRC_DIGITS = set("0123456789abcdef")


@dataclass(frozen=True)
class Form:
    """`wanted` says in words what is allowed; `read` gives the value, ValueError for another."""

    wanted: str
    read: Callable[[object], object]


def _check(good: bool) -> None:
    if not good:
        raise ValueError


def is_whole(value: object) -> bool:
    """A whole number of JSON."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_natural(value: object) -> bool:
    """A whole number that is not negative."""
    return is_whole(value) and value >= 0


def _text(value: object) -> str:
    _check(isinstance(value, str))
    return value


def _natural(value: object) -> int:
    _check(is_natural(value))
    return value


def _hexadecimal(value: object) -> int:
    _check(isinstance(value, str) and value.startswith("0x"))
    return int(value, 16)


def _crc32(value: object) -> str:
    _check(isinstance(value, str) and len(value) == 8 and set(value) <= CRC_DIGITS)
    return value


def _int8s(value: object) -> tuple[int, ...]:
    _check(isinstance(value, list) and all(is_whole(one) and -128 <= one <= 127 for one in value))
    return tuple(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _numbers(value: object) -> tuple[float, ...]:
    _check(isinstance(value, list) and all(map(_is_number, value)))
    return tuple(float(one) for one in value)


def _box(value: object) -> Box:
    _check(isinstance(value, list) and len(value) == 6 and all(map(is_whole, value)))
    left, top, right, bottom, score, identity = value
    _check(0 <= left < right <= EDGE and 0 <= top < bottom <= EDGE)
    _check(-128 <= score <= 127 and identity >= 0)
    return Box(*(edge / SUBPIXELS for edge in value[:4]), score, identity)


def _boxes(value: object) -> tuple[Box, ...]:
    _check(isinstance(value, list))
    return tuple(map(_box, value))


def _memory(value: object) -> dict[str, MemoryUse]:
    _check(isinstance(value, dict))
    for pair in value.values():
        _check(isinstance(pair, list) and len(pair) == 2 and all(map(is_natural, pair)))
    return {name: MemoryUse(*pair) for name, pair in value.items()}


TEXT = Form("text", _text)
NATURAL = Form("a whole number, not negative", _natural)
HEXADECIMAL = Form("a hexadecimal number like '0x1f'", _hexadecimal)
CRC32 = Form("eight lower-case hexadecimal digits", _crc32)
INT8S = Form("a list of int8", _int8s)
NUMBERS = Form("a list of numbers", _numbers)
BOXES = Form("a list of [left, top, right, bottom, score, identity]", _boxes)
MEMORY = Form("an object of [used, size]", _memory)


def one_of(*words: str) -> Form:
    """One of these texts."""

    def read(value: object) -> str:
        _check(value in words)
        return value

    return Form(" or ".join(words), read)


def whole_numbers(kind: type) -> Form:
    """An object with a whole number for each field of a dataclass."""
    names = [one.name for one in dataclass_fields(kind)]

    def read(value: object) -> object:
        _check(isinstance(value, dict) and all(is_natural(value.get(name)) for name in names))
        return kind(*(value[name] for name in names))

    return Form(f"an object of whole numbers {', '.join(names)}", read)
