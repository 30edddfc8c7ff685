"""`rtbench model inspect FILE.tflite`: what a model needs and whether the chip can run it."""

import argparse
import json
import re
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from rt1062.files import write_whole
from rtbench.commands import latency, tables
from rtbench.commands.waterfall_table import print_waterfall
from rtbench.evaluation.user_model import ARENAS
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.tasks import TASKS
from rtbench.tflite.inspect import Budget, Inspection, Layer, inspect
from rtbench.tflite.tflite_file import read_model
from rtbench.timing.waterfall import NOTE

BUDGETS = {app: task.budget for app, task in TASKS.items()}
OWN = "yours"  # the budget of --flash and --arena
MOST_REFUSALS = 5
_UNITS = {"": 1, "K": 1024, "M": 1024 * 1024}


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Adds `model` with its sub-commands."""
    parser = subparsers.add_parser(
        "model",
        help="inspect a .tflite model: operators, memory, budgets",
        epilog="Example: rtbench model inspect model.tflite",
    )
    actions = parser.add_subparsers(metavar="ACTION", dest="action", required=True)
    show = actions.add_parser(
        "inspect", help="operators, shapes, MACs, arena, budgets of a .tflite",
        description="Says, without running it (but for --latency), what a model needs on the chip: "
        "its operators with the memory that is in use while each runs, the arena as TFLM will fill "
        "it, the memories and budgets that hold it, and what TFLM refuses.",
        epilog="Exit codes: 0 what was demanded holds, 1 a budget is exceeded, or TFLM refuses a "
        "model for which one was named, 2 the file cannot be read. "
        "Examples: rtbench model inspect model.tflite --budget classify; "
        "rtbench model inspect model.tflite --latency",
    )  # fmt: skip
    show.add_argument("file", type=Path, help="the .tflite file")
    show.add_argument(
        "--budget", choices=tuple(BUDGETS), help="demand that it fits this application's budget"
    )
    show.add_argument(
        "--flash", metavar="SIZE", type=byte_size,
        help="demand that the file is at most this: 153600, 150K or 2M",
    )  # fmt: skip
    show.add_argument(
        "--arena", metavar="SIZE", type=byte_size, help="demand that its arena is at most this"
    )
    show.add_argument(
        "--latency", action="store_true",
        help="build a firmware around it, run it once on the emulated chip, and estimate how long "
        "each operator takes there",
    )  # fmt: skip
    show.add_argument("--json", type=Path, metavar="FILE", help="also write the findings as JSON")
    show.set_defaults(handler=run_inspect)


def byte_size(text: str) -> int:
    """A number of bytes, KiB (K) or MiB (M), for argparse."""
    found = re.fullmatch(r"(\d{1,12})([KM]?)(?:i?B)?", text, re.IGNORECASE)
    if found is None or int(found[1]) == 0:
        raise argparse.ArgumentTypeError(f"must be a size like 153600, 150K or 2M, not {text!r}")
    return int(found[1]) * _UNITS[found[2].upper()]


def run_inspect(options: argparse.Namespace) -> int:
    """Prints the findings; returns the exit code."""
    model = read_model(options.file)
    budgets = dict(BUDGETS)
    demanded = [] if options.budget is None else [options.budget]
    if options.flash is not None or options.arena is not None:
        most = 1 << 62  # what was not named has no limit
        budgets[OWN] = Budget(options.flash or most, options.arena or most)
        demanded.append(OWN)
    found = inspect(model, budgets)
    estimate = latency.of_model(model) if options.latency else None
    if options.json is not None:
        told = found.to_dict() | ({"estimate": estimate.to_json()} if estimate else {})
        write_whole(options.json, json.dumps(told, indent=1) + "\n")
    _print(found, budgets)
    if estimate:
        print_waterfall(estimate, "an inference")
        print(f"({NOTE}; docs/timing.md has its errors)")
    return PASSED if all(found.fits[name] for name in demanded) else CLAIM_FAILED


def _print(found: Inspection, budgets: Mapping[str, Budget]) -> None:
    # Names come out of the file: nothing in them may be taken for markup or a control character.
    console = Console(highlight=False, markup=False)
    table = tables.new_table(
        "#", "operator", "output", "type", "weights", "MACs", "memory", right=range(5, 7)
    )
    table.columns[0].justify = "right"
    for layer in found.layers:
        table.add_row(*_row(layer))
    tables.show(console, table)
    console.print()
    for line in _summary(found, budgets):
        console.print(_printable(line), soft_wrap=True)


def _row(layer: Layer) -> list[str]:
    return [
        str(layer.index),
        _printable(layer.operator),
        _shape(layer.output_shape),
        layer.type.lower(),
        "" if layer.weight_shape is None else _shape(layer.weight_shape),
        f"{layer.macs:,}" if layer.macs else "",
        f"{layer.memory:,}",
    ]


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


def _summary(found: Inspection, budgets: Mapping[str, Budget]) -> list[str]:
    scales = [layer.weight_scales for layer in found.layers if layer.weight_scales]
    starting = found.estimated_arena_bytes - found.planned_bytes - found.kept_bytes
    lines = [
        f"file      {found.path}, {found.bytes:,} bytes, SHA-256 {found.sha256}",
        *(f"input     {text}" for text in found.inputs),
        *(f"output    {text}" for text in found.outputs),
        "operators " + ", ".join(f"{name} x{count}" for name, count in found.operators.items()),
        f"weights   quantised by channel in {sum(many > 1 for many in scales)} layers, "
        f"by tensor in {scales.count(1)}",
        f"work      {found.macs:,} multiply-accumulates",
        f"memory    arena {found.estimated_arena_bytes:,} bytes: {found.planned_bytes:,} for "
        f"tensors and scratch (at least {found.peak_activation_bytes:,} are alive at once), "
        f"{found.kept_bytes:,} that TFLM keeps"
        + (f", {starting:,} more to start" if starting >= 16 else ""),
        *_memories(found),
        *(f"TFLM      refuses it: {text}" for text in found.refused[:MOST_REFUSALS]),
    ]
    if len(found.refused) > MOST_REFUSALS:
        lines.append(f"TFLM      and {len(found.refused) - MOST_REFUSALS} more such layers")
    if not found.refused:
        lines.append("TFLM      has all operators")
    lines += (_verdict(found, name, budget) for name, budget in budgets.items())
    return [*lines, *(f"warning   {text}" for text in found.warnings)]


def _memories(found: Inspection) -> list[str]:
    """Where the arena could lie, and by how much it fits or not."""
    lines = []
    for arena in ARENAS:
        left = [arena.bytes - found.estimated_arena_bytes]
        if arena.kept:  # two buffers: what lasts has one of its own
            left = [arena.bytes - found.planned_bytes, arena.kept - found.kept_bytes]
        least = min(left)
        verdict = f"{-least:,} bytes too large" if least < 0 else f"fits, {least:,} bytes left"
        lines.append(f"  in {arena.memory:6} {verdict}")
    return lines


def _verdict(found: Inspection, name: str, budget: Budget) -> str:
    parts = [
        f"{part} {size:,} of {most:,} bytes"
        + (f" ({over:,} too many)" if (over := found.exceeded[name].get(part)) else "")
        for part, size, most in (
            ("model", found.bytes, budget.model_bytes),
            ("arena", found.estimated_arena_bytes, budget.arena_bytes),
        )
        if most < 1 << 62
    ]
    if found.refused:
        parts.append("TFLM refuses it")
    verdict = "fits" if found.fits[name] else "does not fit"
    return f"budget    {verdict} {name}: {', '.join(parts)}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
