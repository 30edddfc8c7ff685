"""A frame in a terminal."""

import numpy as np

from rtbench.logger.picture_text import half_blocks


def test_two_pixels_a_character_upper_and_lower():
    rgb = np.zeros((96, 96, 3), np.uint8)
    rgb[:2, :2] = 255, 0, 0
    rgb[2:4, :2] = 0, 0, 255
    text = half_blocks(rgb)
    lines = text.plain.splitlines()
    assert [len(line) for line in lines] == [48] * 24
    assert str(text.spans[0].style) == "rgb(255,0,0) on rgb(0,0,255)"
