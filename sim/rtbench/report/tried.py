"""What the page says of a model that `rtbench try` has run, out of the folder that it left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rt1062.errors import SetupError
from rtbench import foreign
from rtbench.evaluation import forms
from rtbench.evaluation.run_folder import read_json
from rtbench.evaluation.trial import FORMAT, KIND
from rtbench.report.bar import Bar
from rtbench.report.estimate import estimate_of
from rtbench.report.verdict import Verdict
from rtbench.timing.waterfall import Waterfall

AGAIN = "of another release of `rtbench try`; make it again"


@dataclass(frozen=True)
class Tried:
    """One model as the page shows it."""

    name: str
    folder: str
    facts: list[tuple[str, str]]
    outputs: list[tuple[str, str, bool]]  # which, how it agrees, whether it is wrong
    layers: list[tuple[Bar, str, bool]]  # its cost, how it agrees, whether it is wrong
    memory: list[Bar]
    errors: list[tuple[str, str]]
    confusion: Mapping[str, Mapping[str, int]]
    recipe: str
    provenance: list[tuple[str, str]]
    verdict: Verdict
    estimate: Waterfall | None = None


def is_tried(folder: Path) -> bool:
    """Whether `rtbench try` has left the folder."""
    summary = read_json(folder / "summary.json")
    return isinstance(summary, dict) and summary.get("kind") == KIND


def load(folder: Path) -> Tried:
    """From such a folder; SetupError if something is not as `rtbench try` writes it."""
    path = folder / "summary.json"
    summary = foreign.read_json(path, forms.Tried, AGAIN)
    if summary["format"] != FORMAT:
        raise SetupError(f"{path}: {AGAIN}")
    answers = summary["answers"]
    name = Path(summary["model"]).name
    classes = summary["classes"] or {}
    return Tried(
        name=name,
        folder=folder.name,
        facts=_facts(summary, classes),
        outputs=[(_title(one), one["verdict"], bool(one["wrong"])) for one in summary["outputs"]],
        layers=_layers(summary["layers"]),
        memory=[
            Bar(region, f"{used:,} of {size:,} bytes", used / size, f"{used / size:.1%}")
            for region, (used, size) in summary["memory"].items()
        ],
        errors=[(one["id"], one["error"]) for one in answers if one["error"]],
        confusion=classes.get("confusion", {}),
        recipe=f"rtbench try {summary['options']}",
        provenance=[
            (f"{name}: model, SHA-256", summary["model_sha256"]),
            (f"{name}: firmware, SHA-256 of the flash image", summary["image_sha256"]),
        ],
        verdict=_judge(summary),
        estimate=estimate_of(summary, path),
    )


def _title(output: Mapping[str, object]) -> str:
    return f"{output['name']} {output['type']} {'x'.join(map(str, output['shape']))}"


def _facts(summary: Mapping[str, object], classes: Mapping[str, object]) -> list[tuple[str, str]]:
    spent = [one["instructions"] for one in summary["answers"] if not one["error"]]
    found = [
        ("inputs shown", f"{len(summary['answers']):,}"),
        ("arena", f"{summary['arena_used']:,} bytes of {summary['arena_text']}"),
        ("shown", "; ".join(summary["said"]) or "arrays of its user's"),
    ]
    if spent:
        found.append(("instructions an inference", f"{min(spent):,} to {max(spent):,}"))
    if classes:
        right, known = classes["right"], classes["known"]
        found.append(("accuracy", f"{classes['accuracy']:.4f} ({right} of {known})"))
    return found


def _layers(layers: Sequence[Mapping[str, object]]) -> list[tuple[Bar, str, bool]]:
    most = max((one["cycles"] or 0 for one in layers), default=0) or 1
    found = []
    for one in layers:
        cost = one["cycles"] or 0
        bar = Bar(f"{one['layer']} {one['op']}", f"{cost:,}", cost / most)
        found.append((bar, one["verdict"], one["wrong"]))
    return found


def _judge(summary: Mapping[str, object]) -> Verdict:
    """Every answer and every layer was compared with the host: that is what was asked."""
    answers, layers = summary["answers"], summary["layers"]
    failed, held = [], []
    silent = sum(bool(one["error"]) for one in answers)
    wrong = sum(not one["agrees"] and not one["error"] for one in answers)
    if silent:
        failed.append(f"{silent} of {len(answers)} inputs were not answered")
    if wrong:
        failed.append(f"{wrong} of {len(answers)} answers differ from TFLM on the host")
    failed += [
        f"layer {one['layer']} {one['op']}: {one['verdict']}" for one in layers if one["wrong"]
    ]
    if not failed:
        exact = all(one["equal"] == one["frames"] for one in summary["outputs"])
        how = "equal TFLM on the host" + ("" if exact else " within the rounding of floats")
        held.append(f"{len(answers)} answers and {len(layers)} layers {how}")
    return Verdict(tuple(held), tuple(failed), ())
