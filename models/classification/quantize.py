"""From the trained Keras model to the int8 .tflite."""

from pathlib import Path

import keras
import numpy as np

from models.classification.config import Config
from models.classification.dataset import Dataset
from models.shared.conversion import convert
from rtbench.tflite.tflite_file import ModelFile


def quantize(config: Config, model: keras.Model, dataset: Dataset, folder: Path) -> ModelFile:
    """Writes model.tflite and labels.txt into `folder`."""
    # The first scenes of the training split: the seeds 0 to calibration_scenes - 1 say which.
    calibration = np.asarray(dataset.train.images[: config.calibration_scenes])
    file = convert(model, calibration, folder / "model.tflite", budget_bytes=config.budget_bytes)
    (folder / "labels.txt").write_text("\n".join(dataset.labels) + "\n", encoding="utf-8")
    return file
