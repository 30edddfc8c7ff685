"""The firmware's side of the UART protocol: one JSON object a line, read into typed events."""

import json
from dataclasses import MISSING, fields
from functools import cache
from typing import NamedTuple

from rtbench.link.events import KINDS, Event, Log, NotAnEvent, ProtocolError
from rtbench.link.forms import Form

MAX_LINE_BYTES = 512  # the newline included


class Key(NamedTuple):
    """One key of an event, as rtbench.link.events defines it."""

    name: str
    form: Form
    optional: bool
    meaning: str
    unit: str


@cache
def keys(kind: type[Event]) -> tuple[Key, ...]:
    """The keys of an event, in their order, without those that tell its kind."""
    return tuple(
        Key(
            one.name,
            one.metadata["form"],
            one.default is not MISSING,
            one.metadata["meaning"],
            one.metadata["unit"],
        )
        for one in fields(kind)
        if "form" in one.metadata
    )


def _pairs(line: str) -> dict[str, object]:
    """The line's keys and values in order; keys given twice and NaN are violations."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise NotAnEvent("a key is given twice", line)
        return found

    def no_number(name: str) -> float:
        raise NotAnEvent(f"{name} is no JSON number", line)

    try:
        pairs = json.loads(line, object_pairs_hook=unique, parse_constant=no_number)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotAnEvent("not a JSON object", line) from error
    if not isinstance(pairs, dict):
        raise NotAnEvent("not a JSON object", line)
    return pairs


def _kind(pairs: dict[str, object], line: str) -> type[Event]:
    if next(iter(pairs), None) != "event":
        raise NotAnEvent("the first key is not 'event'", line)
    name = pairs["event"]
    if not isinstance(name, str):
        raise NotAnEvent(f"event must be text, not {name!r}", line)
    alike = [kind for kind in KINDS if name == kind.KIND]
    if not alike:
        raise NotAnEvent(f"unknown event {name!r}", line)
    for kind in alike:
        if all(pairs.get(key) == value for key, value in kind.ALSO.items()):
            return kind
    (key,) = alike[0].ALSO
    wanted = " or ".join(kind.ALSO[key] for kind in alike)
    found = (
        f"{key} must be {wanted}, not {pairs[key]!r}" if key in pairs else f"key {key!r} is missing"
    )
    raise ProtocolError(found, line)


def parse(line: str, time_us: float = 0.0) -> Event:
    """The event of one console line (without its newline).

    NotAnEvent for any other line; ProtocolError for an event that is not as it must be, which
    names every key that is missing or wrong at once.
    """
    refused = ProtocolError if line.startswith('{"event"') else NotAnEvent
    if not line.isascii():
        raise refused("not ASCII", line)
    if len(line) + 1 > MAX_LINE_BYTES:
        raise refused(f"longer than {MAX_LINE_BYTES} bytes", line)
    pairs = _pairs(line)
    kind = _kind(pairs, line)
    values, missing, wrong = {}, [], []
    for key in keys(kind):
        if key.name not in pairs:
            if not key.optional:
                missing.append(key.name)
            continue
        try:
            values[key.name] = key.form.read(pairs[key.name])
        except ValueError:
            wrong.append(f"{key.name} must be {key.form.wanted}, not {pairs[key.name]!r}")
    problems = wrong
    if missing:
        several = f"keys {', '.join(map(repr, missing))} are missing"
        problems = [f"key {missing[0]!r} is missing" if len(missing) == 1 else several, *wrong]
    if problems:
        raise ProtocolError("; ".join(problems), line)
    if kind is Log:
        values["fields"] = {
            name: value for name, value in pairs.items() if name not in (*values, "event")
        }
    event = kind(**values, time_us=time_us, text=line)
    if event.problem():
        raise ProtocolError(event.problem(), line)
    return event
