"""rtbench.tflite.reference: TFLM on the host, behind a process boundary."""

from pathlib import Path

import numpy as np
import pytest

from rt1062.errors import MachineError, SetupError
from rtbench.frames import input_tensor, to_rgb565
from rtbench.scenes import classification_scene, render
from rtbench.tflite.reference import Reference

FOLDER = Path(__file__).parents[3] / "models" / "classification"
MODEL = FOLDER / "model.tflite"


@pytest.fixture(scope="module")
def reference():
    with Reference(MODEL) as one:
        yield one


def test_shapes_and_types_are_the_model_s(reference):
    assert reference.input_shapes == [(1, 96, 96, 3)]
    assert reference.input_dtypes == [np.int8]
    assert reference.output_shapes == [(1, 5)]
    assert reference.output_dtypes == [np.dtype(np.int8)]


def test_answer_is_a_distribution_and_always_the_same(reference):
    frame = to_rgb565(render(classification_scene(3, "test")).image)
    first = reference.invoke(input_tensor(frame))
    assert first.dtype == np.int8
    assert ((first.astype(int) + 128).sum() / 256) == pytest.approx(1.0, abs=0.03)
    assert np.array_equal(reference.invoke(input_tensor(frame)), first)


def test_answer_equals_the_reference_kernels_of_litert(reference):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter", reason="LiteRT not installed")
    second = interpreter.Interpreter(
        model_path=str(MODEL),
        experimental_op_resolver_type=interpreter.OpResolverType.BUILTIN_REF,
    )
    second.allocate_tensors()
    for seed in range(6):
        values = input_tensor(to_rgb565(render(classification_scene(seed, "test")).image))
        second.set_tensor(second.get_input_details()[0]["index"], values)
        second.invoke()
        other = second.get_tensor(second.get_output_details()[0]["index"])
        assert np.array_equal(reference.invoke(values), other)


@pytest.mark.parametrize(
    "values", [np.zeros((1, 96, 96, 3), np.uint8), np.zeros((1, 96, 96, 1), np.int8)]
)
def test_input_of_another_type_or_size_is_refused(reference, values):
    with pytest.raises(ValueError, match="input must be int8"):
        reference.invoke(values)


def test_model_that_does_not_fit_the_arena_is_a_set_up_error():
    with pytest.raises(SetupError, match="TFLM on the host refuses the model"):
        Reference(MODEL, arena_bytes=2000)


def test_file_that_is_no_model_is_a_set_up_error(tmp_path):
    path = tmp_path / "x.tflite"
    path.write_bytes(b"nonsense")
    with pytest.raises(SetupError, match=r"not a \.tflite file"):
        Reference(path)


def test_death_of_the_child_is_an_error_that_says_so():
    with Reference(MODEL) as reference:
        reference._process.kill()
        with pytest.raises(MachineError, match="died in an inference: exit code -9"):
            reference.invoke(np.zeros((1, 96, 96, 3), np.int8))
