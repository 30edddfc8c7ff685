"""The budget as a picture: what takes the energy of a day, and days of battery over the period."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from rt1062.files import whole
from rtbench.energy.budget import SLEEPS, Consumer, Plan, consumers
from rtbench.energy.cycle import Cycle
from rtbench.energy.power import HIGH, LOW, TYPICAL
from rtbench.energy.what_if import outcome

WIDTH, HEIGHT = 1200, 560
INK, GREY, PAPER, BAR = "#1a1a1a", "#8a8a8a", "#ffffff", "#3b6fb6"
COLOURS = dict(zip(SLEEPS, ("#b63b3b", "#c98a1c", "#3b6fb6", "#3a8f5a", "#7a4fb0"), strict=True))
# Pixels: bars at the left, the curves' axes at the right.
BARS_LEFT, BARS_RIGHT, BARS_TOP, BAR_STEP = 250, 560, 110, 46
LEFT, RIGHT, TOP, BOTTOM = 680, 1040, 110, 480
PERIODS_S = tuple(10 ** (exponent / 8) for exponent in range(29))  # 1 s to 3162 s


def draw(
    path: Path, title: str, plan: Plan, cycles: Mapping[str, Cycle], battery_mwh: float
) -> None:
    """Write the picture, PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    _text(pen, (30, 24), title, 22)
    _text(pen, (30, 56), "an estimate, not measured on silicon; lines: low to high", 14, GREY)
    _bars(pen, consumers(plan, cycles))
    _curves(pen, plan, cycles, battery_mwh)
    with whole(path) as part:
        image.save(part, "PNG")


def _text(
    pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int = 14,
    fill: str = INK, anchor: str = "la",
) -> None:  # fmt: skip
    pen.text(place, text, fill=fill, font=ImageFont.load_default(size), anchor=anchor)


def _bars(pen: ImageDraw.ImageDraw, found: Sequence[Consumer]) -> None:
    """A bar a consumer, the largest first, with a line from its low to its high figure."""
    most = max(one.mwh[HIGH] for one in found)
    _text(pen, (BARS_LEFT, BARS_TOP - 28), "mWh a day", 15)
    for place, one in enumerate(found):
        top = BARS_TOP + place * BAR_STEP
        low, typical, high = (
            BARS_LEFT + (BARS_RIGHT - BARS_LEFT) * one.mwh[level] / most
            for level in (LOW, TYPICAL, HIGH)
        )
        _text(pen, (BARS_LEFT - 10, top + 12), one.name, 14, anchor="rm")
        pen.rectangle((BARS_LEFT, top, typical, top + 24), fill=BAR)
        pen.line((low, top + 12, high, top + 12), fill=INK, width=2)
        for end in (low, high):
            pen.line((end, top + 7, end, top + 17), fill=INK, width=2)
        _text(pen, (max(typical, high) + 8, top + 12), f"{one.mwh[TYPICAL]:,.1f}", 14, anchor="lm")


def _curves(
    pen: ImageDraw.ImageDraw, plan: Plan, cycles: Mapping[str, Cycle], battery_mwh: float
) -> None:
    """Typical days over the period: a colour a sleep, dashed with the camera gated."""
    lines = {
        (sleep, camera): [
            (period, one.days[TYPICAL])
            for period in PERIODS_S
            for one in [
                outcome(
                    replace(plan, period_s=period, sleep=sleep, camera=camera), cycles, battery_mwh
                )
            ]
            if one.days is not None
        ]
        for sleep in SLEEPS
        for camera in dict.fromkeys((plan.camera, "gated"))
    }
    values = [value for line in lines.values() for _, value in line]
    bottom, top = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    across = _scale(LEFT, RIGHT, 0.0, math.log10(PERIODS_S[-1]))
    up = _scale(BOTTOM, TOP, bottom, max(top, bottom + 1))
    _axes(pen, across, up, range(bottom, max(top, bottom + 1) + 1))
    ends: list[float] = []
    for (sleep, camera), line in sorted(lines.items(), key=lambda one: -one[1][-1][1]):
        points = [(across(math.log10(x)), up(math.log10(y))) for x, y in line]
        dashed = camera == "gated" and plan.camera != "gated"
        for begin, end in list(pairwise(points))[:: 2 if dashed else 1]:
            pen.line((*begin, *end), fill=COLOURS[sleep], width=2)
        # Labels keep a line's height from each other.
        place = max(points[-1][1], ends[-1] + 16) if ends else points[-1][1]
        ends.append(place)
        _text(pen, (RIGHT + 8, place), f"{sleep}, {camera}", 13, COLOURS[sleep], "lm")
    if plan.period_s <= PERIODS_S[-1]:
        x = across(math.log10(max(1.0, plan.period_s)))
        pen.line((x, TOP, x, BOTTOM), fill=GREY)
        _text(pen, (x, TOP - 8), f"{plan.period_s:g} s", 13, GREY, "mb")


def _scale(first: float, last: float, low: float, high: float) -> Callable[[float], float]:
    return lambda value: first + (last - first) * (value - low) / (high - low)


def _axes(
    pen: ImageDraw.ImageDraw,
    across: Callable[[float], float],
    up: Callable[[float], float],
    decades: range,
) -> None:
    pen.line((LEFT, TOP, LEFT, BOTTOM, RIGHT, BOTTOM), fill=INK, width=1)
    _text(pen, (LEFT - 40, TOP - 28), "days of battery", 15)
    _text(pen, ((LEFT + RIGHT) / 2, BOTTOM + 34), "seconds between frames", 15, anchor="ma")
    for exponent in range(4):
        x = across(exponent)
        pen.line((x, BOTTOM, x, BOTTOM + 5), fill=INK)
        _text(pen, (x, BOTTOM + 10), f"{10**exponent}", 13, anchor="ma")
    for exponent in decades:
        y = up(exponent)
        pen.line((LEFT - 5, y, RIGHT, y), fill="#dddddd")
        _text(pen, (LEFT - 10, y), f"{10.0**exponent:g}", 13, anchor="rm")
