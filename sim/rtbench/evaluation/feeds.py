"""What a model of any shape is shown: pictures, arrays from files, or noise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from rt1062.errors import SetupError
from rtbench import frames
from rtbench.items import Item
from rtbench.tflite.pixels import PixelInput, quantised
from rtbench.tflite.tflite_file import ModelFile, Tensor


@dataclass(frozen=True)
class Feed:
    """One set of input tensors to come; `make` may raise SetupError, about this feed alone."""

    id: str
    make: Callable[[], list[np.ndarray]]
    label: str | None = None


def from_items(items: Sequence[Item], pixels: PixelInput) -> list[Feed]:
    """Pictures and scenes, made fit for the model's input."""

    def feed(item: Item) -> Feed:
        return Feed(item.id, lambda: [pixels.values(_rgb(item, pixels.size))], item.label)

    return [feed(item) for item in items]


def _rgb(item: Item, size: tuple[int, int]) -> np.ndarray:
    """What a camera with RGB565 would have made of it, uint8 (height, width, 3)."""
    if item.picture is not None:
        return frames.cut_to_rgb565(frames.load_picture(item.picture, size, item.page))
    rgb = frames.from_rgb565(item.draw().data)
    if rgb.shape[1::-1] != size:
        rgb = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))
    return rgb


def from_files(paths: Sequence[Path], model: ModelFile) -> list[Feed]:
    """One .npy file an input, in their order; SetupError for files that do not fit the model.

    An array has the shape of its input, or as many of them as there are feeds. Values are those of
    the tensor, or real numbers, which are quantised as the input says.
    """
    if len(paths) != len(model.inputs):
        raise SetupError(
            f"{model.path} has {len(model.inputs)} inputs: --input needs as many .npy files, "
            f"not {len(paths)}"
        )
    tensors = [model.tensors[number] for number in model.inputs]
    arrays = [_load(path, tensor) for path, tensor in zip(paths, tensors, strict=True)]
    count = len(arrays[0])
    if any(len(array) != count for array in arrays):
        many = ", ".join(str(len(array)) for array in arrays)
        raise SetupError(f"--input: the files must hold equally many inputs, not {many}")

    def feed(number: int) -> Feed:
        return Feed(f"{paths[0].name}[{number}]", lambda: [array[number] for array in arrays])

    return [feed(number) for number in range(count)]


def _load(path: Path, tensor: Tensor) -> np.ndarray:
    """The inputs in a file, along a first dimension of their own."""
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise SetupError(f"{path}: not a .npy file that can be read ({error})") from error
    if not isinstance(values, np.ndarray):
        raise SetupError(f"{path}: must be one array (.npy), not an archive of several (.npz)")
    shape = shape_of(tensor)
    if values.shape == shape:
        values = values[np.newaxis]
    elif shape[:1] == (1,) and values.shape[1:] == shape[1:]:
        values = values.reshape(-1, *shape)
    elif values.shape[1:] != shape:
        raise SetupError(
            f"{path}: must be of shape {list(shape)}, or several of it, not {list(values.shape)}"
        )
    if len(values) == 0:
        raise SetupError(f"{path}: there is no input in it")
    kind = tensor.dtype
    if values.dtype == kind:
        return values
    if values.dtype.kind == "f":
        return quantised(tensor, values.astype(np.float64))
    raise SetupError(f"{path}: must be {kind} or real numbers, not {values.dtype}")


def noise(model: ModelFile, number: int, seed: int) -> list[Feed]:
    """`number` feeds of noise over the whole range of each type, the same for the same seed."""

    def feed(which: int) -> Feed:
        def make() -> list[np.ndarray]:
            generator = np.random.default_rng((seed, which))
            return [_noise(generator, model.tensors[one]) for one in model.inputs]

        return Feed(f"noise-{seed}-{which}", make)

    return [feed(which) for which in range(number)]


def _noise(generator: np.random.Generator, tensor: Tensor) -> np.ndarray:
    kind, shape = tensor.dtype, shape_of(tensor)
    if kind.kind == "f":
        return generator.uniform(-1, 1, shape).astype(kind)
    # Wide whole numbers are indices and sizes: kept small, so that they are inside.
    wide = kind.kind == "b" or kind.itemsize > 2
    low, high = (0, 1) if wide else (np.iinfo(kind).min, np.iinfo(kind).max)
    return generator.integers(low, high, shape, endpoint=True).astype(kind)


def shape_of(tensor: Tensor) -> tuple[int, ...]:
    """A tensor's shape, an unknown dimension taken as 1."""
    return tuple(max(size, 1) for size in tensor.shape)
