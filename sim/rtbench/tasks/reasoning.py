"""Why the outputs of a network make the answer that they make: sentences, and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from rtbench import frames
from rtbench.boxes import overlap
from rtbench.tasks import overlay
from rtbench.tasks.counter_reference import CounterReference
from rtbench.tasks.row import Row
from rtbench.tasks.tracking import LEAST_OVERLAP, pairs
from rtbench.tflite.decoding import GRID, STRIDE, Candidate

ZOOM = 3
DROPPED, BAR, TRACK = (150, 150, 150), (59, 111, 182), (228, 233, 242)
INK, PAPER = (28, 35, 48), (255, 255, 255)
BAR_PX = 22


@dataclass(frozen=True)
class Reasoning:
    """Sentences, and pictures with what they show."""

    lines: tuple[str, ...]
    pictures: tuple[tuple[str, Image.Image], ...] = ()


def of_scores(
    labels: Sequence[str], scores: Sequence[float], said: str, truth: str | None
) -> Reasoning:
    """Of a classification: the labels by their scores."""
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    ranked = [f"{labels[place]} {scores[place]:.3f}" for place in order]
    lines = [f"scores: {', '.join(ranked[:10])}"]
    if truth is not None and truth != said:
        if truth in labels:
            apart = max(scores) - scores[list(labels).index(truth)]
            lines.append(f"{said} is ahead of the truth, {truth}, by {apart:.3f}")
        else:
            lines.append(f"the truth, {truth!r}, is none of the network's labels")
    size = (96 * ZOOM, BAR_PX * min(len(order), 13))
    picture = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(picture)
    for line, place in enumerate(order[:13]):
        top = line * BAR_PX
        draw.rectangle((0, top + 2, size[0], top + BAR_PX - 2), TRACK)
        draw.rectangle((0, top + 2, size[0] * max(scores[place], 0), top + BAR_PX - 2), BAR)
        draw.text((4, top + 5), f"{labels[place]} {scores[place]:.3f}", INK)
    return Reasoning(tuple(lines), (("scores", picture),))


def of_boxes(
    host: CounterReference, row: Row, frame: bytes, outputs: list[np.ndarray]
) -> Reasoning:
    """Of a count: the grid, every peak, and for each person missed or invented why."""
    every = host.candidates(outputs)
    grid = (outputs[0].reshape(GRID, GRID).astype(float) + 128) / 256
    threshold = (host.threshold + 128) / 256
    kept = [one for one in every if not one.dropped]
    seen = [one.detection.pixels for one in kept]
    known = row.truth.count is not None and len(row.truth.boxes) == row.truth.count
    lines = [
        f"{len(every)} peaks of at least {threshold:.3f}, {len(kept)} kept"
        + (f", {row.truth.count} persons there" if row.truth.count is not None else "")
    ]
    if known:
        fits = pairs(row.truth.boxes, seen)
        for place, box in enumerate(row.truth.boxes):
            if place not in {one for one, _, _ in fits}:
                lines.append(
                    f"missed: person at {_text(box)}: {_missed(box, every, grid, threshold)}"
                )
        for place, one in enumerate(kept):
            if place not in {other for _, other, _ in fits}:
                most = max((overlap(seen[place], box) for box in row.truth.boxes), default=0.0)
                lines.append(
                    f"nobody's: box {_text(seen[place])}, score {one.detection.probability:.3f} at "
                    f"cell ({one.column}, {one.row}), overlaps a person by {most:.2f} at most"
                )
    return Reasoning(
        tuple(lines),
        (
            (f"grid of scores, 0 to 1; threshold {threshold:.2f}", _heat(frame, grid)),
            ("every peak's box; grey: dropped", _boxes(frame, every)),
            ("boxes kept; green: persons", _boxes(frame, kept, row.truth.boxes)),
        ),
    )


def _missed(
    box: Sequence[float], every: Sequence[Candidate], grid: np.ndarray, threshold: float
) -> str:
    close = [one for one in every if overlap(one.detection.pixels, box) >= LEAST_OVERLAP]
    for one in close:
        if one.dropped:
            score = one.detection.probability
            return f"its box, score {score:.3f}, was dropped: {one.dropped}"
    if close:
        return "its box was kept, and taken for somebody else's"
    left, top, right, bottom = (int(edge // STRIDE) for edge in box)
    inside = grid[top : max(bottom, top + 1), left : max(right, left + 1)]
    down, across = np.unravel_index(int(inside.argmax()), inside.shape)
    cell = f"the highest score in it is {inside.max():.3f} at cell ({left + across}, {top + down})"
    if inside.max() < threshold:
        return f"{cell}, threshold {threshold:.3f}"
    return f"{cell}, which belongs to another peak or to a box that does not fit"


def _text(box: Sequence[float]) -> str:
    left, top, right, bottom = box
    return f"{left:.0f}..{right:.0f} x {top:.0f}..{bottom:.0f}"


def _heat(frame: bytes, grid: np.ndarray) -> Image.Image:
    """The scores over the frame in grey, from clear to red."""
    side = 96 * ZOOM
    grey = Image.fromarray(frames.from_rgb565(frame)).convert("L").convert("RGB")
    grey = grey.resize((side, side), Image.NEAREST)
    red = Image.new("RGB", (side, side), (230, 30, 30))
    mask = Image.fromarray((grid * 230).astype(np.uint8)).resize((side, side), Image.NEAREST)
    return Image.composite(red, grey, mask)


def _boxes(
    frame: bytes, every: Sequence[Candidate], true: Sequence[Sequence[float]] = ()
) -> Image.Image:
    picture = Image.fromarray(frames.from_rgb565(frame)).resize((96 * ZOOM,) * 2, Image.NEAREST)
    draw = ImageDraw.Draw(picture)
    for edges in true:
        overlay.rectangle(draw, edges, ZOOM, overlay.TRUE, 1)
    for one in sorted(every, key=lambda one: not one.dropped):
        colour = DROPPED if one.dropped else overlay.SEEN
        overlay.rectangle(draw, one.detection.pixels, ZOOM, colour, 1 if one.dropped else 2)
        x, y = ((place * STRIDE + STRIDE // 2) * ZOOM for place in (one.column, one.row))
        draw.ellipse((x - 2, y - 2, x + 2, y + 2), colour)
        left, top = one.detection.pixels[:2]
        draw.text((left * ZOOM + 3, top * ZOOM + 1), f"{one.detection.probability:.2f}", colour)
    return picture
