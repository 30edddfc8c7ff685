"""Frames made of numbers, not of scenes: each shows other mistakes of driver or pixels."""

from collections.abc import Callable

import numpy as np

from rtbench import frames

SIDE = frames.FRAME_WIDTH
BARS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255))


def _coordinates() -> tuple[np.ndarray, np.ndarray]:
    return np.mgrid[0:SIDE, 0:SIDE]


def colour_bars() -> np.ndarray:
    """Six pure colours side by side: a change of channel or byte order changes each."""
    _, x = _coordinates()
    return np.array(BARS, np.uint8)[x * len(BARS) // SIDE]


def gradient() -> np.ndarray:
    """Red grows to the right, green downwards, blue along the diagonal."""
    y, x = _coordinates()
    return np.stack([x * 255 // 95, y * 255 // 95, (x + y) * 255 // 190], -1).astype(np.uint8)


def noise() -> np.ndarray:
    """No two bytes in a row alike, so that a shift by one byte shows."""
    return np.random.default_rng(1062).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def dark_noise() -> np.ndarray:
    """Near black, where a wrong zero point is the largest share of the value."""
    return noise() // 8


def black() -> np.ndarray:
    """All bytes zero: the smallest input."""
    return np.zeros((SIDE, SIDE, 3), np.uint8)


def white() -> np.ndarray:
    """All bytes 255: the largest input."""
    return np.full((SIDE, SIDE, 3), 255, np.uint8)


PATTERNS: dict[str, Callable[[], np.ndarray]] = {
    "colour bars": colour_bars,
    "gradient": gradient,
    "noise": noise,
    "dark noise": dark_noise,
    "black": black,
    "white": white,
}


def pattern(name: str) -> bytes:
    """A pattern as the camera's 18,432 bytes."""
    if name not in PATTERNS:
        raise ValueError(f"name must be one of {', '.join(PATTERNS)}, not {name!r}")
    return frames.to_rgb565(PATTERNS[name]())


def _swapped_colours(frame: bytes) -> np.ndarray:
    return frames.input_tensor(frame)[..., ::-1]


def _swapped_bytes(frame: bytes) -> np.ndarray:
    return frames.input_tensor(np.frombuffer(frame, np.uint16).byteswap().tobytes())


def _zero_point_off_by_one(frame: bytes) -> np.ndarray:
    return np.clip(frames.input_tensor(frame).astype(np.int16) + 1, -128, 127).astype(np.int8)


def _no_zero_point(frame: bytes) -> np.ndarray:
    return (frames.from_rgb565(frame) >> 1).astype(np.int8)[np.newaxis]


def _low_bits_left_zero(frame: bytes) -> np.ndarray:
    rgb = frames.from_rgb565(frame) & np.array([0xF8, 0xFC, 0xF8], np.uint8)
    return (rgb.astype(np.int16) - 128).astype(np.int8)[np.newaxis]


def _one_byte_late(frame: bytes) -> np.ndarray:
    return frames.input_tensor(frame[1:] + b"\0")


def _channels_first(frame: bytes) -> np.ndarray:
    planes = np.moveaxis(frames.input_tensor(frame)[0], -1, 0)
    return np.ascontiguousarray(planes).reshape(1, SIDE, SIDE, 3)


# What firmware may do wrong on the way from the FIFO to the model's input.
MISTAKES: dict[str, Callable[[bytes], np.ndarray]] = {
    "swapped colours": _swapped_colours,
    "swapped bytes": _swapped_bytes,
    "zero point off by one": _zero_point_off_by_one,
    "no zero point": _no_zero_point,
    "low bits left zero": _low_bits_left_zero,
    "one byte late": _one_byte_late,
    "channels first": _channels_first,
}
