"""What comes out of an OV2640: a picture behind its lens, as its registers put it out.

Source: OmniVision OV2640 data sheet 1.6, tables 12 and 13, and what the public register lists of
ArduCAM, Linux and esp32-camera have in common. The way of a picture: the sensor's frame (UXGA, SVGA
or CIF, its window, mirror and colour phase), then past the DSP (R_BYPASS) or through it: its input
size, a window, division, zoom, and one of four formats. `arducam_vectors.txt` beside this file
holds all cameras of the bench to it.

What is decided here, for the sheet leaves it open: a fed picture is what the middle square of the
field of view shows, and its border goes on outside; pixels are picked, not averaged; a path that
CTRL0 has switched off gives zeros; zoom never enlarges. Settings of colour change nothing.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rt1062.devices import jpeg

SIDE = 96  # of a fed picture, RGB565 with the high byte first

# DSP registers.
R_BYPASS, QS, CTRLI, HSIZE, VSIZE, XOFFL, YOFFL, VHYX, TEST = 5, 0x44, *range(0x50, 0x56), 0x57
ZMOW, ZMOH, ZMHH, CTRL2, SIZEL, HSIZE8, VSIZE8 = 0x5A, 0x5B, 0x5C, 0x86, 0x8C, 0xC0, 0xC1
CTRL0, IMAGE_MODE, RESET = 0xC2, 0xDA, 0xE0
CTRL2_DCW = 0x20  # division and zoom
CTRL0_VFIRST, CTRL0_YUV422, CTRL0_YUV_EN, CTRL0_RGB_EN, CTRL0_RAW_EN = 0x10, 8, 4, 2, 1
IMAGE_MODE_JPEG, IMAGE_MODE_LOW_FIRST = 0x10, 1
RESET_JPEG, RESET_DVP = 0x10, 4
# Sensor registers.
REG04, COM7, HREFST, HREFEND, VSTRT, VEND = 0x04, 0x12, 0x17, 0x18, 0x19, 0x1A
REG04_HFLIP, REG04_VFLIP, REG04_VREF, REG04_HREF = 0x80, 0x40, 0x10, 0x08

RAW, YUV422, RGB565, JPEG, RESERVED = "RAW", "YUV422", "RGB565", "JPEG", "a reserved format"
FORMATS = (YUV422, RAW, RGB565, RESERVED)  # bits 3:2 of IMAGE_MODE
PATHS = {
    RAW: CTRL0_RAW_EN,
    YUV422: CTRL0_YUV422 | CTRL0_YUV_EN,
    JPEG: CTRL0_YUV422 | CTRL0_YUV_EN,
    RGB565: CTRL0_RGB_EN,
    RESERVED: 0xFF,
}
# Bits 6:4 of COM7: width, height, and VSTRT of the whole frame.
MODES = {0: (1600, 1200, 1), 1: (400, 296, 0), 4: (800, 600, 0)}
WHOLE_HREFST = 0x11


@dataclass(frozen=True)
class Span:
    """One direction: the field of view, the part of it that is taken, what is made of that."""

    field: int
    start: int
    taken: int
    out: int
    reversed: bool
    side: int  # of the middle square

    def places(self) -> np.ndarray:
        """Of each pixel that comes out the row or column of the fed picture, 0 to SIDE - 1."""
        twice = 2 * self.out
        at = twice * self.start + (2 * np.arange(self.out) + 1) * self.taken
        from_left = at - self.out * (self.field - self.side)
        places = np.clip(from_left * SIDE // (twice * self.side or 1), 0, SIDE - 1)
        return SIDE - 1 - places if self.reversed else places


class Output:
    """What the registers of an OV2640 say, `dsp` and `sensor` its two banks."""

    def __init__(self, dsp: bytes, sensor: bytes) -> None:
        self._dsp, self._sensor = bytes(dsp), bytes(sensor)
        self.bypass = bool(dsp[R_BYPASS] & 1)
        mode = dsp[IMAGE_MODE]
        self.format = JPEG if mode & IMAGE_MODE_JPEG else FORMATS[mode >> 2 & 3]
        if self.bypass:
            self.format = RAW
        self.low_byte_first = not self.bypass and bool(mode & IMAGE_MODE_LOW_FIRST)
        needed = 0 if self.bypass else PATHS[self.format]
        self.path_on = dsp[CTRL0] & needed == needed and self.format != RESERVED
        held = RESET_DVP | (RESET_JPEG if self.format == JPEG else 0)
        self.held = not self.bypass and bool(dsp[RESET] & held)
        self.column_phase = bool(sensor[REG04] & REG04_HREF)
        self.row_phase = bool(sensor[REG04] & REG04_VREF) == bool(sensor[REG04] & REG04_VFLIP)
        self.horizontal, self.vertical = self._spans()

    def _spans(self) -> tuple[Span, Span]:
        dsp, sensor = self._dsp, self._sensor
        width, height, whole_vstrt = MODES.get(sensor[COM7] >> 4 & 7, MODES[0])
        side = min(width, height)
        # The lowest bits, in COM1 and REG32, shift it by less than 16 pixels: not looked at.
        left = max(0, (sensor[HREFST] - WHOLE_HREFST) * 16)
        top = max(0, (sensor[VSTRT] - whole_vstrt) * 8)
        across = max(0, min((sensor[HREFEND] - sensor[HREFST]) * 16, width - left))
        down = max(0, min((sensor[VEND] - sensor[VSTRT]) * 8, height - top))
        mirrored, flipped = (bool(sensor[REG04] & bit) for bit in (REG04_HFLIP, REG04_VFLIP))
        if self.bypass:
            return (
                Span(width, left, across, across, mirrored, side),
                Span(height, top, down, down, flipped, side),
            )
        high, low = dsp[VHYX], dsp[SIZEL]
        across = min(across, (low >> 6 & 1) << 11 | dsp[HSIZE8] << 3 | low >> 3 & 7)
        down = min(down, dsp[VSIZE8] << 3 | low & 7)
        x, y = (high & 7) << 8 | dsp[XOFFL], (high >> 4 & 7) << 8 | dsp[YOFFL]
        wide = ((dsp[TEST] >> 7 & 1) << 9 | (high >> 3 & 1) << 8 | dsp[HSIZE]) * 4
        tall = ((high >> 7 & 1) << 8 | dsp[VSIZE]) * 4
        wide, tall = max(0, min(wide, across - x)), max(0, min(tall, down - y))
        out_width, out_height = wide, tall
        if dsp[CTRL2] & CTRL2_DCW:
            zoom_width = (dsp[ZMOW] | (dsp[ZMHH] & 3) << 8) * 4
            zoom_height = (dsp[ZMOH] | (dsp[ZMHH] >> 2 & 1) << 8) * 4
            out_width = min(zoom_width, wide >> (dsp[CTRLI] & 7) & ~1)  # pixels come in pairs
            out_height = min(zoom_height, tall >> (dsp[CTRLI] >> 3 & 7))
        return (
            Span(width, left + x, wide, out_width, mirrored, side),
            Span(height, top + y, tall, out_height, flipped, side),
        )

    @property
    def width(self) -> int:
        return self.horizontal.out

    @property
    def height(self) -> int:
        return self.vertical.out

    # What is wrong with it.

    @cached_property
    def objection(self) -> str:
        """Why a fed picture does not come out as it was fed; empty if it does."""
        dsp, reg04, size = self._dsp, self._sensor[REG04], f"{self.width}x{self.height}"
        if self.bypass:
            return f"R_BYPASS is 0x{dsp[R_BYPASS]:02X}: raw data of {size} come out past the DSP"
        if self.held:
            return f"RESET is 0x{dsp[RESET]:02X}: nothing comes out"
        if self.format != RGB565:
            return f"IMAGE_MODE is 0x{dsp[IMAGE_MODE]:02X}: {self.format} comes out, not RGB565"
        if not self.path_on:
            return f"CTRL0 is 0x{dsp[CTRL0]:02X}: the path of RGB is off, zeros come out"
        if self.low_byte_first:
            return f"IMAGE_MODE is 0x{dsp[IMAGE_MODE]:02X}: the low byte comes first"
        if (self.width, self.height) != (SIDE, SIDE):
            return f"ZMOW is 0x{dsp[ZMOW]:02X}, ZMOH 0x{dsp[ZMOH]:02X}: {size} come out, not 96x96"
        if self.horizontal.reversed or self.vertical.reversed:
            return f"REG04 is 0x{reg04:02X}: the picture comes out mirrored"
        if not (self.column_phase and self.row_phase):
            return f"REG04 is 0x{reg04:02X}: the colour phase is off, colours come out wrong"
        across, down = self.horizontal, self.vertical
        if any((span.places() != np.arange(SIDE)).any() for span in (across, down)):
            part = f"{across.taken}x{down.taken} at {across.start},{down.start}"
            return (
                f"HSIZE is 0x{dsp[HSIZE]:02X}, VSIZE 0x{dsp[VSIZE]:02X}: {part} come out "
                f"of {across.field}x{down.field}, not the middle square"
            )
        return ""

    # What comes out.

    def render(self, picture: bytes, light: tuple[int, int] = (1, 1)) -> bytes:
        """The bytes of one frame of a fed picture, SIDE x SIDE.

        `light` is how far the exposure has settled: before, it is dark, red and blue more so.
        """
        if not self.path_on:
            return bytes(self.width * self.height * (1 if self.format == RAW else 2))
        part, whole = light
        if not self.objection and part == whole:
            return picture
        red, green, blue = self._colours(picture)
        green = green * part // whole
        red, blue = (plane * part * part // (whole * whole) for plane in (red, blue))
        if self.format == RAW:
            return self._mosaic(red, green, blue).tobytes()
        red, green, blue = self._out_of_phase(red, green, blue)
        if self.format == RGB565:
            values = (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3
            return values.astype("<u2" if self.low_byte_first else ">u2").tobytes()
        luma = (77 * red + 150 * green + 29 * blue) >> 8
        u = ((-43 * red - 85 * green + 128 * blue) >> 8) + 128
        v = ((128 * red - 107 * green - 21 * blue) >> 8) + 128
        u, v = ((plane[:, 0::2] + plane[:, 1::2]) >> 1 for plane in (u, v))
        if self.format == JPEG:
            return jpeg.encode(luma, u, v, max(1, self._dsp[QS]))
        if self._dsp[CTRL0] & CTRL0_VFIRST:
            u, v = v, u
        bright = 0 if self.low_byte_first else 1
        out = np.empty((self.height, self.width * 2), np.uint8)
        out[:, bright::2] = luma
        out[:, 1 - bright :: 4], out[:, 3 - bright :: 4] = u, v
        return out.tobytes()

    def _colours(self, picture: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red, green and blue, 0 to 255, of each pixel that comes out."""
        values = np.frombuffer(picture, ">u2").astype(np.int32).reshape(SIDE, SIDE)
        values = values[np.ix_(self.vertical.places(), self.horizontal.places())]
        red, green, blue = values >> 11, values >> 5 & 0x3F, values & 0x1F
        return red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2

    def _mosaic(self, red: np.ndarray, green: np.ndarray, blue: np.ndarray) -> np.ndarray:
        """A colour a pixel: rows of BGBG and GRGR, begun later where a phase is off."""
        row, column = int(not self.row_phase), int(not self.column_phase)
        out = green.astype(np.uint8)
        out[row::2, column::2] = blue[row::2, column::2]
        out[1 - row :: 2, 1 - column :: 2] = red[1 - row :: 2, 1 - column :: 2]
        return out

    def _out_of_phase(
        self, red: np.ndarray, green: np.ndarray, blue: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One phase off: greens are taken for red and blue; both: red and blue change places."""
        if self.row_phase and self.column_phase:
            return red, green, blue
        if self.row_phase == self.column_phase:
            return blue, green, red
        return green, (red + blue) >> 1, green
