"""A camera frame as a picture in Robot's log."""

import base64
import html
import io

from PIL import Image
from robot.api import logger

from rtbench import frames
from rtbench.robot.session import Fed

LARGE, SMALL = 288, 96  # three times as large, every pixel plain to see; one to one, for many


def show(fed: Fed, side: int = LARGE) -> None:
    """Embed the frame with the pixels that the firmware gets, and a text that says what it is."""
    buffer = io.BytesIO()
    Image.fromarray(frames.from_rgb565(fed.frame)).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    text = html.escape(f"camera frame: {fed.name}", quote=True)
    logger.write(
        f'<img alt="{text}" title="{text}" width="{side}" height="{side}" '
        f'style="image-rendering: pixelated" src="data:image/png;base64,{data}">',
        html=True,
    )
