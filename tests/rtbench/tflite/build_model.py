"""Builds .tflite files for tests, without TensorFlow: tensors and operators by hand.

The flatbuffer's classes are those of the `tflite-micro` package.
"""

from collections.abc import Sequence

import flatbuffers
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

TYPES = {
    np.dtype(np.int8): "INT8", np.dtype(np.uint8): "UINT8", np.dtype(np.int16): "INT16",
    np.dtype(np.int32): "INT32", np.dtype(np.int64): "INT64", np.dtype(np.float32): "FLOAT32",
    np.dtype(np.bool_): "BOOL",
}  # fmt: skip


class GraphBuilder:
    """One graph; `tensor` and `operator` give numbers, `inputs` and `outputs` are to be set."""

    def __init__(self, model: "ModelBuilder"):
        self._model = model
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []

    def tensor(
        self,
        shape: Sequence[int],
        kind: str = "INT8",
        scale: float | Sequence[float] | None = None,
        zero: int = 0,
        axis: int = 0,
        values: np.ndarray | None = None,
        variable: bool = False,
    ) -> int:
        """Its number; `values` make it a constant, several scales one that has one a channel."""
        tensor = schema.TensorT()
        tensor.shape, tensor.name = list(shape), f"t{len(self.graph.tensors)}"
        tensor.type = getattr(schema.TensorType, kind)
        tensor.buffer = 0 if values is None else self._model.buffer(values.tobytes())
        tensor.isVariable = variable
        if scale is not None:
            quantization = schema.QuantizationParametersT()
            quantization.scale = list(np.atleast_1d(scale))
            quantization.zeroPoint = [zero] * len(quantization.scale)
            quantization.quantizedDimension = axis
            tensor.quantization = quantization
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, values: np.ndarray, **more: object) -> int:
        """A tensor with these values, of their type."""
        return self.tensor(values.shape, TYPES[values.dtype], values=values, **more)

    def operator(
        self, name: str, inputs: Sequence[int], outputs: Sequence[int], kind: str = "",
        custom: bytes | None = None, **options: object,
    ) -> None:  # fmt: skip
        """One step; `kind` is the table of its options in the schema, without Options."""
        operator = schema.OperatorT()
        operator.opcodeIndex = self._model.code(name)
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        if kind:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, f"{kind}Options")
            operator.builtinOptions = getattr(schema, f"{kind}OptionsT")()
            for option, value in options.items():
                assert hasattr(operator.builtinOptions, option), option
                setattr(operator.builtinOptions, option, value)
        if custom is not None:
            operator.customOptions = list(custom)
        self.graph.operators.append(operator)


class ModelBuilder(GraphBuilder):
    """A model and its first graph."""

    def __init__(self) -> None:
        super().__init__(self)
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes, self.model.subgraphs = [], [self.graph]
        self.model.buffers = [schema.BufferT()]
        self._codes: dict[str, int] = {}

    def another_graph(self) -> GraphBuilder:
        """A graph for IF, WHILE or CALL_ONCE; they are numbered from 1."""
        other = GraphBuilder(self)
        self.model.subgraphs.append(other.graph)
        return other

    def buffer(self, data: bytes) -> int:
        """The number of a buffer with these bytes."""
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(data, np.uint8)
        self.model.buffers.append(buffer)
        return len(self.model.buffers) - 1

    def code(self, name: str) -> int:
        """The number of an operator's code; what the schema does not have is a custom one."""
        if name not in self._codes:
            code = schema.OperatorCodeT()
            code.version = 1
            code.builtinCode = getattr(schema.BuiltinOperator, name, schema.BuiltinOperator.CUSTOM)
            code.deprecatedBuiltinCode = min(code.builtinCode, 127)
            if code.builtinCode == schema.BuiltinOperator.CUSTOM:
                code.customCode = name
            self._codes[name] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(code)
        return self._codes[name]

    def bytes(self) -> bytes:
        """The file."""
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
