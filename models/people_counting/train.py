"""Trains the network in float; interrupted, it goes on from the last finished epoch."""

import keras
import numpy as np
import tensorflow as tf

from models.people_counting.config import Config
from models.people_counting.dataset import Dataset
from models.people_counting.losses import box_loss, score_loss
from models.people_counting.network import network
from models.people_counting.targets import mirrored, person_boxes, targets
from models.shared.rendered import Samples
from models.shared.training import Resumable, one_cycle, set_threads, tinted


def train(config: Config, dataset: Dataset, name: str) -> tuple[keras.Model, dict]:
    """The trained model and its history; `name` keeps the checkpoints of different data apart."""
    set_threads(config.threads)
    keras.utils.set_random_seed(config.seed)
    model = network(config)
    steps = -(-len(dataset.train) // config.batch_size) * config.epochs
    model.compile(
        keras.optimizers.AdamW(
            one_cycle(config.learning_rate, steps), weight_decay=config.weight_decay, clipnorm=5.0
        ),
        loss={"scores": score_loss, "distances": box_loss},
        loss_weights={"scores": 1.0, "distances": config.box_weight},
    )
    resumable = Resumable(name)
    model.fit(
        _batches(config, dataset.train, training=True),
        validation_data=_batches(config, dataset.validation, training=False),
        epochs=config.epochs,
        callbacks=resumable.callbacks,
    )
    return model, resumable.history()


def _batches(config: Config, samples: Samples, training: bool) -> tf.data.Dataset:
    boxes = [person_boxes(truth) for truth in samples.truths]
    random = np.random.default_rng(config.seed)

    def rows(index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        images = samples.images[index]
        answers = [targets(*boxes[number]) for number in index]
        if training:
            for place in np.flatnonzero(random.random(len(index)) < 0.5):
                images[place] = images[place][:, ::-1]
                answers[place] = mirrored(*answers[place])
        heat, distances = (np.stack(column) for column in zip(*answers, strict=True))
        return images, heat, distances

    def load(index: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        images, heat, distances = tf.numpy_function(
            rows, [index], (tf.uint8, tf.float32, tf.float32)
        )
        images.set_shape((None, 96, 96, 3))
        heat.set_shape((None, 24, 24, 2))
        distances.set_shape((None, 24, 24, 5))
        pixels = tf.cast(images, tf.float32) / 255
        if training:
            pixels = tinted(pixels, config.tint)
        return pixels, {"scores": heat, "distances": distances}

    data = tf.data.Dataset.range(len(samples))
    if training:
        data = data.shuffle(len(samples), seed=config.seed)
    return data.batch(config.batch_size).map(load, deterministic=True).prefetch(2)
