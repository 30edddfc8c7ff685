"""Strategies: a good input with something done to it."""

import copy
import json

from hypothesis import strategies as st

INTERESTING = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
)
# Of an alphabet, since hypothesis makes a table of all of Unicode otherwise, which takes a minute.
WORDS = st.text("ab7 \t\n\r\0\x1b\"'\\{}[]:,=-./<&%äß€\U0001f600\u202e", max_size=40)
# Names that break terminals, tables and shells; numbers that are none; what nests.
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, -1, 1e308, -1e-308, float("nan"), float("inf"), 2**31, 2**63, 10**400]),
    st.sampled_from(
        ["", "\0", "\x1b[2J", "-x", "=1+1", "a\nb", "\ud800", "ü", "../..", "<b>", "9" * 999]
    ),
    WORDS,
    st.just([]),
    st.just({}),
    st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=8),
)


@st.composite
def mutated(draw: st.DrawFn, data: bytes, most: int = 4) -> bytes:
    """The bytes after one to `most` edits: flips, words, cuts, copies, insertions."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(0, len(found) - 1)))
        length = draw(st.integers(1, 64))
        way = draw(st.sampled_from(("flip", "word", "cut", "end", "copy", "insert")))
        if way == "flip" and found:
            found[at] ^= 1 << draw(st.integers(0, 7))
        elif way == "word":
            found[at : at + 4] = draw(st.sampled_from(INTERESTING)).to_bytes(4, "little")
        elif way == "cut":
            del found[at : at + length]
        elif way == "end":
            del found[at:]
        elif way == "copy":
            found[at:at] = found[at : at + length]
        elif way == "insert":
            found[at:at] = draw(st.binary(min_size=1, max_size=length))
    return bytes(found)


@st.composite
def changed(draw: st.DrawFn, value: object, most: int = 3) -> object:
    """A JSON value after one to `most` edits somewhere within it."""
    found = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, most))):
        holder, key = None, None
        here = found
        while (
            isinstance(here, dict | list) and here and (holder is None or draw(st.integers(0, 3)))
        ):
            holder = here
            key = draw(
                st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here)))
            )
            here = here[key]
        if holder is None:
            return draw(JUNK)
        way = draw(st.sampled_from(("junk", "remove", "add")))
        if way == "remove":
            del holder[key]
        elif way == "junk":
            holder[key] = draw(JUNK)
        elif isinstance(holder, dict):
            holder[draw(WORDS)] = draw(JUNK)
        else:
            holder.append(draw(JUNK))
    return found


def nested(depth: int) -> str:
    """JSON that nests so deep that a reader without a limit ends with the process."""
    return "[" * depth + "]" * depth


def as_text(value: object) -> bytes:
    """JSON as a file has it; what JSON has no word for stays as Python writes it."""
    return json.dumps(value).encode("utf-8", "surrogatepass")
