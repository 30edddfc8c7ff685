"""Chip against host: the input tensor, then each layer, value by value."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rt1062.errors import MachineError, SetupError
from rt1062.files import whole
from rtbench import frames
from rtbench.evaluation.layers import Recording
from rtbench.exit_codes import SETUP_WRONG
from rtbench.tflite.tflite_file import ModelFile

HOST_SECONDS = 300
# Of the largest magnitude in a float tensor. Sums are taken in another order, and exp and the like
# come from another C library; whole numbers have no such excuse.
FLOAT_TOLERANCE = 1e-5
CHANNELS = ("red", "green", "blue")


@dataclass(frozen=True)
class Difference:
    """Where two tensors of `elements` values part: how many, the first, and both values there."""

    count: int
    elements: int
    largest: float
    index: tuple[int, ...]
    chip: float
    host: float
    float_magnitude: float = 0.0  # the largest on the host; 0 for whole numbers

    @property
    def is_rounding(self) -> bool:
        """Whether it is only the rounding of floats."""
        return self.largest <= FLOAT_TOLERANCE * self.float_magnitude

    def __str__(self) -> str:
        return (
            f"{self.count:,} of {self.elements:,} values differ, by {self.largest:g} at most; "
            f"the first at {list(self.index)}: chip {self.chip:g}, host {self.host:g}"
        )


@dataclass(frozen=True)
class LayerCheck:
    """One operator's output against each reference; None where they are equal."""

    index: int
    operator: str
    tensor: int
    name: str
    shape: tuple[int, ...]
    type: str
    tflm: Difference | None
    litert: Difference | None

    @property
    def wrong(self) -> bool:
        """Whether chip and TFLM on the host differ by more than the rounding of floats."""
        return self.tflm is not None and not self.tflm.is_rounding


def difference(chip: np.ndarray, host: np.ndarray) -> Difference | None:
    """How two tensors differ; None if they are equal bit for bit."""
    host = host.reshape(chip.shape)
    if chip.dtype != host.dtype:
        raise SetupError(f"the tensor is {chip.dtype} on the chip and {host.dtype} on the host")
    if chip.tobytes() == host.tobytes():
        return None
    different = chip != host
    if not different.any():  # a float's sign of zero, or a NaN
        different = np.ones_like(different)
    index = tuple(int(place) for place in np.argwhere(different)[0])
    apart = np.abs(chip.astype(np.float64) - host.astype(np.float64))
    return Difference(
        count=int(different.sum()),
        elements=chip.size,
        largest=float(apart.max()),
        index=index,
        chip=float(chip[index]),
        host=float(host[index]),
        float_magnitude=float(np.abs(host).max()) if host.dtype.kind == "f" else 0.0,
    )


def describe_input(difference: Difference, frame: bytes) -> str:
    """A difference of the input tensor, with the pixel that it comes from."""
    _, row, column, channel = difference.index
    at = 2 * (row * frames.FRAME_WIDTH + column)
    return (
        f"{difference}; pixel x {column}, y {row}, {CHANNELS[channel]}, "
        f"RGB565 0x{int.from_bytes(frame[at : at + 2], 'big'):04x}"
    )


def host_layers(kind: str, model: ModelFile, inputs: Sequence[np.ndarray]) -> dict[int, np.ndarray]:
    """Every layer's output on the host, by tensor number; `kind` is tflm or litert."""
    with tempfile.TemporaryDirectory(prefix="layers-") as folder:
        given, out = Path(folder) / "inputs.npz", Path(folder) / "layers.npz"
        with whole(given) as part:
            np.savez(part, *inputs)
        command = [sys.executable, "-m", "rtbench.evaluation.layer_worker", kind]
        answer = subprocess.run(
            [*command, str(model.path.resolve()), str(given), str(out)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=HOST_SECONDS,
            check=False,
        )
        if answer.returncode != 0:
            last = (answer.stderr.strip().splitlines() or ["(no message)"])[-1]
            if answer.returncode == SETUP_WRONG:
                raise SetupError(last)
            raise MachineError(
                f"{model.path}: {kind} on the host ended with {answer.returncode}: {last}"
            )
        with np.load(out) as layers:
            return {int(name): layers[name] for name in layers.files}


def check_layers(
    model: ModelFile,
    chip: Recording,
    tflm: dict[int, np.ndarray],
    litert: dict[int, np.ndarray] | None,
) -> list[LayerCheck]:
    """Each operator's outputs in the order they ran."""
    checks = []
    for operator in model.operators:
        for number in operator.outputs:
            if number not in chip.tensors:  # left out, or a handle, which has no value
                continue
            tensor, value = model.tensors[number], chip.tensors[number]
            checks.append(
                LayerCheck(
                    index=operator.index,
                    operator=operator.name,
                    tensor=number,
                    name=tensor.name,
                    shape=tensor.shape,
                    type=tensor.type.lower(),
                    tflm=difference(value, tflm[number]),
                    litert=None if litert is None else difference(value, litert[number]),
                )
            )
    return checks
