"""Trains the network in float; interrupted, it goes on from the last finished epoch."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from models.classification.config import Config
from models.classification.dataset import Dataset
from models.classification.network import network

CHECKPOINTS = Path(".cache/training")


def train(config: Config, dataset: Dataset, name: str) -> tuple[keras.Model, dict]:
    """The trained model and its history; `name` keeps the checkpoints of different data apart."""
    tf.config.threading.set_intra_op_parallelism_threads(config.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(config.seed)
    model = network(config, len(dataset.labels))
    batches = -(-len(dataset.train) // config.batch_size)
    model.compile(
        keras.optimizers.AdamW(
            _one_cycle(config, batches * config.epochs), weight_decay=config.weight_decay
        ),
        keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing),
        metrics=["accuracy"],
    )
    history = _History(CHECKPOINTS / name / "history.csv")
    model.fit(
        _batches(config, dataset, training=True),
        validation_data=_batches(config, dataset, training=False),
        epochs=config.epochs,
        callbacks=[
            keras.callbacks.BackupAndRestore(CHECKPOINTS / name / "backup", delete_checkpoint=False),
            history,
        ],
    )
    return model, history.read()


class _History(keras.callbacks.CSVLogger):
    """The learning curve on disk, so that it survives an interruption."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(str(path), append=True)

    def read(self) -> dict:
        """The columns of the file."""
        lines = Path(self.filename).read_text(encoding="utf-8").splitlines()
        names = lines[0].split(",")
        columns = zip(*(map(float, line.split(",")) for line in lines[1:]), strict=True)
        return dict(zip(names, map(list, columns), strict=True))


def _one_cycle(config: Config, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    warm = steps // 12
    return keras.optimizers.schedules.CosineDecay(
        config.learning_rate / 20,
        steps - warm,
        alpha=0.01,
        warmup_target=config.learning_rate,
        warmup_steps=warm,
    )


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
            pixels = tf.image.random_flip_left_right(pixels, seed=config.seed)
        return pixels, target

    data = tf.data.Dataset.from_tensor_slices((np.arange(len(samples)), targets))
    if training:
        data = data.shuffle(len(samples), seed=config.seed)
    return data.batch(config.batch_size).map(load, deterministic=True).prefetch(2)
