"""The pictures of a waterfall and of what-ifs."""

import json
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from rt1062.errors import SetupError
from rtbench.timing.interval import Interval
from rtbench.timing.plot import COLOURS, waterfall_picture, what_if_picture
from rtbench.timing.waterfall import CAUSES, NOTE, Part, Waterfall, verdict

PART = Part("decode", 1, 100, Interval(3, 4, 6), 2.0, 0.5, 0.0, 1.0, 0.5, 0.0, 7.0)
FALL = Waterfall("a <frame>", 600_000_000, 1, (PART, replace(PART, label="track & count")))


def words(svg: str) -> list[str]:
    return [one.text for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("text")]


def test_each_stage_begins_where_the_one_before_ends():
    bars = [
        (float(one.get("x")), float(one.get("width")))
        for one in ElementTree.fromstring(waterfall_picture(FALL, "a frame").svg()).iter()
        if one.get("fill") in COLOURS.values() and float(one.get("height")) != 10  # the legend's
    ]
    of_stage = len([name for name in CAUSES if getattr(PART, name)])
    first, second = bars[:of_stage], bars[of_stage : 2 * of_stage]
    for before, after in zip(first, [*first[1:], second[0]], strict=True):
        assert sum(before) == pytest.approx(after[0], abs=0.1)
    assert bars[2 * of_stage][0] == pytest.approx(first[0][0])  # the sum begins at 0 again


def test_what_is_said_is_in_the_picture():
    found = words(waterfall_picture(FALL, "a frame").svg())
    assert "a <frame>: 8.000 (6.000 to 12.000) ms a frame at 600 MHz" in found
    assert {"decode", "track & count", "all", NOTE} <= set(found)
    assert "4.000 (3.000 to 6.000) + 7.0 waiting" in found


def test_what_takes_nothing_has_no_row():
    nothing = Part("idle", 1, 0, Interval(0, 0, 0), 0, 0, 0, 0, 0, 0, 0)
    fall = replace(FALL, parts=(*FALL.parts, nothing))
    assert "idle" not in words(waterfall_picture(fall, "a frame").svg())


def test_a_png_shows_the_same():
    drawing = waterfall_picture(FALL, "a frame")
    with Image.open(BytesIO(drawing.png())) as picture:
        assert picture.size == (2 * drawing.width, 2 * drawing.height)
        colours = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors(1 << 20)}
    assert set(COLOURS.values()) <= colours


def test_what_ifs_below_it():
    rows = [("core", "600 MHz", PART, True), ("core", "132 MHz", replace(PART), False)]
    upper, lower = waterfall_picture(FALL, "a frame"), what_if_picture(rows)
    both = upper.below(lower)
    assert both.height == upper.height + lower.height
    assert {"600 MHz", "132 MHz"} <= set(words(both.svg()))


@pytest.mark.parametrize(("rate", "answer"), [(100, "yes"), (170, "within the error"), (400, "no")])
def test_real_time(rate, answer):
    assert verdict(PART.ms, rate) == answer


def test_a_waterfall_comes_back_from_a_file():
    assert Waterfall.from_json(json.loads(json.dumps(FALL.to_json())), "a file") == FALL
    no_number = replace(FALL, parts=(replace(PART, core=float("nan")),)).to_json()
    for broken in (None, {}, {**FALL.to_json(), "stages": [{"label": "x"}]}, no_number):
        with pytest.raises(SetupError, match="^a file: "):
            Waterfall.from_json(broken, "a file")
