"""What `rtbench time` runs: an application's frame, a model, any firmware; traced, in stages."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rtbench.commands import board_options, boot, firmware_files, interruption, latency, sources
from rtbench.commands.boot_teller import Teller
from rtbench.commands.diagnoses import told
from rtbench.commands.subject import running
from rtbench.evaluation import feeds, loop, user_model
from rtbench.tasks import TASKS
from rtbench.tflite.tflite_file import read_model
from rtbench.timing import own_stages
from rtbench.timing.passages import Passages, Stage, function_called
from rtbench.timing.recording import Recording, recorded

MOST_CALLS = 100  # of a function, that are told apart


@dataclass(frozen=True)
class Timed:
    """One run; `runs` of what `per` names are in its recording."""

    title: str
    machine: Machine
    recording: Recording
    runs: int
    per: str = "in all"
    operators: list[str] = field(default_factory=list)  # of the network, in their order
    trouble: str = ""
    notes: tuple[str, ...] = ()
    model: str = ""  # first digits of its SHA-256


def measured(
    chosen: argparse.Namespace, stop: interruption.Interruption, stack: ExitStack
) -> Timed:
    """What was asked for, run; the machine lives as long as `stack`."""
    asked = [name for name in ("image", "app", "model") if getattr(chosen, name) is not None]
    if len(asked) != 1:
        raise SetupError("one of these is needed: IMAGE, --app APP, --model MODEL.tflite")
    spans = [name for name in ("symbol", "between", "between_lines") if getattr(chosen, name)]
    if len(spans) > 1:
        raise SetupError("--symbol, --between and --between-lines stand alone")
    if chosen.between_lines and chosen.image is None:
        raise SetupError("--between-lines is of an IMAGE: a frame has stages of its own")
    if chosen.model is not None:
        return _of_model(chosen, stack)
    if chosen.app is not None:
        return _of_frames(chosen, stop, stack)
    return _of_any(chosen, stop, stack)


# An application of the bench.


def _of_frames(
    chosen: argparse.Namespace, stop: interruption.Interruption, stack: ExitStack
) -> Timed:
    """Frames through an application, from where it has booted and seen one."""
    task = TASKS[chosen.app]
    if not chosen.data and chosen.scenes is None:
        chosen.scenes = 1
    frames = sources.find(chosen, task)
    image, elf = firmware_files.find(chosen)
    board = board_options.find(chosen)
    create = partial(emulators.create, image, elf, chosen.emulator, board)
    subject = stack.enter_context(running(create, task.app))
    machine = subject.firmware.machine
    stages, notes = _own_stages(machine, chosen), ()
    if not stages:
        stages, notes = own_stages.stages_of_frame(machine)
    passages = Passages(machine, stages, stages[0])
    with passages.learnt(machine):
        layers = loop.warm_up(subject.firmware)
    with recorded(machine, passages) as recording:
        rows = [
            row
            for row, _ in loop.show_all(
                subject.firmware, task, list(enumerate(frames.items)), loop.Policy.STOP,
                stop=lambda: bool(stop),
            )
        ]  # fmt: skip
    return Timed(
        f"{task.app}, {frames.name}", machine, recording, _calls(recording, stages[0].label),
        "a call" if chosen.symbol or chosen.between else "a frame",
        [str(one["op"]) for one in layers],
        next((row.error for row in rows if row.error), ""), notes,
        str(subject.head["boot"].get("model") or ""),
    )  # fmt: skip


# A model.


def _of_model(chosen: argparse.Namespace, stack: ExitStack) -> Timed:
    """An inference of noise by a firmware around the model, as `rtbench try` builds it."""
    model = read_model(chosen.model)
    files = latency.built(model)
    firmware = stack.enter_context(user_model.running(files, model, latency.MODEL_LIMIT_S))
    machine = firmware.machine
    own = _own_stages(machine, chosen)
    stages = own or own_stages.stages_of_inference(machine)
    passages = Passages(machine, stages, stages[0])
    inputs = feeds.noise(model, 1, chosen.seed or 0)[0].make()
    with passages.learnt(machine):
        layers = firmware.profile(inputs)
    plain = firmware.run(inputs).outputs
    with recorded(machine, passages) as recording:
        traced = firmware.run(inputs).outputs
    latency.need_same_outputs(plain, traced)
    return Timed(
        f"{model.path.name}, arena {files.arena}", machine, recording,
        _calls(recording, stages[0].label), "a call" if own else "an inference",
        [str(one["op"]) for one in layers], model=firmware.boot.model or "",
    )  # fmt: skip


# Any firmware.


def _of_any(chosen: argparse.Namespace, stop: interruption.Interruption, stack: ExitStack) -> Timed:
    """A run as `rtbench boot` has it, from power on; twice where a part of it is asked for."""
    board = board_options.find(chosen)
    create = partial(emulators.create, chosen.image, chosen.elf, chosen.emulator, board)
    machine = stack.enter_context(create())
    machine.power_on()
    boot.port(machine, chosen.uart)
    if chosen.between_lines:
        return _between_lines(machine, chosen, stop, stack, create)
    stages = _own_stages(machine, chosen)
    if not stages:
        stack.enter_context(told(machine))
        with recorded(machine, Passages(machine, [])) as recording:
            trouble = _play(machine, chosen, stop)
        return Timed(str(chosen.image), machine, recording, 1, "in all", [], trouble)
    passages = Passages(machine, stages, stages[0])
    with passages.learnt(machine):
        _play(machine, chosen, stop)
    if passages.first_us is None:
        raise SetupError(f"{stages[0].label}: the core did not come there within --seconds")
    machine = stack.enter_context(create())
    machine.power_on()
    with ExitStack() as late:  # from shortly before the first of them
        recording = Recording()

        def begin() -> None:
            nonlocal recording
            recording = late.enter_context(recorded(machine, passages))

        trouble = _play(machine, chosen, stop, [(passages.first_us - 1, begin)])
    runs = _calls(recording, stages[0].label)
    return Timed(str(chosen.image), machine, recording, runs, "a call", [], trouble)


def _between_lines(
    machine: Machine,
    chosen: argparse.Namespace,
    stop: interruption.Interruption,
    stack: ExitStack,
    create: Callable[[], Machine],
) -> Timed:
    """The same run twice: once for the times of the lines, once for what is between them."""
    _play(machine, chosen, stop)
    times = _line_times(machine, chosen.between_lines)
    machine = stack.enter_context(create())
    machine.power_on()
    label = " to ".join(map(repr, chosen.between_lines))
    with ExitStack() as late:
        recording = Recording()

        def begin() -> None:
            nonlocal recording
            recording = late.enter_context(recorded(machine))

        moments = [(times[0], begin), (times[1], late.close)]
        trouble = _play(machine, chosen, stop, moments)
    recording.windows = [replace(one, label=label, begins=True) for one in recording.windows]
    if _line_times(machine, chosen.between_lines) != times:
        raise SetupError("the run was another one the second time: no --type with --between-lines")
    return Timed(str(chosen.image), machine, recording, 1, "once", [], trouble)


def _line_times(machine: Machine, texts: Sequence[str]) -> list[float]:
    """When the first line with each text came, each behind the one before; microseconds."""
    lines, times = iter(machine.console), []
    for text in texts:
        line = next((one for one in lines if text in one.text), None)
        if line is None:
            raise SetupError(f"no line with {text!r} came on the console within --seconds")
        times.append(line.time_us)
    return times


def _play(
    machine: Machine,
    chosen: argparse.Namespace,
    stop: interruption.Interruption,
    moments: Sequence[tuple[float, Callable[[], object]]] = (),
) -> str:
    """Run a machine that is on; what was wrong, "" if nothing. `moments`: virtual times,
    microseconds, and what is called then."""
    name = boot.port(machine, chosen.uart)
    teller = Teller(machine, [], quiet=True)
    session = boot.Session(machine, teller, boot.Script(chosen), name, chosen, stop, None)
    left = list(moments)

    def run_for(seconds: float) -> None:
        end = machine.time_us + seconds * 1e6
        while left and left[0][0] <= end:
            time_us, call = left.pop(0)
            machine.run_for(max(0.0, time_us - machine.time_us) / 1e6)
            call()
        machine.run_for((end - machine.time_us) / 1e6)

    return session.play(run_for)


# What a user asks for, and what comes of it.


def _own_stages(machine: Machine, chosen: argparse.Namespace) -> list[Stage]:
    """Those of --symbol and --between."""
    if chosen.between:
        first, last = chosen.between
        return [Stage(f"0x{first:08X} to 0x{last:08X}", first, last)]
    return [Stage(name, function_called(machine, name).start) for name in chosen.symbol]


def _calls(recording: Recording, label: str) -> int:
    """How often the outermost stage began in the trace; SetupError if it never did, or did not
    end. What is behind the last whole one, or the first hundred, is left out of the recording.
    """
    windows, whole = recording.windows, 0
    begun = [at for at, one in enumerate(windows) if one.label == label and one.begins]
    traced = len(recording.executed.trace.events)
    for at in begun[:MOST_CALLS]:
        end = next((one for one in windows[at:] if not one.label), None)
        if end is None or (end.cut >= traced > 0 and recording.executed.trace.lost):
            break
        whole = windows.index(end) + 1
    if not whole:
        what = "ended within the trace" if begun else "came there"
        raise SetupError(f"{label}: the core never {what}")
    recording.windows = windows[:whole]
    return sum(one.begins and one.label == label for one in recording.windows)
