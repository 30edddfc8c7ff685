"""Rectangles, lines and words, as an SVG or, by pillow, as a PNG: all that a plot here needs."""

from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

SIZE = 12  # of letters, pixels
SCALE = 2  # pixels of a PNG for one of the SVG
DARK, BACKGROUND = "#1f2933", "#ffffff"


@dataclass(frozen=True)
class Rectangle:
    """Filled; all in pixels from the upper left."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Word:
    """A line of text: `y` is its middle, `x` its start, middle or end by `anchor`."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    colour: str = DARK
    bold: bool = False


@dataclass
class Drawing:
    """What was drawn, in that order."""

    width: int
    height: int
    items: list[Rectangle | Word] = field(default_factory=list)

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled one."""
        self.items.append(Rectangle(x, y, width, height, colour))

    def word(
        self, x: float, y: float, text: str, anchor: str = "start", colour: str = DARK,
        bold: bool = False,
    ) -> None:  # fmt: skip
        """A line of text."""
        self.items.append(Word(x, y, text, anchor, colour, bold))

    def below(self, other: "Drawing") -> "Drawing":
        """This one and another below it."""
        both = Drawing(max(self.width, other.width), self.height + other.height, list(self.items))
        for one in other.items:
            both.items.append(type(one)(**{**vars(one), "y": one.y + self.height}))
        return both

    def svg(self, inline: bool = False) -> str:
        """As SVG 1.1; `inline` for a page of HTML, which needs no name space."""
        space = "" if inline else 'xmlns="http://www.w3.org/2000/svg" '
        lines = [
            f'<svg {space}viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" font-family="sans-serif" '
            f'font-size="{SIZE}">',
            f'<rect width="{self.width}" height="{self.height}" fill="{BACKGROUND}"/>',
        ]
        for one in self.items:
            if isinstance(one, Rectangle):
                lines.append(
                    f'<rect x="{one.x:.1f}" y="{one.y:.1f}" width="{one.width:.2f}" '
                    f'height="{one.height:.1f}" fill="{one.colour}"/>'
                )
            else:
                weight = ' font-weight="bold"' if one.bold else ""
                lines.append(
                    f'<text x="{one.x:.1f}" y="{one.y:.1f}" dominant-baseline="central" '
                    f'text-anchor="{one.anchor}" fill="{one.colour}"{weight}>'
                    f"{escape(one.text)}</text>"
                )
        return "\n".join([*lines, "</svg>", ""])

    def png(self) -> bytes:
        """As PNG, twice as large."""
        picture = Image.new("RGB", (self.width * SCALE, self.height * SCALE), BACKGROUND)
        draw = ImageDraw.Draw(picture)
        font = ImageFont.load_default(SIZE * SCALE)
        anchors = {"start": "lm", "middle": "mm", "end": "rm"}
        for one in self.items:
            x, y = one.x * SCALE, one.y * SCALE
            if isinstance(one, Rectangle):
                # What is thinner than a pixel is one: a thin share is still seen to be there.
                right = x + max(1.0, one.width * SCALE) - 1
                bottom = y + max(1.0, one.height * SCALE) - 1
                draw.rectangle((x, y, right, bottom), fill=one.colour)
            else:
                stroke = 0.5 if one.bold else 0
                draw.text(
                    (x, y), one.text, fill=one.colour, font=font, anchor=anchors[one.anchor],
                    stroke_width=stroke,
                )  # fmt: skip
        out = BytesIO()
        picture.save(out, "PNG")
        return out.getvalue()
