"""Every number of the training in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """A training of the people counter; a user's data replaces the scenes with `--data`."""

    train_scenes: int = 80_000  # seeds 0.. of the split "train"
    validation_scenes: int = 1_800  # of the split "validation"; the score threshold comes from them
    test_scenes: int = 2_000  # of the split "test", half of them in held-out styles
    calibration_scenes: int = 400  # the first of the training scenes, for int8 ranges
    stem_filters: int = 16
    fine_filters: int = 32  # on 24x24 cells, by two separable convolutions
    middle_filters: int = 64
    # Filters, stride and expansion of the inverted residual blocks on 12x12 and on 6x6 cells.
    blocks_12: tuple[tuple[int, int, int], ...] = ((64, 1, 2), (64, 1, 2))
    blocks_6: tuple[tuple[int, int, int], ...] = ((96, 2, 2), (96, 1, 2))
    neck_filters: int = 40
    head_filters: int = 32
    tint: float = 0.3  # each channel of a training picture is brightened or darkened by as much
    batch_size: int = 64
    epochs: int = 18
    learning_rate: float = 2e-3  # at the top of the one-cycle cosine
    weight_decay: float = 1e-4
    box_weight: float = 1.5  # of the box loss beside the score loss
    seed: int = 1
    threads: int = 2
    budget_bytes: int = 200_000
