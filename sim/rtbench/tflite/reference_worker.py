"""The child process of rtbench.tflite.reference: TFLM on the host behind a pipe.

Started as `python -m rtbench.tflite.reference_worker MODEL ARENA_BYTES`. A message is a 4-byte
little-endian length and that many bytes. After start the worker sends one JSON message about the
model's inputs and outputs, then answers all input tensors, one behind the other, with all output
tensors. Variables are what they are at the start each time. TFLM may abort the process on a hostile
model, or never come back; that is why it is a process of its own, which ends with its parent.
"""

import json
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rtbench.parent import end_with

_LENGTH = struct.Struct("<I")


def write_message(stream: BinaryIO, payload: bytes) -> None:
    """Sends one message."""
    stream.write(_LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_message(stream: BinaryIO) -> bytes | None:
    """The next message, None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def main() -> None:
    """Serves inputs until the pipe closes."""
    end_with(os.getppid())
    # TFLM logs to stdout as well, so the pipe moves to another descriptor before it is loaded.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from tflite_micro.python.tflite_micro import runtime

    path, arena_bytes = Path(sys.argv[1]), int(sys.argv[2])
    interpreter = runtime.Interpreter.from_bytes(path.read_bytes(), arena_size=arena_bytes)
    inputs = _tensors(interpreter.get_input_details)
    outputs = _tensors(interpreter.get_output_details)
    write_message(answers, json.dumps({"inputs": inputs, "outputs": outputs}).encode())
    while (payload := read_message(sys.stdin.buffer)) is not None:
        interpreter.reset()
        start = 0
        for number, tensor in enumerate(inputs):
            dtype, count = np.dtype(tensor["dtype"]), int(np.prod(tensor["shape"]))
            values = np.frombuffer(payload, dtype, count, start).reshape(tensor["shape"])
            interpreter.set_input(values, number)
            start += values.nbytes
        interpreter.invoke()
        result = b"".join(
            np.ascontiguousarray(interpreter.get_output(index)).tobytes()
            for index in range(len(outputs))
        )
        write_message(answers, result)


def _tensors(details_of: Callable[[int], dict[str, object]]) -> list[dict[str, object]]:
    tensors = []
    while True:
        try:
            details = details_of(len(tensors))
        except (IndexError, RuntimeError, ValueError):
            return tensors
        shape = [int(size) for size in details["shape"]]
        tensors.append({"shape": shape, "dtype": np.dtype(details["dtype"]).name})


if __name__ == "__main__":
    main()
