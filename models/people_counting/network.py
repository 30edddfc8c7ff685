"""The network: a MobileNet backbone, two steps back up, and an anchor-free head on 24x24 cells.

What the outputs mean is said in sim/rtbench/tflite/decoding.py.
"""

import keras
from keras import layers

from models.people_counting.config import Config
from models.shared.layers import convolution, depthwise, inverted_residual, separable


def network(config: Config) -> keras.Model:
    """The untrained model: pixels from 0 to 1 in, scores and distances out."""
    pixels = keras.Input((96, 96, 3), name="pixels")
    x = convolution(pixels, config.stem_filters, 3, 2, "stem")
    x = separable(x, config.fine_filters, 2, "fine0")
    beside = separable(x, config.fine_filters, 1, "fine1", activation=False)
    fine = x = layers.Add(name="fine_add")([x, beside])
    x = separable(x, config.middle_filters, 2, "down12", activation=False)
    middle = x = _stage(x, config.blocks_12, "middle")
    x = _stage(x, config.blocks_6, "coarse")
    x = _up(x, middle, config.neck_filters, "up12")
    x = _up(x, fine, config.head_filters, "up24")
    x = depthwise(x, 1, "head_depthwise")
    x = convolution(x, config.head_filters, 1, 1, "head_point")
    # Few cells hold a person: the scores start low, so that the first steps are not wasted.
    low, near = keras.initializers.Constant(-3.5), keras.initializers.Constant(0.7)
    scores = layers.Conv2D(
        1,
        1,
        activation="sigmoid",
        name="scores",
        bias_initializer=low,
    )(x)
    distances = layers.Conv2D(4, 1, activation="relu", name="distances", bias_initializer=near)(x)
    return keras.Model(pixels, {"scores": scores, "distances": distances}, name="people_counting")


def _stage(
    x: keras.KerasTensor, blocks: tuple[tuple[int, int, int], ...], name: str
) -> keras.KerasTensor:
    for number, (filters, stride, expansion) in enumerate(blocks):
        x = inverted_residual(x, filters, stride, expansion, f"{name}{number}")
    return x


def _up(
    x: keras.KerasTensor, beside: keras.KerasTensor, filters: int, name: str
) -> keras.KerasTensor:
    """Twice the cells: what is coarse but knows the whole, added to what is fine."""
    x = convolution(x, filters, 1, 1, f"{name}_in")
    x = layers.Resizing(*beside.shape[1:3], interpolation="nearest", name=f"{name}_double")(x)
    beside = convolution(beside, filters, 1, 1, f"{name}_beside")
    x = layers.Add(name=f"{name}_add")([x, beside])
    x = depthwise(x, 1, f"{name}_depthwise")
    return convolution(x, filters, 1, 1, f"{name}_out")
