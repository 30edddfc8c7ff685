"""Pictures to camera frames and to the model's input; no emulator in it.

A frame is what the OV2640 delivers in RGB565 mode: 96x96 pixels, two bytes each, high byte first
(ArduCAM documentation, "RGB565": R[4:0] G[5:3], then G[2:0] B[4:0]).
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from rt1062.errors import SetupError

FRAME_WIDTH = 96
FRAME_HEIGHT = 96
FRAME_BYTES = FRAME_WIDTH * FRAME_HEIGHT * 2
# What pillow raises for a damaged file depends on the format's decoder (found by fuzzing it).
DAMAGED = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    LookupError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
METHOD = "centre crop to a square, LANCZOS to 96x96, transparency on black, RGB565"


FRAME_SIZE = (FRAME_WIDTH, FRAME_HEIGHT)


def load_picture(path: Path | str, size: tuple[int, int] = FRAME_SIZE) -> np.ndarray:
    """A picture of any format pillow reads as uint8 (height, width, 3), made fit as METHOD says;
    `size` is width and height.

    SetupError, naming the file, for one that cannot be read.
    """
    path = Path(path)
    try:
        with Image.open(path) as file:
            return fit(file, size)
    except FileNotFoundError as error:
        raise SetupError(f"{path}: no such picture") from error
    except Image.DecompressionBombError as error:
        raise SetupError(f"{path}: the picture is too large to be decoded safely") from error
    except DAMAGED as error:
        raise SetupError(
            f"{path}: not a picture that pillow can read ({_reason(error)})"
        ) from error


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def fit(picture: Image.Image, size: tuple[int, int] = FRAME_SIZE) -> np.ndarray:
    """An open picture as uint8 (height, width, 3): upright, flattened, cropped, resized."""
    picture = _flatten(ImageOps.exif_transpose(picture))
    return np.asarray(ImageOps.fit(picture, size, Image.Resampling.LANCZOS), dtype=np.uint8)


def _flatten(picture: Image.Image) -> Image.Image:
    """RGB without transparency, laid on black, and without the upper byte of 16-bit grey lost."""
    if picture.mode in ("I;16", "I;16L", "I;16B", "I;16N", "I"):  # pillow's convert would clip
        levels = np.asarray(picture).astype(np.int64)
        return Image.fromarray((np.clip(levels, 0, 65535) >> 8).astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(ground, picture)
    return picture.convert("RGB")


def cut_to_rgb565(rgb: np.ndarray) -> np.ndarray:
    """uint8 (height, width, 3) as it comes out of RGB565: the low bits of each channel lost."""
    red, green, blue = (rgb[..., channel] for channel in range(3))
    channels = (red & 0xF8 | red >> 5, green & 0xFC | green >> 6, blue & 0xF8 | blue >> 5)
    return np.stack(channels, axis=-1)


def to_rgb565(rgb: np.ndarray) -> bytes:
    """uint8 (96, 96, 3) as the camera's 18,432 bytes; the low bits are cut off."""
    if rgb.shape != (FRAME_HEIGHT, FRAME_WIDTH, 3) or rgb.dtype != np.uint8:
        raise ValueError(f"rgb must be uint8 (96, 96, 3), not {rgb.dtype} {rgb.shape}")
    red, green, blue = (rgb[..., channel].astype(np.uint16) for channel in range(3))
    pixels = (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3
    return pixels.astype(">u2").tobytes()


def from_rgb565(frame: bytes) -> np.ndarray:
    """The camera's 18,432 bytes as uint8 (96, 96, 3), each channel widened by bit replication."""
    if len(frame) != FRAME_BYTES:
        raise ValueError(f"frame must be {FRAME_BYTES} bytes, not {len(frame)}")
    pixels = np.frombuffer(frame, ">u2").astype(np.uint16).reshape(FRAME_HEIGHT, FRAME_WIDTH)
    red, green, blue = pixels >> 11, pixels >> 5 & 0x3F, pixels & 0x1F
    channels = (red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2)
    return np.stack(channels, axis=-1).astype(np.uint8)


def input_tensor(frame: bytes) -> np.ndarray:
    """The model's int8 (1, 96, 96, 3) input for a frame: scale 1/255, zero point -128."""
    return (from_rgb565(frame).astype(np.int16) - 128).astype(np.int8)[np.newaxis]
