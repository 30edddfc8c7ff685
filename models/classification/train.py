"""Trains the network in float; interrupted, it goes on from the last finished epoch."""

import keras
import numpy as np
import tensorflow as tf

from models.classification.config import Config
from models.classification.dataset import Dataset
from models.classification.network import network
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
    return model, resumable.history()


def _batches(config: Config, dataset: Dataset, training: bool) -> tf.data.Dataset:
    samples = dataset.train if training else dataset.validation
    targets = np.eye(len(dataset.labels), dtype=np.float32)[dataset.indices(samples)]
    images = samples.images

    def rows(index: np.ndarray) -> np.ndarray:
        return images[index]

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
