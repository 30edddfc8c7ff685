"""The child process that runs a model on the host and writes down every layer.

`python -m rtbench.evaluation.layer_worker tflm|litert MODEL INPUTS.npz OUT.npz`: TFLM of the
`tflite-micro` package with all tensors preserved, or LiteRT's reference kernels. A process of its
own because TFLM may abort on a hostile model.
"""

import importlib
import os
import sys
from pathlib import Path

import numpy as np

from rt1062.errors import SetupError
from rt1062.files import whole
from rtbench.exit_codes import SETUP_WRONG
from rtbench.parent import end_with
from rtbench.tflite.tflite_file import read_model

ARENA_BYTES = 16 * 1024 * 1024


def tflm(path: Path, inputs: list[np.ndarray], wanted: list[int]) -> dict[str, np.ndarray]:
    """The tensors `wanted` after an inference by TFLM."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(
        path.read_bytes(),
        arena_size=ARENA_BYTES,
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    for number, values in enumerate(inputs):
        interpreter.set_input(values, number)
    interpreter.invoke()
    return {str(number): interpreter.GetTensor(number, 0)["tensor_data"] for number in wanted}


def litert(path: Path, inputs: list[np.ndarray], wanted: list[int]) -> dict[str, np.ndarray]:
    """The tensors `wanted` after an inference by LiteRT's reference kernels."""
    # A development dependency: without it there is no second opinion.
    runtime = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = runtime.Interpreter(
        str(path),
        experimental_op_resolver_type=runtime.OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    for details, values in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(details["index"], values)
    interpreter.invoke()
    return {str(number): interpreter.get_tensor(number) for number in wanted}


def main() -> None:
    """One inference."""
    end_with(os.getppid())
    kind, model, given, out = sys.argv[1], *map(Path, sys.argv[2:5])
    file = read_model(model)
    outputs = (number for operator in file.operators for number in operator.outputs if number >= 0)
    wanted = [number for number in outputs if file.tensors[number].dtype is not None]
    with np.load(given) as archive:
        inputs = [archive[f"arr_{number}"] for number in range(len(archive.files))]
    layers = {"tflm": tflm, "litert": litert}[kind](model, inputs, wanted)
    try:
        with whole(out) as part:
            np.savez(part, **layers)
    except SetupError as error:
        print(error, file=sys.stderr)
        sys.exit(SETUP_WRONG)


if __name__ == "__main__":
    main()
