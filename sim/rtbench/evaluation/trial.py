"""One model on chip and host, feed after feed: the answers, and where they part."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from rt1062.errors import MachineError, SetupError, SimError
from rtbench.evaluation import tensor_agreement
from rtbench.evaluation.differences import LayerCheck, check_layers, host_layers
from rtbench.evaluation.feeds import Feed
from rtbench.evaluation.forks import forked
from rtbench.evaluation.layers import recorded
from rtbench.evaluation.tensor_agreement import OutputCheck
from rtbench.evaluation.tensor_firmware import Inference, TensorFirmware
from rtbench.tflite.reference import Reference
from rtbench.tflite.tflite_file import ModelFile

KIND, FORMAT = "try", 1  # of the summary that `rtbench try` leaves
HOST_ARENA_BYTES = 64 * 1024 * 1024


@dataclass
class Answer:
    """What became of one feed; `error` is empty where both chip and host answered."""

    id: str
    label: str | None
    error: str = ""
    agrees: bool = False
    instructions: int = 0
    outputs: list[np.ndarray] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """For a file: the outputs as nested lists."""
        outputs = [output.tolist() for output in self.outputs]
        return {**asdict(self), "outputs": outputs}


@dataclass
class Trial:
    """All answers, the outputs compared, and the layers of the first feed that could be made."""

    answers: list[Answer]
    outputs: list[OutputCheck]
    layers: list[LayerCheck]
    costs: list[dict[str, object]]


def first_made(feeds: Sequence[Feed]) -> list[np.ndarray]:
    """The input tensors of the first feed that can be made; SetupError if none can."""
    error: SetupError | None = None
    for feed in feeds:
        try:
            return feed.make()
        except SetupError as unmade:
            error = error or unmade
    raise error or SetupError("there is nothing to show to the model")


def try_on_host(model: ModelFile, inputs: Sequence[np.ndarray], limit_s: float) -> None:
    """A model that the host cannot run is not built for the chip: SetupError."""
    try:
        with Reference(model.path, HOST_ARENA_BYTES, limit_s) as reference:
            reference.run(inputs)
    except (SetupError, MachineError) as error:
        reason = str(error).rstrip("; ")
        advice = "" if "wall time" in reason else " (a damaged or untrained model can abort TFLM)"
        raise SetupError(reason + advice) from error


def run(
    firmware: TensorFirmware,
    model: ModelFile,
    feeds: Sequence[Feed],
    jobs: int,
    limit_s: float,
    progress: Callable[[], None] = lambda: None,
) -> Trial:
    """Every feed on both; MachineError where the chip cannot even run the first."""
    inputs = first_made(feeds)
    costs = firmware.profile(inputs)
    layers = _layers(firmware, model, inputs)
    outputs = tensor_agreement.checks_for(model)
    answers = [Answer(feed.id, feed.label) for feed in feeds]
    with Reference(model.path, HOST_ARENA_BYTES, limit_s) as reference:
        came: dict[int, tuple[Inference | None, str]] = {}
        judged = 0
        for number, chip, error in _on_chip(firmware, feeds, jobs):
            came[number] = chip, error
            # Judged in their order, whichever child was first: the same is told each time.
            while judged in came:
                answer = answers[judged]
                inference, answer.error = came.pop(judged)
                if inference is not None:
                    answer.instructions, answer.outputs = inference.instructions, inference.outputs
                    host = reference.run(feeds[judged].make())
                    answer.agrees = tensor_agreement.add(
                        outputs, inference.outputs, host, answer.id
                    )
                judged += 1
            progress()
    return Trial(answers, outputs, layers, costs)


def _layers(
    firmware: TensorFirmware, model: ModelFile, inputs: Sequence[np.ndarray]
) -> list[LayerCheck]:
    with recorded(firmware.machine, model) as recordings:
        firmware.run(inputs)
    return check_layers(model, recordings[0], host_layers("tflm", model, inputs), None)


def _on_chip(
    firmware: TensorFirmware, feeds: Sequence[Feed], jobs: int
) -> Iterator[tuple[int, Inference | None, str]]:
    """Number, answer, and error of each feed, as they come; each from the same state."""

    def work(feed: Feed) -> bytes:
        try:
            return pickle.dumps((firmware.run(feed.make()), ""))
        except SimError as error:
            return pickle.dumps((None, str(error).splitlines()[0]))

    for number, answer, reason in forked(work, feeds, jobs):
        chip, error = (None, reason) if answer is None else pickle.loads(answer)
        yield number, chip, error
