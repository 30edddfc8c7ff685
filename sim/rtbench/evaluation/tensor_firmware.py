"""The firmware `tensors` on a machine: fill the inputs, run the model, read the outputs.

Where the tensors are stands in the variable `g_tensors` of the firmware (app/tensors/runner.cc).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rt1062.errors import ConsoleTimeoutError, MachineError, SetupError
from rt1062.machine import Machine
from rtbench.link.events import Boot, ErrorEvent, Log, Profile
from rtbench.link.firmware import Firmware, FirmwareError
from rtbench.tflite.tflite_file import ModelFile

MAGIC = 0x3153_4E54
BOOT_SECONDS = 10.0  # virtual; preparing a large model takes its time


class ModelRefusedError(SetupError):
    """TFLM on the chip cannot run the model; `said` is what it logged, `memory` whether only
    memory was wanting."""

    def __init__(self, message: str, said: str, memory: bool):
        super().__init__(message)
        self.said, self.memory = said, memory


@dataclass(frozen=True)
class Inference:
    """The output tensors, and the instructions from the call of the library to its return."""

    outputs: list[np.ndarray]
    instructions: int


class TensorFirmware:
    """Boots at construction; ModelRefusedError, in TFLM's words, when it cannot run `model`."""

    def __init__(self, machine: Machine, model: ModelFile, limit_s: float):
        self.machine, self.model, self.limit_s = machine, model, limit_s
        self.firmware = Firmware(machine)
        self.boot = self._start()
        words = struct.unpack("<131I", machine.read_symbol("g_tensors"))
        magic, inputs, outputs = words[:3]
        if magic != MAGIC or (inputs, outputs) != (len(model.inputs), len(model.outputs)):
            raise MachineError(f"{model.path}: the firmware's table of tensors makes no sense")
        places = list(zip(words[3::2], words[4::2], strict=True))
        self.inputs, self.outputs = places[:inputs], places[inputs : inputs + outputs]

    def _start(self) -> Boot:
        """The boot event of a firmware that is ready."""
        try:
            boot = self.firmware.boot(BOOT_SECONDS)
            ready = self.firmware.expect(
                Log | ErrorEvent,
                lambda event: isinstance(event, ErrorEvent) or event.message == "ready",
                BOOT_SECONDS,
            )
            if isinstance(ready, Log):
                return boot
            reason = ready.detail
        except FirmwareError as error:  # kernels that do not look whether they got memory
            reason = str(error)
        said = self._said()
        raise ModelRefusedError(
            f"{self.model.path}: TFLM on the chip refuses the model: {said or reason}",
            said,
            "resize buffer" in said or "llocat" in said,
        )

    def _said(self) -> str:
        """TFLM's own words since power on."""
        return "; ".join(
            event.message
            for event in self.firmware.events
            if isinstance(event, Log) and event.level == "warning"
        )

    def profile(self, inputs: Sequence[np.ndarray]) -> list[dict[str, object]]:
        """What each operator costs, in the order they ran."""
        self._command("profile on", "profile on")
        self.run(inputs)
        begun = self.firmware.answers_from
        layers = [
            {"layer": event.layer, "op": event.op, "cycles": event.cycles}
            for event in self.firmware.events[begun:]
            if isinstance(event, Profile)
        ]
        self._command("profile off", "profile off")
        return layers

    def run(self, inputs: Sequence[np.ndarray]) -> Inference:
        """One inference from the state of the start; MachineError when it does not end well."""
        self._command("forget", "forgotten")
        for (address, size), values in zip(self.inputs, inputs, strict=True):
            data = np.ascontiguousarray(values).tobytes()
            if len(data) != size:
                raise MachineError(f"the input must be {size} bytes, not {len(data)}")
            self.machine.write_memory(address, data)
        answer = self._command("invoke", "invoked")
        return Inference(self._read_outputs(), int(answer.fields["cycles"]))

    def _read_outputs(self) -> list[np.ndarray]:
        outputs = []
        for (address, size), number in zip(self.outputs, self.model.outputs, strict=True):
            tensor = self.model.tensors[number]
            values = np.frombuffer(self.machine.read_memory(address, size), tensor.dtype)
            if values.size == tensor.elements:
                values = values.reshape([max(size, 1) for size in tensor.shape])
            outputs.append(values)
        return outputs

    def _command(self, line: str, answer: str) -> Log:
        self.firmware.command(line)
        try:
            event = self.firmware.expect(
                Log | ErrorEvent,
                lambda event: isinstance(event, ErrorEvent) or event.message == answer,
                self.limit_s,
            )
        except ConsoleTimeoutError as error:
            raise MachineError(
                f"{self.model.path}: no answer on the chip within {self.limit_s:g} s of its time; "
                "the model does not end, or is too much work for it"
            ) from error
        except FirmwareError as error:
            raise MachineError(f"{self.model.path}: {error}") from error
        if isinstance(event, ErrorEvent):
            raise MachineError(f"{self.model.path}: {event.code}: {self._said() or event.detail}")
        return event
