"""One door for JSON of others: file, key, value and what is expected, whatever is in the file."""

from typing import NotRequired, TypedDict

import pytest

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.foreign import Count, Number
from tests.fuzz.mutated import nested


class Part(TypedDict):
    name: str
    bytes: Count


class Whole(TypedDict):
    title: str
    parts: list[Part]
    share: NotRequired[Number | None]
    flag: NotRequired[bool]


GOOD = {"title": "t", "parts": [{"name": "a", "bytes": 3}]}


@pytest.mark.parametrize("more", [{}, {"share": 1}, {"share": 0.5}, {"share": None}, {"x": []}])
def test_what_is_expected_is_read(more):
    found = foreign.needed(GOOD | more, Whole, "f")
    assert found == {key: one for key, one in (GOOD | more).items() if key != "x"}
    assert type(found.get("share")) is type(more.get("share"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "it must be an object, not []"),
        ({}, "title is missing"),
        (GOOD | {"title": 3}, "title must be text, not 3"),
        (GOOD | {"parts": None}, "parts must be a list, not None"),
        (GOOD | {"parts": [{"name": "a"}]}, "parts[0].bytes is missing"),
        (GOOD | {"parts": [{"name": "a", "bytes": -1}]}, "parts[0].bytes must be int >= 0, not -1"),
        (GOOD | {"parts": [{"name": "a", "bytes": True}]},
         "parts[0].bytes must be a whole number, not True"),
        (GOOD | {"share": "much"}, "share must be a number or null, not 'much'"),
        (GOOD | {"share": float("nan")}, "share must be float >= -1000000000000000.0, not nan"),
        (GOOD | {"share": 2**70}, f"share must be int <= {2**53}, not {2**70}"),
        (GOOD | {"flag": 1}, "flag must be true or false, not 1"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_key(value, said):
    with pytest.raises(SetupError) as refused:
        foreign.needed(value, Whole, "f.json")
    assert str(refused.value) == f"f.json: {said}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        nested(100_000).encode(),
        b'{"a":' * 100_000,
        b"9" * 10_000,
        rb'["\ud800"]',
        rb'["\uDC00"]',
    ],
)
def test_a_file_that_is_no_json_is_refused_in_one_line(tmp_path, data):
    path = tmp_path / "f.json"
    path.write_bytes(data)
    with pytest.raises(SetupError) as refused:
        foreign.read_json(path, what="make one")
    assert str(refused.value).startswith(f"{path}: ")
    assert str(refused.value).endswith("; make one")
    assert len(str(refused.value).splitlines()) == 1


def test_a_file_that_cannot_be_read_or_is_far_too_large_is_refused(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        foreign.read_json(tmp_path / "none.json")
    with pytest.raises(SetupError, match="cannot be read"):
        foreign.read_json(tmp_path)
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(foreign.MOST_BYTES + 1)
    with pytest.raises(SetupError, match="must have at most 256 MiB"):
        foreign.read_json(tmp_path / "huge.json")
