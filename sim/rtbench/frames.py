"""Pictures to camera frames and to the model's input; no emulator in it.

A frame is what the OV2640 delivers in RGB565 mode: 96x96 pixels, two bytes each, high byte first
(ArduCAM documentation, "RGB565": R[4:0] G[5:3], then G[2:0] B[4:0]).
"""

import importlib
import importlib.util
import struct
import zlib
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

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
HEIC = (".heic", ".heif", ".hif")
ANIMATED = ("GIF", "WEBP", "PNG")  # formats whose pages are moments; of others they are pages
METHOD = "centre crop to a square, LANCZOS to 96x96, transparency on black, RGB565"


FRAME_SIZE = (FRAME_WIDTH, FRAME_HEIGHT)


def why_no_picture(path: Path) -> str:
    """By its name: "" for a picture, or why it is none."""
    ending = path.suffix.lower()
    if ending in HEIC and not _heic_opener():
        return "HEIC needs the package pillow-heif: pip install pillow-heif"
    if ending in Image.registered_extensions():
        return ""
    return f"pillow reads no {ending} files" if ending else "its name has no ending of a picture"


@cache
def _heic_opener() -> bool:
    """Whether pillow reads HEIC: its plug-in is a package of its own."""
    if importlib.util.find_spec("pillow_heif") is None:
        return False
    importlib.import_module("pillow_heif").register_heif_opener()
    return True


def moments(path: Path) -> int:
    """How many frames a picture file has: those of an animation, else one."""
    try:
        with Image.open(path) as file:
            return getattr(file, "n_frames", 1) if file.format in ANIMATED else 1
    except (*DAMAGED, Image.DecompressionBombError):
        return 1  # what is wrong with it is said when it is read


def load_picture(
    path: Path | str, size: tuple[int, int] = FRAME_SIZE, page: int | None = None
) -> np.ndarray:
    """A picture of any format pillow reads as uint8 (height, width, 3), made fit as METHOD says;
    `size` is width and height, `page` the moment of an animation.

    SetupError, naming the file, for one that cannot be read.
    """
    path = Path(path)
    try:
        _heic_opener()
        with Image.open(path) as file:
            pages = getattr(file, "n_frames", 1)
            if pages > 1 and file.format not in ANIMATED:
                raise SetupError(f"{path}: has {pages} pages: save each as a picture of its own")
            if page is not None:
                file.seek(page)
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
    if isinstance(error, UnidentifiedImageError):  # its text is the path again
        return "it is of no format that pillow knows"
    return (str(error).splitlines() or [type(error).__name__])[0]


def fit(picture: Image.Image, size: tuple[int, int] = FRAME_SIZE) -> np.ndarray:
    """An open picture as uint8 (height, width, 3): upright, flattened, cropped, resized."""
    picture = _flatten(ImageOps.exif_transpose(picture))
    return np.asarray(ImageOps.fit(picture, size, Image.Resampling.LANCZOS), dtype=np.uint8)


def _flatten(picture: Image.Image) -> Image.Image:
    """RGB without transparency, laid on black, and without the upper byte of 16-bit grey lost."""
    if picture.mode in ("I;16", "I;16L", "I;16B", "I;16N", "I"):  # pillow's convert would clip
        levels = np.asarray(picture).astype(np.int64)
        if levels.min() < 0 or levels.max() > 65535:
            span = f"{levels.min()} to {levels.max()}"
            raise ValueError(f"levels must be 0 to 65535, not {span}: save it in 8 bits")
        return Image.fromarray((levels >> 8).astype(np.uint8)).convert("RGB")
    if picture.mode == "F":
        return _of_real_numbers(np.asarray(picture))
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = Image.alpha_composite(ground, picture)
    return picture.convert("RGB")


def _of_real_numbers(levels: np.ndarray) -> Image.Image:
    """Grey of floating-point levels; ValueError where nothing says what black and white are."""
    low, high = float(levels.min()), float(levels.max())
    if not (low >= 0 and high <= 255):  # nor NaN
        raise ValueError(
            f"real numbers must be 0 to 1 or 0 to 255, not {low:g} to {high:g}: save it in 8 bits"
        )
    grey = levels * 255 if high <= 1 else levels
    return Image.fromarray(grey.round().astype(np.uint8)).convert("RGB")


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
