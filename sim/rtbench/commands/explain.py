"""`rtbench explain`: from one answer to its cause, step by step on chip and host."""

import argparse
import re
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.files import cannot_write, whole, write_whole
from rtbench import items
from rtbench.commands import target
from rtbench.commands.diff import only_unicorn
from rtbench.commands.evaluate import DEFAULT_OUT
from rtbench.commands.model_files import find_model
from rtbench.commands.subject import running
from rtbench.evaluation import both_sides
from rtbench.evaluation.run_folder import RunFolder, read_rows
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.frames import FRAME_BYTES
from rtbench.items import Frame, Item
from rtbench.tasks import TASKS, Task
from rtbench.terminal import printable

DEFAULT_FOLDER = Path("build/explain")


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `explain` with its options."""
    parser = subparsers.add_parser(
        "explain",
        help="from one answer to its cause: frame, tensor, layers, boxes",
        description="Shows one frame to the firmware again and writes a page and a PNG: the frame "
        "as fed, as captured and as the tensor that the network saw, every layer's output on chip "
        "and host side by side, and what the answer was made of: scores, or the grid and the "
        "boxes before and after suppression.",
        epilog="Exit codes: 0 chip and host agree at every step, 1 they part somewhere, 2 the "
        "set-up is wrong. Example: rtbench explain --app count --frame counting-test-7",
    )
    parser.add_argument("--app", choices=tuple(TASKS), default="classify")
    parser.add_argument(
        "--frame", metavar="ID", required=True,
        help="a frame of the run by the name or the number that its row has; or a picture, or a "
        "file of scenes (the first is taken)",
    )  # fmt: skip
    parser.add_argument(
        "--run", metavar="DIR", type=Path,
        help=f"a folder of `rtbench evaluate` (default: {DEFAULT_OUT}/<app>)",
    )  # fmt: skip
    parser.add_argument(
        "--model", metavar="TFLITE", type=Path,
        help="what the firmware was built with (default: the one in models/ that it names)",
    )  # fmt: skip
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help=f"default: {DEFAULT_FOLDER}/<app>-<frame>"
    )
    target.add_emulated_options(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench explain`."""
    from rtbench.report import explanation

    create = target.emulated(chosen, only_unicorn(chosen.emulator))
    task = TASKS[chosen.app]
    item = _item(task, chosen.run or DEFAULT_OUT / task.app, chosen.frame)
    name = re.sub(r"[^\w.-]", "_", item.id)
    folder = chosen.out or DEFAULT_FOLDER / f"{task.app}-{name}"
    with running(create, task.app) as subject:
        model = find_model(chosen.model, str(subject.head["boot"]["model"]))
        subject.firmware.camera_ready()
        sides = both_sides.run(subject.firmware, task, model, item, 0)
    found = explanation.explain(task, model, sides)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_whole(folder / "index.html", explanation.page(found))
    with whole(folder / "explanation.png") as part:
        explanation.sheet(found).save(part, "PNG")
    for line in (found.title, found.answer, found.cause, *found.lines):
        print(printable(line))
    print(f"{folder / 'index.html'}, {folder / 'explanation.png'}")
    parted = sides.captured != sides.frame.data or sides.wrong_input
    return CLAIM_FAILED if parted or any(one.wrong for one in sides.layers) else PASSED


def _item(task: Task, folder: Path, wanted: str) -> Item:
    """The frame as the run fed it, with its truth; or one from a file."""
    rows = read_rows(folder / "rows.jsonl", task)
    named = [row for row in rows if wanted in (row.id, str(row.index))]
    named.sort(key=lambda row: row.id != wanted)
    if named:
        row = named[0]
        file = RunFolder.frame_path(folder, row.sha256)
        data = file.read_bytes() if file.is_file() else b""
        if len(data) != FRAME_BYTES:
            raise SetupError(f"{file}: {row.id} has no frame there: {row.error or 'run it again'}")
        return Item(row.id, row.key, frame=Frame(row.id, data, row.truth))
    path = Path(wanted)
    if path.exists():
        return items.find([path])[0]
    near = f"it has {len(rows)}, {rows[0].id} the first" if rows else "there are no rows"
    raise SetupError(f"{folder}: no frame {wanted!r} in this run ({near}), and no such file")
