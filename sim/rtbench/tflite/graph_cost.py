"""What a graph costs: multiply-accumulates per layer, and what is alive at once."""

from math import prod

from rtbench.tflite.memory_planner import alive_bytes
from rtbench.tflite.tflite_file import ModelFile, Operator, Tensor


def macs_of(model: ModelFile, operator: Operator) -> int:
    """Multiply-accumulates of one operator; pooling, adding and the like count as none."""
    tensors = model.tensors
    if not operator.outputs or operator.outputs[0] < 0:
        return 0
    out = tensors[operator.outputs[0]]
    weights = _weights(model, operator)
    if weights is None:
        return 0
    if operator.name == "CONV_2D" and len(weights.shape) == 4:
        return out.elements * prod(weights.shape[1:])
    if operator.name == "DEPTHWISE_CONV_2D" and len(weights.shape) == 4:
        return out.elements * weights.shape[1] * weights.shape[2]
    if operator.name == "FULLY_CONNECTED" and weights.shape:
        return out.elements * weights.shape[-1]
    if operator.name == "TRANSPOSE_CONV" and len(weights.shape) == 4 and len(operator.inputs) > 2:
        source = tensors[operator.inputs[2]]
        return source.elements * weights.shape[0] * weights.shape[1] * weights.shape[2]
    if operator.name == "BATCH_MATMUL" and tensors[operator.inputs[0]].shape:
        return out.elements * tensors[operator.inputs[0]].shape[-1]
    return 0


def _weights(model: ModelFile, operator: Operator) -> Tensor | None:
    if len(operator.inputs) < 2 or operator.inputs[1] < 0:
        return None
    return model.tensors[operator.inputs[1]]


def activation_lives(model: ModelFile) -> dict[int, tuple[int, int]]:
    """For each tensor that needs memory, the first and last operator that use it."""
    lives: dict[int, tuple[int, int]] = {}

    def use(index: int, step: int) -> None:
        if index >= 0 and model.tensors[index].constant_bytes == 0:
            first, _ = lives.get(index, (step, step))
            lives[index] = (first, step)

    for index in model.inputs:
        use(index, 0)
    for operator in model.operators:
        for index in (*operator.inputs, *operator.outputs):
            use(index, operator.index)
    for index in model.outputs:
        use(index, len(model.operators) - 1)
    return lives


def peak_activation_bytes(model: ModelFile) -> int:
    """The most that is alive at once: no planner can need less."""
    lives = activation_lives(model).items()
    sizes = ((model.tensors[index].bytes, *life) for index, life in lives)
    return max(alive_bytes(sizes, range(len(model.operators))))
