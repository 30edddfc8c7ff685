"""`rtbench model inspect FILE.tflite`: what a model needs and whether the chip can run it."""

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rt1062.files import write_whole
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.tasks import TASKS
from rtbench.tflite.inspect import Inspection, Layer, inspect
from rtbench.tflite.tflite_file import read_model

BUDGETS = {app: task.budget for app, task in TASKS.items()}
TABLE_WIDTH = 100


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Adds `model` with its sub-commands."""
    parser = subparsers.add_parser(
        "model", help="inspect a .tflite model: operators, shapes, budgets"
    )
    actions = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    show = actions.add_parser(
        "inspect", help="operators, shapes, MACs, arena, budgets of a .tflite"
    )
    show.add_argument("file", type=Path, help="the .tflite file")
    show.add_argument(
        "--budget",
        choices=tuple(BUDGETS),
        help="demand that it fits this application's budget (exit code 1 when not)",
    )
    show.add_argument("--json", type=Path, metavar="FILE", help="also write the findings as JSON")
    show.set_defaults(handler=run_inspect)


def run_inspect(options: argparse.Namespace) -> int:
    """Prints the findings; returns the exit code."""
    found = inspect(read_model(options.file), BUDGETS)
    if options.json is not None:
        write_whole(options.json, json.dumps(found.to_dict(), indent=1) + "\n")
    _print(found)
    if options.budget is None or found.fits[options.budget]:
        return PASSED
    return CLAIM_FAILED


def _print(found: Inspection) -> None:
    # Names come out of the file: nothing in them may be taken for markup or a control character.
    console = Console(highlight=False, markup=False)
    # A narrow terminal wraps lines rather than columns: the table can still be read and searched.
    console.width = max(console.width, TABLE_WIDTH)
    table = Table(box=None, pad_edge=False)
    for title, justify in (
        ("#", "right"), ("operator", "left"), ("output", "left"), ("type", "left"),
        ("scale", "right"), ("zero", "right"), ("weights", "left"), ("scales", "left"),
        ("MACs", "right"),
    ):  # fmt: skip
        table.add_column(title, justify=justify, no_wrap=True)
    for layer in found.layers:
        table.add_row(*_row(layer))
    console.print(table)
    console.print()
    for line in _summary(found):
        console.print(_printable(line), soft_wrap=True)


def _row(layer: Layer) -> list[str]:
    return [
        str(layer.index),
        _printable(layer.operator),
        _shape(layer.output_shape),
        layer.type.lower(),
        "" if layer.scale is None else f"{layer.scale:.6g}",
        "" if layer.zero_point is None else str(layer.zero_point),
        "" if layer.weight_shape is None else _shape(layer.weight_shape),
        {0: "", 1: "tensor"}.get(layer.weight_scales, "channel"),
        f"{layer.macs:,}" if layer.macs else "",
    ]


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


def _summary(found: Inspection) -> list[str]:
    lines = [
        f"file      {found.path}, {found.bytes:,} bytes, SHA-256 {found.sha256}",
        *(f"input     {text}" for text in found.inputs),
        *(f"output    {text}" for text in found.outputs),
        "operators " + ", ".join(f"{name} x{count}" for name, count in found.operators.items()),
        f"work      {found.macs:,} multiply-accumulates",
        f"memory    activations at least {found.peak_activation_bytes:,} bytes, "
        f"arena about {found.estimated_arena_bytes:,} bytes",
        "TFLM      "
        + (
            f"lacks {', '.join(found.missing_in_tflm)}"
            if found.missing_in_tflm
            else "has all operators"
        ),
    ]
    for app, budget in BUDGETS.items():
        verdict = "fits" if found.fits[app] else "does not fit"
        lines.append(
            f"budget    {verdict} {app}: {budget.model_bytes:,} bytes of model, "
            f"{budget.arena_bytes:,} bytes of arena"
        )
    return [*lines, *(f"warning   {text}" for text in found.warnings)]


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
