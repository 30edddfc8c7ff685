"""The child process that runs a model on the host and writes down every layer.

`python -m rtbench.evaluation.layer_worker tflm|litert MODEL INPUT.npy OUT.npz`: TFLM of the
`tflite-micro` package with all tensors preserved, or LiteRT's reference kernels. A process of its
own because TFLM may abort on a hostile model.
"""

import importlib
import sys
from pathlib import Path

import numpy as np

from rtbench.tflite.tflite_file import read_model

ARENA_BYTES = 16 * 1024 * 1024


def tflm(path: Path, values: np.ndarray, wanted: list[int]) -> dict[str, np.ndarray]:
    """The tensors `wanted` after an inference by TFLM."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(
        path.read_bytes(),
        arena_size=ARENA_BYTES,
        intrepreter_config=runtime.InterpreterConfig.kPreserveAllTensors,
    )
    interpreter.set_input(values, 0)
    interpreter.invoke()
    return {str(number): interpreter.GetTensor(number, 0)["tensor_data"] for number in wanted}


def litert(path: Path, values: np.ndarray, wanted: list[int]) -> dict[str, np.ndarray]:
    """The tensors `wanted` after an inference by LiteRT's reference kernels."""
    # A development dependency: without it there is no second opinion.
    runtime = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = runtime.Interpreter(
        str(path),
        experimental_op_resolver_type=runtime.OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], values)
    interpreter.invoke()
    return {str(number): interpreter.get_tensor(number) for number in wanted}


def main() -> None:
    """One inference."""
    kind, model, values, out = sys.argv[1], *map(Path, sys.argv[2:5])
    wanted = [
        number
        for operator in read_model(model).operators
        for number in operator.outputs
        if number >= 0
    ]
    np.savez(out, **{"tflm": tflm, "litert": litert}[kind](model, np.load(values), wanted))


if __name__ == "__main__":
    main()
