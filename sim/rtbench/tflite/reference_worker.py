"""The child process of rtbench.tflite.reference: TFLM on the host behind a pipe.

Started as `python -m rtbench.tflite.reference_worker MODEL ARENA_BYTES`. A message is a 4-byte
little-endian length and that many bytes. After start the worker sends one JSON message about the
model's input and output, then answers each input tensor with the output tensor. TFLM may abort
the process on a hostile model; that is why it is a process of its own.
"""

import json
import os
import struct
import sys
from pathlib import Path
from typing import BinaryIO

import numpy as np

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
    # TFLM logs to stdout as well, so the pipe moves to another descriptor before it is loaded.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from tflite_micro.python.tflite_micro import runtime

    path, arena_bytes = Path(sys.argv[1]), int(sys.argv[2])
    interpreter = runtime.Interpreter.from_bytes(path.read_bytes(), arena_size=arena_bytes)
    details = interpreter.get_input_details(0)
    shape, dtype = [int(size) for size in details["shape"]], np.dtype(details["dtype"])
    outputs = _outputs(interpreter)
    description = {"shape": shape, "dtype": dtype.name, "outputs": outputs}
    write_message(answers, json.dumps(description).encode())
    while (payload := read_message(sys.stdin.buffer)) is not None:
        interpreter.set_input(np.frombuffer(payload, dtype=dtype).reshape(shape), 0)
        interpreter.invoke()
        result = b"".join(
            np.ascontiguousarray(interpreter.get_output(index)).tobytes()
            for index in range(len(outputs))
        )
        write_message(answers, result)


def _outputs(interpreter: object) -> list[dict[str, object]]:
    outputs = []
    while True:
        try:
            details = interpreter.get_output_details(len(outputs))
        except (IndexError, RuntimeError, ValueError):
            return outputs
        outputs.append(
            {
                "shape": [int(size) for size in details["shape"]],
                "dtype": np.dtype(details["dtype"]).name,
            }
        )


if __name__ == "__main__":
    main()
