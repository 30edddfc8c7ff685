"""Model files: an edited one is refused in a line, or read as the schema's own reader reads it."""

import tracemalloc
from pathlib import Path

import tflite
from hypothesis import given
from hypothesis import strategies as st

from rt1062.errors import SetupError
from rtbench import cli
from rtbench.tflite.tflite_file import read_model
from tests.fuzz.mutated import INTERESTING, mutated

MODELS = Path(__file__).parents[1] / "models"
GOOD = {name: (MODELS / f"{name}.tflite").read_bytes() for name in ("odd_operators", "unsupported")}
MOST_BYTES = 60  # of memory for a byte of a file
# (where, what): words of 32 bits, most of which are offsets and counts.
EDITS = st.lists(
    st.tuples(st.integers(0, 6592 // 4 - 1), st.sampled_from(INTERESTING) | st.integers(0, 7000)),
    min_size=1,
    max_size=4,
)


def edited(name: str, edits: list[tuple[int, int]]) -> bytes:
    data = bytearray(GOOD[name])
    for at, word in edits:
        place = 4 * (at % (len(data) // 4))
        data[place : place + 4] = word.to_bytes(4, "little")
    return bytes(data)


def read(folder: Path, data: bytes):
    path = folder / "model.tflite"
    path.write_bytes(data)
    tracemalloc.start()
    try:
        return path, read_model(path)
    except SetupError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
        return path, None
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < max(1 << 20, MOST_BYTES * len(data))


def hold_to_the_schema(folder: Path, data: bytes) -> None:
    _, model = read(folder, data)
    if model is None:
        return
    graph = tflite.Model.GetRootAsModel(data, 0).Subgraphs(0)
    assert len(model.operators) == graph.OperatorsLength()
    assert model.inputs == tuple(graph.Inputs(i) for i in range(graph.InputsLength()))
    for tensor in model.tensors:
        told = graph.Tensors(tensor.index)
        assert tensor.name == (told.Name() or b"").decode("utf-8", "replace")


@given(st.sampled_from(sorted(GOOD)), EDITS)
def test_edited_words_are_refused_in_a_line_or_as_the_schema_says(tmp_path_factory, name, edits):
    hold_to_the_schema(tmp_path_factory.mktemp("model"), edited(name, edits))


@given(mutated(GOOD["unsupported"]))
def test_edited_bytes_are_refused_in_a_line_or_as_the_schema_says(tmp_path_factory, data):
    hold_to_the_schema(tmp_path_factory.mktemp("model"), data)


@given(st.sampled_from(sorted(GOOD)), EDITS)
def test_inspect_of_an_edited_model_ends_with_an_exit_code(tmp_path_factory, name, edits):
    path, model = read(tmp_path_factory.mktemp("model"), edited(name, edits))
    code = cli.main(["model", "inspect", str(path)])
    assert code in (0, 1, 2)
    assert code == 2 or model is not None
