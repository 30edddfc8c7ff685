"""Pictures as a model's own input wants them: its size, its channels, its type and its range."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from rtbench.tflite.tflite_file import Tensor

# What the values of pixels 0 and 255 usually are, where training did not normalise otherwise.
RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (-0.5, 0.5), (-128.0, 127.0))
CHANNELS = {1: "grey", 3: "RGB"}


@dataclass(frozen=True)
class PixelInput:
    """An input [1, height, width, channels] for pictures; `low` and `high` are the real values
    that pixels 0 and 255 stand for.

    `usual` is false where that range is none that is common: then it is the whole range of the
    type, and only who trained the model knows whether it is right.
    """

    tensor: Tensor
    low: float
    high: float
    usual: bool = True

    @classmethod
    def of(cls, tensor: Tensor, asked: tuple[float, float] | None = None) -> Self | None:
        """None for a tensor that is no picture; `asked` is a range that somebody knows better."""
        shape = tensor.shape
        if len(shape) != 4 or shape[0] != 1 or shape[3] not in CHANNELS or min(shape[1:3]) < 4:
            return None
        if tensor.type not in ("INT8", "UINT8", "INT16", "FLOAT32"):
            return None
        if asked is not None:
            return cls(tensor, *asked)
        if tensor.type == "FLOAT32" or not tensor.scales:
            return cls(tensor, *RANGES[0], usual=tensor.type == "FLOAT32")
        low, high = represented(tensor)
        # int16 is symmetric: the lower half says nothing of where pixels begin.
        if tensor.type == "INT16" and abs(high - 1) <= tensor.scales[0]:
            return cls(tensor, *RANGES[0])
        # Within one step of the type at each end, pixels are the same.
        step = max(tensor.scales[0], (high - low) / 255)
        for usual in RANGES:
            if abs(low - usual[0]) <= step and abs(high - usual[1]) <= step:
                return cls(tensor, *usual)
        return cls(tensor, low, high, usual=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.tensor.shape[2], self.tensor.shape[1]

    def values(self, rgb: np.ndarray) -> np.ndarray:
        """uint8 (height, width, 3) as the input tensor."""
        if rgb.shape != (*self.tensor.shape[1:3], 3) or rgb.dtype != np.uint8:
            raise ValueError(f"rgb must be uint8 {self.tensor.shape[1:3]}, not {rgb.shape}")
        pixels = rgb.astype(np.float64)
        if self.tensor.shape[3] == 1:  # ITU-R BT.601, as pillow and most cameras have it
            pixels = (pixels @ (0.299, 0.587, 0.114)).round()[..., np.newaxis]
        real = pixels / 255 * (self.high - self.low) + self.low
        return quantised(self.tensor, real)[np.newaxis]

    def __str__(self) -> str:
        width, height = self.size
        return (
            f"{width}x{height} {CHANNELS[self.tensor.shape[3]]} {self.tensor.type.lower()}, "
            f"pixels 0 to 255 as {self.low:g} to {self.high:g}"
        )


def represented(tensor: Tensor) -> tuple[float, float]:
    """The least and the largest real value of a quantised tensor."""
    limits = np.iinfo(tensor.type.lower())
    zero = tensor.zero_points[0] if tensor.zero_points else 0
    return (limits.min - zero) * tensor.scales[0], (limits.max - zero) * tensor.scales[0]


def quantised(tensor: Tensor, real: np.ndarray) -> np.ndarray:
    """Real values in the tensor's type: halves away from zero, cut off at the type's limits."""
    kind = np.dtype(tensor.type.lower())
    if kind.kind == "f":
        return real.astype(kind)
    scale = tensor.scales[0] if tensor.scales else 1.0
    zero = tensor.zero_points[0] if tensor.zero_points else 0
    steps = real / scale
    steps = np.trunc(steps + np.copysign(0.5, steps)) + zero
    limits = np.iinfo(kind)
    return np.clip(steps, limits.min, limits.max).astype(kind)


def dequantised(tensor: Tensor, values: np.ndarray) -> np.ndarray:
    """What the values of a tensor stand for, as float64."""
    if not tensor.scales or values.dtype.kind == "f":
        return values.astype(np.float64)
    zero = tensor.zero_points[0] if tensor.zero_points else 0
    return (values.astype(np.float64) - zero) * tensor.scales[0]
