"""The rows of an evaluation against TFLM on the host: the same answers, and so the same error."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rtbench import frames
from rtbench.counter_reference import CounterReference
from rtbench.evaluation.frame import Row
from rtbench.tflite.reference import Reference
from rtbench.tflite.tflite_file import ModelFile

Check = Callable[[Row, bytes], tuple[str, int | None]]


@dataclass(frozen=True)
class Agreement:
    """Frames compared, what differs ("id: what"), and the counting errors of chip and host.

    The errors are means of absolute differences to the true counts, None without any.
    """

    frames: int
    wrong: tuple[str, ...]
    chip_error: float | None = None
    host_error: float | None = None


def compare(app: str, model: ModelFile, pairs: Iterable[tuple[Row, bytes]]) -> Agreement:
    """Each answered row, with the frame it is about, against the model on the host."""
    wrong, chip, host, number = [], [], [], 0
    with _check(app, model) as check:
        for row, frame in pairs:
            number += 1
            what, count = check(row, frame)
            if what:
                wrong.append(f"{row['id']}: {what}")
            if count is not None and row["true_count"] is not None:
                chip.append(abs(row["count"] - row["true_count"]))
                host.append(abs(count - row["true_count"]))
    return Agreement(number, tuple(wrong), _mean(chip), _mean(host))


@contextmanager
def _check(app: str, model: ModelFile) -> Iterator[Check]:
    """A function that says what is wrong with a row ("" if nothing) and the host's count."""
    if app == "count":
        with CounterReference(model.path.parent) as counter:
            yield lambda row, frame: _counted(counter, row, frame)
        return
    with Reference(model.path) as reference:
        yield lambda row, frame: (_classified(reference, row, frame), None)


def _classified(reference: Reference, row: Row, frame: bytes) -> str:
    host = reference.invoke(frames.input_tensor(frame)).ravel().tolist()
    chip = list(row["output"])
    return "" if chip == host else f"output {chip}, on the host {host}"


def _counted(counter: CounterReference, row: Row, frame: bytes) -> tuple[str, int]:
    outputs = counter.outputs(frame)
    found = counter.decode(outputs)
    host = [[*one.pixels, one.score] for one in found]
    chip = [list(box[:5]) for box in row["boxes"]]
    crc32 = f"{zlib.crc32(b''.join(values.tobytes() for values in outputs)):08x}"
    if row["output_crc32"] != crc32:
        return f"output tensors with CRC {row['output_crc32']}, on the host {crc32}", len(found)
    return "" if chip == host else f"boxes {chip}, on the host {host}", len(found)


def _mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None
