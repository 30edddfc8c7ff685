"""What a graph costs: multiply-accumulates per layer and memory for activations.

The arena estimate places activations and scratch buffers as TFLM's greedy memory planner does
(largest first, at the lowest offset free during the buffer's life, 16-byte aligned) and adds what
TFLM keeps per tensor, operator and output channel on a 32-bit core. The placed part is exact for
the reference kernels; the scratch buffers are those of CMSIS-NN on a core with DSP instructions.
"""

from math import prod

from rtbench.tflite.tflite_file import ModelFile, Operator, Tensor

ALIGNMENT = 16

_BYTES_PER_TENSOR = 12  # TfLiteEvalTensor
_BYTES_PER_OPERATOR = 32 + 96  # NodeAndRegistration, and the kernel's own data
_BYTES_PER_CHANNEL = 8  # multiplier and shift of a per-channel weight tensor
_BYTES_FIXED = 1024  # allocator, graph, input and output tensors


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
    lives = activation_lives(model)
    return max(
        sum(
            model.tensors[index].bytes
            for index, (first, last) in lives.items()
            if first <= operator.index <= last
        )
        for operator in model.operators
    )


def scratch_bytes(model: ModelFile, operator: Operator) -> int:
    """What a CMSIS-NN kernel needs while it runs: a patch of the input as 16-bit values."""
    weights = _weights(model, operator)
    if weights is None or len(weights.shape) != 4:
        return 0
    if operator.name == "DEPTHWISE_CONV_2D":
        return 2 * prod(weights.shape[1:])
    if operator.name == "CONV_2D" and weights.shape[1:3] != (1, 1):
        return 4 * prod(weights.shape[1:])
    return 0


def planned_activation_bytes(model: ModelFile, scratch: bool = False) -> int:
    """What the greedy planner needs, with or without the kernels' scratch buffers."""
    lives = [(model.tensors[index].bytes, *life) for index, life in activation_lives(model).items()]
    if scratch:
        lives += [
            (size, operator.index, operator.index)
            for operator in model.operators
            if (size := scratch_bytes(model, operator))
        ]
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first, last
    for size, first, last in sorted(lives, key=lambda life: -life[0]):
        size = -(-size // ALIGNMENT) * ALIGNMENT
        offset = 0
        for start, end, other_first, other_last in sorted(placed):
            if other_last < first or last < other_first:
                continue
            if start - offset >= size:
                break
            offset = max(offset, end)
        placed.append((offset, offset + size, first, last))
    return max((end for _, end, _, _ in placed), default=0)


def estimated_arena_bytes(model: ModelFile) -> int:
    """About what TFLM reports as used on the chip; measured there it may differ by some KB."""
    channels = 0
    for operator in model.operators:
        weights = _weights(model, operator)
        if weights is not None and len(weights.scales) > 1:
            channels += len(weights.scales)
    kept = (
        _BYTES_FIXED
        + _BYTES_PER_TENSOR * len(model.tensors)
        + _BYTES_PER_OPERATOR * len(model.operators)
        + _BYTES_PER_CHANNEL * channels
    )
    return planned_activation_bytes(model, scratch=True) + kept
