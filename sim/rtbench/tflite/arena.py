"""How much arena a model takes on the chip: TFLM's own allocations, replayed without running it.

Source: `micro_allocator.cpp` and `micro_interpreter.cpp` of the TFLM release that the firmware
links. The arena grows from both ends. At its head lies what the planner places (memory_planner.py),
at its tail, downwards, what lasts as long as the model: tables of tensors and operators, what the
kernels keep (kernel_memory.py), variables.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rtbench.tflite.kernel_memory import kernel_of, prepared
from rtbench.tflite.memory_planner import ALIGNMENT, aligned, lives_of, placed_bytes
from rtbench.tflite.tflite_file import Graph, ModelFile, Operator, Tensor

# Bytes of TFLM's structures on a 32-bit core.
_ALLOCATOR, _PLANNER, _MICRO_ALLOCATOR, _OPTIONS_ALLOCATOR = 36, 44, 36, 8
_GRAPH, _EVAL_TENSOR, _NODE, _TENSOR, _QUANTIZATION = 8, 12, 32, 32, 12
_VARIABLES, _VARIABLE = 12, 20
_POINTER = 4
# Kernels look at their tensors through temporary copies, most of them twice in Prepare.
_LOOKS = 2
# While it plans: a request for a scratch buffer (and twelve to spare), a tensor's or buffer's life,
# and the planner's own notes about a buffer.
_REQUEST, _SPARE_REQUESTS, _LIFE, _NOTE = 12, 12, 24, 40


@dataclass(frozen=True)
class ArenaUse:
    """Bytes of the arena: `planned` by the memory planner, `kept` as long as the model, and
    `starting`, the most that is needed at once before the model can run; `alive` is what the
    planned part holds while each operator runs. `whole` is false where a kernel takes more that
    nobody here can tell.
    """

    planned: int
    kept: int
    starting: int
    alive: tuple[int, ...]
    whole: bool

    @property
    def used(self) -> int:
        """What TFLM reports as used."""
        return self.planned + self.kept

    @property
    def needed(self) -> int:
        """The smallest arena in which the model starts."""
        return aligned(max(self.used, self.starting))


def arena_use(model: ModelFile) -> ArenaUse:
    """What TFLM takes for the model; SetupError for graphs that run each other without end."""
    tail = _Tail()
    _start(tail, model)
    requests = starting = 0
    for graph in model.graphs:
        handles = _handles(graph)
        for operator in graph.operators:
            found = prepared(graph, operator)
            for size in found.kept:
                tail.take(size, ALIGNMENT)
            _take_variable(tail, graph, operator, handles)
            here = _REQUEST * (requests + _SPARE_REQUESTS) + _looks_bytes(graph, operator)
            starting = max(starting, here + tail.used)
            requests += len(found.scratch)
    if requests:
        tail.take(_POINTER * requests, _POINTER)
    if model.offsets is None:
        for graph in model.graphs:
            for tensor in graph.tensors:
                if tensor.variable:
                    tail.take(tensor.bytes, ALIGNMENT)
    lives = lives_of(model, lambda graph, operator: prepared(graph, operator).scratch)
    living = sum(len(graph.tensors) for graph in model.graphs) + requests
    planning = (
        _REQUEST * (requests + _SPARE_REQUESTS)
        + _POINTER * len(model.graphs)
        + _LIFE * living
        + _NOTE * len(lives.buffers)
        + ALIGNMENT
    )
    starting = max(starting, planning + tail.used)
    for indices in (model.inputs, model.outputs):
        tail.take(_POINTER * len(indices), ALIGNMENT)
        for index in indices:
            if index >= 0:
                _take_tensor(tail, model.tensors[index])
    whole = all(kernel_of(operator).whole for operator in model.all_operators)
    planned = placed_bytes(lives.buffers)
    return ArenaUse(planned, tail.used, starting, tuple(lives.alive_bytes()), whole)


class _Tail:
    """The end of the arena, from which TFLM takes downwards; variables get one buffer each."""

    def __init__(self) -> None:
        self.used = 0
        self.variables: set[str] = set()

    def take(self, size: int, alignment: int) -> None:
        """An allocation that lasts."""
        self.used = aligned(self.used + size, alignment)


def _start(tail: _Tail, model: ModelFile) -> None:
    """Up to the kernels' Init: allocators, tables, options."""
    for size in (_ALLOCATOR, _PLANNER, _MICRO_ALLOCATOR):
        tail.take(size, _POINTER)
    variables = sum(operator.name == "VAR_HANDLE" for operator in model.all_operators)
    if variables:
        tail.take(_VARIABLES, ALIGNMENT)
        tail.take(_VARIABLE * variables, ALIGNMENT)
    tail.take(_OPTIONS_ALLOCATOR, _POINTER)
    tail.take(_GRAPH * len(model.graphs), _POINTER)
    for graph in model.graphs:
        tail.take(_EVAL_TENSOR * len(graph.tensors), _POINTER)
    for graph in model.graphs:
        tail.take(_NODE * len(graph.operators), _POINTER)
    for operator in model.all_operators:
        kernel = kernel_of(operator)
        if kernel.options:
            tail.take(kernel.options, kernel.alignment)
    for operator in model.all_operators:
        if kernel_of(operator).data:
            tail.take(kernel_of(operator).data, ALIGNMENT)


def _looks_bytes(graph: Graph, operator: Operator) -> int:
    """The temporary copies of an operator's tensors while its kernel prepares."""
    tensors = (
        graph.tensors[index] for index in (*operator.inputs, *operator.outputs) if index >= 0
    )
    return _LOOKS * sum(_TENSOR + _quantization_bytes(tensor) for tensor in tensors)


def _quantization_bytes(tensor: Tensor) -> int:
    if not (tensor.scales and tensor.zero_points):
        return 0
    return _QUANTIZATION + _POINTER * (1 + len(tensor.scales))


def _take_tensor(tail: _Tail, tensor: Tensor) -> None:
    """An input or output as the application sees it, with its quantisation."""
    tail.take(_TENSOR, _POINTER)
    tail.take(_quantization_bytes(tensor), _POINTER)


def _take_variable(
    tail: _Tail, graph: Graph, operator: Operator, handles: Mapping[int, str]
) -> None:
    """ASSIGN_VARIABLE makes a variable's buffer, the first of them that does."""
    if operator.name != "ASSIGN_VARIABLE" or len(operator.inputs) != 2:
        return
    handle, value = operator.inputs
    name = handles.get(handle)
    if name is not None and name not in tail.variables and value >= 0:
        tail.variables.add(name)
        tail.take(graph.tensors[value].bytes, ALIGNMENT)


def _handles(graph: Graph) -> dict[int, str]:
    """The variables by the tensors that are their handles."""
    return {
        number: f"{operator.options.get('Container')}/{operator.options.get('SharedName')}"
        for operator in graph.operators
        if operator.name == "VAR_HANDLE"
        for number in operator.outputs
    }
