"""Every number of the training in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """A classification training; a user's data replaces the scenes with `--data`."""

    train_scenes: int = 100_000  # seeds 0.. of the split "train"
    validation_scenes: int = 2_000  # of the split "validation"
    test_scenes: int = 2_000  # of the split "test", half of them in held-out styles
    calibration_scenes: int = 400  # the first of the training scenes, for int8 ranges
    stem_filters: int = 16
    first_filters: int = 24
    # Filters, stride and expansion of the inverted residual blocks, from 24x24 pixels down.
    # Wide bottlenecks with little expansion: each channel costs 28 bytes besides its weights.
    blocks: tuple[tuple[int, int, int], ...] = (
        (32, 2, 3),
        (32, 1, 3),
        (32, 1, 3),
        (60, 2, 3),
        (60, 1, 3),
        (60, 1, 3),
    )
    head_filters: int = 120
    dropout: float = 0.1
    tint: float = 0.3  # each channel of a training picture is brightened or darkened by as much
    batch_size: int = 64
    epochs: int = 14
    learning_rate: float = 2e-3  # at the top of the one-cycle cosine
    weight_decay: float = 1e-4
    label_smoothing: float = 0.05
    seed: int = 1
    threads: int = 2
    budget_bytes: int = 150_000
