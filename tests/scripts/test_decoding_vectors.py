"""scripts/decoding_vectors.py: the vectors that hold the firmware's decoding to the bench's."""

import importlib.util
from pathlib import Path

import pytest

from rtbench.tflite.decoding import decode

SCRIPT = Path(__file__).parents[2] / "scripts" / "decoding_vectors.py"


@pytest.fixture(scope="module")
def vectors():
    spec = importlib.util.spec_from_file_location("decoding_vectors", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_has_the_boxes_that_the_bench_decodes(vectors, tmp_path):
    assert vectors.main(["--out", str(tmp_path / "new" / "vectors.hpp")]) == 0
    text = (tmp_path / "new" / "vectors.hpp").read_text()
    for case in vectors.CASES:
        found = decode(*vectors.tensors(case), case.threshold, case.multiplier, case.box_zero)
        rows = "".join(
            f"        {{{one.score}, {{{', '.join(map(str, one.box))}}}}},\n" for one in found
        )
        head = f"{{{case.threshold}, {case.multiplier}, {case.box_zero}}}, {len(found)}, {{\n"
        assert head + rows + "    }},\n" in text


def test_the_tensors_are_drawn_anew_for_each_case(vectors):
    drawn = [vectors.tensors(case) for case in vectors.CASES]
    assert len({boxes.tobytes() for _, boxes in drawn}) == len(drawn)
    assert all((scores == -128).all() == (case.density == 0)
               for case, (scores, _) in zip(vectors.CASES, drawn, strict=True))  # fmt: skip
