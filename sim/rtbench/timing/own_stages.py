"""The stages of the project's own firmware, by the functions that they are."""

from rt1062.machine import Machine
from rtbench.timing.passages import OPERATOR, Stage, function_called, functions_called

FRAME, INFERENCE = "app::Service::Infer", "app::runner::Invoke"
REST, BETWEEN = "answer", "rest"  # of a frame, of an inference: what is in no stage within
PREPROCESSING, POSTPROCESSING = "preprocessing", "post-processing"
STAGES = (
    ("capture", "app::FrameSource::Capture"),
    ("transfer", "drivers::Arducam::ReadFifo"),
    ("checksum", "app::Crc32"),
    (PREPROCESSING, "app::Preprocess"),
    (POSTPROCESSING, "Postprocess"),
)


def stages_of_frame(machine: Machine) -> tuple[list[Stage], tuple[str, ...]]:
    """A frame first, and the stages in it whose functions there are; a word on the others.

    SetupError for a firmware that does not answer frames as ours do.
    """
    found, missing = [Stage(REST, function_called(machine, FRAME).start)], []
    for label, name in STAGES:
        functions = functions_called(machine, name)
        found += [Stage(label, one.start) for one in functions]
        if not functions:
            missing.append(f"no stage {label}: there is no function {name} in this firmware")
    return found, tuple(missing)


def stages_of_inference(machine: Machine) -> list[Stage]:
    """That of a firmware around a model."""
    return [Stage(BETWEEN, function_called(machine, INFERENCE).start)]


def title(label: str, operators: list[str]) -> str:
    """A stage's label for people: an operator's name behind its number."""
    number = label.removeprefix(OPERATOR)
    if number == label or not operators:
        return label or "all"
    return f"{number} {operators[int(number)]}"
