"""scripts/decoding_vectors.py: the vectors that hold the firmware's decoding to the bench's."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "decoding_vectors.py"


@pytest.fixture(scope="module")
def vectors():
    spec = importlib.util.spec_from_file_location("decoding_vectors", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_vectors_are_those_of_the_decoding(vectors):
    assert vectors.OUT.read_text() == vectors.text(), "run `make vectors`"


def test_the_tensors_are_drawn_anew_for_each_case(vectors):
    drawn = [vectors.tensors(case) for case in vectors.CASES]
    assert len({boxes.tobytes() for _, boxes in drawn}) == len(drawn)
    assert all((scores == -128).all() == (case.density == 0)
               for case, (scores, _) in zip(vectors.CASES, drawn, strict=True))  # fmt: skip
