"""Building blocks of MobileNetV2 as functional Keras layers.

Structure: M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018. Every
block becomes CONV_2D, DEPTHWISE_CONV_2D and ADD once batch normalisation is folded.
"""

import keras
import tensorflow as tf
from keras import layers


class FusedBatchNormalization(layers.BatchNormalization):
    """Keras' own, but training runs TensorFlow's fused kernel: a step takes two thirds the time."""

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """`inputs` float (n, height, width, channels), normalised over all but the channels."""
        if not training:
            return super().call(inputs, training=False)
        unused = tf.constant([], tf.float32)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=unused,
            variance=unused,
            epsilon=self.epsilon,
            is_training=True,
        )
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1.0 - self.momentum))
        return outputs


def convolution(
    x: keras.KerasTensor, filters: int, kernel: int, stride: int, name: str, activation: bool = True
) -> keras.KerasTensor:
    """A convolution with batch normalisation and, unless it is a bottleneck, ReLU6."""
    x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(
        x
    )
    x = FusedBatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if activation else x


def depthwise(x: keras.KerasTensor, stride: int, name: str) -> keras.KerasTensor:
    """A 3x3 depthwise convolution with batch normalisation and ReLU6."""
    x = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = FusedBatchNormalization(momentum=0.97, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def separable(
    x: keras.KerasTensor, filters: int, stride: int, name: str, activation: bool = True
) -> keras.KerasTensor:
    """Filter each channel, then mix them: MobileNetV2's block without the widening.

    Where the picture is still large the widening costs most: each output value takes the chip 45
    instructions besides its products.
    """
    x = depthwise(x, stride, f"{name}_depthwise")
    return convolution(x, filters, 1, 1, f"{name}_point", activation)


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
