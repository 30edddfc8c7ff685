"""Measures the float model, the int8 model in LiteRT and in TFLM, and writes metrics.json."""

import json
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from models.classification.config import Config
from models.classification.dataset import Dataset
from models.shared.conversion import run_tflite, run_tflite_micro
from models.shared.measure import file_figures
from models.shared.plots import plot_axes, plot_curve
from models.shared.rendered import draw_sheet
from rtbench.scenes.axes import SCENE_AXES
from rtbench.tflite.tflite_file import ModelFile


def evaluate(
    config: Config,
    model: keras.Model,
    dataset: Dataset,
    file: ModelFile,
    folder: Path,
    history: dict,
) -> dict:
    """All figures on the test split; plots go to `folder/reports`."""
    images, truth = np.asarray(dataset.test.images), dataset.indices(dataset.test)
    from_keras = model.predict(images.astype(np.float32) / 255, batch_size=256, verbose=0)
    from_tflite = run_tflite(file.path, images)[0]
    from_micro = run_tflite_micro(file.path, images)[0]
    answers = from_micro.argmax(axis=1)
    per_class = {
        label: round(float((answers[truth == number] == number).mean()), 4)
        for number, label in enumerate(dataset.labels)
    }
    metrics = {
        **file_figures(file),
        "int8_accuracy": _accuracy(from_micro, truth),
        "worst_class_accuracy": min(per_class.values()),
        "class_accuracy": per_class,
        "float_accuracy": _accuracy(from_keras, truth),
        "tflite_int8_accuracy": _accuracy(from_tflite, truth),
        "tflite_micro_int8_accuracy": _accuracy(from_micro, truth),
        "tflite_equals_tflite_micro": round(
            float((from_tflite == from_micro).all(axis=1).mean()), 4
        ),
        "test_scenes": len(truth),
        "confusion": _confusion(truth, answers, len(dataset.labels)),
        "seeds": {"training": config.seed, **dataset.seeds},
        "config": asdict(config),
    }
    reports = folder / "reports"
    reports.mkdir(exist_ok=True)
    if dataset.test.truths[0]["axes"]:
        draw_sheet("classification", reports / "scenes.png")
        metrics["axes"] = plot_axes(
            reports / "axes.png",
            "classification accuracy (int8, TFLM) along each axis",
            [truth["axes"] for truth in dataset.test.truths],
            {"accuracy": (answers == truth).astype(float)},
            SCENE_AXES,
        )
    plot_curve(reports / "learning_curve.png", history, ("accuracy", "val_accuracy"))
    metrics["learning_curve"] = {
        name: [round(v, 4) for v in values] for name, values in history.items()
    }
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    return metrics


def _accuracy(outputs: np.ndarray, truth: np.ndarray) -> float:
    return round(float((outputs.argmax(axis=1) == truth).mean()), 4)


def _confusion(truth: np.ndarray, answers: np.ndarray, classes: int) -> list[list[int]]:
    table = np.zeros((classes, classes), int)
    np.add.at(table, (truth, answers), 1)
    return table.tolist()
