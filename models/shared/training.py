"""What both trainings share: learning rate, threads, and going on after an interruption."""

from pathlib import Path

import keras
import tensorflow as tf

CHECKPOINTS = Path(".cache/training")


def set_threads(threads: int) -> None:
    """Bounds TensorFlow, once it is not too late for that."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def tinted(pixels: tf.Tensor, strength: float) -> tf.Tensor:
    """Pictures from 0 to 1 under a light of another colour and level, each its own.

    The lamps of the scenes are few; a network that learnt them would fail under the next one.
    """
    shape = (tf.shape(pixels)[0], 1, 1, 3)
    return tf.clip_by_value(pixels * tf.random.uniform(shape, 1 - strength, 1 + strength), 0, 1)


def one_cycle(rate: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Up to `rate` in the first twelfth, then a cosine down to a hundredth of it."""
    warm = steps // 12
    return keras.optimizers.schedules.CosineDecay(
        rate / 20, steps - warm, alpha=0.01, warmup_target=rate, warmup_steps=warm
    )


class Resumable:
    """Checkpoints after every epoch and the learning curve on disk, under one name."""

    def __init__(self, name: str):
        self._folder = CHECKPOINTS / name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._curve = self._folder / "history.csv"
        self.callbacks = [
            keras.callbacks.BackupAndRestore(self._folder / "backup", delete_checkpoint=False),
            keras.callbacks.CSVLogger(str(self._curve), append=True),
        ]

    def history(self) -> dict[str, list[float]]:
        """The columns of the learning curve, a value an epoch."""
        lines = self._curve.read_text(encoding="utf-8").splitlines()
        rows = [list(map(float, line.split(","))) for line in lines[1:]]
        return dict(zip(lines[0].split(","), map(list, zip(*rows, strict=True)), strict=True))
