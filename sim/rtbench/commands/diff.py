"""`rtbench diff`: frames, layer by layer, on the chip and on the host."""

import argparse
import importlib.util
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.text import Text

from rt1062 import emulators
from rt1062.errors import SetupError
from rtbench import items
from rtbench.commands import tables, target
from rtbench.commands.model_files import find_model
from rtbench.commands.sources import positive
from rtbench.commands.subject import running
from rtbench.evaluation import both_sides
from rtbench.evaluation.differences import Difference, LayerCheck
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.tasks import TASKS
from rtbench.terminal import printable

SECOND = importlib.util.find_spec("ai_edge_litert") is not None  # a development dependency


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `diff` with its options."""
    parser = subparsers.add_parser(
        "diff",
        help="frames, layer by layer, on the chip and on the host",
        description="Compares the input tensor, every layer's output and with it the answer of "
        "the emulated chip with TFLM on the host, byte for byte, and names the first layer that "
        "differs. LiteRT's reference kernels are shown as a second opinion.",
        epilog="Exit codes: 0 all equal to TFLM on the host, 1 not, 2 the set-up is wrong. "
        "Example: rtbench diff --app classify --scene 0 --frames 5",
    )
    parser.add_argument("--app", choices=tuple(TASKS), default="classify")
    frame = parser.add_argument_group("frame").add_mutually_exclusive_group(required=True)
    frame.add_argument(
        "--frame", metavar="PATH", type=Path, help="picture, directory of them, or file of scenes"
    )
    frame.add_argument("--scene", metavar="SEED", type=int, help="draw the test scene of this seed")
    parser.add_argument(
        "--frames", metavar="N", type=positive, default=1,
        help="so many of the file or directory, or seeds from SEED on (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--model", metavar="TFLITE", type=Path,
        help="what the firmware was built with (default: the one in models/ that it names)",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write the findings there as well")
    target.add_emulated_options(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench diff`."""
    create = target.emulated(chosen, only_unicorn(chosen.emulator))
    task = TASKS[chosen.app]
    if chosen.frame is not None:
        shown = items.find([chosen.frame])[: chosen.frames]
    else:
        shown = items.draw_scenes(task.scene, chosen.frames, chosen.scene, "test")
    with running(create, chosen.app) as subject:
        model = find_model(chosen.model, str(subject.head["boot"]["model"]))
        subject.firmware.camera_ready()
        found = [
            both_sides.run(subject.firmware, task, model, item, index, SECOND)
            for index, item in enumerate(shown)
        ]
        head = subject.head
    for one in found:
        if one.row.error:
            raise SetupError(f"{one.row.id}: the firmware did not answer: {one.row.error}")
        print_findings(one.row.id, one.wrong_input, one.layers)
    if chosen.json is not None:
        told = [
            {
                "frame": one.row.id,
                "input": one.wrong_input,
                "layers": [asdict(layer) for layer in one.layers],
            }
            for one in found
        ]
        write_json(chosen.json, {**head, "frames": told})
    differs = any(one.wrong_input or any(check.tflm for check in one.layers) for one in found)
    return CLAIM_FAILED if differs else PASSED


def only_unicorn(emulator: str) -> str:
    """SetupError, before anything has been started, for an emulator that watches no code."""
    if emulators.choose(emulator) != "unicorn":
        raise SetupError("code is watched on the unicorn machine only: --emulator unicorn")
    return "unicorn"


def print_findings(frame: str, wrong: str, layers: Sequence[LayerCheck]) -> None:
    """A frame's table, and the first layer that differs."""
    console = Console(highlight=False)
    table = tables.new_table(
        "#", "operator", "output", "type", "TFLM on the host", "LiteRT reference", narrow=True
    )
    for layer in layers:
        table.add_row(
            str(layer.index), layer.operator, "x".join(map(str, layer.shape)), layer.type,
            _verdict(layer.tflm), _verdict(layer.litert) if SECOND else Text("not installed"),
        )  # fmt: skip
    say = {"markup": False, "soft_wrap": True}
    console.print(f"frame {printable(frame)}", **say)
    tables.show(console, table)
    console.print(f"input tensor: {wrong or 'equal, byte for byte'}", **say)
    first = next((layer for layer in layers if layer.tflm), None)
    if first is None:
        console.print(f"{len(layers)} layers equal, byte for byte", **say)
        return
    console.print(
        f"first layer that differs: {first.index} {first.operator}, tensor {first.tensor} "
        f"{first.name!r}, {first.type} {list(first.shape)}: {first.tflm}",
        **say,
    )


def _verdict(found: Difference | None) -> Text:
    if found is None:
        return Text("equal")
    return Text(f"{found.count:,} differ, at most {found.largest:g}", style="red")
