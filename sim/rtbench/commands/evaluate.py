"""`rtbench evaluate`: hundreds of frames through the real capture path, figures, and a gate."""

import argparse
import os
import resource
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    track,
)
from rich.table import Table
from rich.text import Text

from rtbench.commands import CLAIM_FAILED, INTERRUPTED, PASSED, firmware_files, interruption
from rtbench.commands.booted import booted
from rtbench.commands.model_files import find_model
from rtbench.evaluation import agreement, baseline, items, session
from rtbench.evaluation.frame import Row
from rtbench.evaluation.run_folder import RunFolder, bench_digest, write_json
from rtbench.evaluation.summary import summarise
from rtbench.scenes.scene import SPLITS
from rtbench.tflite.tflite_file import ModelFile

DEFAULT_OUT = Path("build/evaluation")
PROJECTS_OWN = Path()
MOST_WRONG = 5  # answers that differ from the host's are named
TABLE_WIDTH = 100  # a narrow terminal wraps lines rather than columns


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `evaluate` with its options."""
    parser = subparsers.add_parser(
        "evaluate",
        help="hundreds of frames through the camera: accuracy, cost, and a gate",
        description="Boots the firmware once and serves every frame from a snapshot of the machine "
        "at that moment, on all cores; an interrupted run goes on where it stopped. Results: "
        "rows.jsonl, rows.csv, summary.json and the frames in --out.",
        epilog="Exit codes: 0 every frame was answered and the gate holds, 1 not so, 2 the set-up "
        "is wrong, 130 interrupted (what was done is kept; the same command goes on).",
    )
    parser.add_argument("--app", choices=("classify", "count"), default="classify")
    data = parser.add_argument_group("frames").add_mutually_exclusive_group(required=True)
    data.add_argument(
        "--data", metavar="PATH", type=Path,
        help="directory of pictures (its sub-directories are labels), picture, or a file of scenes",
    )  # fmt: skip
    data.add_argument("--scenes", metavar="N", type=_positive, help="draw N scenes")
    parser.add_argument("--seed", type=int, default=0, help="of the first scene (default: 0)")
    parser.add_argument("--split", choices=SPLITS, default="test", help="of --scenes")
    parser.add_argument("--limit", metavar="N", type=_positive, help="only the first N frames")
    parser.add_argument(
        "--jobs", metavar="N", type=_positive, default=len(os.sched_getaffinity(0)),
        help="processes at a time (default: %(default)s); results do not depend on it",
    )  # fmt: skip
    parser.add_argument("--out", metavar="DIR", type=Path, help=f"default: {DEFAULT_OUT}/<app>")
    parser.add_argument("--fresh", action="store_true", help="forget the rows that are there")
    parser.add_argument(
        "--reference", metavar="MODEL.tflite", type=Path, nargs="?", const=PROJECTS_OWN,
        help="hold every answer against TFLM on the host (default: the project's model that the "
        "firmware has)",
    )  # fmt: skip
    gate = parser.add_argument_group("gate").add_mutually_exclusive_group()
    gate.add_argument(
        "--compare", metavar="JSON", type=Path, help="exit with 1 if a figure got worse than this"
    )
    gate.add_argument(
        "--write-baseline", metavar="JSON", type=Path, help="make this run the baseline"
    )
    firmware_files.add_options(parser)
    parser.set_defaults(handler=run)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return value


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench evaluate`."""
    image, elf = firmware_files.find(chosen)
    old = baseline.read(chosen.compare) if chosen.compare else None
    if chosen.scenes is not None:
        shown = items.draw_scenes(chosen.app, chosen.scenes, chosen.seed, chosen.split)
        name = f"{chosen.scenes} {chosen.split} scenes from seed {chosen.seed}"
    else:
        shown, name = items.find(chosen.data), str(chosen.data)
    shown = shown[: chosen.limit]
    folder = RunFolder(chosen.out or DEFAULT_OUT / chosen.app)
    try:
        with (
            interruption.noticed() as stop,
            booted(image, elf, chosen.app, chosen.emulator) as started,
        ):
            head = started.head | {"bench_sha256": bench_digest()}
            model = _model(chosen.reference, str(head["boot"]["model"]))
            layers = session.warm_up(started.firmware)
            jobs = 1 if head["inference"] == "host" else chosen.jobs
            rows = _rows(folder, head, chosen.fresh, shown, stop, started.firmware, jobs)
        data = {"name": name, "frames": len(shown), "sha256": items.data_digest(shown)}
        summary = summarise(head, rows, data, layers)
        write_json(folder.path / "summary.json", summary)
    finally:
        folder.close()
    _print(summary, len(shown), folder.path)
    agreed = model is None or _agrees(chosen.app, model, rows, folder)
    if len(rows) < len(shown):
        return INTERRUPTED
    if chosen.write_baseline:
        write_json(chosen.write_baseline, baseline.make(summary))
        print(f"{chosen.write_baseline}: written")
    held = _gate(baseline.compare(old, summary), chosen.compare) if old else True
    return PASSED if held and agreed and not summary["errors"] else CLAIM_FAILED


def _model(named: Path | None, digits: str) -> ModelFile | None:
    """The model for `--reference`, looked for before any frame is run."""
    if named is None:
        return None
    return find_model(None if named == PROJECTS_OWN else named, digits)


def _agrees(app: str, model: ModelFile, rows: list[Row], folder: RunFolder) -> bool:
    """Whether the host answers the same to every frame; prints both."""
    answered = [row for row in rows if not row["error"]]
    pairs = ((row, folder.frame_path(folder.path, row["sha256"]).read_bytes()) for row in answered)
    begun = track(pairs, "on the host", len(answered), console=Console(stderr=True), transient=True)
    found = agreement.compare(app, model, begun)
    same = found.frames - len(found.wrong)
    print(f"on the host: {same} of {found.frames} answers are the same, byte for byte")
    if found.chip_error is not None:
        print(f"mean error of the counts: chip {found.chip_error!r}, host {found.host_error!r}")
    for line in found.wrong[:MOST_WRONG]:
        print(f"  {line}")
    return not found.wrong


def _rows(
    folder: RunFolder,
    head: dict[str, object],
    fresh: bool,
    shown: list[items.Item],
    stop: interruption.Interruption,
    firmware: object,
    jobs: int,
) -> list[Row]:
    """All rows that there are when the run ends, in order; a Ctrl-C ends it early."""
    done = folder.resume(head, fresh)
    rows = [
        done[item.key] | {"index": index} for index, item in enumerate(shown) if item.key in done
    ]
    tasks = [(index, item) for index, item in enumerate(shown) if item.key not in done]
    if rows:
        print(f"{len(rows)} of {len(shown)} frames were done before", file=sys.stderr)
    begin, before = time.perf_counter(), _cpu_seconds()
    try:
        with _progress() as progress:
            bar = progress.add_task(str(head["app"]), total=len(shown), completed=len(rows))
            for row, frame in session.run(firmware, tasks, jobs, lambda: bool(stop)):
                folder.add(row, frame)
                rows.append(row)
                progress.advance(bar)
                progress.refresh()
    finally:
        rows.sort(key=lambda row: row["index"])
        folder.finish(rows)
    count, wall, cpu = len(tasks), time.perf_counter() - begin, _cpu_seconds() - before
    if count and not stop:
        print(
            f"{count} frames in {wall:.1f} s, {count / wall:.1f} frames/s with {jobs} processes; "
            f"{cpu / count:.3f} s of CPU a frame",
            file=sys.stderr,
        )
    return rows


class _Rate(ProgressColumn):
    """Frames a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.1f} frames/s")


def _progress() -> Progress:
    # Without a thread that refreshes it: this process forks.
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
        TimeRemainingColumn(), console=Console(stderr=True), auto_refresh=False, transient=True,
    )  # fmt: skip


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _print(summary: dict[str, object], wanted: int, folder: Path) -> None:
    console = Console(highlight=False)
    partial = f" of {wanted} (interrupted)" if summary["frames"] < wanted else ""
    console.print(f"{summary['frames']} frames{partial}, {summary['errors']} errors", markup=False)
    for figure, unit in (
        ("accuracy", "of the labels right"),
        ("exact_share", "of the counts exact"),
        ("mean_absolute_error", "persons off, mean absolute"),
    ):
        if summary.get(figure) is not None:
            console.print(f"{figure.replace('_', ' ')} {summary[figure]:.4f} {unit}", markup=False)
    confusion = summary.get("confusion") or {}
    answers = {answer for row in confusion.values() for answer in row}
    for truth in sorted(set(confusion) - answers):
        console.print(
            f"no frame was answered {truth!r}: does the firmware spell that label otherwise?",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    costs = ", ".join(f"{stage} {value:,}" for stage, value in summary["instructions"].items())
    console.print(f"instructions a frame: {costs}", markup=False, soft_wrap=True)
    console.print(
        f"emulator {summary['emulator']}, inference {summary['inference']}; results in {folder}",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _gate(changes: list[baseline.Change], path: Path) -> bool:
    """Print what moved; whether all is within its tolerance."""
    moved = [change for change in changes if change.before != change.now]
    failed = [change for change in moved if change.failed]
    table = Table("figure", "baseline", "now", "change", "may get worse by", "")
    for column in table.columns[1:5]:
        column.justify = "right"
    for change in moved:
        table.add_row(
            change.figure, f"{change.before:,}", f"{change.now:,}",
            f"{change.now - change.before:+,.6g}", change.tolerance,
            Text("FAILED", style="red") if change.failed else Text("ok"),
        )  # fmt: skip
    console = Console(highlight=False)
    console.width = max(console.width, TABLE_WIDTH)
    if moved:
        console.print(table)
    verdict = "failed" if failed else "held"
    console.print(
        f"gate {verdict}: {len(changes)} figures against {path}, {len(moved)} moved, "
        f"{len(failed)} too far",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    return not failed
