"""Where TFLM puts what lives only while the network runs: its greedy memory planner, to the byte.

Source: `greedy_memory_planner.cpp` and `micro_allocation_info.cpp` of the TFLM release that the
firmware links. Largest first, each at the lowest offset that is free during its life; among equal
sizes the later one comes first, because the planner fills its arrays from the tail. Time is counted
as TFLM does: one step an operator, those of the graphs that IF, WHILE and CALL_ONCE run in between.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from rt1062.errors import SetupError
from rtbench.tflite.tflite_file import Graph, ModelFile, Operator

ALIGNMENT = 16
NEVER = -1  # the step of what no operator uses: TFLM places it all the same
ANYWHERE = -1  # an offset that TFLM may choose
MOST_BUFFERS = 10_000
# Of graphs that run graphs: a small file can ask for any number.
DEEPEST, MOST_CALLS = 50, 1000

# The sizes of the buffers that an operator of a graph needs while it runs.
Scratch = Callable[[Graph, Operator], Sequence[int]]
_CALLS = {
    "IF": ("ThenSubgraphIndex", "ElseSubgraphIndex"),
    "WHILE": ("CondSubgraphIndex", "BodySubgraphIndex"),
    "CALL_ONCE": ("InitSubgraphIndex",),
}


@dataclass
class Buffer:
    """`bytes`, a multiple of 16, from step `first` to step `last`; at `offset` if that is given."""

    bytes: int
    first: int = NEVER
    last: int = NEVER
    offset: int = ANYWHERE

    def create(self, step: int) -> None:
        """It is needed from this step on, if not from an earlier one."""
        self.first = step if self.first == NEVER else self.first
        self.last = step


def aligned(size: int, to: int = ALIGNMENT) -> int:
    """The next multiple."""
    return -(-size // to) * to


@dataclass(frozen=True)
class Lives:
    """All that the planner places, in its order: tensors graph by graph, then scratch buffers.
    `steps` are those at which the network's operators end.
    """

    buffers: list[Buffer]
    steps: list[int]

    def alive_bytes(self) -> list[int]:
        """What is needed at once while each of the network's operators runs."""
        return alive_bytes(((one.bytes, one.first, one.last) for one in self.buffers), self.steps)


def alive_bytes(lives: Iterable[tuple[int, int, int]], steps: Sequence[int]) -> list[int]:
    """The sizes of what is alive at each of the steps; a life is its size, first and last step."""
    changes: dict[int, int] = defaultdict(int)
    for size, first, last in lives:
        changes[first] += size
        changes[last + 1] -= size
    begins = sorted(changes)
    totals = [0, *accumulate(changes[step] for step in begins)]
    return [totals[bisect_right(begins, step)] for step in steps]


def lives_of(model: ModelFile, scratch: Scratch) -> Lives:
    """From when to when each is needed; SetupError for graphs that run each other without end, and
    for more than TFLM places in useful time, which grows with the square.
    """
    marked = _Marked(model, scratch)
    marked.mark(0)
    buffers = [*(one for found in marked.tensors for one in found.values()), *marked.scratch]
    if len(buffers) > MOST_BUFFERS:
        raise SetupError(
            f"{model.path}: {len(buffers):,} tensors and scratch buffers, {MOST_BUFFERS:,} are the "
            "most here: the time of TFLM's planner grows with their square"
        )
    return Lives(buffers, marked.steps)


def placed_bytes(buffers: Sequence[Buffer]) -> int:
    """The size of the memory that holds them all."""
    given = [one for one in buffers if one.offset != ANYWHERE]
    free = [one for one in buffers if one.offset == ANYWHERE]
    free.reverse()
    free.sort(key=lambda one: -one.bytes)
    first = np.array([one.first for one in (*given, *free)], np.int64)
    last = np.array([one.last for one in (*given, *free)], np.int64)
    size = np.array([one.bytes for one in (*given, *free)], np.int64)
    order = np.empty(0, np.int64)  # of those that are placed, by offset
    offsets = np.empty(0, np.int64)
    for number, one in enumerate((*given, *free)):
        offset = one.offset
        if offset == ANYWHERE:
            meets = (first[order] <= one.last) & (last[order] >= one.first)
            starts, ends = offsets[meets], offsets[meets] + size[order][meets]
            offset = _lowest(starts, ends, one.bytes)
        place = np.searchsorted(offsets, offset, side="right")
        order, offsets = np.insert(order, place, number), np.insert(offsets, place, offset)
    return int((offsets + size[order]).max(initial=0))


def _lowest(starts: np.ndarray, ends: np.ndarray, size: int) -> int:
    """The lowest offset with `size` bytes free, between what lies there in the order of starts."""
    reached = np.maximum.accumulate(np.concatenate(([0], ends)))
    fits = np.flatnonzero(starts - reached[:-1] >= size)
    return int(reached[fits[0]] if len(fits) else reached[-1])


class _Marked:
    """The walk over the graphs, in the order in which TFLM runs them."""

    def __init__(self, model: ModelFile, scratch: Scratch):
        self._model = model
        self._step = self._depth = self._calls = 0
        self.steps: list[int] = []
        self.tensors: list[dict[int, Buffer]] = []
        # The scratch buffers of each operator, by graph and number.
        self._requests = {
            (which, operator.index): [Buffer(aligned(size)) for size in scratch(graph, operator)]
            for which, graph in enumerate(model.graphs)
            for operator in graph.operators
        }
        number = 0
        for graph in model.graphs:
            found = {}
            # A variable's handle lies with the kernel's own data.
            handles = {
                index
                for operator in graph.operators
                if operator.name == "VAR_HANDLE"
                for index in operator.outputs
            }
            for tensor in graph.tensors:
                offset = ANYWHERE
                if model.offsets is not None and number < len(model.offsets):
                    offset = model.offsets[number]
                number += 1
                kept = (tensor.variable and offset == ANYWHERE) or tensor.index in handles
                if not (tensor.constant_bytes or kept or 0 in tensor.shape):
                    found[tensor.index] = Buffer(aligned(tensor.bytes), offset=offset)
            self.tensors.append(found)

    @property
    def scratch(self) -> list[Buffer]:
        """In the order in which the operators ask for them."""
        return [one for requests in self._requests.values() for one in requests]

    def mark(self, which: int) -> None:
        """One run of a graph, and of those that its operators run."""
        graph, tensors = self._model.graphs[which], self.tensors[which]

        def found(indices: Sequence[int]) -> list[Buffer]:
            return [tensors[index] for index in indices if index in tensors]

        for one in found(graph.inputs):
            one.create(self._step)
        for operator in graph.operators:
            self._step += 1
            scratch = self._requests[which, operator.index]
            for one in (*found(operator.outputs), *scratch):
                one.create(self._step)
            for called in _CALLS.get(operator.name, ()):
                self._call(operator.options.get(called, -1))
            for one in (*found(operator.inputs), *found(operator.outputs), *scratch):
                one.last = self._step
            if self._depth == 0:
                self.steps.append(self._step)
        for one in found(graph.outputs):
            one.create(self._step)

    def _call(self, which: int) -> None:
        if not 0 <= which < len(self._model.graphs):
            return
        self._calls += 1
        self._depth += 1
        if self._depth > DEEPEST or self._calls > MOST_CALLS:
            raise SetupError(f"{self._model.path}: its graphs run each other without end")
        self._step += 1
        self.mark(which)
        self._depth -= 1
