"""Reads a .tflite file into plain dataclasses, and refuses garbage with one clear line.

Source: TensorFlow Lite schema version 3. Python's flatbuffers reader does not verify a file, so
every count is held against the size of the file before it is walked, and all of them together: a
small file whose tables share one long vector is refused, and reading takes time and memory in
proportion to the file. Whatever the reader raises on a corrupt offset becomes a SetupError.
"""

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import numpy as np
import tflite

from rt1062.errors import SetupError

IDENTIFIER = b"TFL3"
MOST_DIMENSIONS = 8  # TFLM's kernels take 6
MOST_ELEMENTS = 1 << 32
SHARED = 8  # how often over a file's entries may be read

# Takes a length and what it counts; ValueError when the file cannot hold so many.
Counter = Callable[[int, str], int]
_TYPE_BITS = {
    "FLOAT32": 32, "FLOAT16": 16, "INT32": 32, "UINT8": 8, "INT64": 64, "BOOL": 8, "INT16": 16,
    "INT8": 8, "FLOAT64": 64, "UINT64": 64, "UINT32": 32, "UINT16": 16, "INT4": 4, "RESOURCE": 32,
}  # fmt: skip
# The types whose values have a counterpart in numpy.
_NUMPY_TYPES = {
    "INT8": np.int8, "UINT8": np.uint8, "INT16": np.int16, "UINT16": np.uint16, "INT32": np.int32,
    "UINT32": np.uint32, "INT64": np.int64, "UINT64": np.uint64, "FLOAT32": np.float32,
    "FLOAT64": np.float64, "BOOL": np.bool_,
}  # fmt: skip
_TYPE_NAMES = {value: name for name, value in vars(tflite.TensorType).items() if name in _TYPE_BITS}
_OPERATOR_NAMES = {
    value: name for name, value in vars(tflite.BuiltinOperator).items() if not name.startswith("_")
}


# The options that somebody here asks for, by the schema's own names.
_OPTIONS = {
    "CONV_2D": (
        tflite.Conv2DOptions,
        ("Padding", "StrideH", "StrideW", "DilationHFactor", "DilationWFactor"),
    ),
    "DEPTHWISE_CONV_2D": (
        tflite.DepthwiseConv2DOptions,
        ("Padding", "StrideH", "StrideW", "DilationHFactor", "DilationWFactor"),
    ),
    "TRANSPOSE_CONV": (tflite.TransposeConvOptions, ("StrideH", "StrideW")),
    "BATCH_MATMUL": (tflite.BatchMatMulOptions, ("AdjX", "AdjY")),
    "SVDF": (tflite.SVDFOptions, ("Rank",)),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": (tflite.UnidirectionalSequenceLSTMOptions, ("TimeMajor",)),
    "VAR_HANDLE": (tflite.VarHandleOptions, ("Container", "SharedName")),
    "CALL_ONCE": (tflite.CallOnceOptions, ("InitSubgraphIndex",)),
    "IF": (tflite.IfOptions, ("ThenSubgraphIndex", "ElseSubgraphIndex")),
    "WHILE": (tflite.WhileOptions, ("CondSubgraphIndex", "BodySubgraphIndex")),
}


@dataclass(frozen=True)
class Tensor:
    """One tensor of the graph; `constant_bytes` is 0 for an activation, `variable` is one that
    keeps its values from one inference to the next.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    type: str
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    quantized_dimension: int
    constant_bytes: int
    variable: bool = False

    @property
    def elements(self) -> int:
        """The number of values, taking an unknown dimension as 1."""
        return prod(max(size, 1) for size in self.shape)

    @property
    def dtype(self) -> np.dtype | None:
        """The type in numpy; None for one that it does not have (INT4, RESOURCE)."""
        kind = _NUMPY_TYPES.get(self.type)
        return None if kind is None else np.dtype(kind)

    @property
    def bytes(self) -> int:
        """The size in memory."""
        return (self.elements * _TYPE_BITS.get(self.type, 8) + 7) // 8


@dataclass(frozen=True)
class Operator:
    """One step of a graph; inputs and outputs are tensor indices, -1 for one left out. `options`
    are those of the schema that somebody here asks for, by its names; empty where there are none.
    """

    index: int
    name: str
    custom: bool
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, int | str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Graph:
    """Tensors, and the operators that run over them; inputs and outputs are tensor indices."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class ModelFile:
    """A .tflite file. The first of its graphs is the network, and the file's own tensors,
    operators, inputs and outputs; the others are what IF, WHILE and CALL_ONCE run.

    `offsets` is where in the arena the file wants its tensors, -1 where TFLM may choose; None for a
    file that says nothing of it.
    """

    path: Path
    data: bytes
    graphs: tuple[Graph, ...]
    offsets: tuple[int, ...] | None = None

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Those of the network."""
        return self.graphs[0].tensors

    @property
    def operators(self) -> tuple[Operator, ...]:
        """Those of the network."""
        return self.graphs[0].operators

    @property
    def inputs(self) -> tuple[int, ...]:
        """Those of the network."""
        return self.graphs[0].inputs

    @property
    def outputs(self) -> tuple[int, ...]:
        """Those of the network."""
        return self.graphs[0].outputs

    @property
    def all_operators(self) -> tuple[Operator, ...]:
        """Those of all graphs."""
        return tuple(operator for graph in self.graphs for operator in graph.operators)

    @property
    def bytes(self) -> int:
        """The size of the file."""
        return len(self.data)

    @property
    def sha256(self) -> str:
        """The file's SHA-256 in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def operator_names(self) -> list[str]:
        """The distinct operators of all graphs, sorted."""
        return sorted({operator.name for operator in self.all_operators})


def read_model(path: Path | str) -> ModelFile:
    """The model in the file at `path`; SetupError when it is no .tflite that can be read."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"{path}: cannot be read ({error.strerror}); name a .tflite file"
        ) from error
    if len(data) < 8 or data[4:8] != IDENTIFIER:
        raise SetupError(f"{path}: not a .tflite file (no {IDENTIFIER.decode()} identifier)")
    try:
        return _parse(path, data)
    except (
        struct.error, ValueError, TypeError, IndexError, KeyError, OverflowError, AttributeError,
    ) as error:  # fmt: skip
        raise SetupError(f"{path}: damaged .tflite file ({error})") from error


def _counter(size: int) -> Counter:
    """For a file of `size` bytes: each entry of a vector takes four of them, and few are shared."""
    left = SHARED * (size // 4)

    def count(length: int, what: str) -> int:
        nonlocal left
        if not 0 <= length <= size // 4:
            raise ValueError(f"{length} {what} in {size} bytes")
        left -= length
        if left < 0:
            raise ValueError(f"its tables share vectors: more {what} than {size} bytes can hold")
        return length

    return count


def _parse(path: Path, data: bytes) -> ModelFile:
    model = tflite.Model.GetRootAs(bytearray(data), 0)
    count = _counter(len(data))

    if model.Version() != 3:
        raise ValueError(f"schema version {model.Version()}, must be 3")
    if count(model.SubgraphsLength(), "graphs") == 0:
        raise ValueError("it has no graph")
    codes = [
        _operator_name(model.OperatorCodes(i), count)
        for i in range(count(model.OperatorCodesLength(), "operator codes"))
    ]
    sizes = [
        _buffer_bytes(model.Buffers(i), data)
        for i in range(count(model.BuffersLength(), "buffers"))
    ]
    graphs = tuple(
        _graph(model.Subgraphs(i), codes, sizes, count) for i in range(model.SubgraphsLength())
    )
    if not graphs[0].operators:
        raise ValueError("it has no operator")
    return ModelFile(path, data, graphs, _offsets(model, data, count))


def _graph(
    graph: tflite.SubGraph, codes: list[tuple[str, bool, int]], sizes: list[int], count: Counter
) -> Graph:
    tensors = tuple(
        _tensor(graph.Tensors(i), i, sizes, count)
        for i in range(count(graph.TensorsLength(), "tensors"))
    )
    operators = tuple(
        _operator(graph.Operators(i), i, codes, len(tensors), count)
        for i in range(count(graph.OperatorsLength(), "operators"))
    )
    inputs = _indices(graph.InputsLength(), graph.Inputs, len(tensors), count)
    outputs = _indices(graph.OutputsLength(), graph.Outputs, len(tensors), count)
    return Graph(tensors, operators, inputs, outputs)


def _offsets(model: tflite.Model, data: bytes, count: Counter) -> tuple[int, ...] | None:
    """What the metadata named OfflineMemoryAllocation hold: version, graph, count, offsets."""
    for i in range(count(model.MetadataLength(), "metadata")):
        if model.Metadata(i).Name() != b"OfflineMemoryAllocation":
            continue
        buffer = model.Buffers(model.Metadata(i).Buffer())
        length = count(_buffer_bytes(buffer, data) // 4, "offsets")
        words = struct.unpack(f"<{length}i", bytes(map(buffer.Data, range(4 * length))))
        return words[3:]
    return None


def _text(found: bytes | None, count: Counter) -> str:
    found = found or b""
    count(len(found) // 4, "words of names")
    return found.decode(errors="replace")


def _operator_name(code: tflite.OperatorCode, count: Counter) -> tuple[str, bool, int]:
    # Files from before schema 3a hold the code in the deprecated byte, larger codes do not fit it.
    value = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if value == tflite.BuiltinOperator.CUSTOM:
        return _text(code.CustomCode(), count) or "CUSTOM", True, code.Version()
    return _OPERATOR_NAMES.get(value, f"OPERATOR_{value}"), False, code.Version()


def _buffer_bytes(buffer: tflite.Buffer, data: bytes) -> int:
    length = buffer.Size() if buffer.Offset() > 1 else buffer.DataLength()
    if not 0 <= length <= len(data):
        raise ValueError(f"a buffer of {length} bytes in a file of {len(data)}")
    return length


def _tensor(tensor: tflite.Tensor, index: int, sizes: list[int], count: Counter) -> Tensor:
    shape = tuple(int(tensor.Shape(i)) for i in range(count(tensor.ShapeLength(), "dimensions")))
    if len(shape) > MOST_DIMENSIONS or prod(map(abs, shape)) > MOST_ELEMENTS:
        raise ValueError(f"a tensor of {len(shape)} dimensions, {list(shape[:MOST_DIMENSIONS])}")
    scales: tuple[float, ...] = ()
    zero_points: tuple[int, ...] = ()
    dimension = 0
    quantization = tensor.Quantization()
    if quantization is not None:
        scales = tuple(
            float(quantization.Scale(i)) for i in range(count(quantization.ScaleLength(), "scales"))
        )
        zero_points = tuple(
            int(quantization.ZeroPoint(i))
            for i in range(count(quantization.ZeroPointLength(), "zero points"))
        )
        dimension = quantization.QuantizedDimension()
    return Tensor(
        index=index,
        name=_text(tensor.Name(), count),
        shape=shape,
        type=_TYPE_NAMES.get(tensor.Type(), f"TYPE_{tensor.Type()}"),
        scales=scales,
        zero_points=zero_points,
        quantized_dimension=dimension,
        constant_bytes=sizes[tensor.Buffer()],
        variable=bool(tensor.IsVariable()),
    )


def _operator(
    operator: tflite.Operator,
    index: int,
    codes: list[tuple[str, bool, int]],
    tensors: int,
    count: Counter,
) -> Operator:
    name, custom, version = codes[operator.OpcodeIndex()]
    return Operator(
        index=index,
        name=name,
        custom=custom,
        version=version,
        inputs=_indices(operator.InputsLength(), operator.Inputs, tensors, count),
        outputs=_indices(operator.OutputsLength(), operator.Outputs, tensors, count),
        options=_options(operator, name, count),
    )


def _options(operator: tflite.Operator, name: str, count: Counter) -> dict[str, int | str]:
    table = operator.BuiltinOptions()
    if name not in _OPTIONS or table is None:
        return {}
    kind, names = _OPTIONS[name]
    options = kind()
    options.Init(table.Bytes, table.Pos)
    found = {option: getattr(options, option)() for option in names}
    return {
        option: int(value) if isinstance(value, int) else _text(value, count)
        for option, value in found.items()
    }


def _indices(
    length: int, item: Callable[[int], int], tensors: int, count: Counter
) -> tuple[int, ...]:
    values = tuple(int(item(i)) for i in range(count(length, "tensor indices")))
    for value in values:
        if not -1 <= value < tensors:
            raise ValueError(f"tensor {value} of {tensors}")
    return values
