"""A camera frame as a picture in Robot's log."""

import base64
import html
import io

from PIL import Image
from robot.api import logger

from rtbench import frames
from rtbench.items import Frame

LARGE, SMALL = 288, 96  # three times as large, every pixel plain to see; one to one, for many


def show(frame: Frame, side: int = LARGE) -> None:
    """Embed the frame with the pixels that the firmware gets, and a text that says what it is."""
    style = f'width="{side}" height="{side}" style="image-rendering: pixelated" '
    embed(Image.fromarray(frames.from_rgb565(frame.data)), f"camera frame: {frame.id}", style)


def embed(picture: Image.Image, text: str, style: str = "") -> None:
    """Any picture, with a text that says what it is."""
    buffer = io.BytesIO()
    # Of hundreds: `optimize` takes twenty times as long, and is one percent smaller.
    picture.save(buffer, "PNG", compress_level=4)
    data = base64.b64encode(buffer.getvalue()).decode()
    text = html.escape(text, quote=True)
    logger.write(
        f'<img alt="{text}" title="{text}" {style}src="data:image/png;base64,{data}">', html=True
    )
