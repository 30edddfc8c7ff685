"""What the memories of a setting cost in core cycles, as the compiled passes take it."""

from dataclasses import dataclass

import numpy as np

from rtbench.timing.parameters import Parameters
from rtbench.timing.setting import Setting

LINE_BYTES = 32
# Of a stream: cycles before the first byte of a command, cycles a byte, bytes that one goes on.
COMMAND, A_BYTE, GOES_ON = range(3)
STREAM_WORDS = 3


@dataclass(frozen=True)
class Costs:
    """A setting's memories in core cycles, with one set of parameters."""

    streams: np.ndarray
    ocram: float
    sdram: float
    device: float
    buffered: float
    waits: bool


def costs_of(setting: Setting, parameters: Parameters) -> Costs:
    """For `waits`."""
    streams = np.zeros((2, STREAM_WORDS))
    for row, memory in enumerate((setting.flash, setting.psram)):
        if memory is not None:
            clock = setting.core_hz / memory.hz
            streams[row] = (
                clock * (memory.command_clocks + parameters.command_clocks),
                clock * 8 / memory.lanes,
                max(LINE_BYTES, memory.prefetch_bytes),
            )
    return Costs(
        streams,
        parameters.ocram_line,
        parameters.sdram_line_ns * setting.core_hz / 1e9,
        parameters.device,
        parameters.buffered_line,
        parameters.waits_in_stream,
    )
