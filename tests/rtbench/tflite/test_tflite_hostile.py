"""Files made to cost: `model inspect` takes time and memory in proportion to the file."""

import random
import time
from pathlib import Path

import flatbuffers
import pytest
import tflite

from rt1062.errors import SetupError
from rtbench.tflite.inspect import inspect
from rtbench.tflite.tflite_file import read_model

MODELS = Path(__file__).parents[2] / "models"
SECONDS = 15  # much more than any takes here, much less than what grows with the square


def vector(builder, start, offsets):
    start(builder, len(offsets))
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def numbers(builder, start, values):
    start(builder, len(values))
    for value in reversed(values):
        builder.PrependInt32(value)
    return builder.EndVector()


def shared(tensors=1, operators=1, dimensions=(1, 16), inputs=(0,), name=b"t", operator=0):
    """A model whose tensors are all one table, and its operators as well."""
    builder = flatbuffers.Builder(1024)
    shape = numbers(builder, tflite.TensorStartShapeVector, dimensions)
    text = builder.CreateString(name)
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, shape)
    tflite.TensorAddType(builder, tflite.TensorType.INT8)
    tflite.TensorAddName(builder, text)
    tensor = tflite.TensorEnd(builder)
    given = numbers(builder, tflite.OperatorStartInputsVector, inputs)
    tflite.OperatorStart(builder)
    tflite.OperatorAddInputs(builder, given)
    tflite.OperatorAddOutputs(builder, given)
    step = tflite.OperatorEnd(builder)
    all_tensors = vector(builder, tflite.SubGraphStartTensorsVector, [tensor] * tensors)
    all_steps = vector(builder, tflite.SubGraphStartOperatorsVector, [step] * operators)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, all_tensors)
    tflite.SubGraphAddOperators(builder, all_steps)
    tflite.SubGraphAddInputs(builder, given)
    tflite.SubGraphAddOutputs(builder, given)
    graph = tflite.SubGraphEnd(builder)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddBuiltinCode(builder, operator)
    code = tflite.OperatorCodeEnd(builder)
    tflite.BufferStart(builder)
    buffer = tflite.BufferEnd(builder)
    graphs = vector(builder, tflite.ModelStartSubgraphsVector, [graph])
    codes = vector(builder, tflite.ModelStartOperatorCodesVector, [code])
    buffers = vector(builder, tflite.ModelStartBuffersVector, [buffer])
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())


RELU, ASSIGN_VARIABLE = tflite.BuiltinOperator.RELU, tflite.BuiltinOperator.ASSIGN_VARIABLE


@pytest.mark.parametrize(
    "data",
    [
        shared(tensors=60_000, operator=RELU),
        shared(operators=60_000, operator=RELU),
        shared(tensors=9_000, operators=50_000, operator=RELU),
        shared(operators=60_000, operator=ASSIGN_VARIABLE),
        shared(inputs=[0] * 60_000, operator=RELU),
        shared(tensors=200, name=b"n" * 200_000),
        shared(inputs=[0] * 1000, name=b"n" * 200_000),
        shared(dimensions=[2**31 - 1] * 60_000),
        shared(tensors=30_000, dimensions=[2**31 - 1] * 30_000),
    ],
    ids=[
        "tensors", "operators", "both", "variables", "inputs", "names", "named inputs",
        "dimensions", "their product",
    ],
)  # fmt: skip
def test_a_small_file_costs_little(data, tmp_path):
    path = tmp_path / "hostile.tflite"
    path.write_bytes(data)
    begin = time.process_time()
    try:
        found = inspect(read_model(path), {})
        assert len(str(found.inputs)) < 100 * len(data)
    except SetupError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 500
    assert time.process_time() - begin < SECONDS


def test_tables_that_share_one_long_vector_are_refused(tmp_path):
    path = tmp_path / "laughs.tflite"
    path.write_bytes(shared(operators=2000, inputs=[0] * 2000, operator=RELU))
    with pytest.raises(SetupError, match="its tables share vectors: more tensor indices than"):
        read_model(path)


def test_changed_bytes_of_any_model_give_a_set_up_error_or_an_answer(tmp_path):
    source = random.Random(11)
    models = [path.read_bytes() for path in sorted(MODELS.rglob("*.tflite"))]
    path, refused, begin = tmp_path / "changed.tflite", 0, time.process_time()
    for _ in range(300):
        data = bytearray(source.choice(models))
        for _ in range(source.choice((1, 4, 20))):
            at = source.randrange(8, len(data) - 4)
            word = source.choice((0, 1, 4, 2**31 - 1, 2**32 - 1, len(data) // 4))
            data[at : at + 4] = word.to_bytes(4, "little")
        path.write_bytes(data)
        try:
            inspect(read_model(path), {})
        except SetupError as error:
            assert "\n" not in str(error)
            refused += 1
    assert 0 < refused < 300
    assert time.process_time() - begin < 60
