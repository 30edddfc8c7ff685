"""Building blocks of MobileNetV2 as functional Keras layers.

Structure: M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018. Every
block becomes CONV_2D, DEPTHWISE_CONV_2D and ADD once batch normalisation is folded.
"""

import keras
from keras import layers


def convolution(
    x: keras.KerasTensor, filters: int, kernel: int, stride: int, name: str, activation: bool = True
) -> keras.KerasTensor:
    """A convolution with batch normalisation and, unless it is a bottleneck, ReLU6."""
    x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(
        x
    )
    x = layers.BatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if activation else x


def depthwise(x: keras.KerasTensor, stride: int, name: str) -> keras.KerasTensor:
    """A 3x3 depthwise convolution with batch normalisation and ReLU6."""
    x = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def inverted_residual(
    x: keras.KerasTensor, filters: int, stride: int, expansion: int, name: str
) -> keras.KerasTensor:
    """Widen, filter each channel, narrow; added to the input where the shapes agree."""
    inside = x
    if expansion > 1:
        inside = convolution(inside, x.shape[-1] * expansion, 1, 1, f"{name}_expand")
    inside = depthwise(inside, stride, f"{name}_depthwise")
    inside = convolution(inside, filters, 1, 1, f"{name}_project", activation=False)
    if stride == 1 and x.shape[-1] == filters:
        return layers.Add(name=f"{name}_add")([x, inside])
    return inside
