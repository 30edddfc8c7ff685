"""Measures the float model, the int8 model in LiteRT and in TFLM, and writes metrics.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from models.people_counting import figures
from models.people_counting.config import Config
from models.people_counting.dataset import Dataset
from models.shared.conversion import run_tflite, run_tflite_micro
from models.shared.measure import file_figures
from models.shared.plots import plot_axes, plot_curve
from models.shared.rendered import draw_sheet
from rtbench.scenes.axes import SCENE_AXES, Axis
from rtbench.tasks.counting import mean_absolute_error
from rtbench.tflite.decoding import Detection, decode
from rtbench.tflite.decoding_source import distance_quantization
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
    # The threshold comes from the validation split: the test split must not choose anything.
    validation = _detections(run_tflite(file.path, np.asarray(dataset.validation.images)), file)
    threshold = figures.best_threshold(validation, dataset.validation.truths)
    images, truths = np.asarray(dataset.test.images), dataset.test.truths
    outputs = {
        "float": _as_int8(model, images, file),
        "tflite_int8": run_tflite(file.path, images),
        "tflite_micro_int8": run_tflite_micro(file.path, images),
    }
    found = {name: _detections(values, file) for name, values in outputs.items()}
    side_by_side = {
        name: _figures(detections, truths, threshold) for name, detections in found.items()
    }
    detections = found["tflite_micro_int8"]
    counted, truth = figures.counts(detections, threshold), figures.true_counts(truths)
    metrics = {
        **file_figures(file),
        **side_by_side["tflite_micro_int8"],
        "score_threshold": threshold,
        "float": side_by_side["float"],
        "tflite_int8": side_by_side["tflite_int8"],
        "tflite_equals_tflite_micro": all(
            np.array_equal(a, b)
            for a, b in zip(outputs["tflite_int8"], outputs["tflite_micro_int8"], strict=True)
        ),
        "test_scenes": len(truths),
        "seeds": {"training": config.seed, **dataset.seeds},
        "config": asdict(config),
    }
    reports = folder / "reports"
    reports.mkdir(exist_ok=True)
    if truths[0]["axes"]:
        draw_sheet("counting", reports / "scenes.png")
        errors = np.abs(counted - truth)
        metrics["axes"] = plot_axes(
            reports / "axes.png",
            "people counting (int8, TFLM) along each axis",
            [
                {**item["axes"], "persons": float(count)}
                for item, count in zip(truths, truth, strict=True)
            ],
            {"mean error": errors.astype(float), "exact": (errors == 0).astype(float)},
            (*SCENE_AXES, Axis("persons", tuple(range(10)))),
        )
    plot_curve(reports / "learning_curve.png", history, ("loss", "val_loss"))
    metrics["learning_curve"] = {
        name: [round(value, 4) for value in values] for name, values in history.items()
    }
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    return metrics


def _figures(
    detections: Sequence[Sequence[Detection]], truths: Sequence[dict], threshold: int
) -> dict[str, float]:
    error = figures.counts(detections, threshold) - figures.true_counts(truths)
    return {
        "mae": round(mean_absolute_error(error.tolist()), 4),
        "exact_rate": round(float((error == 0).mean()), 4),
        "ap50": round(figures.average_precision(detections, truths), 4),
    }


def _detections(outputs: Sequence[np.ndarray], file: ModelFile) -> list[list[Detection]]:
    multiplier, zero = distance_quantization(file)
    return [
        decode(scores, distances, figures.LOWEST_SCORE, multiplier, zero)
        for scores, distances in zip(*outputs, strict=True)
    ]


def _as_int8(model: keras.Model, images: np.ndarray, file: ModelFile) -> list[np.ndarray]:
    """The float model's answers, rounded to the steps of the int8 outputs so that one decoding
    serves all."""
    answers = model.predict(images.astype(np.float32) / 255, batch_size=128, verbose=0)
    results = []
    for index, name in zip(file.outputs, ("scores", "distances"), strict=True):
        tensor = file.tensors[index]
        steps = np.round(answers[name] / tensor.scales[0]) + tensor.zero_points[0]
        results.append(np.clip(steps, -128, 127).astype(np.int8))
    return results
