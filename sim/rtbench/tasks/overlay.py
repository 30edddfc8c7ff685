"""A camera frame with what was said of it drawn on it: boxes beside the true ones, or words."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from rtbench import frames
from rtbench.boxes import Edges
from rtbench.link.events import Box
from rtbench.tasks.tracking import Line

ZOOM = 4
SEEN, TRUE, LINE = (255, 220, 0), (0, 230, 90), (255, 70, 200)
WRONG, GROUND = (255, 90, 80), (0, 0, 0)


def annotated(
    frame: bytes,
    boxes: Sequence[Box],
    true_boxes: Sequence[Edges] = (),
    line: Line | None = None,
    zoom: int = ZOOM,
) -> Image.Image:
    """The frame enlarged: true boxes green, boxes found yellow with identity and score."""
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
    return picture


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
