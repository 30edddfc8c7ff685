"""rtbench.tflite.answers: an answer is computed once, and never believed when it is damaged."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from rt1062.errors import SetupError
from rtbench.tflite import answers, reference
from rtbench.tflite.answers import Answers
from rtbench.tflite.reference import Reference

MODEL = Path(__file__).parents[3] / "models" / "classification" / "model.tflite"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "cache" / "answers"


def test_what_one_has_kept_another_knows(folder):
    one = Answers(b"model", folder)
    assert one.find(b"a") is None
    one.keep(b"a", b"first")
    one.keep(b"b", b"")
    assert one.find(b"a") == b"first"
    other = Answers(b"model", folder)
    assert (other.find(b"a"), other.find(b"b"), other.find(b"c")) == (b"first", b"", None)
    assert Answers(b"another model", folder).find(b"a") is None


def test_two_may_keep_at_a_time(folder):
    one, two = Answers(b"model", folder), Answers(b"model", folder)
    for number in range(20):
        (one, two)[number % 2].keep(bytes([number]), bytes(number))
    both = Answers(b"model", folder)
    assert [both.find(bytes([number])) for number in range(20)] == [bytes(n) for n in range(20)]


@pytest.mark.parametrize("place", [0, 20, 33, 40, -1])
def test_a_damaged_file_is_begun_anew(folder, place):
    one = Answers(b"model", folder)
    one.keep(b"a", b"first answer")
    one.keep(b"b", b"second answer")
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    after = Answers(b"model", folder)
    assert (after.find(b"a"), after.find(b"b")) == (None, None)
    after.keep(b"c", b"third answer")
    assert Answers(b"model", folder).find(b"c") == b"third answer"


def test_a_file_that_was_cut_off_is_begun_anew(folder):
    Answers(b"model", folder).keep(b"a", b"first answer")
    (file,) = folder.iterdir()
    for length in (1, 35, 36, 40, 50):
        file.write_bytes(file.read_bytes()[:length])
        after = Answers(b"model", folder)
        assert after.find(b"a") is None
        after.keep(b"a", b"first answer")


def test_the_folder_does_not_grow_without_end(folder, monkeypatch):
    monkeypatch.setattr(answers, "MOST_FILES", 3)
    monkeypatch.setattr(answers, "MOST_BYTES", 200)
    for model in b"abcde":
        one = Answers(bytes([model]), folder)
        for number in range(10):
            one.keep(bytes([number]), bytes(50))
            assert one.find(bytes([number])) == bytes(50)  # known, whether it is kept or not
    files = list(folder.iterdir())
    assert len(files) == 3
    assert max(file.stat().st_size for file in files) < 300
    assert Answers(b"e", folder).find(b"\0") == bytes(50)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path):
    (tmp_path / "file").write_text("no folder")
    one = Answers(b"model", tmp_path / "file" / "answers")
    one.keep(b"a", b"answer")
    assert one.find(b"a") == b"answer"
    assert Answers(b"model", None).find(b"a") is None


@pytest.fixture
def kept(folder, monkeypatch):
    """References that keep their answers in a folder of the test; how often TFLM was started."""
    monkeypatch.setattr(reference, "Answers", lambda key: Answers(key, folder))
    started = []
    real = subprocess.Popen

    def popen(*arguments, **options):
        started.append(arguments)
        return real(*arguments, **options)

    monkeypatch.setattr(reference.subprocess, "Popen", popen)
    return started


def test_what_was_asked_before_needs_no_tflm(kept):
    black, grey = (np.full((1, 96, 96, 3), value, np.int8) for value in (-128, 0))
    with Reference(MODEL, kept=True) as one:
        first = one.invoke(black)
    with Reference(MODEL, kept=True) as two:
        assert (two.input_shapes, two.output_dtypes) == (one.input_shapes, one.output_dtypes)
        assert np.array_equal(two.invoke(black), first)
        assert len(kept) == 1
        second = two.invoke(grey)
    assert len(kept) == 2
    with Reference(MODEL) as plain:
        assert np.array_equal(plain.invoke(black), first)
        assert np.array_equal(plain.invoke(grey), second)
    assert len(kept) == 3


def test_a_model_that_is_refused_is_refused_again(kept):
    for _ in range(2):
        with pytest.raises(SetupError, match="TFLM on the host refuses the model"):
            Reference(MODEL, arena_bytes=2000, kept=True)
    assert len(kept) == 2


def test_another_package_is_asked_anew(kept, monkeypatch):
    for number in (1, 2):
        monkeypatch.setattr(reference, "computed_by", lambda package, n=number: bytes([n]))
        with Reference(MODEL, kept=True):
            assert len(kept) == number


def test_the_package_is_known_by_its_files(tmp_path, monkeypatch):
    library = tmp_path / "package" / "lib.so"
    library.parent.mkdir()
    library.write_bytes(b"one")
    spec = type("Spec", (), {"submodule_search_locations": [str(library.parent)]})
    before = answers.computed_by(spec)
    assert answers.computed_by(spec) == before
    library.write_bytes(b"another")
    assert answers.computed_by(spec) != before
