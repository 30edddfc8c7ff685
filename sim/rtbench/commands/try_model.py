"""`rtbench try MODEL.tflite --images DIR`: any model on the emulated chip, in one command."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from rt1062 import checkout
from rt1062.emulators import create
from rt1062.errors import MachineError, SetupError
from rtbench.commands import CLAIM_FAILED, PASSED
from rtbench.commands.booted import booted
from rtbench.evaluation import differences, items, session, user_model
from rtbench.evaluation.frame import Row
from rtbench.evaluation.layers import recorded
from rtbench.evaluation.run_folder import write_json
from rtbench.evaluation.summary import summarise
from rtbench.frames import input_tensor
from rtbench.link.firmware import Firmware
from rtbench.tflite.reference import Reference
from rtbench.tflite.source import read_labels
from rtbench.tflite.tflite_file import ModelFile, read_model

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
    parser.add_argument(
        "--images", metavar="PATH", type=Path, required=True,
        help="directory of pictures (its sub-directories are labels), picture, or file of scenes",
    )  # fmt: skip
    parser.add_argument(
        "--labels", metavar="TXT", type=Path,
        help="one label a line (default: the sub-directories of --images if there are as many as "
        "classes, else class_0, class_1, ...)",
    )  # fmt: skip
    parser.add_argument("--limit", metavar="N", type=int, default=100, help="default: 100 pictures")
    parser.add_argument("--jobs", metavar="N", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument(
        "--build", metavar="DIR", type=Path, help=f"default: {DEFAULT_FOLDER}/<name>-<hash>"
    )
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench try`."""
    if chosen.limit < 1 or chosen.jobs < 1:
        raise SetupError("--limit and --jobs must be at least 1")
    checkout.needed("firmware")
    model = read_model(chosen.model)
    warnings = user_model.check(model)
    shown = items.find(chosen.images)[: chosen.limit]
    labels = _labels(chosen.labels, shown, model)
    name = re.sub(r"[^\w.-]", "_", model.path.stem)
    folder = chosen.build or DEFAULT_FOLDER / f"{name}-{model.sha256[:8]}"
    expected = _expected(model, shown)
    built = _build(model, labels, folder)
    with booted(built.image, built.elf, "classify", "unicorn") as started:
        layers = session.warm_up(started.firmware)
        tasks = list(enumerate(shown))
        rows = [row for row, _ in session.run(started.firmware, tasks, chosen.jobs, lambda: False)]
        head = started.head
        checks = _layers(started.firmware, model, shown[0])
    rows.sort(key=lambda row: row["index"])
    data = {"name": str(chosen.images), "sha256": items.data_digest(shown)}
    summary = summarise(head, rows, data, layers)
    agreed = [
        not row["error"] and row["output"] == one.ravel().tolist()
        for row, one in zip(rows, expected, strict=True)
    ]
    write_json(folder / "summary.json", summary | {"agreed": sum(agreed)})
    _print(summary, agreed, checks, rows, labels, warnings)
    return PASSED if all(agreed) and not any(check.tflm for check in checks) else CLAIM_FAILED


def _expected(model: ModelFile, shown: Sequence[items.Item]) -> list[np.ndarray]:
    """The host's answers; a model that the host cannot run is not built for the chip."""
    try:
        with Reference(model.path) as reference:
            return [reference.invoke(input_tensor(item.draw().frame)) for item in shown]
    except (SetupError, MachineError) as error:
        raise SetupError(
            f"{str(error).rstrip('; ')} (a damaged or untrained model can make TFLM abort)"
        ) from error


def _labels(named: Path | None, shown: Sequence[items.Item], model: ModelFile) -> list[str]:
    classes = model.tensors[model.outputs[0]].elements
    if named is None:
        found = sorted({item.label for item in shown if item.label is not None})
        return found if len(found) == classes else [f"class_{n}" for n in range(classes)]
    labels = read_labels(named)
    if len(labels) != classes:
        raise SetupError(f"{named}: {len(labels)} labels, the model has {classes} classes")
    return labels


def _build(model: ModelFile, labels: list[str], folder: Path) -> user_model.Built:
    """Once with the largest arena, to see what the model takes, and once with that."""
    print(f"building a firmware around {model.path} in {folder}", file=sys.stderr)
    built = user_model.build(model, labels, folder, user_model.LARGEST_ARENA)
    with create(built.image, built.elf, "unicorn") as board:
        used = user_model.first_run(Firmware(board), model)
    return user_model.build(model, labels, folder, user_model.arena_for(used))


def _layers(firmware: Firmware, model: ModelFile, item: items.Item) -> list[differences.LayerCheck]:
    drawn = item.draw()
    with recorded(firmware.machine, model) as recordings:
        firmware.infer(drawn.frame, item.key)
    host = differences.host_layers("tflm", model, input_tensor(drawn.frame))
    return differences.check_layers(model, recordings[0], host, None)


def _print(
    summary: dict[str, object],
    agreed: Sequence[bool],
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
    say(f"agreement: {sum(agreed)} of {len(agreed)} answers equal TFLM on the host, byte for byte")
    for row in rows:
        if row["error"]:
            say(f"error: {row['id']}: {row['error']}")
    known = sum(row["truth"] in labels for row in rows)
    if known:
        right = sum(row["truth"] == row.get("label") for row in rows if row["truth"] in labels)
        say(f"accuracy: {right / known:.4f} ({right} of {known} pictures with a known label)")
    else:
        say("accuracy: not known, no picture is in a directory that is named by a label")
    say(f"arena: {summary['arena_used']:,} of {summary['arena_reserved']:,} bytes")
    for region, used in summary["memory"].items():
        size = summary["memory_size"][region]
        say(f"memory: {region} {used:,} of {size:,} bytes ({used / size:.1%})")
    costs = ", ".join(f"{stage} {value:,}" for stage, value in summary["instructions"].items())
    say(f"instructions a frame: {costs}")
