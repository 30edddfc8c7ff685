"""A camera frame with what was said of it drawn on it: boxes beside the true ones, or words."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from rtbench import frames
from rtbench.boxes import Edges
from rtbench.link.events import Box
from rtbench.tasks.tracking import Line

ZOOM = 4
SEEN, TRUE, LINE = (255, 220, 0), (0, 230, 90), (255, 70, 200)
WRONG, GROUND, WORDS = (255, 90, 80), (0, 0, 0), (230, 230, 230)
TEXT_PX = 14


def annotated(
    frame: bytes,
    boxes: Sequence[Box],
    true_boxes: Sequence[Edges] = (),
    line: Line | None = None,
    zoom: int = ZOOM,
    words: Sequence[str] = (),
) -> Image.Image:
    """The frame enlarged: true boxes green, boxes found yellow with identity and score; below it
    what the colours are, and a line for each of `words`.
    """
    picture = Image.fromarray(frames.from_rgb565(frame))
    picture = picture.resize((picture.width * zoom, picture.height * zoom), Image.NEAREST)
    draw = ImageDraw.Draw(picture)
    if line is not None:
        draw.line([zoom * one for one in (line.x0, line.y0, line.x1, line.y1)], LINE)
    for edges in true_boxes:
        rectangle(draw, edges, zoom, TRUE, 1)
    for box in boxes:
        rectangle(draw, box.edges, zoom, SEEN, 2)
        name = f"{box.identity or '?'} {box.probability:.0%}"
        draw.text((zoom * box.left + 3, zoom * box.top + 1), name, SEEN)
    return _with_legend(picture, words) if words else picture


def _with_legend(picture: Image.Image, words: Sequence[str]) -> Image.Image:
    legend = (("person there", TRUE), ("found: identity, score", SEEN), ("line", LINE))
    sheet = Image.new("RGB", (picture.width, picture.height + (1 + len(words)) * TEXT_PX + 4))
    sheet.paste(picture, (0, 0))
    draw = ImageDraw.Draw(sheet)
    left, top = 4, picture.height + 2
    for text, colour in legend:
        draw.rectangle((left, top + 2, left + 10, top + 11), outline=colour)
        draw.text((left + 15, top), text, colour)
        left += 27 + int(draw.textlength(text))
    for number, text in enumerate(words, 1):
        colour = LINE if "crossings" in text else WORDS
        draw.text((4, top + number * TEXT_PX), text, colour)
    return sheet


def captioned(frame: bytes, text: str, right: bool, zoom: int = ZOOM) -> Image.Image:
    """The frame enlarged with a line of text at its foot, in the colour of right or wrong."""
    picture = Image.fromarray(frames.from_rgb565(frame))
    picture = picture.resize((picture.width * zoom, picture.height * zoom), Image.NEAREST)
    draw = ImageDraw.Draw(picture)
    _, top, _, bottom = draw.textbbox((0, 0), text)
    height = bottom + top
    draw.rectangle((0, picture.height - height, picture.width, picture.height), GROUND)
    draw.text((3, picture.height - height), text, TRUE if right else WRONG)
    return picture


def rectangle(
    draw: ImageDraw.ImageDraw, edges: Edges, zoom: int, colour: tuple[int, int, int], width: int
) -> None:
    left, top, right, bottom = (zoom * edge for edge in edges)
    # The last pixel of a box is inside it; a box of less than a pixel is still drawn.
    draw.rectangle(
        (left, top, max(left, right - 1), max(top, bottom - 1)), outline=colour, width=width
    )
