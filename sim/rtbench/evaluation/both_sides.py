"""One frame on chip and host, tensor by tensor: what `rtbench diff` judges and `explain` shows."""

import zlib
from dataclasses import dataclass

import numpy as np

from rt1062.errors import MachineError, SetupError
from rt1062.machine import Machine
from rtbench import frames
from rtbench.evaluation.differences import (
    LayerCheck,
    check_layers,
    describe_input,
    difference,
    host_layers,
)
from rtbench.evaluation.layers import recorded
from rtbench.evaluation.show import show
from rtbench.items import Frame, Item
from rtbench.link.firmware import Firmware
from rtbench.tasks import Task
from rtbench.tasks.row import Row
from rtbench.tflite.tflite_file import ModelFile

# Where a firmware may keep a frame: DTCM and OCRAM2 (reference manual, chapter 3, memory map).
FRAME_MEMORIES = ((0x2000_0000, 0x6_0000), (0x2020_0000, 0x8_0000))
ALIGNMENT = 32  # of a buffer that a cache or a DMA shares: a line of the cache


@dataclass(frozen=True)
class BothSides:
    """A frame's row, its bytes as fed and as the firmware read them, and every tensor twice.

    `captured` is None where no memory holds the bytes whose CRC the firmware told; `wrong_input`
    says what differs in the input tensor, "" if nothing.
    """

    row: Row
    frame: Frame
    captured: bytes | None
    chip: dict[int, np.ndarray]
    host: dict[int, np.ndarray]
    wrong_input: str
    layers: list[LayerCheck]


def run(
    firmware: Firmware, task: Task, model: ModelFile, item: Item, index: int, litert: bool = False
) -> BothSides:
    """Show a frame and record its inference; the host infers from the frame as it was fed.

    SetupError if the firmware gives no answer, MachineError if its answer is not what its own
    output tensors hold.
    """
    with recorded(firmware.machine, model) as recordings:
        row, frame, _ = show(firmware, task, item, index)
    if row.answer is None:
        raise SetupError(f"{item.id}: the firmware did not answer: {row.error}")
    chip, values = recordings[0].tensors, frames.input_tensor(frame.data)
    if not task.is_output(row.answer, [chip[number] for number in model.outputs]):
        raise MachineError(f"{item.id}: the console does not say what the output tensors hold")
    wrong = difference(chip[model.inputs[0]], values)
    host = host_layers("tflm", model, [values])
    second = host_layers("litert", model, [values]) if litert else None
    return BothSides(
        row=row,
        frame=frame,
        captured=captured(firmware.machine, row.crc32),
        chip=chip,
        host={model.inputs[0]: values, **host},
        wrong_input=describe_input(wrong, frame.data) if wrong else "",
        layers=check_layers(model, recordings[0], host, second),
    )


def captured(machine: Machine, crc32: str) -> bytes | None:
    """The frame in the chip's memory whose CRC-32 the firmware has told."""
    wanted = int(crc32, 16)
    for base, size in FRAME_MEMORIES:
        memory = memoryview(machine.read_memory(base, size))
        for start in range(0, size - frames.FRAME_BYTES + 1, ALIGNMENT):
            frame = memory[start : start + frames.FRAME_BYTES]
            if zlib.crc32(frame) == wanted:
                return bytes(frame)
    return None
