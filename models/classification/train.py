"""Trains the network in float; interrupted, it goes on from the last finished epoch."""

import keras
import numpy as np
import tensorflow as tf

from models.classification.config import Config
from models.classification.dataset import Dataset
from models.classification.network import network
from models.shared.blending import Blending
from models.shared.training import Resumable, one_cycle, set_threads, tinted


def train(config: Config, dataset: Dataset, name: str) -> tuple[keras.Model, dict]:
    """The trained model and its history; `name` keeps its checkpoints apart."""
    set_threads(config.threads)
    keras.utils.set_random_seed(config.seed)
    model = network(config, len(dataset.labels))
    batches = -(-len(dataset.train) // config.batch_size)
    model.compile(
        keras.optimizers.AdamW(
            one_cycle(config.learning_rate, batches * config.epochs),
            weight_decay=config.weight_decay,
        ),
        keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing),
        metrics=["accuracy"],
    )
    resumable = Resumable(name)
    model.fit(
        _batches(config, dataset, training=True),
        validation_data=_batches(config, dataset, training=False),
        epochs=config.epochs,
        callbacks=resumable.callbacks,
    )
    _forget_shares(model, np.bincount(dataset.indices(dataset.train)))
    return model, resumable.history()


def _forget_shares(model: keras.Model, samples: np.ndarray) -> None:
    """Take out of the last bias that some classes were shown more often than others.

    What is no target is drawn twice as often as each target, because it has the most ways to look;
    not because a camera sees so much of it. Bayes' rule: the logarithm of the share comes off.
    """
    layer = model.get_layer("probabilities")
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel, bias - np.log(samples / samples.mean())])


def _batches(config: Config, dataset: Dataset, training: bool) -> tf.data.Dataset:
    samples = dataset.train if training else dataset.validation
    targets = np.eye(len(dataset.labels), dtype=np.float32)[dataset.indices(samples)]
    images = samples.images
    empty = np.array([truth["label"] == "background" for truth in samples.truths])
    blending = Blending(images, np.flatnonzero(empty), np.random.default_rng(config.seed))

    def rows(index: np.ndarray) -> np.ndarray:
        pictures = images[index]
        return blending(pictures, empty[index]) if training else pictures

    def load(index: tf.Tensor, target: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        picture = tf.numpy_function(rows, [index], tf.uint8)
        picture.set_shape((None, 96, 96, 3))
        pixels = tf.cast(picture, tf.float32) / 255
        if training:
            pixels = tinted(tf.image.random_flip_left_right(pixels), config.tint)
        return pixels, target

    data = tf.data.Dataset.from_tensor_slices((np.arange(len(samples)), targets))
    if training:
        data = data.shuffle(len(samples), seed=config.seed)
    return data.batch(config.batch_size).map(load, deterministic=True).prefetch(2)
