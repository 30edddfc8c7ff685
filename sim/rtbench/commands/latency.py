"""How long a frame or an inference takes on the chip, for reports: one of them is traced."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from rt1062.errors import MachineError, SimError
from rtbench.evaluation import feeds, loop, user_model
from rtbench.evaluation.forks import beside, can_fork
from rtbench.evaluation.tensor_firmware import TensorFirmware
from rtbench.evaluation.user_model import FirmwareFiles
from rtbench.items import Item
from rtbench.link.events import Cycles, FrameAnswer
from rtbench.link.firmware import Firmware
from rtbench.tasks.row import Row
from rtbench.tflite.tflite_file import ModelFile
from rtbench.timing import own_stages
from rtbench.timing.passages import Passages
from rtbench.timing.recording import recorded
from rtbench.timing.waterfall import Waterfall

MODEL_FOLDER, MODEL_LIMIT_S = Path("build/try"), 60.0
SAME = ("crc32", "output", "count", "boxes")  # of two answers to a frame
TRACE_DIFFERS = "the emulator answers otherwise while it traces accesses, so nothing is estimated"
Estimate = dict[str, object]  # a waterfall's, `instructions` of its stages; or a `reason` for none


def of_frame(firmware: Firmware, item: Item) -> Estimate:
    """A frame of a firmware that has booted; the machine is another one behind it."""
    machine = firmware.machine
    stages, _ = own_stages.stages_of_frame(machine)
    passages = Passages(machine, stages, stages[0])
    with passages.learnt(machine):
        layers = loop.warm_up(firmware)
    frame, trouble = item.draw_or_say()
    shown = loop.GREY if trouble else frame.data
    plain = firmware.infer(shown, item.id)
    with recorded(machine, passages) as recording:
        answer = firmware.infer(shown, item.id)
    need_same_answer(plain, answer)
    fall = recording.waterfall(f"frame {item.id}", machine.read_memory)
    operators = [str(one["op"]) for one in layers]
    return {
        **fall.named(lambda label: own_stages.title(label, operators)).to_json(),
        "instructions": _instructions(answer.cycles),
    }


def of_inference(firmware: TensorFirmware, inputs: Sequence[np.ndarray]) -> Waterfall:
    """An inference of a firmware around a model; MachineError where it is not the same traced."""
    machine = firmware.machine
    stages = own_stages.stages_of_inference(machine)
    passages = Passages(machine, stages, stages[0])
    with passages.learnt(machine):
        layers = firmware.profile(inputs)
    plain = firmware.run(inputs).outputs
    with recorded(machine, passages) as recording:
        traced = firmware.run(inputs).outputs
    need_same_outputs(plain, traced)
    fall = recording.waterfall(firmware.model.path.name, machine.read_memory)
    operators = [str(one["op"]) for one in layers]
    return fall.named(lambda label: own_stages.title(label, operators))


def built(model: ModelFile) -> FirmwareFiles:
    """A firmware around a model, where `rtbench try` would put it; SetupError if it has none."""
    user_model.check(model)
    name = re.sub(r"[^\w.-]", "_", model.path.stem)
    folder = MODEL_FOLDER / f"{name}-{model.sha256[:8]}"
    print(f"building a firmware around {model.path} in {folder}", file=sys.stderr)
    return user_model.build_where_it_fits(model, folder, MODEL_LIMIT_S)


def of_model(model: ModelFile) -> Waterfall:
    """An inference of noise by a firmware that is built around the model."""
    with user_model.running(built(model), model, MODEL_LIMIT_S) as firmware:
        return of_inference(firmware, feeds.noise(model, 1, 0)[0].make())


def need_same_answer(plain: FrameAnswer, traced: FrameAnswer) -> None:
    """MachineError if a frame was answered otherwise while it was traced: then no cycle counts."""
    for name in SAME:
        if getattr(plain, name, None) != getattr(traced, name, None):
            raise MachineError(f"{TRACE_DIFFERS}: {name} is another")


def need_same_outputs(plain: Sequence[np.ndarray], traced: Sequence[np.ndarray]) -> None:
    """The same of an inference."""
    if [one.tobytes() for one in plain] != [one.tobytes() for one in traced]:
        raise MachineError(f"{TRACE_DIFFERS}: the outputs are others")


@contextmanager
def estimated_beside(
    firmware: Firmware, items: Sequence[Item], inference: object
) -> Iterator[Callable[[], Estimate]]:
    """Within the `with`, the first frame is traced in a process of its own, off this machine as it
    is now; the value waits for it. Empty where nothing can be estimated.
    """
    if not items or not can_fork(firmware.machine) or inference == "host":
        yield dict
        return

    def work() -> bytes:
        try:
            return json.dumps(of_frame(firmware, items[0])).encode()
        except SimError as error:
            return json.dumps({"reason": str(error).splitlines()[0]}).encode()

    with beside(work) as result:

        def wait() -> Estimate:
            found, reason = result()
            return {"reason": reason} if found is None else json.loads(found)

        yield wait


def with_estimates(rows: Sequence[Row], estimate: Estimate) -> list[Row]:
    """The rows with milliseconds: those of the traced frame, by the instructions of each."""
    if "whole" not in estimate:
        return list(rows)
    ms, instructions = estimate["whole"]["ms"], estimate["instructions"]
    return [
        replace(
            row,
            estimated_ms=tuple(
                round(ms[end] * _instructions(row.cycles) / instructions, 4)
                for end in ("low", "mid", "high")
            ),
        )
        if row.cycles is not None
        else row
        for row in rows
    ]


def _instructions(cycles: Cycles) -> int:
    """Of all stages that the firmware counts."""
    return sum(asdict(cycles).values())
