"""Values of a scene that somebody else wrote: each of its type and of what can be drawn."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from types import GenericAlias

from rtbench.scenes import animals, vehicles
from rtbench.scenes.backdrops import STYLES
from rtbench.scenes.render import BUILDERS
from rtbench.scenes.scene import SPLITS, STREAMS, Scene, Thing

LARGEST_REAL = 1e6  # far beyond any length, angle or share in a scene
LARGEST_WHOLE = 2**63 - 1
MOST_THINGS = 1000
# Kinds that look up their style; to others any style is as good as none.
THING_STYLES = {"dog": animals.BREEDS, "car": vehicles.PROFILES}


class WrongValueError(ValueError):
    """`key` is a path as `things[2].style`."""

    def __init__(self, key: str, expected: str, value: object):
        shown = repr(value)
        shown = shown if len(shown) <= 60 else shown[:60] + "..."
        super().__init__(f"{key} must be {expected}, not {shown}")


def check(scene: Scene) -> None:
    """WrongValueError for the first value of which no picture can be drawn."""
    _check_fields("", scene)
    _one_of("task", scene.task, STREAMS)
    _one_of("split", scene.split, SPLITS)
    _one_of("backdrop.kind", scene.backdrop.kind, STYLES)
    _one_of("backdrop.style", scene.backdrop.style, STYLES[scene.backdrop.kind])
    if scene.camera.focal_px <= 0:
        raise WrongValueError("camera.focal_px", "more than 0", scene.camera.focal_px)
    for number, thing in enumerate(scene.things):
        _one_of(f"things[{number}].kind", thing.kind, BUILDERS)
        if thing.kind in THING_STYLES:
            _one_of(f"things[{number}].style", thing.style, THING_STYLES[thing.kind])
        if thing.size_m <= 0:
            raise WrongValueError(f"things[{number}].size_m", "more than 0", thing.size_m)


def _one_of(key: str, value: object, known: Mapping[str, object] | tuple[str, ...]) -> None:
    if value not in known:
        raise WrongValueError(key, f"one of {', '.join(sorted(known))}", value)


def _check_fields(prefix: str, part: object) -> None:
    for field in fields(part):
        key, value = prefix + field.name, getattr(part, field.name)
        if is_dataclass(value):
            _check_fields(key + ".", value)
        elif field.type is float:
            if not _is_number(value) or not isfinite(value) or abs(value) > LARGEST_REAL:
                raise WrongValueError(key, f"a number of at most {LARGEST_REAL:,.0f}", value)
        elif field.type is int:
            if type(value) is not int or not 0 <= value <= LARGEST_WHOLE:
                raise WrongValueError(key, "a whole number, not negative, of 63 bits", value)
        elif field.type in (str, bool):
            if type(value) is not field.type:
                raise WrongValueError(key, {str: "text", bool: "true or false"}[field.type], value)
        elif field.name == "colours":
            _check_colours(key, value)
        elif isinstance(field.type, GenericAlias):
            _check_things(key, value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_colours(key: str, colours: object) -> None:
    if not isinstance(colours, list):
        raise WrongValueError(key, "a list of colours", colours)
    for number, colour in enumerate(colours):
        if (
            not isinstance(colour, list)
            or len(colour) != 3
            or not all(type(level) is int and 0 <= level <= 255 for level in colour)
        ):
            raise WrongValueError(f"{key}[{number}]", "three whole numbers from 0 to 255", colour)


def _check_things(key: str, things: list[Thing]) -> None:
    if len(things) > MOST_THINGS:
        raise WrongValueError(key, f"at most {MOST_THINGS}", len(things))
    for number, thing in enumerate(things):
        _check_fields(f"{key}[{number}].", thing)
