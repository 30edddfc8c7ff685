"""What the page says, gathered from runs, baselines, layer checks and the project's own files."""

import importlib.metadata
import json
import platform
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.evaluation import baseline, forms
from rtbench.evaluation.run_folder import read_rows
from rtbench.evaluation.summary import FORMAT, along, summarise
from rtbench.report.bar import Bar
from rtbench.report.code import CodeUse, code_use
from rtbench.report.estimate import estimate_of
from rtbench.report.gallery import Exhibit, gallery
from rtbench.report.tried import Tried
from rtbench.report.verdict import Verdict, judge
from rtbench.scenes.axes import SCENE_AXES
from rtbench.tasks import TASKS, Task
from rtbench.tasks.figure import Figure, counted
from rtbench.tasks.row import Row
from rtbench.tasks.shares import Share
from rtbench.tflite.tflite_file import ModelFile
from rtbench.timing.waterfall import Waterfall

KIB = 1024
NO_RUN = "not a run of `rtbench evaluate`; make one first"


@dataclass(frozen=True)
class Run:
    """One evaluation as the page shows it."""

    task: Task
    folder: str
    summary: dict[str, object]
    head: dict[str, object]
    frames: list[Exhibit]
    left_out: int
    figures: list[tuple[str, str]]
    labels: list[tuple[str, list[str]]]  # each label with its figures, `label_titles`
    label_titles: list[str]
    confusion: "Confusion | None"
    counts: list[tuple[str, int, float, float]]
    axes: list[tuple[str, list[Bar]]]
    stages: list[Bar]
    estimate: Waterfall | None
    layers: list[Bar]
    memory: list[Bar]
    changes: list[baseline.Change] | None
    failures: list[Row]
    difference: dict[str, object] | None
    code: CodeUse | None  # from `rtbench profile`
    new_figures: list[str]  # that have a tolerance and that the baseline does not know
    verdict: Verdict

    @property
    def counted(self) -> str:
        """What its costs are numbers of."""
        return counted(str(self.summary["emulator"]))


@dataclass(frozen=True)
class Confusion:
    """Truths down, answers across; a cell has the number and its share of the row."""

    answers: list[str]
    rows: list[tuple[str, list[tuple[str, int, float]]]]


def load(
    folder: Path,
    baselines: dict[str, dict[str, object]],
    differences: Sequence[dict[str, object]],
    models: Sequence[ModelFile],
    most_frames: int,
    profiles: Sequence[dict[str, object]] = (),
) -> Run:
    """A run from its folder; SetupError if it is none."""
    head = foreign.read_checked(folder / "head.json", forms.Head, NO_RUN)
    summary = foreign.read_checked(folder / "summary.json", forms.Summary, NO_RUN)
    if summary["format"] != FORMAT or head["app"] not in TASKS:
        raise SetupError(f"{folder}: {NO_RUN}")
    task = TASKS[head["app"]]
    rows = read_rows(folder / "rows.jsonl", task)
    _need_equal(folder, summary, summarise(head, rows, summary["data"], summary["layers"]))
    old = baselines.get(task.app)
    changes = baseline.compare(old, summary) if old else None
    difference = next(
        (one for one in differences if one["image_sha256"] == summary["image_sha256"]), None
    )
    profile = next(
        (one for one in profiles if one["image_sha256"] == summary["image_sha256"]), None
    )
    judged = judge(summary, changes, difference)
    frames = gallery(folder, task, rows, most_frames)
    model = next((one for one in models if one.sha256.startswith(summary["model"])), None)
    return Run(
        task=task,
        folder=folder.name,
        summary=summary,
        head=head,
        frames=frames,
        left_out=len(rows) - len(frames),
        figures=_figures(task, summary),
        labels=_labels(task, summary),
        label_titles=[figure.title for figure in _of_labels(task, summary)],
        confusion=_confusion(summary.get("confusion")),
        counts=[
            (true, one["frames"], one["mean_absolute_error"], one["mean_error"])
            for true, one in summary.get("by_true_count", {}).items()
        ],
        axes=_axes(task, rows),
        stages=_stages(summary),
        estimate=estimate_of(summary, folder / "summary.json"),
        layers=_layers(summary),
        memory=_memory(task, summary, model),
        changes=changes,
        failures=[row for row in rows if row.error],
        difference=difference,
        code=code_use(profile),
        new_figures=baseline.not_in(old, summary) if old else [],
        verdict=judged,
    )


def _need_equal(folder: Path, summary: Mapping[str, object], of_rows: Mapping[str, object]) -> None:
    """SetupError for a summary that says something else than the run's rows."""
    for name, expected in json.loads(json.dumps(of_rows)).items():
        if name not in summary or summary[name] != expected:
            raise SetupError(
                f"{folder / 'summary.json'}: {name} must be {expected!r:.{foreign.SHOWN}}, as the "
                f"rows give it, not {summary.get(name)!r:.{foreign.SHOWN}}; "
                "run `rtbench evaluate` again"
            )


def _figures(task: Task, summary: dict[str, object]) -> list[tuple[str, str]]:
    frames = f"{summary['frames']:,}"
    wanted = summary["data"].get("frames", summary["frames"])
    if summary["frames"] < wanted:
        frames += f" of {wanted:,} (interrupted)"
    found = [("frames", frames)]
    for figure in task.all_figures:
        value = summary.get(figure.name)
        if value not in (None, {}) and figure not in _of_labels(task, summary):
            share = summary.get("shares", {}).get(figure.name)
            found.append((figure.title, figure.text(value, share)))
    return found


def _of_labels(task: Task, summary: dict[str, object]) -> list[Figure]:
    """The task's figures that have a value for each label."""
    return [figure for figure in task.figures if isinstance(summary.get(figure.name), dict)]


def _labels(task: Task, summary: dict[str, object]) -> list[tuple[str, list[str]]]:
    rows: dict[str, list[str]] = {}
    for figure in _of_labels(task, summary):
        shares = summary.get("shares", {}).get(figure.name, {})
        for label, value in summary[figure.name].items():
            counts = f" ({Share(*shares[label])})" if label in shares else ""
            rows.setdefault(label, []).append(f"{value:{figure.form}}{counts}")
    return sorted(rows.items())


def _confusion(counts: dict[str, dict[str, int]] | None) -> Confusion | None:
    if not counts:
        return None
    answers = sorted({answer for row in counts.values() for answer in row} | set(counts))
    rows = []
    for truth in sorted(counts):
        whole = sum(counts[truth].values())
        cells = [(a, n := counts[truth].get(a, 0), n / whole) for a in answers]
        rows.append((truth, cells))
    return Confusion(answers, rows)


def _axes(task: Task, rows: Sequence[Row]) -> list[tuple[str, list[Bar]]]:
    found = []
    for axis in SCENE_AXES:
        bins = along(task, rows, axis.name)
        if len(bins) > 1:
            top = max(1.0, *(value for _, _, value in bins))
            bars = [
                Bar(bin_, task.score_form.format(value), value / top, f"{frames} frames")
                for bin_, frames, value in bins
            ]
            found.append((axis.title, bars))
    return found


def _stages(summary: dict[str, object]) -> list[Bar]:
    costs = summary[counted(summary["emulator"])] or {}
    total = max(sum(costs.values()), 1)
    return [
        Bar(stage, f"{cost:,}", cost / total, f"{cost / total:.1%}")
        for stage, cost in costs.items()
    ]


def _layers(summary: dict[str, object]) -> list[Bar]:
    layers = summary["layers"]
    whole = max(sum(layer["cycles"] for layer in layers), 1)
    top = max((layer["cycles"] for layer in layers), default=1) or 1
    return [
        Bar(
            f"{layer['layer']} {layer['op']}",
            f"{layer['cycles']:,}",
            layer["cycles"] / top,
            f"{layer['cycles'] / whole:.1%}",
        )
        for layer in layers
    ]


def _memory(task: Task, summary: dict[str, object], model: ModelFile | None) -> list[Bar]:
    budget = task.budget
    pairs = [(name, used, summary["memory_size"][name]) for name, used in summary["memory"].items()]
    pairs.append(("arena, of the budget", summary["arena_reserved"] or 0, budget.arena_bytes))
    pairs.append(("arena in use", summary["arena_used"] or 0, summary["arena_reserved"] or 1))
    if model is not None:
        pairs.append(("model, of the budget", model.bytes, budget.model_bytes))
    return [
        Bar(name, f"{used:,} of {size:,} bytes", min(used / size, 1.0), f"{used / size:.1%}")
        for name, used, size in pairs
    ]


def recipe(
    runs: Sequence[Run],
    differences: Sequence[Path],
    profiles: Sequence[Path],
    tries: Sequence[Tried] = (),
) -> list[str]:
    """The commands that make the page again from the same firmware."""
    lines, folders = [], [one.folder for one in tries]
    for run in runs:
        app, data = run.task.app, run.summary["data"]
        reference = " --reference" if "reference" in run.summary.get("judged", {}) else ""
        options = data.get("options", "...")
        lines.append(f"rtbench evaluate --app {app} {options}{reference} --out {run.folder}")
        folders.append(run.folder)
    diffs = f" --diff {shlex.join(map(str, differences))}" if differences else ""
    costs = f" --profile {shlex.join(map(str, profiles))}" if profiles else ""
    return [*lines, f"rtbench report --run {shlex.join(folders)}{diffs}{costs}"]


def provenance(runs: Sequence[Run], tflm_sha256: str | None) -> list[tuple[str, str]]:
    """Everything by which the page's figures can be made again."""
    found = []
    for run in runs:
        app, data = run.task.app, run.summary["data"]
        found += [
            (f"{app}: firmware, SHA-256 of the flash image", run.summary["image_sha256"]),
            (f"{app}: model, SHA-256 begins", run.summary["model"]),
            (f"{app}: frames", data["name"]),
            (f"{app}: frames, SHA-256 of their descriptions", data["sha256"]),
            (f"{app}: emulator", f"{run.summary['emulator']}, sources {_bench(run)}"),
            (f"{app}: inference", run.summary["inference"]),
        ]
    found.append(("TFLM, SHA-256 of libtflm.a", tflm_sha256 or "not there"))
    packages = ("unicorn", "tflite-micro", "numpy", "pillow")
    found += [(name, importlib.metadata.version(name)) for name in packages]
    found.append(("Python", platform.python_version()))
    return found


def _bench(run: Run) -> str:
    return str(run.head.get("bench_sha256", "not known"))


def document(page: Path | None) -> str | None:
    """A page of the project's documents as HTML; None without one."""
    if page is None or not page.is_file():
        return None
    # HTML in the page would be text: nothing can come in that way.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    text = reader.render(page.read_text(encoding="utf-8"))
    # Its links lead to files beside it, which are not beside this page.
    text = re.sub(r'<a href="[^"]*">(.*?)</a>', r"\1", text)
    return re.sub(r"<(/?)h[12]>", r"<\1h3>", text)
