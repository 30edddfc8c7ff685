"""Every operator's output on the emulated chip, out of a firmware that knows nothing of it.

TFLM runs a model in `MicroInterpreterGraph::InvokeSubgraph` (tensorflow/lite/micro/
micro_interpreter_graph.h): one call a graph, in it one kernel after the other, the number of the
present one in `current_operator_index_`. While the core is in that function, and in no kernel, a
hook looks at that number; when it has grown, the operator before has ended and its output
tensors are read from memory, before another kernel may use their place in the arena. Neither
firmware nor time is changed by it. Addresses come from the ELF's symbols; the layout of the two
structures is that of TFLM on a 32-bit core, checked against the model's shapes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from rt1062.errors import MachineError, SetupError
from rt1062.machine import Machine
from rt1062.symbols import Symbols
from rtbench.tflite.tflite_file import ModelFile, Tensor

INVOKE_SUBGRAPH = "_ZN6tflite21MicroInterpreterGraph14InvokeSubgraphEi"
# MicroInterpreterGraph: virtual table, context_, model_, allocator_, then these.
ALLOCATIONS, SUBGRAPH_INDEX, OPERATOR_INDEX = 0x10, 0x14, 0x18
TENSORS = 4  # in SubgraphAllocations, behind node_and_registrations
EVAL_TENSOR_BYTES, DIMENSIONS = 12, 4  # TfLiteEvalTensor: data, dims, type


@dataclass
class Recording:
    """The tensors of one inference by their number in the model file, as each was written."""

    tensors: dict[int, np.ndarray] = field(default_factory=dict)
    operators: int = 0  # how many ran


class _Recorder:
    def __init__(self, machine: Machine, model: ModelFile, start: int):
        self.machine, self.model, self.start = machine, model, start
        self.recording = Recording()
        self._graph = 0
        self._seen = -1

    def look(self, address: int) -> None:
        """The core is about to execute an instruction of InvokeSubgraph."""
        if address == self.start:
            if self.machine.register("R1") == 0:  # the main graph; IF and WHILE have others
                self._begin(self.machine.register("R0"))
            return
        if not self._graph or self._word(self._graph + SUBGRAPH_INDEX) != 0:
            return
        operator = self._word(self._graph + OPERATOR_INDEX)
        while self._seen < operator <= len(self.model.operators):
            if self._seen >= 0:
                self._keep(self.model.operators[self._seen].outputs)
                self.recording.operators = self._seen + 1
            self._seen += 1

    def _begin(self, graph: int) -> None:
        self._graph, self._seen = graph, -1
        self.recording = Recording()
        self._keep(self.model.inputs)

    def _keep(self, numbers: tuple[int, ...]) -> None:
        tensors = self._word(self._word(self._graph + ALLOCATIONS) + TENSORS)
        for number in numbers:
            if number >= 0 and self.model.tensors[number].dtype is not None:
                tensor = tensors + number * EVAL_TENSOR_BYTES
                self.recording.tensors[number] = self._read(self.model.tensors[number], tensor)

    def _read(self, tensor: Tensor, address: int) -> np.ndarray:
        dimensions = self._word(address + DIMENSIONS)
        count = self._word(dimensions)
        shape = [self._word(dimensions + 4 * place) for place in range(1, 1 + min(count, 8))]
        if int(np.prod(shape)) != tensor.elements:
            raise ValueError(
                f"tensor {tensor.name} is {shape} on the chip and {list(tensor.shape)} in the "
                "model: not the model that the firmware was built with, or another TFLM"
            )
        size = tensor.elements * tensor.dtype.itemsize
        data = self.machine.read_memory(self._word(address), size)
        return np.frombuffer(data, tensor.dtype).reshape(shape)

    def _word(self, address: int) -> int:
        return int.from_bytes(self.machine.read_memory(address, 4), "little")


@contextmanager
def recorded(machine: Machine, model: ModelFile) -> Iterator[list[Recording]]:
    """Within the `with`, the inferences of the machine are recorded; the last is in the list.

    SetupError on a machine that cannot watch its core, and for a firmware without TFLM.
    """
    if machine.elf is None:
        raise SetupError("layers are found by the ELF's symbols: name the --elf too")
    symbols = Symbols(machine.elf)
    if INVOKE_SUBGRAPH not in symbols:
        raise SetupError(f"{machine.elf}: there is no TFLM in this firmware (INFERENCE=host?)")
    start = symbols.address(INVOKE_SUBGRAPH)
    last = start + symbols.size(INVOKE_SUBGRAPH) - 1
    recorder = _Recorder(machine, model, start)
    found: list[Recording] = []
    try:
        with machine.watched(start, last, recorder.look):
            yield found
    except ValueError as error:  # an address that is none: another layout than TFLM's
        raise MachineError(f"{machine.elf}: TFLM's tensors are not found: {error}") from error
    if recorder.recording.operators != len(model.operators):
        raise MachineError(
            f"{recorder.recording.operators} of {len(model.operators)} operators ran on the chip"
        )
    found.append(recorder.recording)
