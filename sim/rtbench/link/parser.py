"""The firmware's side of the UART protocol: one JSON object a line, read into typed events."""

import json
from collections.abc import Callable, Iterable, Mapping
from math import isfinite

from rtbench.link.events import (
    BOXES_PER_LINE,
    DIRECTIONS,
    Boot,
    Box,
    Boxes,
    CameraReady,
    Capture,
    Count,
    Crossing,
    Cycles,
    ErrorEvent,
    Event,
    Fatal,
    Log,
    MemoryUse,
    Milliseconds,
    Profile,
    ProtocolError,
    Result,
)

MAX_LINE_BYTES = 512  # the newline included
SUBPIXELS = 16  # of a pixel, the unit of a box on the console
EDGE = 96 * SUBPIXELS


class _Fields:
    """Typed access to a line's keys; a ProtocolError names the key that is not as it must be."""

    def __init__(self, line: str, pairs: Mapping[str, object]):
        self.line, self.pairs = line, pairs

    def wrong(self, key: str, wanted: str) -> ProtocolError:
        if key not in self.pairs:
            return ProtocolError(f"key {key!r} is missing", self.line)
        return ProtocolError(f"{key} must be {wanted}, not {self.pairs[key]!r}", self.line)

    def text(self, key: str) -> str:
        value = self.pairs.get(key)
        if not isinstance(value, str):
            raise self.wrong(key, "text")
        return value

    def natural(self, key: str) -> int:
        value = self.pairs.get(key)
        if not _natural(value):
            raise self.wrong(key, "a whole number, not negative")
        return value

    def hexadecimal(self, key: str) -> int:
        value = self.pairs.get(key)
        try:
            if isinstance(value, str) and value.startswith("0x"):
                return int(value, 16)
        except ValueError:
            pass
        raise self.wrong(key, "a hexadecimal number like '0x1f'")

    def crc32(self, key: str = "crc32") -> str:
        value = self.pairs.get(key)
        if not isinstance(value, str) or len(value) != 8 or set(value) - set("0123456789abcdef"):
            raise self.wrong(key, "eight lower-case hexadecimal digits")
        return value

    def int8s(self, key: str) -> tuple[int, ...]:
        value = self.pairs.get(key)
        if not isinstance(value, list) or not all(_whole(one) for one in value):
            raise self.wrong(key, "a list of int8")
        if not all(-128 <= one <= 127 for one in value):
            raise self.wrong(key, "a list of int8")
        return tuple(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self.pairs.get(key)
        if not isinstance(value, list) or not all(_number(one) for one in value):
            raise self.wrong(key, "a list of numbers")
        return tuple(float(one) for one in value)

    def boxes(self) -> tuple[Box, ...]:
        value = self.pairs.get("boxes")
        if not isinstance(value, list) or not all(map(_box, value)):
            raise self.wrong("boxes", "a list of [left, top, right, bottom, score, identity]")
        return tuple(Box(*(edge / SUBPIXELS for edge in one[:4]), *one[4:]) for one in value)

    def cycles(self) -> Cycles:
        return Cycles(**self._naturals("cycles", Cycles.__dataclass_fields__))

    def milliseconds(self) -> Milliseconds:
        return Milliseconds(**self._naturals("ms", Milliseconds.__dataclass_fields__))

    def _naturals(self, key: str, names: Iterable[str]) -> dict[str, int]:
        value = self.pairs.get(key)
        if not isinstance(value, dict) or not all(_natural(value.get(name)) for name in names):
            raise self.wrong(key, f"an object of whole numbers {', '.join(names)}")
        return {name: value[name] for name in names}

    def memory(self) -> dict[str, MemoryUse]:
        value = self.pairs.get("memory")
        if not isinstance(value, dict):
            raise self.wrong("memory", "an object of [used, size]")
        for pair in value.values():
            if not isinstance(pair, list) or len(pair) != 2 or not all(map(_natural, pair)):
                raise self.wrong("memory", "an object of [used, size]")
        return {name: MemoryUse(*pair) for name, pair in value.items()}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _natural(value: object) -> bool:
    return _whole(value) and value >= 0


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _box(value: object) -> bool:
    """Whether this is a box as the firmware prints it: edges in sixteenths of a pixel."""
    if not isinstance(value, list) or len(value) != 6 or not all(map(_whole, value)):
        return False
    left, top, right, bottom, score, identity = value
    inside = 0 <= left < right <= EDGE and 0 <= top < bottom <= EDGE
    return inside and -128 <= score <= 127 and identity >= 0


def _boot(fields: _Fields, origin: dict) -> Boot:
    with_model = "model" in fields.pairs
    return Boot(
        app=fields.text("app"),
        version=fields.text("version"),
        board=fields.text("board"),
        chip_id=fields.text("chip_id"),
        reset=fields.text("reset"),
        reset_count=fields.natural("reset_count"),
        core_hz=fields.natural("core_hz"),
        inference=fields.text("inference"),
        memory=fields.memory(),
        model=fields.text("model") if with_model else None,
        arena_reserved=fields.natural("arena_reserved") if with_model else None,
        arena_used=fields.natural("arena_used") if with_model else None,
        **origin,
    )


def _camera(fields: _Fields, origin: dict) -> CameraReady | Capture:
    status = fields.text("status")
    if status == "ready":
        return CameraReady(
            revision=fields.text("revision"),
            sensor=fields.text("sensor"),
            width=fields.natural("width"),
            height=fields.natural("height"),
            **origin,
        )
    if status == "captured":
        return Capture(
            frame=fields.natural("frame"),
            bytes=fields.natural("bytes"),
            crc32=fields.crc32(),
            ms=fields.natural("ms"),
            **origin,
        )
    raise fields.wrong("status", "ready or captured")


def _result(fields: _Fields, origin: dict) -> Result:
    result = Result(
        frame=fields.natural("frame"),
        label=fields.text("label"),
        index=fields.natural("index"),
        output=fields.int8s("output"),
        scores=fields.numbers("scores"),
        crc32=fields.crc32(),
        ms=fields.milliseconds(),
        cycles=fields.cycles(),
        inference=fields.text("inference"),
        **origin,
    )
    if len(result.scores) != len(result.output) or result.index >= len(result.output):
        raise ProtocolError("output, scores and index do not fit each other", fields.line)
    return result


def _count(fields: _Fields, origin: dict) -> Count:
    count = Count(
        frame=fields.natural("frame"),
        count=fields.natural("count"),
        boxes=fields.boxes(),
        crc32=fields.crc32(),
        output_crc32=fields.crc32("output_crc32"),
        ms=fields.milliseconds(),
        cycles=fields.cycles(),
        inference=fields.text("inference"),
        **origin,
    )
    if len(count.boxes) != min(count.count, BOXES_PER_LINE):
        raise ProtocolError("count and boxes do not fit each other", fields.line)
    return count


def _boxes(fields: _Fields, origin: dict) -> Boxes:
    return Boxes(fields.natural("frame"), fields.natural("first"), fields.boxes(), **origin)


def _crossing(fields: _Fields, origin: dict) -> Crossing:
    direction = fields.text("direction")
    if direction not in DIRECTIONS:
        raise fields.wrong("direction", " or ".join(DIRECTIONS))
    return Crossing(
        frame=fields.natural("frame"),
        identity=fields.natural("identity"),
        direction=direction,
        left_to_right=fields.natural("left_to_right"),
        right_to_left=fields.natural("right_to_left"),
        **origin,
    )


def _profile(fields: _Fields, origin: dict) -> Profile:
    return Profile(
        frame=fields.natural("frame"),
        layer=fields.natural("layer"),
        op=fields.text("op"),
        cycles=fields.natural("cycles"),
        **origin,
    )


def _log(fields: _Fields, origin: dict) -> Log:
    about = {key: value for key, value in fields.pairs.items() if key not in LOG_KEYS}
    return Log(fields.text("level"), fields.text("message"), about, **origin)


def _error(fields: _Fields, origin: dict) -> ErrorEvent:
    frame = fields.natural("frame") if "frame" in fields.pairs else None
    return ErrorEvent(fields.text("code"), fields.text("detail"), frame, **origin)


def _fatal(fields: _Fields, origin: dict) -> Fatal:
    return Fatal(
        fault=fields.text("fault"),
        pc=fields.hexadecimal("pc"),
        lr=fields.hexadecimal("lr"),
        cfsr=fields.hexadecimal("cfsr"),
        hfsr=fields.hexadecimal("hfsr"),
        mmfar=fields.hexadecimal("mmfar"),
        bfar=fields.hexadecimal("bfar"),
        reset_count=fields.natural("reset_count"),
        **origin,
    )


LOG_KEYS = ("event", "level", "message")
KINDS: dict[str, Callable[[_Fields, dict], Event]] = {
    "boot": _boot,
    "camera": _camera,
    "result": _result,
    "count": _count,
    "boxes": _boxes,
    "crossing": _crossing,
    "profile": _profile,
    "log": _log,
    "error": _error,
    "fatal": _fatal,
}


def _pairs(line: str) -> dict[str, object]:
    """The line's keys and values in order; keys given twice and NaN are violations."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = dict(pairs)
        if len(keys) != len(pairs):
            raise ProtocolError("a key is given twice", line)
        return keys

    def no_number(name: str) -> float:
        raise ProtocolError(f"{name} is no JSON number", line)

    try:
        pairs = json.loads(line, object_pairs_hook=unique, parse_constant=no_number)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ProtocolError("not a JSON object", line) from error
    if not isinstance(pairs, dict):
        raise ProtocolError("not a JSON object", line)
    return pairs


def parse(line: str, time_us: float = 0.0) -> Event:
    """The event of one console line (without its newline); ProtocolError for a violation."""
    if not line.isascii():
        raise ProtocolError("not ASCII", line)
    if len(line) + 1 > MAX_LINE_BYTES:
        raise ProtocolError(f"longer than {MAX_LINE_BYTES} bytes", line)
    pairs = _pairs(line)
    if next(iter(pairs), None) != "event":
        raise ProtocolError("the first key is not 'event'", line)
    fields = _Fields(line, pairs)
    read = KINDS.get(fields.text("event"))
    if read is None:
        raise ProtocolError(f"unknown event {pairs['event']!r}", line)
    return read(fields, {"time_us": time_us, "text": line})
