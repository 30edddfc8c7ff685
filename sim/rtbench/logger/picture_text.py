"""A frame in a terminal: half blocks, two pixels a character."""

import numpy as np
from PIL import Image
from rich.text import Text

UPPER_HALF = "\u2580"
COLUMNS = 48


def half_blocks(rgb: np.ndarray, columns: int = COLUMNS) -> Text:
    """A picture, uint8 (height, width, 3), as text of `columns` characters a line."""
    rows = max(round(columns * rgb.shape[0] / rgb.shape[1] / 2), 1) * 2
    small = np.asarray(Image.fromarray(rgb).resize((columns, rows), Image.Resampling.BOX))
    text = Text(no_wrap=True)
    for upper, lower in zip(small[::2], small[1::2], strict=True):
        for above, below in zip(upper.tolist(), lower.tolist(), strict=True):
            text.append(UPPER_HALF, style=f"rgb({','.join(map(str, above))}) on rgb("
                        f"{','.join(map(str, below))})")  # fmt: skip
        text.append("\n")
    return text
