"""What each of TFLM's kernels takes of the arena, beyond its tensors.

Source: the kernels' Init and Prepare functions, the options' structures in
`tensorflow/lite/core/c/builtin_op_data.h`, and CMSIS-NN's `*_get_buffer_size` for a core with DSP
instructions (Cortex-M7), all of the TFLM release that the firmware links. Sizes are those of a
32-bit core on which enumerations are as short as they can be (AAPCS).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rtbench.tflite.memory_planner import aligned
from rtbench.tflite.tflite_file import Graph, Operator, Tensor

_SAME = 0  # Padding::SAME


@dataclass(frozen=True)
class Kernel:
    """Bytes of the parsed options and their alignment, and of what Init allocates. Not `whole`: it
    takes more, which its custom options say and nobody here reads.
    """

    options: int = 0
    alignment: int = 1
    data: int = 0
    whole: bool = True


@dataclass(frozen=True)
class Prepared:
    """What Prepare allocates for good, and the buffers that it asks for; both in its order."""

    kept: tuple[int, ...] = ()
    scratch: tuple[int, ...] = ()


_NOTHING = Kernel()
_COMPARISON = Kernel(data=32)
_CONVOLUTION = Kernel(28, 4, 60)
_POOL = Kernel(40, 4, 36)
_REDUCTION = Kernel(1, 1, 40)
_RESIZE = Kernel(2, 1)
_STATE_BY_OPTIONS = Kernel(data=32, whole=False)

_KERNELS: Mapping[str, Kernel] = {
    "ABS": Kernel(data=28), "ADD": Kernel(2, 1, 60), "ARG_MAX": Kernel(1, 1),
    "ARG_MIN": Kernel(1, 1), "AVERAGE_POOL_2D": _POOL, "BATCH_MATMUL": Kernel(3, 1, 36),
    "CALL_ONCE": Kernel(4, 4, 8), "CAST": Kernel(2, 1), "CONCATENATION": Kernel(8, 4, 24),
    "CONV_2D": _CONVOLUTION, "CUMSUM": Kernel(2, 1), "DEPTHWISE_CONV_2D": _CONVOLUTION,
    "DEPTH_TO_SPACE": Kernel(4, 4), "DEQUANTIZE": Kernel(data=32), "DIV": Kernel(1, 1, 28),
    "ELU": Kernel(data=256), "EQUAL": _COMPARISON, "FULLY_CONNECTED": Kernel(5, 1, 72),
    "GATHER": Kernel(8, 4), "GREATER": _COMPARISON, "GREATER_EQUAL": _COMPARISON,
    "HARD_SWISH": Kernel(data=20), "IF": Kernel(8, 4, 8), "L2_NORMALIZATION": Kernel(1, 1, 4),
    "L2_POOL_2D": Kernel(40, 4), "LEAKY_RELU": Kernel(4, 4, 24), "LESS": _COMPARISON,
    "LESS_EQUAL": _COMPARISON, "LOGISTIC": Kernel(data=16), "LOG_SOFTMAX": Kernel(data=28),
    "MAX_POOL_2D": _POOL, "MEAN": _REDUCTION, "MIRROR_PAD": Kernel(1, 1, 20),
    "MUL": Kernel(1, 1, 36), "NOT_EQUAL": _COMPARISON, "PACK": Kernel(8, 4),
    "PAD": Kernel(data=56), "PADV2": Kernel(data=56), "PRELU": Kernel(data=28),
    "QUANTIZE": Kernel(data=32), "REDUCE_MAX": _REDUCTION, "RELU": Kernel(data=28),
    "RELU6": Kernel(data=8), "RESHAPE": Kernel(36, 4), "RESIZE_BILINEAR": _RESIZE,
    "RESIZE_NEAREST_NEIGHBOR": _RESIZE, "RSQRT": Kernel(data=28), "SELECT_V2": Kernel(data=1),
    "SHAPE": Kernel(1, 1), "SOFTMAX": Kernel(4, 4, 64), "SPACE_TO_BATCH_ND": Kernel(data=4),
    "SPACE_TO_DEPTH": Kernel(4, 4), "SPLIT": Kernel(4, 4), "SPLIT_V": Kernel(4, 4),
    "SQUARED_DIFFERENCE": Kernel(data=112), "SQUEEZE": Kernel(36, 4),
    "STRIDED_SLICE": Kernel(24, 4, 84), "SUB": Kernel(2, 1, 52), "SUM": _REDUCTION,
    "SVDF": Kernel(8, 4, 40), "TANH": Kernel(data=16), "TRANSPOSE_CONV": Kernel(16, 4, 76),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": Kernel(16, 4, 912), "UNPACK": Kernel(8, 4),
    "VAR_HANDLE": Kernel(8, 4, 4), "WHILE": Kernel(8, 4, 8),
    "TFLite_Detection_PostProcess": Kernel(data=112, whole=False),
    "CIRCULAR_BUFFER": Kernel(data=8),
    "SignalDelay": _STATE_BY_OPTIONS, "SignalEnergy": Kernel(data=8),
    "SignalFilterBank": _STATE_BY_OPTIONS, "SignalFilterBankLog": Kernel(data=8),
    "SignalFilterBankSpectralSubtraction": _STATE_BY_OPTIONS, "SignalFramer": _STATE_BY_OPTIONS,
    "SignalIrfft": _STATE_BY_OPTIONS, "SignalOverlapAdd": _STATE_BY_OPTIONS,
    "SignalPCAN": Kernel(data=4), "SignalRfft": _STATE_BY_OPTIONS,
    "SignalStacker": _STATE_BY_OPTIONS, "SignalWindow": Kernel(data=8),
}  # fmt: skip


def kernel_of(operator: Operator) -> Kernel:
    """What the kernel takes whatever its tensors are; most of those not listed take nothing."""
    return _KERNELS.get(operator.name, _NOTHING)


def prepared(graph: Graph, operator: Operator) -> Prepared:
    """What the kernel takes for these tensors; nothing where they are none that it can have."""
    prepare = _PREPARE.get(operator.name)
    if prepare is None:
        return Prepared()
    try:
        return prepare(_Tensors(graph, operator))
    except (IndexError, ValueError):  # too few tensors or dimensions: TFLM refuses the model
        return Prepared()


class _Tensors:
    """The tensors and options of one operator."""

    def __init__(self, graph: Graph, operator: Operator):
        self._graph = graph
        self.operator = operator

    def input(self, place: int) -> Tensor:
        """IndexError when there is none."""
        return self._at(self.operator.inputs[place])

    @property
    def output(self) -> Tensor:
        """The first one."""
        return self._at(self.operator.outputs[0])

    def _at(self, number: int) -> Tensor:
        if number < 0:
            raise IndexError("left out")
        return self._graph.tensors[number]

    def option(self, name: str, default: int = 0) -> int:
        """A number among the options."""
        return int(self.operator.options.get(name, default))


def _per_channel(tensor: Tensor, channels: int) -> tuple[int, ...]:
    """Multipliers and shifts of a quantised tensor's channels."""
    return () if tensor.type == "FLOAT32" else (4 * channels, 4 * channels)


def _dimensions(tensor: Tensor) -> int:
    """The copy of a shape which the kernel may write."""
    return 4 + 4 * len(tensor.shape)


def _asked(size: int) -> tuple[int, ...]:
    return (size,) if size > 0 else ()


def _padding(found: _Tensors, given: int, wanted: int, window: int, axis: str) -> int:
    """Half of what SAME adds along an axis; `found` has the options."""
    if found.option("Padding") != _SAME:
        return 0
    reach = (window - 1) * found.option(f"Dilation{axis}Factor", 1) + 1
    return max((wanted - 1) * found.option(f"Stride{axis}", 1) + reach - given, 0) // 2


def _conv_2d(found: _Tensors) -> Prepared:
    given, weights = found.input(0), found.input(1)
    _, _, _, channels = given.shape
    kept = _per_channel(given, weights.shape[0])
    patch = channels * weights.shape[1] * weights.shape[2]
    if given.type == "INT16":
        return Prepared(kept, _asked(4 * patch))
    if given.type != "INT8":
        return Prepared(kept)
    # Its fast ways need no room for a patch.
    pads = (
        _padding(found, given.shape[1], found.output.shape[1], weights.shape[1], "H"),
        _padding(found, given.shape[2], found.output.shape[2], weights.shape[2], "W"),
    )
    dilations = found.option("DilationHFactor", 1), found.option("DilationWFactor", 1)
    pointwise = weights.shape[1:3] == (1, 1) and pads == (0, 0) and dilations == (1, 1)
    return Prepared(kept, () if pointwise else _asked(4 * aligned(patch, 4)))


def _depthwise_conv_2d(found: _Tensors) -> Prepared:
    given, weights, out = found.input(0), found.input(1), found.output
    _, height, width, channels = weights.shape
    kept = _per_channel(given, channels)
    plain = (
        given.type == "INT8"
        and given.shape[3] == out.shape[3]
        and found.option("DilationHFactor", 1) == found.option("DilationWFactor", 1) == 1
    )
    pads = (
        _padding(found, given.shape[1], out.shape[1], height, "H"),
        _padding(found, given.shape[2], out.shape[2], width, "W"),
    )
    if not plain or (weights.type == "INT8" and (height, width) == (3, 3) and max(pads) <= 1):
        return Prepared(kept)
    return Prepared(kept, _asked(2 * given.shape[3] * height * width))


def _transpose_conv(found: _Tensors) -> Prepared:
    weights, given, out = found.input(1), found.input(2), found.output
    kept = (4 * weights.shape[0], 4 * weights.shape[0])
    if given.type == "INT16":
        return Prepared(kept, (8 * out.elements,))
    if given.type != "INT8":
        return Prepared(kept)
    depth, height, width, channels = weights.shape
    strides = found.option("StrideH", 1), found.option("StrideW", 1)
    if max(strides) <= 2 and channels > 16:
        patch = channels * height * width
        return Prepared(kept, (4 * aligned(patch, 4), patch * depth))
    across = ((given.shape[2] - 1) * strides[1] + max(width, strides[0])) * depth
    return Prepared(kept, (4 * across * max(height, strides[0]), 0))


def _fully_connected(found: _Tensors) -> Prepared:
    given, weights, out = found.input(0), found.input(1), found.output
    channels, depth = weights.shape
    if given.type == "FLOAT32":
        return Prepared()
    by_channel = len(weights.scales) > 1
    kept = _per_channel(given, channels) if by_channel else ()
    as_convolution = given.type == weights.type == "INT8" and len(out.shape) > 2 and depth % 4 == 0
    return Prepared(kept, (8 * out.shape[-1],) if as_convolution and not by_channel else ())


def _average_pool_2d(found: _Tensors) -> Prepared:
    given = found.input(0)
    return Prepared(scratch=() if given.type == "FLOAT32" else _asked(4 * given.shape[3]))


def _batch_matmul(found: _Tensors) -> Prepared:
    left, right = found.input(0), found.input(1)
    kept: tuple[int, ...] = ()
    for turned, tensor in ((found.option("AdjX"), left), (not found.option("AdjY"), right)):
        if turned:
            kept += (12, _dimensions(tensor), tensor.bytes)
    kept += (_dimensions(found.output),)
    return Prepared(kept + (() if left.type == "FLOAT32" else (28,)))


def _svdf(found: _Tensors) -> Prepared:
    given, features = found.input(0), found.input(1)
    batch, filters = given.shape[0], features.shape[0]
    if given.type == "FLOAT32":
        return Prepared(scratch=(4 * batch * filters,))
    units = filters // max(found.option("Rank", 1), 1)
    return Prepared(scratch=(4 * batch * filters, 4 * batch * units))


def _lstm(found: _Tensors) -> Prepared:
    given, hidden, cell = found.input(0), found.input(18), found.input(19)
    batch = given.shape[1 if found.option("TimeMajor") and len(given.shape) == 3 else 0]
    state = hidden.shape[1]
    if cell.type == "FLOAT32":
        return Prepared(scratch=(4 * batch * state,) * 4)
    bias = 4 if given.type == "INT8" else 8
    return Prepared((bias * state,) * 8, (2 * batch * state,) * 3)


def _softmax(found: _Tensors) -> Prepared:
    return Prepared((2 * 513, 2 * 513) if found.input(0).type == "INT16" else ())


def _mean_or_sum(found: _Tensors) -> Prepared:
    if found.input(0).type not in ("INT8", "INT16"):
        return Prepared()
    return Prepared(scratch=(4 * found.output.elements,))


def _reduce_max(found: _Tensors) -> Prepared:
    return Prepared(scratch=(4 * len(found.input(0).shape), 4 * found.input(1).elements))


def _mirror_pad(found: _Tensors) -> Prepared:
    return Prepared(scratch=(4 * len(found.input(0).shape),) * 2)


def _add_n(found: _Tensors) -> Prepared:
    pointers = (4 * len(found.operator.inputs),)
    return Prepared((40,) if found.output.type == "INT8" else (), pointers)


def _cumsum(found: _Tensors) -> Prepared:
    return Prepared((36,) if found.output.type == "INT8" else ())


def _writable_output(found: _Tensors) -> Prepared:
    return Prepared((_dimensions(found.output),))


def _reshape(found: _Tensors) -> Prepared:
    return _writable_output(found) if -1 in found.output.shape else Prepared()


def _embedding_lookup(found: _Tensors) -> Prepared:
    return Prepared((8, _dimensions(found.output)))


_PREPARE: Mapping[str, Callable[[_Tensors], Prepared]] = {
    "ADD_N": _add_n,
    "AVERAGE_POOL_2D": _average_pool_2d,
    "BATCH_MATMUL": _batch_matmul,
    "CONV_2D": _conv_2d,
    "CUMSUM": _cumsum,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "DEPTH_TO_SPACE": _writable_output,
    "EMBEDDING_LOOKUP": _embedding_lookup,
    "FULLY_CONNECTED": _fully_connected,
    "GATHER": _writable_output,
    "GATHER_ND": _writable_output,
    "L2_POOL_2D": _writable_output,
    "MEAN": _mean_or_sum,
    "MIRROR_PAD": _mirror_pad,
    "REDUCE_MAX": _reduce_max,
    "RESHAPE": _reshape,
    "SOFTMAX": _softmax,
    "SPACE_TO_DEPTH": _writable_output,
    "SUM": _mean_or_sum,
    "SVDF": _svdf,
    "TRANSPOSE_CONV": _transpose_conv,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm,
}
