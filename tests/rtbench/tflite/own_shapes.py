"""Ten networks of the project's own, each of another shape, type or kind; see build_model.py.

Their weights are random and seeded: what they answer is of no use, only whether chip and host
answer the same.
"""

from collections.abc import Callable

import numpy as np

from tests.rtbench.tflite.build_model import ModelBuilder

IN, OUT = 1 / 255, 1 / 16


def weights(shape: tuple[int, ...], seed: int, kind: type = np.int8) -> np.ndarray:
    """Random ones over most of the type's range."""
    source = np.random.default_rng(seed)
    if kind is np.float32:
        return (source.random(shape, np.float32) - 0.5).astype(np.float32)
    return source.integers(-100, 100, shape).astype(kind)


def _conv(model, given, shape, filters, size, stride=1, scale=OUT, kind="INT8", seed=0, pad=0):
    """A convolution: the number of its output and its shape."""
    channels = shape[-1]
    scales = list(0.002 + 0.0001 * np.arange(filters))
    kernel = model.constant(weights((filters, size, size, channels), seed), scale=scales, axis=0)
    given_scale = model.graph.tensors[given].quantization.scale[0]
    bias_kind = np.int32 if kind == "INT8" else np.int64
    bias = model.constant(
        weights((filters,), seed + 1, bias_kind), scale=[given_scale * one for one in scales]
    )
    height, width = (
        -(-side // stride) if pad == 0 else (side - size) // stride + 1 for side in shape[1:3]
    )
    out_shape = (1, height, width, filters)
    out = model.tensor(out_shape, kind, scale, 0)
    model.operator(
        "CONV_2D", (given, kernel, bias), (out,), "Conv2D", padding=pad, strideH=stride,
        strideW=stride, dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=1,
    )  # fmt: skip
    return out, out_shape


def two_cameras() -> bytes:
    """Two int8 pictures of different sizes, joined; one head."""
    model = ModelBuilder()
    left = model.tensor((1, 32, 32, 3), "INT8", IN, -128)
    right = model.tensor((1, 16, 16, 1), "INT8", IN, -128)
    one, shape = _conv(model, left, (1, 32, 32, 3), 8, 3, 2, seed=1)
    two, _ = _conv(model, right, (1, 16, 16, 1), 4, 3, 1, seed=3)
    joined = model.tensor((*shape[:3], 12), "INT8", OUT)
    model.operator("CONCATENATION", (one, two), (joined,), "Concatenation", axis=3)
    last, _ = _conv(model, joined, (*shape[:3], 12), 5, 1, seed=5)
    model.graph.inputs, model.graph.outputs = [left, right], [last]
    return model.bytes()


def three_heads() -> bytes:
    """One picture, three heads of different types: a map, a float vector, an index."""
    model = ModelBuilder()
    given = model.tensor((1, 24, 20, 3), "INT8", IN, -128)
    body, shape = _conv(model, given, (1, 24, 20, 3), 16, 3, 2, seed=7)
    chart, _ = _conv(model, body, shape, 2, 1, seed=9)
    pooled = model.tensor((1, 1, 1, 16), "INT8", OUT)
    model.operator(
        "AVERAGE_POOL_2D", (body,), (pooled,), "Pool2D", padding=1, filterHeight=12,
        filterWidth=10, strideH=12, strideW=10,
    )  # fmt: skip
    real = model.tensor((1, 1, 1, 16), "FLOAT32")
    model.operator("DEQUANTIZE", (pooled,), (real,), "Dequantize")
    axis = model.constant(np.array([3], np.int32))
    best = model.tensor((1, 1, 1), "INT32")
    model.operator("ARG_MAX", (pooled, axis), (best,), "ArgMax", outputType=2)
    model.graph.inputs, model.graph.outputs = [given], [chart, real, best]
    return model.bytes()


def grey_map() -> bytes:
    """A grey picture, depthwise 5x5 and dilated convolutions, a map (as FOMO has)."""
    model = ModelBuilder()
    given = model.tensor((1, 48, 40, 1), "INT8", IN, -128)
    body, shape = _conv(model, given, (1, 48, 40, 1), 8, 3, 2, seed=11)
    kernel = model.constant(weights((1, 5, 5, 8), 13), scale=[0.004] * 8, axis=3)
    bias = model.constant(weights((8,), 14, np.int32), scale=[OUT * 0.004] * 8)
    deep = model.tensor(shape, "INT8", OUT)
    model.operator(
        "DEPTHWISE_CONV_2D", (body, kernel, bias), (deep,), "DepthwiseConv2D", padding=0,
        strideH=1, strideW=1, depthMultiplier=1, dilationHFactor=1, dilationWFactor=1,
    )  # fmt: skip
    kernel = model.constant(weights((8, 3, 3, 8), 15), scale=[0.003] * 8, axis=0)
    bias = model.constant(weights((8,), 16, np.int32), scale=[OUT * 0.003] * 8)
    wide = model.tensor(shape, "INT8", OUT)
    model.operator(
        "CONV_2D", (deep, kernel, bias), (wide,), "Conv2D", padding=0, strideH=1, strideW=1,
        dilationHFactor=2, dilationWFactor=2,
    )  # fmt: skip
    chart, shape = _conv(model, wide, shape, 3, 1, seed=17)
    out = model.tensor(shape, "INT8", 1 / 256, -128)
    model.operator("SOFTMAX", (chart,), (out,), "Softmax", beta=1.0)
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


def sixteen_bits() -> bytes:
    """int16 values and int8 weights, a 16-bit softmax."""
    model = ModelBuilder()
    given = model.tensor((1, 20, 20, 3), "INT16", 1 / 32768)
    body, shape = _conv(model, given, (1, 20, 20, 3), 8, 3, 2, 1 / 2048, "INT16", seed=19)
    pooled = model.tensor((1, 5, 5, 8), "INT16", 1 / 2048)
    model.operator(
        "AVERAGE_POOL_2D", (body,), (pooled,), "Pool2D", padding=1, filterHeight=2,
        filterWidth=2, strideH=2, strideW=2,
    )  # fmt: skip
    flat = model.tensor((1, 200), "INT16", 1 / 2048)
    shape = model.constant(np.array([1, 200], np.int32))
    model.operator("RESHAPE", (pooled, shape), (flat,), "Reshape")
    kernel = model.constant(weights((4, 200), 21), scale=0.002)
    bias = model.constant(weights((4,), 22, np.int64), scale=0.002 / 2048)
    dense = model.tensor((1, 4), "INT16", 1 / 1024)
    model.operator("FULLY_CONNECTED", (flat, kernel, bias), (dense,), "FullyConnected")
    out = model.tensor((1, 4), "INT16", 1 / 32768)
    model.operator("SOFTMAX", (dense,), (out,), "Softmax", beta=1.0)
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


def real_numbers() -> bytes:
    """float32 throughout: convolution, mean, tanh, a matrix product."""
    model = ModelBuilder()
    given = model.tensor((1, 16, 16, 3), "FLOAT32")
    kernel = model.constant(weights((8, 3, 3, 3), 23, np.float32))
    bias = model.constant(weights((8,), 24, np.float32))
    body = model.tensor((1, 14, 14, 8), "FLOAT32")
    model.operator(
        "CONV_2D", (given, kernel, bias), (body,), "Conv2D", padding=1, strideH=1, strideW=1,
        dilationHFactor=1, dilationWFactor=1,
    )  # fmt: skip
    bent = model.tensor((1, 14, 14, 8), "FLOAT32")
    model.operator("TANH", (body,), (bent,))
    axes = model.constant(np.array([1, 2], np.int32))
    mean = model.tensor((1, 8), "FLOAT32")
    model.operator("MEAN", (bent, axes), (mean,), "Reducer", keepDims=False)
    matrix = model.constant(weights((8, 5), 25, np.float32))
    out = model.tensor((1, 5), "FLOAT32")
    model.operator("BATCH_MATMUL", (mean, matrix), (out,), "BatchMatMul", adjX=False, adjY=False)
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


def enlarged() -> bytes:
    """A decoder: transposed convolutions of both kinds, resizing, mirrored padding."""
    model = ModelBuilder()
    given = model.tensor((1, 8, 8, 20), "INT8", IN, -128)
    at, shape = given, (1, 8, 8, 20)
    for depth, seed in ((6, 27), (3, 29)):
        out_shape = (1, shape[1] * 2, shape[2] * 2, depth)
        size = model.constant(np.array(out_shape, np.int32))
        kernel = model.constant(
            weights((depth, 3, 3, shape[3]), seed), scale=[0.003] * depth, axis=0
        )
        scale = model.graph.tensors[at].quantization.scale[0]
        bias = model.constant(weights((depth,), seed + 1, np.int32), scale=[0.003 * scale] * depth)
        out = model.tensor(out_shape, "INT8", OUT)
        model.operator(
            "TRANSPOSE_CONV", (size, kernel, at, bias), (out,), "TransposeConv", padding=0,
            strideH=2, strideW=2,
        )  # fmt: skip
        at, shape = out, out_shape
    size = model.constant(np.array([40, 48], np.int32))
    large = model.tensor((1, 40, 48, 3), "INT8", OUT)
    model.operator(
        "RESIZE_NEAREST_NEIGHBOR", (at, size), (large,), "ResizeNearestNeighbor",
        alignCorners=False, halfPixelCenters=False,
    )  # fmt: skip
    pads = model.constant(np.array([[0, 0], [1, 2], [2, 1], [0, 0]], np.int32))
    out = model.tensor((1, 43, 51, 3), "INT8", OUT)
    model.operator("MIRROR_PAD", (large, pads), (out,), "MirrorPad", mode=0)
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


def remembering() -> bytes:
    """SVDF: a state that lasts from one inference to the next."""
    model = ModelBuilder()
    given = model.tensor((1, 16), "INT8", IN, -128)
    features = model.constant(weights((8, 16), 31), scale=0.01)
    times = model.constant(weights((8, 6), 32, np.int16), scale=0.01)
    bias = model.constant(weights((4,), 33, np.int32), scale=0.0001)
    state = model.tensor((1, 48), "INT16", 0.01, variable=True)
    out = model.tensor((1, 4), "INT8", 0.05)
    model.operator(
        "SVDF", (given, features, times, bias, state), (out,), "SVDF", rank=2,
        fusedActivationFunction=1,
    )  # fmt: skip
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


def counting_up() -> bytes:
    """A variable that an operator reads and another writes: a running sum."""
    model = ModelBuilder()
    given = model.tensor((1, 10), "INT8", 0.1)
    handle = model.tensor((), "RESOURCE")
    model.operator("VAR_HANDLE", (), (handle,), "VarHandle", container="", sharedName="sum")
    before = model.tensor((1, 10), "INT8", 0.1)
    model.operator("READ_VARIABLE", (handle,), (before,), "ReadVariable")
    after = model.tensor((1, 10), "INT8", 0.1)
    model.operator("ADD", (given, before), (after,), "Add")
    model.operator("ASSIGN_VARIABLE", (handle, after), (), "AssignVariable")
    model.graph.inputs, model.graph.outputs = [given], [after]
    return model.bytes()


def a_choice() -> bytes:
    """IF: one of two graphs, by an input of type bool."""
    model = ModelBuilder()
    asked = model.tensor((1,), "BOOL")
    given = model.tensor((1, 6, 6, 4), "INT8", IN, -128)
    out = model.tensor((1, 6, 6, 4), "INT8", OUT)
    for number in (1, 2):
        other = model.another_graph()
        inner = other.tensor((1, 6, 6, 4), "INT8", IN, -128)
        result, _ = _conv(other, inner, (1, 6, 6, 4), 4, number, seed=34 + number)
        other.graph.inputs, other.graph.outputs = [inner], [result]
    model.operator("IF", (asked, given), (out,), "If", thenSubgraphIndex=1, elseSubgraphIndex=2)
    model.graph.inputs, model.graph.outputs = [asked, given], [out]
    return model.bytes()


def many_small_steps() -> bytes:
    """Operators of all sorts on vectors, uint8 at the edges; 14 of them."""
    model = ModelBuilder()
    given = model.tensor((2, 4, 8), "UINT8", IN, 0)
    at = model.tensor((2, 4, 8), "INT8", IN, -128)
    model.operator("QUANTIZE", (given,), (at,), "Quantize")

    def step(name, kind="", inputs=(), shape=(2, 4, 8), scale=OUT, **options):
        nonlocal at
        out = model.tensor(shape, "INT8", scale)
        model.operator(name, (at, *inputs), (out,), kind, **options)
        at = out

    step("PRELU", inputs=(model.constant(weights((1, 1, 8), 41), scale=0.01),))
    step("HARD_SWISH", "HardSwish")
    first = at
    step("LEAKY_RELU", "LeakyRelu", alpha=0.1)
    step("ELU")
    step("SQUARED_DIFFERENCE", "SquaredDifference", inputs=(first,))
    step("MUL", "Mul", inputs=(first,))
    step("SUB", "Sub", inputs=(first,))
    step("MAXIMUM", "MaximumMinimum", inputs=(first,))
    order = model.constant(np.array([1, 0, 2], np.int32))
    step("TRANSPOSE", "Transpose", inputs=(order,), shape=(4, 2, 8))
    begin, end = (model.constant(np.array(v, np.int32)) for v in ([0, 0, 0], [4, 2, 8]))
    by = model.constant(np.array([2, 1, 1], np.int32))
    step("STRIDED_SLICE", "StridedSlice", inputs=(begin, end, by), shape=(2, 2, 8))
    axes = model.constant(np.array([1], np.int32))
    step("REDUCE_MAX", "Reducer", inputs=(axes,), shape=(2, 8), keepDims=False)
    step("LOGISTIC", shape=(2, 8), scale=1 / 256)
    model.graph.tensors[at].quantization.zeroPoint = [-128]
    out = model.tensor((2, 8), "UINT8", 1 / 256, 0)
    model.operator("QUANTIZE", (at,), (out,), "Quantize")
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


def larger_than_the_chip() -> bytes:
    """Activations of 1.2 MB: only the SDRAM of the board holds them."""
    model = ModelBuilder()
    given = model.tensor((1, 160, 160, 3), "INT8", IN, -128)
    body, shape = _conv(model, given, (1, 160, 160, 3), 24, 3, seed=51)
    more, shape = _conv(model, body, shape, 24, 1, seed=53)
    out, _ = _conv(model, more, shape, 4, 3, 4, seed=55)
    model.graph.inputs, model.graph.outputs = [given], [out]
    return model.bytes()


SHAPES: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        two_cameras, three_heads, grey_map, sixteen_bits, real_numbers, enlarged, remembering,
        counting_up, a_choice, many_small_steps,
    )
}  # fmt: skip
