"""What the people counter must say of a frame: TFLM on the host and the shared decoding."""

from pathlib import Path
from typing import Self

import numpy as np

from rtbench import frames
from rtbench.tflite.counter_metrics import read_metrics
from rtbench.tflite.decoding import Candidate, Detection, candidates, decode, distance_multiplier
from rtbench.tflite.reference import Reference
from rtbench.tflite.tflite_file import read_model


class CounterReference:
    """The model in `folder` (model.tflite, metrics.json) on the host; a context manager."""

    def __init__(self, folder: Path):
        file = read_model(folder / "model.tflite")
        distances = file.tensors[file.outputs[1]]
        self.threshold = read_metrics(folder / "metrics.json").score_threshold
        self.multiplier = distance_multiplier(distances.scales[0])
        self.box_zero = distances.zero_points[0]
        self._reference = Reference(file.path, kept=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def outputs(self, frame: bytes) -> list[np.ndarray]:
        """Both int8 output tensors for a camera frame, scores and distances."""
        return self._reference.invoke_all(frames.input_tensor(frame))

    def decode(self, outputs: list[np.ndarray]) -> list[Detection]:
        """The persons that the firmware must find in these outputs."""
        return decode(outputs[0], outputs[1], self.threshold, self.multiplier, self.box_zero)

    def candidates(self, outputs: list[np.ndarray]) -> list[Candidate]:
        """Every peak of these outputs, and what became of it."""
        return candidates(outputs[0], outputs[1], self.threshold, self.multiplier, self.box_zero)

    def detections(self, frame: bytes) -> list[Detection]:
        """The persons that the firmware must find in a camera frame."""
        return self.decode(self.outputs(frame))

    def close(self) -> None:
        """End the child process."""
        self._reference.close()
