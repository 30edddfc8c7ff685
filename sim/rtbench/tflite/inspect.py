"""What a .tflite needs and whether the chip can run it: the content of `rtbench model inspect`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import prod

from rtbench.tflite.arena import arena_use
from rtbench.tflite.graph_cost import macs_of, peak_activation_bytes
from rtbench.tflite.operators import missing_in_tflm
from rtbench.tflite.refusals import refusals
from rtbench.tflite.tflite_file import ModelFile, Tensor

MOST_LETTERS = 100  # of a tensor's name


@dataclass(frozen=True)
class Budget:
    """The most that an application's network may take, in bytes."""

    model_bytes: int
    arena_bytes: int

    def exceeded(self, model: int, arena: int) -> dict[str, int]:
        """By how much a model of these sizes is too large, of what; empty where it fits."""
        over = {"model": model - self.model_bytes, "arena": arena - self.arena_bytes}
        return {part: size for part, size in over.items() if size > 0}


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
    memory: int  # bytes of tensors and scratch buffers that are needed while it runs


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
    planned_bytes: int  # the part of the arena that the memory planner fills
    kept_bytes: int  # and the part that lasts as long as the model
    estimated_arena_bytes: int  # the least that it starts with; more than both for a small one
    missing_in_tflm: tuple[str, ...]
    refused: tuple[str, ...]  # by TFLM, why, and what to do
    fits: dict[str, bool]
    exceeded: dict[str, dict[str, int]]  # budget: of what, by how many bytes
    warnings: tuple[str, ...]

    def to_dict(self) -> dict:
        """For JSON."""
        return asdict(self)


def inspect(model: ModelFile, budgets: Mapping[str, Budget]) -> Inspection:
    """Looks a model over; `fits` says which of the budgets it keeps.

    SetupError for graphs that run each other without end.
    """
    names = [operator.name for operator in model.operators]
    arena = arena_use(model)
    refused = tuple(map(str, refusals(model)))
    layers = tuple(_layer(model, number, memory) for number, memory in enumerate(arena.alive))
    exceeded = {
        name: budget.exceeded(model.bytes, arena.needed) for name, budget in budgets.items()
    }
    return Inspection(
        path=str(model.path),
        bytes=model.bytes,
        sha256=model.sha256,
        graphs=len(model.graphs),
        inputs=tuple(describe(model.tensors[index]) for index in model.inputs if index >= 0),
        outputs=tuple(describe(model.tensors[index]) for index in model.outputs if index >= 0),
        operators=dict(sorted(Counter(names).items())),
        layers=layers,
        macs=sum(layer.macs for layer in layers),
        peak_activation_bytes=peak_activation_bytes(model),
        planned_bytes=arena.planned,
        kept_bytes=arena.kept,
        estimated_arena_bytes=arena.needed,
        missing_in_tflm=tuple(missing_in_tflm(model.operator_names)),
        refused=refused,
        fits={name: not over and not refused for name, over in exceeded.items()},
        exceeded=exceeded,
        warnings=tuple(_warnings(model, arena.whole)),
    )


def describe(tensor: Tensor) -> str:
    """A tensor in one line: name, type, shape and quantisation."""
    name = tensor.name[:MOST_LETTERS] or "tensor"
    text = f"{name} {tensor.type.lower()} {list(tensor.shape)}"
    if len(tensor.scales) == 1:
        zero_point = tensor.zero_points[0] if tensor.zero_points else 0
        text += f" scale {tensor.scales[0]:.9g} zero point {zero_point}"
    elif tensor.scales:
        text += f" {len(tensor.scales)} scales along dimension {tensor.quantized_dimension}"
    return text


def _layer(model: ModelFile, number: int, memory: int) -> Layer:
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
        memory=memory,
    )


def _warnings(model: ModelFile, whole: bool) -> list[str]:
    found = []
    if not whole:
        found.append("the arena is larger: the state of its custom operators is not counted")
    if len(model.inputs) == 1 and prod(model.tensors[model.inputs[0]].shape) != 96 * 96 * 3:
        shape = list(model.tensors[model.inputs[0]].shape)
        found.append(f"the input is {shape}, the camera delivers [1, 96, 96, 3]")
    if len(model.graphs) > 1:
        found.append(f"{len(model.graphs)} graphs, only the first is shown; all are counted")
    return found
