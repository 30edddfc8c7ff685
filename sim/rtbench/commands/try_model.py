"""`rtbench try MODEL.tflite --images DIR`: any model on the emulated chip, in one command."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rt1062 import checkout
from rt1062.emulators import create
from rt1062.errors import MachineError, SetupError
from rtbench.commands import sources
from rtbench.commands.diff import only_unicorn
from rtbench.commands.firmware_files import EMULATORS
from rtbench.commands.subject import running
from rtbench.evaluation import agreement, differences, loop, user_model
from rtbench.evaluation.layers import recorded
from rtbench.evaluation.run_folder import write_json
from rtbench.evaluation.show import show
from rtbench.evaluation.summary import summarise
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.frames import input_tensor
from rtbench.items import Item, data_digest
from rtbench.link.firmware import Firmware
from rtbench.tasks.classification import CLASSIFICATION
from rtbench.tasks.figure import Evidence
from rtbench.tasks.row import Row
from rtbench.tflite.reference import Reference
from rtbench.tflite.source import read_labels
from rtbench.tflite.tflite_file import ModelFile, read_model

MOST_FRAMES = 100
DEFAULT_FOLDER = Path("build/try")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `try` with its options."""
    parser = subparsers.add_parser(
        "try",
        help="any .tflite on the emulated chip: does it run, agree, fit, and what does it cost",
        description="Builds a firmware around the model (operators from its list, arena from a "
        "first run), shows the pictures to its camera on the unicorn machine, and compares every "
        "answer, and every layer for the first picture, with TFLM on the host.",
        epilog="Exit codes: 0 all answers agree, 1 one does not, 2 the model cannot be run "
        "(unsupported operator, too large an arena, broken file) or the set-up is wrong.",
    )
    parser.add_argument("model", metavar="MODEL", type=Path, help="the .tflite file")
    sources.add_options(parser)
    parser.add_argument(
        "--labels", metavar="TXT", type=Path,
        help="one label a line (default: the sub-directories of --data if there are as many as "
        "classes, else class_0, class_1, ...)",
    )  # fmt: skip
    parser.set_defaults(limit=MOST_FRAMES)
    parser.add_argument(
        "--jobs", metavar="N", type=sources.positive, default=len(os.sched_getaffinity(0)),
        help="processes at a time (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--emulator", choices=EMULATORS, default="auto", help="unicorn: renode watches no code"
    )
    parser.add_argument(
        "--build", metavar="DIR", type=Path, help=f"default: {DEFAULT_FOLDER}/<name>-<hash>"
    )
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench try`."""
    emulator = only_unicorn(chosen.emulator)
    checkout.needed("firmware")
    model = read_model(chosen.model)
    warnings = user_model.check(model)
    source = sources.find(chosen, CLASSIFICATION)
    labels = _labels(chosen.labels, source.items, model)
    name = re.sub(r"[^\w.-]", "_", model.path.stem)
    folder = chosen.build or DEFAULT_FOLDER / f"{name}-{model.sha256[:8]}"
    _try_on_host(model, source.items[0])
    files = _build(model, labels, folder)
    with running(files.image, files.elf, CLASSIFICATION.app, emulator) as subject:
        layers = loop.warm_up(subject.firmware)
        numbered = list(enumerate(source.items))
        policy = loop.Policy.RESTART
        shown = list(
            loop.show_all(subject.firmware, CLASSIFICATION, numbered, policy, jobs=chosen.jobs)
        )
        head = subject.head
        checks = _layers(subject.firmware, model, source.items[0])
    shown.sort(key=lambda pair: pair[0].index)
    rows = [row for row, _ in shown]
    found = agreement.compare(
        CLASSIFICATION, model, ((row, frame.data) for row, frame in shown if not row.error)
    )
    data = {"name": source.name, "sha256": data_digest(source.items)}
    summary = summarise(head, rows, data, layers)
    agreed = found.frames - len(found.wrong)
    write_json(folder / "summary.json", summary | {"agreed": agreed})
    _print(summary, agreed, checks, rows, labels, warnings)
    failed = agreed < len(rows) or any(check.tflm for check in checks)
    return CLAIM_FAILED if failed else PASSED


def _try_on_host(model: ModelFile, item: Item) -> None:
    """A model that the host cannot run is not built for the chip."""
    try:
        with Reference(model.path) as reference:
            reference.invoke(input_tensor(item.draw().data))
    except (SetupError, MachineError) as error:
        raise SetupError(
            f"{str(error).rstrip('; ')} (a damaged or untrained model can make TFLM abort)"
        ) from error


def _labels(named: Path | None, shown: Sequence[Item], model: ModelFile) -> list[str]:
    classes = model.tensors[model.outputs[0]].elements
    if named is None:
        found = sorted({item.label for item in shown if item.label is not None})
        return found if len(found) == classes else [f"class_{n}" for n in range(classes)]
    labels = read_labels(named)
    if len(labels) != classes:
        raise SetupError(f"{named}: {len(labels)} labels, the model has {classes} classes")
    return labels


def _build(model: ModelFile, labels: list[str], folder: Path) -> user_model.FirmwareFiles:
    """Once with the largest arena, to see what the model takes, and once with that."""
    print(f"building a firmware around {model.path} in {folder}", file=sys.stderr)
    files = user_model.build(model, labels, folder, user_model.LARGEST_ARENA)
    with create(files.image, files.elf, "unicorn") as machine:
        used = user_model.first_run(Firmware(machine), model)
    return user_model.build(model, labels, folder, user_model.arena_for(used))


def _layers(firmware: Firmware, model: ModelFile, item: Item) -> list[differences.LayerCheck]:
    with recorded(firmware.machine, model) as recordings:
        _, frame, _ = show(firmware, CLASSIFICATION, item)
    host = differences.host_layers("tflm", model, input_tensor(frame.data))
    return differences.check_layers(model, recordings[0], host, None)


def _print(
    summary: dict[str, object],
    agreed: int,
    checks: Sequence[differences.LayerCheck],
    rows: Sequence[Row],
    labels: Sequence[str],
    warnings: Sequence[str],
) -> None:
    console = Console(highlight=False)
    table = Table("#", "operator", "output", "instructions", "equal to the host")
    table.columns[3].justify = "right"
    costs = {layer["layer"]: layer["cycles"] for layer in summary["layers"]}
    for check in checks:
        table.add_row(
            str(check.index), check.operator, "x".join(map(str, check.shape)),
            f"{costs[check.index]:,}" if check.index in costs else "",
            "equal" if check.tflm is None else str(check.tflm),
        )  # fmt: skip
    console.print(table)

    def say(text: str) -> None:
        console.print(text, markup=False, soft_wrap=True)

    for warning in warnings:
        say(f"warning: {warning}")
    say(f"agreement: {agreed} of {len(rows)} answers equal TFLM on the host, byte for byte")
    for row in rows:
        if row.error:
            say(f"error: {row.id}: {row.error}")
    known = [row for row in rows if row.truth.label in labels]
    accuracy = CLASSIFICATION.figures[0]
    if known:
        value = accuracy.text(accuracy.of(Evidence(known, {})))
        say(f"{accuracy.title}: {value}, of {len(known)} pictures with a known label")
    else:
        say("accuracy: not known, no picture is in a directory that is named by a label")
    say(f"arena: {summary['arena_used']:,} of {summary['arena_reserved']:,} bytes")
    for region, used in summary["memory"].items():
        size = summary["memory_size"][region]
        say(f"memory: {region} {used:,} of {size:,} bytes ({used / size:.1%})")
    costs = ", ".join(f"{stage} {value:,}" for stage, value in summary["instructions"].items())
    say(f"instructions a frame: {costs}")
