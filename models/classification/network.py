"""The network: a MobileNetV2 of about 90,000 weights for 96x96 pictures."""

import keras
from keras import layers

from models.classification.config import Config
from models.shared.layers import convolution, inverted_residual, separable


def network(config: Config, classes: int) -> keras.Model:
    """The untrained model: pixels from 0 to 1 in, class probabilities out."""
    pixels = keras.Input((96, 96, 3), name="pixels")
    x = convolution(pixels, config.stem_filters, 3, 2, "stem")
    x = separable(x, config.first_filters, 2, "first", activation=False)
    for number, (filters, stride, expansion) in enumerate(config.blocks):
        x = inverted_residual(x, filters, stride, expansion, f"block{number}")
    x = convolution(x, config.head_filters, 1, 1, "head")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(config.dropout, name="dropout")(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(pixels, probabilities, name="classification")
