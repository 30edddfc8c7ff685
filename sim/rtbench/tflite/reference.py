"""The host reference of every on-target number: the same .tflite in TFLM on the host.

The `tflite-micro` package can abort the whole process on a degenerate or hostile model, or run for
ever, so it runs in a child process whose death is an error with a message, and against a limit in
wall time. What it has answered it need not compute again (answers.py).
"""

import contextlib
import hashlib
import json
import os
import platform
import select
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import numpy as np

from rt1062.errors import MachineError, SetupError
from rtbench.tflite.answers import Answers, computed_by
from rtbench.tflite.reference_worker import read_message, write_message
from rtbench.tflite.tflite_file import read_model

DEFAULT_ARENA_BYTES = 4 * 1024 * 1024
LIMIT_SECONDS = 60.0  # of wall time, for one answer
LOG_LINES = 3  # of the worker's last words in a message
# Questions, of which the second goes on with the input.
TENSORS, OUTPUTS = b"tensors", b"outputs "


class Reference:
    """TFLM on the host for one model; a context manager, `close` ends the child.

    Attributes: input_shapes and output_shapes, input_dtypes and output_dtypes. An answer that takes
    longer than `limit_s` seconds of wall time ends the child, and is a MachineError. With `kept`
    the child is started for what nobody has asked before, and that is kept on disk.
    """

    def __init__(
        self,
        model_path: Path | str,
        arena_bytes: int = DEFAULT_ARENA_BYTES,
        limit_s: float = LIMIT_SECONDS,
        kept: bool = False,
    ):
        package = find_spec("tflite_micro")
        if package is None:
            raise SetupError(
                f"TFLM on the host is not installed: its package (tflite-micro) is for x86-64 "
                f"Linux only, this is {platform.machine()} {platform.system()}"
            )
        self.model_path = Path(model_path)
        self._arena_bytes, self._limit_s = arena_bytes, limit_s
        read_model(self.model_path)  # a file that is no model at all is refused here, in words
        self._answers: Answers | None = None
        if kept:
            model = hashlib.sha256(self.model_path.read_bytes()).digest()
            self._answers = Answers(model + computed_by(package) + str(arena_bytes).encode())
        self._process: subprocess.Popen | None = None
        details = json.loads(self._known(TENSORS) or self._start())
        self.input_shapes = [tuple(tensor["shape"]) for tensor in details["inputs"]]
        self.input_dtypes = [np.dtype(tensor["dtype"]) for tensor in details["inputs"]]
        self.output_shapes = [tuple(tensor["shape"]) for tensor in details["outputs"]]
        self.output_dtypes = [np.dtype(tensor["dtype"]) for tensor in details["outputs"]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def run(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Every output tensor for all input tensors; ValueError for others than the model's."""
        wanted = list(zip(self.input_dtypes, self.input_shapes, strict=True))
        if len(inputs) != len(wanted):
            raise ValueError(f"inputs must be {len(wanted)} tensors, not {len(inputs)}")
        for values, (dtype, shape) in zip(inputs, wanted, strict=True):
            if values.dtype != dtype or values.size != np.prod(shape):
                raise ValueError(
                    f"input must be {dtype} {shape}, not {values.dtype} {values.shape}"
                )
        question = b"".join(np.ascontiguousarray(values).tobytes() for values in inputs)
        payload = self._known(OUTPUTS + question) or self._compute(question)
        outputs, start = [], 0
        for shape, dtype in zip(self.output_shapes, self.output_dtypes, strict=True):
            count = int(np.prod(shape))
            outputs.append(np.frombuffer(payload, dtype, count, start).reshape(shape))
            start += count * dtype.itemsize
        return outputs

    def invoke_all(self, values: np.ndarray) -> list[np.ndarray]:
        """Every output tensor for one input tensor."""
        return self.run([values])

    def invoke(self, values: np.ndarray) -> np.ndarray:
        """The (first) output tensor for one input tensor."""
        return self.invoke_all(values)[0]

    def close(self) -> None:
        """Ends the child process; harmless when it has ended."""
        if self._process is None:
            return
        for stream in (self._process.stdin, self._process.stdout):
            # A child that died leaves a pipe that cannot be flushed.
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _known(self, question: bytes) -> bytes | None:
        return None if self._answers is None else self._answers.find(question)

    def _start(self) -> bytes:
        """Start the child; what it says of the model's tensors, as JSON."""
        self._folder = tempfile.TemporaryDirectory(prefix="reference-")
        self._log = Path(self._folder.name) / "worker.log"
        command = [sys.executable, "-m", "rtbench.tflite.reference_worker"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, str(self.model_path.resolve()), str(self._arena_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # The child may start elsewhere than in the project, so it gets our module path.
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                # An interrupt at the terminal is for us; the frame under way gets its answer.
                start_new_session=True,
            )
        message = self._read()
        if message is None:
            reason = self._last_words()
            self.close()
            raise SetupError(f"{self.model_path}: TFLM on the host refuses the model: {reason}")
        if self._answers is not None:
            self._answers.keep(TENSORS, message)
        return message

    def _compute(self, payload: bytes) -> bytes:
        """All output tensors for all input tensors, from the child."""
        if self._process is None:
            self._start()
        try:
            write_message(self._process.stdin, payload)
            answer = self._read()
        except (BrokenPipeError, ValueError):
            answer = None
        if answer is None:
            raise MachineError(
                f"{self.model_path}: TFLM on the host died in an inference: {self._last_words()}"
            )
        if self._answers is not None:
            self._answers.keep(OUTPUTS + payload, answer)
        return answer

    def _read(self) -> bytes | None:
        """The child's next message, None if it has ended; MachineError when none comes in time."""
        ready, _, _ = select.select([self._process.stdout], [], [], self._limit_s)
        if ready:
            return read_message(self._process.stdout)
        self._process.kill()
        self.close()
        raise MachineError(
            f"{self.model_path}: TFLM on the host gives no answer within {self._limit_s:g} s of "
            "wall time; the model does not end, or is too much work for this chip"
        )

    def _last_words(self) -> str:
        code = self._process.wait(timeout=30)
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return f"exit code {code}; " + " | ".join(lines[-LOG_LINES:])
