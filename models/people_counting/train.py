"""Trains the network in float; interrupted, it goes on from the last finished epoch."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from models.people_counting.config import Config
from models.people_counting.dataset import Dataset
from models.people_counting.losses import box_loss, score_loss
from models.people_counting.network import network
from models.people_counting.targets import Box, mirrored, person_boxes, targets
from models.shared.blending import Blending
from models.shared.rendered import Samples
from models.shared.training import Resumable, one_cycle, set_threads, tinted
from rtbench.tflite.decoding import GRID


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
    persons = [person_boxes(truth) for truth in samples.truths]
    heat, boxes = _answers(persons)
    empty = np.array([not any(both) for both in persons])
    random = np.random.default_rng(config.seed)
    blending = Blending(samples.images, np.flatnonzero(empty), random)

    def rows(index: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        chosen = samples.images[index], heat[index], boxes[index]
        if training:
            blending(chosen[0], empty[index])
            turn = random.random(len(index)) < 0.5
            chosen[0][turn] = chosen[0][turn][:, :, ::-1]
            chosen[1][turn], chosen[2][turn] = mirrored(chosen[1][turn], chosen[2][turn])
        return chosen

    def load(index: tf.Tensor) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        images, scores, distances = tf.numpy_function(
            rows, [index], (tf.uint8, tf.float16, tf.float16)
        )
        scores, distances = tf.cast(scores, tf.float32), tf.cast(distances, tf.float32)
        images.set_shape((None, 96, 96, 3))
        scores.set_shape((None, *heat.shape[1:]))
        distances.set_shape((None, *boxes.shape[1:]))
        pixels = tf.cast(images, tf.float32) / 255
        if training:
            pixels = tinted(pixels, config.tint)
        return pixels, {"scores": scores, "distances": distances}

    data = tf.data.Dataset.range(len(samples))
    if training:
        data = data.shuffle(len(samples), seed=config.seed)
    return data.batch(config.batch_size).map(load, deterministic=True).prefetch(2)


def _answers(persons: Sequence[tuple[list[Box], list[Box]]]) -> tuple[np.ndarray, np.ndarray]:
    """What the network should say to each sample, once for all epochs, in half the memory."""
    heat = np.empty((len(persons), GRID, GRID, 2), np.float16)
    boxes = np.empty((len(persons), GRID, GRID, 5), np.float16)
    for number, both in enumerate(persons):
        heat[number], boxes[number] = targets(*both)
    return heat, boxes
