"""`rtbench evaluate`: hundreds of frames through the real capture path, figures, and a gate."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    track,
)
from rich.progress import Task as ProgressTask
from rich.text import Text

from rtbench import cpus
from rtbench.commands import interruption, latency, sources, tables, target
from rtbench.commands.label_table import label_table
from rtbench.commands.model_files import find_model
from rtbench.commands.subject import described, running
from rtbench.evaluation import agreement, baseline, loop
from rtbench.evaluation.run_folder import RunFolder, bench_digest, write_json
from rtbench.evaluation.summary import summarise
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.items import Item, data_digest
from rtbench.link.firmware import Firmware
from rtbench.tasks import TASKS, Task
from rtbench.tasks.row import Row
from rtbench.tflite.tflite_file import ModelFile

DEFAULT_OUT = Path("build/evaluation")
PROJECTS_OWN = Path()
MOST_WRONG = 5  # answers that differ from the host's are named


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `evaluate` with its options."""
    parser = subparsers.add_parser(
        "evaluate",
        help="hundreds of frames through the camera: accuracy, cost, and a gate",
        description="Boots the firmware once and serves every frame from a snapshot of the machine "
        "at that moment, on all cores (on Renode each process has a machine of its own); an "
        "interrupted run goes on where it stopped. Results: rows.jsonl, rows.csv, summary.json and "
        "the frames in --out.",
        epilog="Exit codes: 0 every frame was answered and the gate holds, 1 not so, 2 the set-up "
        "is wrong, 130 interrupted (what was done is kept; the same command goes on). "
        "Examples: rtbench evaluate --app classify --scenes 100 --write-baseline build/good.json; "
        "rtbench evaluate --app classify --scenes 100 --compare build/good.json",
    )
    parser.add_argument("--app", choices=tuple(TASKS), default="classify")
    sources.add_options(parser)
    parser.add_argument(
        "--jobs", metavar="N", type=sources.positive, default=cpus.count(),
        help="processes at a time (default: %(default)s); answers do not depend on it",
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
    target.add_options(parser)
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench evaluate`."""
    create = target.find(chosen)
    old = baseline.read(chosen.compare) if chosen.compare else None
    task = TASKS[chosen.app]
    source = sources.find(chosen, task)
    data = {
        "name": source.name,
        "frames": len(source.items),
        "sha256": data_digest(source.items),
        "options": source.options,
    }
    if old:
        baseline.need_same(old, {"app": task.app, "data": data})
    folder = RunFolder(chosen.out or DEFAULT_OUT / chosen.app, task)
    try:
        with (
            interruption.noticed() as stop,
            running(create, chosen.app) as subject,
        ):
            head = subject.head | {"bench_sha256": bench_digest()}
            model = _model(chosen.reference, str(head["boot"]["model"]))
            jobs = 1 if head["inference"] == "host" or chosen.serial else chosen.jobs
            with latency.estimated_beside(
                subject.firmware, source.items, head["inference"]
            ) as estimated:
                layers = loop.warm_up(subject.firmware)
                rows = _rows(
                    folder, head, chosen.fresh, source.items, stop, subject.firmware, jobs,
                    estimated,
                )  # fmt: skip
                estimate = estimated()
        summary = summarise(head, rows, data, layers) | {"estimate": estimate}
        write_json(folder.path / "summary.json", summary)
        _print(task, summary, len(source.items), folder.path, described(head))
        judged = {}
        if model is not None:
            judged["reference"] = _agreement(task, model, rows, folder)
        if old and len(rows) == len(source.items):
            judged["baseline"] = _gate(old, summary, chosen.compare)
        if judged:  # for the page, which has neither model nor baseline of the caller's
            write_json(folder.path / "summary.json", {**summary, "judged": judged})
    finally:
        folder.close()
    if len(rows) < len(source.items):
        return INTERRUPTED
    if chosen.write_baseline:
        write_json(chosen.write_baseline, baseline.make(summary))
        print(f"{chosen.write_baseline}: written")
    held = not judged.get("baseline", {}).get("failed")
    agreed = model is None or (judged["reference"]["frames"] and not judged["reference"]["wrong"])
    return PASSED if held and agreed and not summary["errors"] else CLAIM_FAILED


def _model(named: Path | None, digits: str) -> ModelFile | None:
    """The model for `--reference`, looked for before any frame is run."""
    if named is None:
        return None
    return find_model(None if named == PROJECTS_OWN else named, digits)


def _agreement(
    task: Task, model: ModelFile, rows: list[Row], folder: RunFolder
) -> dict[str, object]:
    """To how many frames the host answers the same and to how many not; prints both."""
    answered = [row for row in rows if not row.error]
    pairs = ((row, folder.frame_path(folder.path, row.sha256).read_bytes()) for row in answered)
    begun = track(pairs, "on the host", len(answered), console=Console(stderr=True), transient=True)
    found = agreement.compare(task, model, begun)
    same = found.frames - len(found.wrong)
    print(f"on the host: {same} of {found.frames} answers are the same, byte for byte")
    if found.chip_error is not None:
        title = task.score_title.lower()
        print(f"{title}: chip {found.chip_error!r}, host {found.host_error!r}")
    for line in found.wrong[:MOST_WRONG]:
        print(f"  {line}")
    return {"model": model.sha256, "frames": found.frames, "wrong": len(found.wrong)}


def _rows(
    folder: RunFolder,
    head: dict[str, object],
    fresh: bool,
    shown: list[Item],
    stop: interruption.Interruption,
    firmware: Firmware,
    jobs: int,
    estimated: Callable[[], latency.Estimate],
) -> list[Row]:
    """All rows that there are when the run ends, in order; a Ctrl-C ends it early."""
    done = folder.resume(head, fresh)
    rows = [
        replace(done[item.key], index=index) for index, item in enumerate(shown) if item.key in done
    ]
    missing = [(index, item) for index, item in enumerate(shown) if item.key not in done]
    if rows:
        print(f"{len(rows)} of {len(shown)} frames were done before", file=sys.stderr)
    begin, before = time.perf_counter(), _cpu_seconds(firmware)
    try:
        with _progress() as progress:
            bar = progress.add_task(str(head["app"]), total=len(shown), completed=len(rows))
            for row, frame in loop.show_all(
                firmware, folder.task, missing, loop.Policy.RESTART,
                jobs=jobs, stop=lambda: bool(stop),
            ):  # fmt: skip
                folder.add(row, frame.data)
                rows.append(row)
                progress.advance(bar)
                progress.refresh()
    finally:
        rows.sort(key=lambda row: row.index)
        rows = latency.with_estimates(rows, estimated())
        folder.finish(rows)
    count, wall, cpu = len(missing), time.perf_counter() - begin, _cpu_seconds(firmware) - before
    if count and not stop:
        print(
            f"{count} frames in {wall:.1f} s, {count / wall:.1f} frames/s with {jobs} processes; "
            f"{cpu / count:.3f} s of CPU a frame",
            file=sys.stderr,
        )
    return rows


class _Rate(ProgressColumn):
    """Frames a second."""

    def render(self, task: ProgressTask) -> Text:
        return Text(f"{task.speed or 0:.1f} frames/s")


def _progress() -> Progress:
    # Without a thread that refreshes it: this process forks.
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(),
        TimeRemainingColumn(), console=Console(stderr=True), auto_refresh=False, transient=True,
    )  # fmt: skip


def _cpu_seconds(firmware: Firmware) -> float:
    """Of children that have ended, and of a machine that is a process of its own."""
    used = os.times()
    return used.children_user + used.children_system + firmware.machine.cpu_seconds


def _print(task: Task, summary: dict[str, object], wanted: int, folder: Path, place: str) -> None:
    console = Console(highlight=False)
    partial = f" of {wanted} (interrupted)" if summary["frames"] < wanted else ""
    console.print(f"{summary['frames']} frames{partial}", markup=False)
    table = label_table(task, summary)
    for figure in task.all_figures:
        value = summary[figure.name]
        in_table = table is not None and figure in task.figures and isinstance(value, Mapping)
        if value not in (None, {}) and not in_table:
            share = summary["shares"].get(figure.name)
            console.print(figure.line(value, share), markup=False, soft_wrap=True)
    if reason := summary.get("estimate", {}).get("reason"):
        console.print(f"not estimated for the chip: {reason}", markup=False, soft_wrap=True)
    if table is not None:
        tables.show(console, table)
    confusion = summary.get("confusion") or {}
    answers = {answer for row in confusion.values() for answer in row}
    for truth in sorted(set(confusion) - answers):
        console.print(
            f"no frame was answered {truth!r}: does the firmware spell that label otherwise?",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    console.print(
        f"{place}; results in {folder}",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _gate(old: dict[str, object], summary: dict[str, object], path: Path) -> dict[str, object]:
    """Print what moved and what is not gated yet; how many figures there are and which failed."""
    changes = baseline.compare(old, summary)
    moved = [change for change in changes if change.before != change.now]
    failed = [change for change in moved if change.failed]
    table = tables.new_table(
        "figure", "baseline", "now", "change", "may get worse by", "", right=range(1, 5)
    )
    for change in moved:
        table.add_row(
            change.name, f"{change.before:,}", f"{change.now:,}",
            f"{change.now - change.before:+,.6g}", change.tolerance,
            Text("FAILED", style="red") if change.failed else Text("ok"),
        )  # fmt: skip
    console = Console(highlight=False)
    if moved:
        tables.show(console, table)
    verdict = "failed" if failed else "held"
    console.print(
        f"gate {verdict}: {len(changes)} figures against {path}, {len(moved)} moved, "
        f"{len(failed)} too far",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    for name in baseline.not_in(old, summary):
        print(f"{name}: not in {path}, gated from the next baseline on")
    return {
        "file": str(path), "figures": len(changes), "failed": [change.name for change in failed],
    }  # fmt: skip
