"""Keras to int8 .tflite, and the three ways of running it that are compared.

The input is forced to scale 1/255 and zero point -128 by calibration data that reaches from 0 to 1
exactly, so that the firmware's preprocessing is a subtraction of 128.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from rich.progress import track
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models.shared.compaction import compacted
from rt1062.errors import SetupError
from rtbench.tflite.operators import missing_in_tflm
from rtbench.tflite.reference import Reference
from rtbench.tflite.tflite_file import ModelFile, read_model

INPUT_SCALE = 1 / 255
INPUT_ZERO_POINT = -128


def convert(
    model: keras.Model,
    calibration: np.ndarray,
    path: Path,
    outputs: tuple[str, ...] = (),
    budget_bytes: int | None = None,
) -> ModelFile:
    """Writes `model` as int8 with per-channel weights; calibration is uint8 pictures.

    `outputs` orders the outputs of a model that has several. SetupError, and `path` as it was, if
    the file has more than `budget_bytes` or the firmware could not run it.
    """
    shape = model.inputs[0].shape[1:]

    @tf.function(input_signature=[tf.TensorSpec((1, *shape), tf.float32)])
    def serve(pixels: tf.Tensor) -> tf.Tensor | list[tf.Tensor]:
        result = model(pixels, training=False)
        return [result[name] for name in outputs] if outputs else result

    def samples() -> Iterable[list[np.ndarray]]:
        for extreme in (0.0, 1.0):
            yield [np.full((1, *shape), extreme, np.float32)]
        for image in calibration:
            yield [image[np.newaxis].astype(np.float32) / 255]

    # Keras 3 keeps its weights in variables that the converter would read at run time.
    frozen = convert_variables_to_constants_v2(serve.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    data = compacted(converter.convert())
    if budget_bytes is not None and len(data) > budget_bytes:
        raise SetupError(f"the model has {len(data)} bytes, the budget is {budget_bytes}")
    partial = path.with_suffix(".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(data)
    file = read_model(partial)
    _check(file)
    partial.rename(path)
    return read_model(path)


def _check(file: ModelFile) -> None:
    pixels = file.tensors[file.inputs[0]]
    scale, zero_point = pixels.scales[0], pixels.zero_points[0]
    if abs(scale - INPUT_SCALE) > 1e-8 or zero_point != INPUT_ZERO_POINT or pixels.type != "INT8":
        raise SetupError(
            f"the input must be int8 with scale 1/255 and zero point -128, not {pixels}"
        )
    missing = missing_in_tflm(file.operator_names)
    if missing:
        raise SetupError(f"TFLM has no operator {', '.join(missing)}")


def quantize_images(images: np.ndarray) -> np.ndarray:
    """uint8 pictures as the int8 input that the firmware makes of them."""
    return (images.astype(np.int16) - 128).astype(np.int8)


def run_tflite(path: Path, images: np.ndarray) -> list[np.ndarray]:
    """Each int8 output for uint8 pictures from the LiteRT interpreter, stacked by output."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    # The fast kernels, XNNPACK and ruy, round differently from TFLM; the reference ones do not.
    interpreter = Interpreter(
        model_path=str(path),
        num_threads=2,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
    )
    interpreter.allocate_tensors()
    inlet = interpreter.get_input_details()[0]["index"]
    outlets = _outlets(path, interpreter)

    def one(image: np.ndarray) -> list[np.ndarray]:
        interpreter.set_tensor(inlet, quantize_images(image[np.newaxis]))
        interpreter.invoke()
        return [interpreter.get_tensor(outlet)[0] for outlet in outlets]

    return _stack(one, images, "LiteRT int8")


def run_tflite_micro(path: Path, images: np.ndarray) -> list[np.ndarray]:
    """The same from TFLM on the host, which is what the chip computes."""
    with Reference(path) as reference:
        return _stack(
            lambda image: [
                out[0] for out in reference.invoke_all(quantize_images(image[np.newaxis]))
            ],
            images,
            "tflite-micro int8",
        )


def _outlets(path: Path, interpreter: object) -> list[int]:
    """The outputs in the order of the file; the interpreter's own list is in the same order."""
    order = read_model(path).outputs
    known = [details["index"] for details in interpreter.get_output_details()]
    return [index for index in order if index in known]


def _stack(
    one: Callable[[np.ndarray], list[np.ndarray]], images: np.ndarray, what: str
) -> list[np.ndarray]:
    results = [one(image) for image in track(images, what)]
    return [np.stack(column) for column in zip(*results, strict=True)]
