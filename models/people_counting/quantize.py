"""From the trained Keras model to the int8 .tflite."""

from pathlib import Path

import keras
import numpy as np

from models.people_counting.config import Config
from models.people_counting.dataset import Dataset
from models.shared.conversion import convert
from rt1062.errors import SetupError
from rtbench.tflite.tflite_file import ModelFile

OUTPUTS = ("scores", "distances")  # their order in the file


def quantize(config: Config, model: keras.Model, dataset: Dataset, folder: Path) -> ModelFile:
    """Writes model.tflite and labels.txt into `folder`."""
    calibration = np.asarray(dataset.train.images[: config.calibration_scenes])
    file = convert(model, calibration, folder / "model.tflite", OUTPUTS, config.budget_bytes)
    scores = file.tensors[file.outputs[0]]
    if (scores.scales, scores.zero_points) != ((1 / 256,), (-128,)):
        raise SetupError(f"the scores must have scale 1/256 and zero point -128, not {scores}")
    (folder / "labels.txt").write_text("person\n", encoding="utf-8")
    return file
