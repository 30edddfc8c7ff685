"""Networks with most operators that TFLM has, 40 on int8 and 50 on float32, and LSTMs.

Built by build_model.py. They are of no use but to hold what each kernel takes of the arena, and
its answer, to the chip.
"""

from collections.abc import Sequence

import numpy as np

from tests.rtbench.tflite.build_model import ModelBuilder
from tests.rtbench.tflite.own_shapes import OUT, weights

WINDOW = {"padding": 1, "filterHeight": 2, "filterWidth": 2, "strideH": 2, "strideW": 2}
PLAIN = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}


class Chain:
    """Operators one behind the other (`step`), and some beside (`side`), whose outputs are kept."""

    def __init__(self, kind: str):
        self.model = ModelBuilder()
        self.kind, self.shape = kind, (1, 4, 4, 8)
        self.at = self.given = self.tensor(self.shape)
        self.kept: list[int] = []

    def tensor(self, shape: Sequence[int], kind: str = "", **quantization: float) -> int:
        if self.kind == "INT8" and not kind:
            quantization = quantization or {"scale": OUT}
        return self.model.tensor(shape, kind or self.kind, **quantization)

    def whole(self, *values: object) -> int:
        """A constant of int32: one number is a scalar."""
        return self.model.constant(np.array(values[0] if len(values) == 1 else values, np.int32))

    def step(
        self, name: str, kind: str = "", more: Sequence[int] = (), shape: Sequence[int] = (),
        **options: object,
    ) -> None:  # fmt: skip
        self.shape = tuple(shape) or self.shape
        out = self.tensor(self.shape)
        self.model.operator(name, (self.at, *more), (out,), kind, **options)
        self.at = out

    def side(
        self, name: str, inputs: Sequence[int], shapes: Sequence[Sequence[int]], kind: str = "",
        types: str = "", **options: object,
    ) -> list[int]:  # fmt: skip
        outs = [self.tensor(shape, types) for shape in shapes]
        self.model.operator(name, inputs, outs, kind, **options)
        self.kept += outs
        return outs

    def bytes(self) -> bytes:
        self.model.graph.inputs = [self.given]
        self.model.graph.outputs = [self.at, *self.kept]
        return self.model.bytes()


def both(chain: Chain, first: int) -> None:
    """What there is for both types."""
    chain.step("ADD_N", "AddN", (first,))
    chain.step("CUMSUM", "Cumsum", (chain.whole(3),))
    chain.step("MINIMUM", "MaximumMinimum", (first,))
    chain.step("MAX_POOL_2D", "Pool2D", shape=(1, 2, 2, 8), **WINDOW)
    pads = chain.whole([[0, 0], [1, 1], [1, 1], [0, 0]])
    chain.step("PAD", "Pad", (pads,), (1, 4, 4, 8))
    chain.step("SPACE_TO_DEPTH", "SpaceToDepth", shape=(1, 2, 2, 32), blockSize=2)
    chain.step("DEPTH_TO_SPACE", "DepthToSpace", shape=(1, 4, 4, 8), blockSize=2)
    chain.step(
        "RESIZE_BILINEAR", "ResizeBilinear", (chain.whole(6, 6),), (1, 6, 6, 8),
        alignCorners=False, halfPixelCenters=False,
    )  # fmt: skip
    begin, size = chain.whole(0, 0, 0, 0), chain.whole(1, 4, 4, 8)
    chain.step("SLICE", "Slice", (begin, size), (1, 4, 4, 8))
    parts = chain.side(
        "SPLIT", (chain.whole(3), chain.at), [(1, 4, 4, 4)] * 2, "Split", numSplits=2
    )
    chain.side("PACK", parts, [(2, 1, 4, 4, 4)], "Pack", valuesCount=2, axis=0)
    chain.side("UNPACK", parts[:1], [(4, 4, 4)], "Unpack", num=1, axis=0)
    chain.side("GATHER", (chain.at, chain.whole(0, 2)), [(1, 4, 4, 2)], "Gather", axis=3)
    chain.side("GREATER", (chain.at, first), [(1, 4, 4, 8)], "Greater", "BOOL")


def floats() -> bytes:
    """On float32."""
    chain = Chain("FLOAT32")
    model = chain.model
    one = model.constant(np.full((1, 4, 4, 8), 1.5, np.float32))
    chain.step("ABS")
    chain.step("ADD", "Add", (one,))
    first = chain.at
    for name in ("RSQRT", "SQRT", "SQUARE", "LOG", "SIN", "COS", "FLOOR", "ROUND", "CEIL", "RELU",
                 "RELU6", "ELU", "LOGISTIC", "TANH"):  # fmt: skip
        chain.step(name)
    for name, kind, more in (
        ("EXP", "Exp", ()), ("DIV", "Div", (first,)), ("NEG", "Neg", ()),
        ("FLOOR_DIV", "FloorDiv", (one,)), ("FLOOR_MOD", "FloorMod", (one,)),
        ("HARD_SWISH", "HardSwish", ()), ("L2_NORMALIZATION", "L2Norm", ()),
        ("LOG_SOFTMAX", "LogSoftmax", ()),
        ("PRELU", "", (model.constant(weights((1, 1, 8), 3, np.float32)),)),
    ):  # fmt: skip
        chain.step(name, kind, more)
    chain.step("LEAKY_RELU", "LeakyRelu", alpha=0.1)
    both(chain, first)
    chain.side("L2_POOL_2D", (chain.at,), [(1, 2, 2, 8)], "Pool2D", **WINDOW)
    chain.side("CAST", (chain.at,), [(1, 4, 4, 8)], "Cast", "INT32", inDataType=0, outDataType=2)
    chain.side("SHAPE", (chain.at,), [(4,)], "Shape", "INT32", outType=2)
    chosen = chain.tensor((1, 4, 4, 8))
    model.operator("SELECT_V2", (chain.kept[-4], chain.at, first), (chosen,), "SelectV2")
    chain.kept.append(chosen)
    kernel = model.constant(weights((6, 3, 3, 8), 27, np.float32))
    chain.side(
        "TRANSPOSE_CONV", (chain.whole(1, 8, 8, 6), kernel, first), [(1, 8, 8, 6)],
        "TransposeConv", padding=0, strideH=2, strideW=2,
    )  # fmt: skip
    chain.step("RESHAPE", "Reshape", (chain.whole(1, 128),), (1, 128))
    chain.step("EXPAND_DIMS", "ExpandDims", (chain.whole(0),), (1, 1, 128))
    chain.step("SQUEEZE", "Squeeze", shape=(1, 128), squeezeDims=[0])
    dense = (weights((8, 128), 9, np.float32), weights((8,), 10, np.float32))
    chain.step("FULLY_CONNECTED", "FullyConnected", map(model.constant, dense), (1, 8))
    chain.step("SOFTMAX", "Softmax", beta=1.0)
    return chain.bytes()


def integers() -> bytes:
    """On int8."""
    chain = Chain("INT8")
    model = chain.model
    for name in ("ABS", "RELU", "RELU6"):
        chain.step(name)
    first = chain.at
    chain.step("ADD", "Add", (chain.given,))
    both(chain, first)
    no_pads, twice = chain.whole([[0, 0], [0, 0]]), chain.whole(2, 2)
    chain.step("SPACE_TO_BATCH_ND", "SpaceToBatchND", (twice, no_pads), (4, 2, 2, 8))
    chain.step("BATCH_TO_SPACE_ND", "BatchToSpaceND", (twice, no_pads), (1, 4, 4, 8))
    _weighted(chain, first)
    chain.step("RESHAPE", "Reshape", (chain.whole(1, 16, 8),), (1, 16, 8))
    rows = chain.at
    right = model.constant(weights((1, 8, 4), 5), scale=0.01)
    for other, shape, turned in (
        (right, (1, 16, 4), (False, False)), (rows, (1, 16, 16), (False, True)),
        (rows, (1, 8, 8), (True, False)),
    ):  # fmt: skip
        left, up = turned
        chain.side("BATCH_MATMUL", (rows, other), [shape], "BatchMatMul", adjX=left, adjY=up)
    one = chain.whole([1])
    for name in ("SUM", "MEAN", "REDUCE_MAX"):
        chain.side(name, (rows, one), [(1, 8)], "Reducer", keepDims=False)
    places = model.constant(np.array([[0, 1], [0, 3]], np.int32))
    chain.side("GATHER_ND", (rows, places), [(2, 8)], "GatherNd")
    chain.side("ARG_MIN", (rows, chain.whole([2])), [(1, 16)], "ArgMin", "INT32", outputType=2)
    chain.side("ZEROS_LIKE", (rows,), [(1, 16, 8)], "ZerosLike")
    chain.side("BROADCAST_TO", (rows, chain.whole(2, 16, 8)), [(2, 16, 8)], "BroadcastTo")
    for name, kind, scale, zero in (
        ("TANH", "", 1 / 128, 0), ("SOFTMAX", "Softmax", 1 / 256, -128),
        ("L2_NORMALIZATION", "L2Norm", 1 / 128, 0), ("LOG_SOFTMAX", "LogSoftmax", 16 / 256, 127),
    ):  # fmt: skip
        out = chain.tensor((1, 16, 8), scale=scale, zero=zero)
        options = {"beta": 1.0} if name == "SOFTMAX" else {}
        model.operator(name, (rows,), (out,), kind, **options)
        chain.kept.append(out)
    chain.side("DEQUANTIZE", (rows,), [(1, 16, 8)], "Dequantize", "FLOAT32")
    return chain.bytes()


def _weighted(chain: Chain, first: int) -> None:
    """Kernels with weights, in ways that the shapes of own_shapes.py do not have."""
    model = chain.model

    def constants(shape: Sequence[int], axis: int, scales: Sequence[float]) -> tuple[int, int]:
        biases = weights((max(len(scales), shape[axis]),), 14, np.int32)
        return (
            model.constant(weights(tuple(shape), 13), scale=scales, axis=axis),
            model.constant(biases, scale=[OUT * one for one in scales]),
        )

    deep = constants((1, 3, 3, 16), 3, [0.004] * 16)
    chain.side(
        "DEPTHWISE_CONV_2D", (first, *deep), [(1, 4, 4, 16)], "DepthwiseConv2D", padding=0,
        depthMultiplier=2, **PLAIN,
    )  # fmt: skip
    pointwise = constants((4, 1, 1, 8), 0, [0.004] * 4)
    strided = {**PLAIN, "strideH": 2, "strideW": 2}
    chain.side("CONV_2D", (first, *pointwise), [(1, 2, 2, 4)], "Conv2D", padding=0, **strided)
    by_tensor, by_channel = constants((4, 8), 0, [0.01]), constants((4, 8), 0, [0.01] * 4)
    more = {"keepNumDims": True}
    chain.side("FULLY_CONNECTED", (first, *by_tensor), [(1, 4, 4, 4)], "FullyConnected", **more)
    chain.side("FULLY_CONNECTED", (first, *by_channel), [(16, 4)], "FullyConnected")


def lstm(kind: type) -> bytes:
    """An LSTM of 6 units over 5 steps of 10 values; its states are variables."""
    real = kind is np.float32
    model, units, values = ModelBuilder(), 6, 10
    name, state_name = ("FLOAT32", "FLOAT32") if real else ("INT8", "INT16")

    def scaled(scale: float) -> dict[str, float]:
        return {} if real else {"scale": scale}

    given = model.tensor((1, 5, values), name, **scaled(1 / 64))
    inputs = [given]
    for columns, seed in ((values, 60), (units, 70)):
        for gate in range(4):
            matrix = weights((units, columns), seed + gate, kind)
            inputs.append(model.constant(matrix, **scaled(0.005)))
    inputs += [-1] * 3  # no peepholes
    bias_kind = np.float32 if real else np.int32
    for gate in range(4):
        bias = weights((units,), 80 + gate, bias_kind)
        inputs.append(model.constant(bias, **scaled(0.005 / 64)))
    inputs += [-1] * 2  # no projection
    inputs.append(model.tensor((1, units), name, **scaled(1 / 128), variable=True))
    inputs.append(model.tensor((1, units), state_name, **scaled(1 / 2048), variable=True))
    inputs += [-1] * 4  # no normalisation
    out = model.tensor((1, 5, units), name, **scaled(1 / 128))
    model.operator(
        "UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, (out,), "UnidirectionalSequenceLSTM",
        fusedActivationFunction=4, cellClip=10.0, projClip=0.0, timeMajor=False,
    )  # fmt: skip
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


ALL_SORTS = {
    "floats": floats,
    "integers": integers,
    "lstm_floats": lambda: lstm(np.float32),
    "lstm_integers": lambda: lstm(np.int8),
}
