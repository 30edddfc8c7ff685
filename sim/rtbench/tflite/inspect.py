"""What a .tflite needs and whether the chip can run it: the content of `rtbench model inspect`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import prod

from rtbench.tflite.graph_cost import (
    estimated_arena_bytes,
    macs_of,
    peak_activation_bytes,
)
from rtbench.tflite.operators import missing_in_tflm
from rtbench.tflite.tflite_file import ModelFile, Tensor


@dataclass(frozen=True)
class Budget:
    """The most that an application's network may take, in bytes."""

    model_bytes: int
    arena_bytes: int


@dataclass(frozen=True)
class Layer:
    """One operator as the table shows it."""

    index: int
    operator: str
    output_shape: tuple[int, ...]
    type: str
    scale: float | None
    zero_point: int | None
    weight_shape: tuple[int, ...] | None
    weight_scales: int  # 1 is per tensor, more is per channel
    macs: int


@dataclass(frozen=True)
class Inspection:
    """All that is known about a model without running it."""

    path: str
    bytes: int
    sha256: str
    graphs: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    operators: dict[str, int]
    layers: tuple[Layer, ...]
    macs: int
    peak_activation_bytes: int
    estimated_arena_bytes: int
    missing_in_tflm: tuple[str, ...]
    fits: dict[str, bool]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


def inspect(model: ModelFile, budgets: Mapping[str, Budget]) -> Inspection:
    """Looks a model over; `fits` says which of the budgets it keeps."""
    names = [operator.name for operator in model.operators]
    arena = estimated_arena_bytes(model)
    missing = tuple(missing_in_tflm(names))
    layers = tuple(_layer(model, number) for number in range(len(model.operators)))
    return Inspection(
        path=str(model.path),
        bytes=model.bytes,
        sha256=model.sha256,
        graphs=model.graphs,
        inputs=tuple(describe(model.tensors[index]) for index in model.inputs if index >= 0),
        outputs=tuple(describe(model.tensors[index]) for index in model.outputs if index >= 0),
        operators={name: names.count(name) for name in sorted(set(names))},
        layers=layers,
        macs=sum(layer.macs for layer in layers),
        peak_activation_bytes=peak_activation_bytes(model),
        estimated_arena_bytes=arena,
        missing_in_tflm=missing,
        fits={
            app: model.bytes <= budget.model_bytes and arena <= budget.arena_bytes and not missing
            for app, budget in budgets.items()
        },
        warnings=tuple(_warnings(model)),
    )


def describe(tensor: Tensor) -> str:
    """A tensor in one line: name, type, shape and quantisation."""
    text = f"{tensor.name or 'tensor'} {tensor.type.lower()} {list(tensor.shape)}"
    if len(tensor.scales) == 1:
        zero_point = tensor.zero_points[0] if tensor.zero_points else 0
        text += f" scale {tensor.scales[0]:.9g} zero point {zero_point}"
    elif tensor.scales:
        text += f" {len(tensor.scales)} scales along dimension {tensor.quantized_dimension}"
    return text


def _layer(model: ModelFile, number: int) -> Layer:
    operator = model.operators[number]
    out = model.tensors[operator.outputs[0]] if operator.outputs else None
    constants = [
        model.tensors[index]
        for index in operator.inputs[1:]
        if index >= 0 and model.tensors[index].constant_bytes
    ]
    weights = constants[0] if constants else None
    return Layer(
        index=number,
        operator=operator.name,
        output_shape=out.shape if out else (),
        type=out.type if out else "",
        scale=out.scales[0] if out and out.scales else None,
        zero_point=out.zero_points[0] if out and out.zero_points else None,
        weight_shape=weights.shape if weights else None,
        weight_scales=len(weights.scales) if weights else 0,
        macs=macs_of(model, operator),
    )


def _warnings(model: ModelFile) -> list[str]:
    found = []
    for index in (*model.inputs, *model.outputs):
        tensor = model.tensors[index]
        if tensor.type != "INT8":
            found.append(
                f"{tensor.name or 'tensor'} is {tensor.type.lower()}, the bench hands over int8"
            )
    if len(model.inputs) == 1 and prod(model.tensors[model.inputs[0]].shape) != 96 * 96 * 3:
        shape = list(model.tensors[model.inputs[0]].shape)
        found.append(f"the input is {shape}, the camera delivers [1, 96, 96, 3]")
    if model.graphs > 1:
        found.append(f"{model.graphs} graphs, only the first is shown")
    return found
