"""rtbench.tflite.memory_planner: where TFLM's greedy planner puts things."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from rt1062.errors import SetupError
from rtbench.tflite.arena import arena_use
from rtbench.tflite.memory_planner import Buffer, lives_of, placed_bytes
from rtbench.tflite.tflite_file import Graph, ModelFile, Operator, Tensor


def nothing(graph, operator):
    return ()


def tensor(index, size, **more):
    return Tensor(index, f"t{index}", (1, size), "INT8", (0.5,), (0,), 0, 0, **more)


def run(index, name="RELU", taken=(0,), given=(1,), **options):
    return Operator(index, name, False, 1, taken, given, options)


def slow_plan(buffers):
    """The planner as its source says it, one buffer at a time."""
    placed = []
    order = sorted(enumerate(buffers), key=lambda pair: (-pair[1].bytes, -pair[0]))
    for _, one in order:
        offset = 0
        for start, other in placed:
            if other.last < one.first or one.last < other.first:
                continue
            if start - offset >= one.bytes:
                break
            offset = max(offset, start + other.bytes)
        place = sum(start <= offset for start, _ in placed)
        placed.insert(place, (offset, one))
    return max((start + one.bytes for start, one in placed), default=0)


def test_among_equal_sizes_the_later_one_comes_first():
    # The middle one meets both others; whoever is placed first decides what is left for the last.
    buffers = [Buffer(64, 0, 1), Buffer(64, 1, 3), Buffer(32, 0, 0), Buffer(96, 3, 4)]
    assert placed_bytes(buffers) == slow_plan(buffers) == 160
    assert placed_bytes([Buffer(64, 0, 1), Buffer(64, 1, 2), Buffer(64, 2, 3)]) == 128


def test_the_plan_is_that_of_the_source_for_any_lives():
    source = random.Random(3)
    for _ in range(100):
        buffers = []
        for _ in range(source.randrange(1, 40)):
            first = source.randrange(20)
            buffers.append(Buffer(16 * source.randrange(6), first, first + source.randrange(5)))
        assert placed_bytes(buffers) == slow_plan(buffers)


def test_offsets_that_the_file_gives_are_kept():
    graph = Graph((tensor(0, 16), tensor(1, 32)), (run(0),), (0,), (1,))
    model = ModelFile(Path("m"), b"", (graph,), offsets=(-1, 160))
    assert placed_bytes(lives_of(model, nothing).buffers) == 192


def test_a_tensor_that_nobody_uses_is_placed_all_the_same():
    graph = Graph((tensor(0, 16), tensor(1, 16), tensor(2, 512)), (run(0),), (0,), (1,))
    model = ModelFile(Path("m"), b"", (graph,))
    assert placed_bytes(lives_of(model, nothing).buffers) == 512


def test_variables_are_kept_and_not_planned():
    graph = Graph(
        (tensor(0, 16), tensor(1, 16), tensor(2, 512, variable=True)), (run(0),), (0,), (1,)
    )
    use = arena_use(ModelFile(Path("m"), b"", (graph,)))
    assert use.planned == 32
    without = replace(graph, tensors=graph.tensors[:2])
    assert use.kept - arena_use(ModelFile(Path("m"), b"", (without,))).kept in range(512, 544)


def test_the_graphs_that_an_operator_runs_are_planned_within_it():
    inner = Graph((tensor(0, 160), tensor(1, 160)), (run(0),), (0,), (1,))
    call = run(0, "IF", ThenSubgraphIndex=1, ElseSubgraphIndex=1)
    outer = Graph((tensor(0, 64), tensor(1, 64)), (call,), (0,), (1,))
    lives = lives_of(ModelFile(Path("m"), b"", (outer, inner)), nothing)
    assert placed_bytes(lives.buffers) == 2 * 64 + 2 * 160
    assert len(lives.steps) == 1


@pytest.mark.parametrize("called", [(0, 0), (1, 1)])
def test_graphs_that_run_each_other_without_end_are_refused(called):
    then, other = called
    call = run(0, "IF", ThenSubgraphIndex=then, ElseSubgraphIndex=other)
    graph = Graph((tensor(0, 16), tensor(1, 16)), (call,), (0,), (1,))
    with pytest.raises(SetupError, match="run each other without end"):
        lives_of(ModelFile(Path("m"), b"", (graph, graph)), nothing)


def test_thousands_of_buffers_are_placed_within_seconds():
    source = random.Random(1)
    buffers = [Buffer(16 * source.randrange(1, 9), n, n + source.randrange(9)) for n in range(6000)]
    assert placed_bytes(buffers) > 0
