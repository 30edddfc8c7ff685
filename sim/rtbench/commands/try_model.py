"""`rtbench try MODEL.tflite`: any model on the emulated chip, in one command."""

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rt1062 import checkout
from rt1062.errors import SetupError, SimError
from rtbench import cpus
from rtbench.commands import latency, sources, tables
from rtbench.commands.diff import only_unicorn
from rtbench.commands.firmware_files import EMULATORS
from rtbench.evaluation import feeds, trial, user_model
from rtbench.evaluation.differences import LayerCheck
from rtbench.evaluation.feeds import Feed
from rtbench.evaluation.run_folder import write_json
from rtbench.evaluation.tensor_firmware import TensorFirmware
from rtbench.evaluation.trial import Trial
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.link.events import Boot
from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tflite.pixels import PixelInput
from rtbench.tflite.source import read_labels
from rtbench.tflite.tflite_file import ModelFile, read_model
from rtbench.timing.waterfall import NOTE, Waterfall

MOST_FRAMES = 100
NOISE = 4  # feeds of noise where nothing was given
LIMIT_SECONDS = 60.0
DEFAULT_FOLDER = Path("build/try")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `try` with its options."""
    parser = subparsers.add_parser(
        "try",
        help="any .tflite on the emulated chip: does it run, agree, fit, and what does it cost",
        description="Builds a firmware around the model (operators from its list, arena from a "
        "first run, in the fastest memory that holds it), fills its inputs with pictures, arrays "
        "or noise, and compares every value of every output, and of every layer for the first "
        "input, with TFLM on the host.",
        epilog="Exit codes: 0 all answers agree, 1 one does not or could not be had, 2 the model "
        "cannot be run (unsupported operator, too large an arena, broken file) or the set-up is "
        "wrong. Example: rtbench try model.tflite --data photos",
    )
    parser.add_argument("model", metavar="MODEL", type=Path, help="the .tflite file")
    group = sources.add_options(parser)
    group.add_argument(
        "--input", metavar="NPY", type=Path, nargs="+", default=[],
        help="input tensors, one file for each input of the model (default without --data and "
        f"--scenes: {NOISE} times noise, seeded by --seed)",
    )  # fmt: skip
    group.add_argument(
        "--range", metavar=("LOW", "HIGH"), type=float, nargs=2,
        help="what pixels 0 and 255 are to the model (default: by its input's scale; 0 1 for "
        "float32)",
    )  # fmt: skip
    parser.add_argument(
        "--labels", metavar="TXT", type=Path,
        help="one label a line, in UTF-8 (default: the sub-directories of --data if there are as "
        "many as classes, else class_0, class_1, ...)",
    )  # fmt: skip
    parser.set_defaults(limit=MOST_FRAMES)
    parser.add_argument(
        "--jobs", metavar="N", type=sources.positive, default=cpus.count(),
        help="processes at a time (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--emulator", choices=EMULATORS, default="auto", help="unicorn: renode watches no code"
    )
    parser.add_argument(
        "--build", metavar="DIR", type=Path, help=f"default: {DEFAULT_FOLDER}/<name>-<hash>"
    )
    parser.add_argument(
        "--time-limit", metavar="SECONDS", type=float, default=LIMIT_SECONDS,
        help="of one inference: wall time on the host, its own time on the chip (default: "
        "%(default)g)",
    )  # fmt: skip
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench try`."""
    only_unicorn(chosen.emulator)
    checkout.needed("firmware")
    model = read_model(chosen.model)
    user_model.check(model)
    shown = _shown(chosen, model)
    labels = _labels(chosen.labels, shown.feeds, model)
    name = re.sub(r"[^\w.-]", "_", model.path.stem)
    folder = chosen.build or DEFAULT_FOLDER / f"{name}-{model.sha256[:8]}"
    trial.try_on_host(model, trial.first_made(shown.feeds), chosen.time_limit)
    print(f"building a firmware around {model.path} in {folder}", file=sys.stderr)
    files = user_model.build_where_it_fits(model, folder, chosen.time_limit)
    with user_model.running(files, model, chosen.time_limit) as firmware:
        with _progress() as progress:
            bar = progress.add_task("try", total=len(shown.feeds))

            def advance() -> None:
                progress.advance(bar)
                progress.refresh()

            done = trial.run(firmware, model, shown.feeds, chosen.jobs, chosen.time_limit, advance)
        boot = firmware.boot
        estimate = _estimated(firmware, trial.first_made(shown.feeds))
    classes = _classes(done, labels) if labels else None
    _write(folder, chosen, model, files, boot, done, shown, classes, estimate)
    _print(done, shown.said, classes, estimate)
    print(f"firmware: {files.image}, arena {files.arena}, {boot.arena_used:,} bytes used")
    for region, use in boot.memory.items():
        print(f"memory: {region} {use.used:,} of {use.size:,} bytes ({use.used / use.size:.1%})")
    wrong = [answer for answer in done.answers if not answer.agrees]
    failed = wrong or any(check.wrong for check in done.layers)
    return CLAIM_FAILED if failed else PASSED


def _estimated(firmware: TensorFirmware, inputs: Sequence[np.ndarray]) -> Waterfall | None:
    """How long the first input takes on the chip; None, and a word, where it cannot be had."""
    try:
        return latency.of_inference(firmware, inputs)
    except SimError as error:
        print(f"not estimated for the chip: {error}", file=sys.stderr)
        return None


@dataclass(frozen=True)
class Shown:
    """What is shown, what there is to say about how, and the options that stand for it."""

    feeds: list[Feed]
    said: list[str]
    options: str


def _shown(chosen: argparse.Namespace, model: ModelFile) -> Shown:
    pictures = bool(chosen.data) or chosen.scenes is not None
    if chosen.input and pictures:
        raise SetupError("--input stands alone: it cannot be had with --data or --scenes")
    if chosen.input:
        found = feeds.from_files(chosen.input, model)[: chosen.limit]
        return Shown(found, [], shlex.join(["--input", *map(str, chosen.input)]))
    if not pictures:
        seed = chosen.seed or 0
        said = f"input: {NOISE} times noise from seed {seed}"
        return Shown(feeds.noise(model, NOISE, seed), [said], f"--seed {seed}")
    asked = None if chosen.range is None else tuple(chosen.range)
    tensors = [model.tensors[number] for number in model.inputs]
    pixels = PixelInput.of(tensors[0], asked) if len(tensors) == 1 else None
    if pixels is None:
        shapes = ", ".join(f"{one.type.lower()} {list(one.shape)}" for one in tensors)
        raise SetupError(
            f"{model.path}: no picture fits its inputs ({shapes}); --input takes arrays, and "
            "without either it is noise"
        )
    said = [f"input: {pixels}"]
    if not pixels.usual:
        said.append(
            "warning: the input's range is none that pixels commonly have; labels may be off, "
            "--range LOW HIGH says what pixels 0 and 255 are to the model"
        )
    source = sources.find(chosen, CLASSIFICATION)
    return Shown(feeds.from_items(source.items, pixels), said, source.options)


def _labels(named: Path | None, shown: Sequence[Feed], model: ModelFile) -> list[str]:
    """The labels of the first output; empty where it is none of classes."""
    answer = model.tensors[model.outputs[0]]
    classes = answer.elements
    one_row = len(answer.shape) in (1, 2) and classes == max(answer.shape) and classes > 1
    if named is None:
        if not one_row:
            return []
        found = sorted({feed.label for feed in shown if feed.label is not None})
        return found if len(found) == classes else [f"class_{n}" for n in range(classes)]
    labels = read_labels(named)
    if not one_row or len(labels) != classes:
        what = f"{classes} classes" if one_row else f"no classes but {list(answer.shape)}"
        raise SetupError(f"{named}: {len(labels)} labels, the model has {what}")
    return labels


def _classes(done: Trial, labels: Sequence[str]) -> dict[str, object] | None:
    """Accuracy and confusion over the answers whose label is known; None without any."""
    confusion: dict[str, dict[str, int]] = {}
    right = known = 0
    for answer in done.answers:
        if answer.label not in labels:
            continue
        said = labels[int(answer.outputs[0].argmax())] if answer.outputs else "(error)"
        known += 1
        right += said == answer.label
        row = confusion.setdefault(answer.label, {})
        row[said] = row.get(said, 0) + 1
    if not known:
        return None
    return {"known": known, "right": right, "accuracy": right / known, "confusion": confusion}


def _write(
    folder: Path,
    chosen: argparse.Namespace,
    model: ModelFile,
    files: user_model.FirmwareFiles,
    boot: Boot,
    done: Trial,
    shown: Shown,
    classes: dict[str, object] | None,
    estimate: Waterfall | None,
) -> None:
    """What `rtbench report` reads."""
    costs = {layer["layer"]: layer["cycles"] for layer in done.costs}
    layers = [
        {
            "layer": check.index, "op": check.operator, "shape": check.shape,
            "cycles": costs.get(check.index), "verdict": _verdict(check), "wrong": check.wrong,
        }
        for check in done.layers
    ]  # fmt: skip
    write_json(
        folder / "summary.json",
        {
            "kind": trial.KIND, "format": trial.FORMAT, "options": _again(chosen, shown.options),
            "model": str(model.path), "model_sha256": model.sha256,
            "image": str(files.image), "image_sha256": sha256(files.image.read_bytes()).hexdigest(),
            "arena": asdict(files.arena), "arena_text": str(files.arena),
            "arena_used": boot.arena_used, "arena_reserved": boot.arena_reserved,
            "memory": {region: (use.used, use.size) for region, use in boot.memory.items()},
            "said": shown.said,
            "frames": len(done.answers), "agreed": sum(one.agrees for one in done.answers),
            "outputs": [asdict(check) | {"verdict": check.verdict} for check in done.outputs],
            "layers": layers, "classes": classes,
            "estimate": estimate.to_json() if estimate else {},
            "answers": [answer.to_json() for answer in done.answers],
        },
    )  # fmt: skip


def _again(chosen: argparse.Namespace, shown: str) -> str:
    """The command's words, to run it again; `shown` are those of what was shown."""
    words = [str(chosen.model)]
    if chosen.range is not None:
        words += ["--range", *(f"{value:g}" for value in chosen.range)]
    if chosen.labels is not None:
        words += ["--labels", str(chosen.labels)]
    return f"{shlex.join(words)} {shown}"


def _print(
    done: Trial, said: Sequence[str], classes: dict[str, object] | None, estimate: Waterfall | None
) -> None:
    console = Console(highlight=False)
    costs = {layer["layer"]: layer["cycles"] for layer in done.costs}
    parts = estimate.parts if estimate else ()
    milliseconds = {one.label.split()[0]: f"{one.ms.mid:.3f}" for one in parts}
    table = tables.new_table(
        "#",
        "operator",
        "output",
        "instructions",
        "ms, about",
        "equal to the host",
        right=range(3, 5),
    )
    for check in done.layers:
        table.add_row(
            str(check.index), check.operator, "x".join(map(str, check.shape)),
            f"{costs[check.index]:,}" if check.index in costs else "",
            milliseconds.get(str(check.index), ""),
            _verdict(check), style="red" if check.wrong else "",
        )  # fmt: skip
    tables.show(console, table)

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    for line in said:
        say(line)
    for output in done.outputs:
        shape = "x".join(map(str, output.shape))
        say(f"output {output.name} {output.type} {shape}: {output.verdict}")
    agreed = sum(answer.agrees for answer in done.answers)
    say(f"agreement: {agreed} of {len(done.answers)} answers equal TFLM on the host")
    for answer in done.answers:
        if answer.error:
            say(f"error: {answer.id}: {answer.error}")
    _print_classes(console, classes)
    spent = [answer.instructions for answer in done.answers if not answer.error]
    if spent:
        say(f"instructions of an inference: {min(spent):,} to {max(spent):,}")
    if estimate:
        mhz = f"{estimate.hz / 1e6:g}"
        say(f"time of an inference: {estimate.whole.ms.shown()} ms at {mhz} MHz, {NOTE}")


def _verdict(check: LayerCheck) -> str:
    if check.tflm is None:
        return "equal"
    if check.wrong:
        return str(check.tflm)
    return f"{check.tflm.largest:.2g} apart at most, float rounding"


def _print_classes(console: Console, classes: dict[str, object] | None) -> None:
    if classes is None:
        return
    text = f"accuracy: {classes['accuracy']:.4f}, {classes['right']} of {classes['known']} right"
    console.print(text, markup=False)
    confusion = classes["confusion"]
    answers = sorted({said for row in confusion.values() for said in row})
    table = tables.new_table("truth", *answers, right=range(1, 1 + len(answers)))
    for truth in sorted(confusion):
        table.add_row(truth, *(str(confusion[truth].get(said, 0)) for said in answers))
    tables.show(console, table)


def _progress() -> Progress:
    # Without a thread that refreshes it: this process forks.
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=Console(stderr=True), auto_refresh=False, transient=True,
    )  # fmt: skip
