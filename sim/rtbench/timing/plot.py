"""The waterfall and the what-ifs as pictures: bars in colours of causes, intervals as whiskers."""

from collections.abc import Sequence
from dataclasses import replace
from math import floor, log10

from rtbench.timing.drawing import DARK, Drawing
from rtbench.timing.interval import Interval
from rtbench.timing.waterfall import CAUSES, NOTE, Part, Waterfall

COLOURS = {
    "core": "#3b6ea5",
    "mispredictions": "#e0a030",
    "unaligned": "#8a6fb0",
    "flash": "#c8553d",
    "ram": "#4f9d69",
    "devices": "#7f8c99",
}
GREY, LIGHT, PALE = "#9aa5b1", "#e4e7eb", "#f5f7fa"
WIDTH, ROW, BAR = 1000, 20, 11
LEFT, RIGHT, TOP, FOOT = 190, 770, 64, 34  # where the bars are; the numbers stand behind them
MOST_TICKS = 9
LEAST_WAITING = 0.05  # milliseconds; less is not shown


def waterfall_picture(fall: Waterfall, per: str) -> Drawing:
    """Stage below stage, each from where the one before ends; waiting as a number only."""
    whole = fall.whole
    title = f"{fall.title}: {whole.ms.shown()} ms {per} at {fall.hz / 1e6:.4g} MHz"
    drawing = _frame(len(fall.shown) + 1, title, max(whole.ms.high, 1e-9))
    scale = (RIGHT - LEFT) / max(whole.ms.high, 1e-9)
    begin = 0.0
    for row, part in enumerate(fall.shown):
        _bar(drawing, row, part, begin, scale)
        begin += part.ms.mid
    _bar(drawing, len(fall.shown), whole, 0.0, scale, bold=True)
    return drawing


def what_if_picture(rows: Sequence[tuple[str, str, Part, bool]]) -> Drawing:
    """A bar each: what is other, how, what the core takes then, whether the machine is so."""
    reach = max(part.ms.high for _, _, part, _ in rows)
    drawing = _frame(len(rows), "what if", reach)
    before = ""
    for row, (what, name, part, is_own) in enumerate(rows):
        if what != before:
            drawing.word(12, _middle(row), what, bold=True)
        before = what
        _bar(
            drawing,
            row,
            replace(part, label=name, waiting=0.0),
            0.0,
            (RIGHT - LEFT) / reach,
            bold=is_own,
        )
    return drawing


def _middle(row: int) -> float:
    return TOP + ROW * (row + 0.5)


def _frame(rows: int, title: str, reach: float) -> Drawing:
    """Title, legend, shaded rows, a scale from 0 to `reach` milliseconds, the note."""
    drawing = Drawing(WIDTH, TOP + ROW * rows + FOOT)
    drawing.word(12, 18, title, bold=True)
    x = float(LEFT)
    for name, colour in COLOURS.items():
        drawing.rectangle(x, 37, 10, 10, colour)
        drawing.word(x + 14, 42, name)
        x += 40 + 7 * len(name)
    for row in range(0, rows, 2):
        drawing.rectangle(8, TOP + ROW * row, WIDTH - 16, ROW, PALE)
    step = _step(reach)
    bottom = TOP + ROW * rows
    for tick in range(int(reach / step) + 1):
        x = LEFT + tick * step * (RIGHT - LEFT) / reach
        drawing.rectangle(x, TOP, 1, ROW * rows, LIGHT)
        drawing.word(x, bottom + 12, f"{tick * step:g}", "middle", GREY)
    drawing.word(RIGHT + 14, bottom + 12, "ms of the core (low to high)", colour=GREY)
    drawing.word(12, bottom + 26, NOTE, colour=GREY)
    return drawing


def _step(reach: float) -> float:
    """Between two ticks: 1, 2 or 5 times a power of ten, so that there are not too many."""
    power = 10.0 ** floor(log10(reach / MOST_TICKS))
    return next(power * times for times in (1, 2, 5, 10) if power * times * MOST_TICKS >= reach)


def _bar(
    drawing: Drawing, row: int, part: Part, begin: float, scale: float, bold: bool = False
) -> None:
    """A stage from `begin` on, its causes side by side, its interval a whisker from low to high."""
    y = _middle(row)
    drawing.word(LEFT - 10, y, part.label, "end", bold=bold)
    x = LEFT + begin * scale
    for name in CAUSES:
        width = getattr(part, name) * scale
        if width > 0:
            drawing.rectangle(x, y - BAR / 2, width, BAR, COLOURS[name])
        x += width
    low, high = (LEFT + (begin + end) * scale for end in (part.ms.low, part.ms.high))
    if high - low > 2:
        drawing.rectangle(low, y - 0.5, high - low, 1, DARK)
        drawing.rectangle(low, y - 3, 1, 6, DARK)
        drawing.rectangle(high, y - 3, 1, 6, DARK)
    waiting = f" + {part.waiting:.1f} waiting" if part.waiting >= LEAST_WAITING else ""
    drawing.word(RIGHT + 14, y, _numbers(part.ms) + waiting, bold=bold)


def _numbers(ms: Interval) -> str:
    form = ".3f" if ms.mid < 10 else ".1f"
    return f"{ms.mid:{form}} ({ms.low:{form}} to {ms.high:{form}})"
