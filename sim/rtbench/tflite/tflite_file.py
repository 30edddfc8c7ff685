"""Reads a .tflite file into plain dataclasses, and refuses garbage with one clear line.

Source: TensorFlow Lite schema version 3. Python's flatbuffers reader does not verify a file, so
every count is held against the size of the file before it is walked, and all of them together: a
small file whose tables share one long vector is refused, and reading takes time and memory in
proportion to the file. Whatever the reader raises on a corrupt offset becomes a SetupError.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path

import tflite

from rt1062.errors import SetupError

IDENTIFIER = b"TFL3"
SHARED = 8  # how often over a file's entries may be read

# Takes a length and what it counts; ValueError when the file cannot hold so many.
Counter = Callable[[int, str], int]
_TYPE_BITS = {
    "FLOAT32": 32, "FLOAT16": 16, "INT32": 32, "UINT8": 8, "INT64": 64, "BOOL": 8, "INT16": 16,
    "INT8": 8, "FLOAT64": 64, "UINT64": 64, "UINT32": 32, "UINT16": 16, "INT4": 4,
}  # fmt: skip
_TYPE_NAMES = {value: name for name, value in vars(tflite.TensorType).items() if name in _TYPE_BITS}
_OPERATOR_NAMES = {
    value: name for name, value in vars(tflite.BuiltinOperator).items() if not name.startswith("_")
}


@dataclass(frozen=True)
class Tensor:
    """One tensor of the graph; `constant_bytes` is 0 for an activation."""

    index: int
    name: str
    shape: tuple[int, ...]
    type: str
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    quantized_dimension: int
    constant_bytes: int

    @property
    def elements(self) -> int:
        """The number of values, taking an unknown dimension as 1."""
        return prod(max(size, 1) for size in self.shape)

    @property
    def bytes(self) -> int:
        """The size in memory."""
        return (self.elements * _TYPE_BITS.get(self.type, 8) + 7) // 8


@dataclass(frozen=True)
class Operator:
    """One step of the graph; inputs and outputs are tensor indices, -1 for one left out."""

    index: int
    name: str
    custom: bool
    version: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class ModelFile:
    """The main graph of a .tflite file; `inner` are the operators of its other graphs, which IF,
    WHILE and CALL_ONCE run.
    """

    path: Path
    data: bytes
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    graphs: int
    inner: tuple[Operator, ...] = ()

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
        return sorted({operator.name for operator in (*self.operators, *self.inner)})


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
        _operator_name(model.OperatorCodes(i))
        for i in range(count(model.OperatorCodesLength(), "operator codes"))
    ]
    sizes = [
        _buffer_bytes(model.Buffers(i), data)
        for i in range(count(model.BuffersLength(), "buffers"))
    ]
    graph = model.Subgraphs(0)
    tensors = tuple(
        _tensor(graph.Tensors(i), i, sizes, count)
        for i in range(count(graph.TensorsLength(), "tensors"))
    )
    operators = _operators(graph, codes, len(tensors), count)
    if not operators:
        raise ValueError("it has no operator")
    inputs = _indices(graph.InputsLength(), graph.Inputs, len(tensors), count)
    outputs = _indices(graph.OutputsLength(), graph.Outputs, len(tensors), count)
    others = (model.Subgraphs(i) for i in range(1, model.SubgraphsLength()))
    inner = tuple(
        operator
        for other in others
        for operator in _operators(other, codes, count(other.TensorsLength(), "tensors"), count)
    )
    return ModelFile(
        path, data, tensors, operators, inputs, outputs, model.SubgraphsLength(), inner
    )


def _operators(
    graph: tflite.SubGraph, codes: list[tuple[str, bool, int]], tensors: int, count: Counter
) -> tuple[Operator, ...]:
    return tuple(
        _operator(graph.Operators(i), i, codes, tensors, count)
        for i in range(count(graph.OperatorsLength(), "operators"))
    )


def _operator_name(code: tflite.OperatorCode) -> tuple[str, bool, int]:
    # Files from before schema 3a hold the code in the deprecated byte, larger codes do not fit it.
    value = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if value == tflite.BuiltinOperator.CUSTOM:
        return (code.CustomCode() or b"CUSTOM").decode(errors="replace"), True, code.Version()
    return _OPERATOR_NAMES.get(value, f"OPERATOR_{value}"), False, code.Version()


def _buffer_bytes(buffer: tflite.Buffer, data: bytes) -> int:
    length = buffer.Size() if buffer.Offset() > 1 else buffer.DataLength()
    if not 0 <= length <= len(data):
        raise ValueError(f"a buffer of {length} bytes in a file of {len(data)}")
    return length


def _tensor(tensor: tflite.Tensor, index: int, sizes: list[int], count: Counter) -> Tensor:
    shape = tuple(int(tensor.Shape(i)) for i in range(count(tensor.ShapeLength(), "dimensions")))
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
        name=(tensor.Name() or b"").decode(errors="replace"),
        shape=shape,
        type=_TYPE_NAMES.get(tensor.Type(), f"TYPE_{tensor.Type()}"),
        scales=scales,
        zero_points=zero_points,
        quantized_dimension=dimension,
        constant_bytes=sizes[tensor.Buffer()],
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
    )


def _indices(
    length: int, item: Callable[[int], int], tensors: int, count: Counter
) -> tuple[int, ...]:
    values = tuple(int(item(i)) for i in range(count(length, "tensor indices")))
    for value in values:
        if not -1 <= value < tensors:
            raise ValueError(f"tensor {value} of {tensors}")
    return values
