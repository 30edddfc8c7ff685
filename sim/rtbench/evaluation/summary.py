"""Rows to figures: how often right, how far off, what it cost."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from rtbench.evaluation.frame import Row
from rtbench.evaluation.run_folder import STAGES

FORMAT = "rtbench evaluation 1"


def summarise(
    head: dict[str, object],
    rows: Sequence[Row],
    data: dict[str, object],
    layers: Sequence[dict[str, object]],
) -> dict[str, object]:
    """The figures of a run: the content of summary.json and of a baseline."""
    answered = [row for row in rows if not row["error"]]
    boot = head["boot"]
    figures: dict[str, object] = {
        "format": FORMAT,
        "app": head["app"],
        "emulator": head["emulator"],
        "inference": head["inference"],
        "image_sha256": head["image_sha256"],
        "model": boot["model"],
        "data": data,
        "frames": len(rows),
        "errors": len(rows) - len(answered),
        "arena_used": boot["arena_used"],
        "arena_reserved": boot["arena_reserved"],
        "memory": {name: use["used"] for name, use in boot["memory"].items()},
        "memory_size": {name: use["size"] for name, use in boot["memory"].items()},
        "instructions": {
            stage: round(fmean(row["cycles"][stage] for row in answered))
            for stage in STAGES
            if answered
        },
        "layers": list(layers),
    }
    quality = counting(rows) if head["app"] == "count" else classification(rows)
    return figures | quality


def is_right(row: Row) -> bool | None:
    """Whether the answer is the truth; None if the truth is not known. No answer is wrong."""
    truth, answer = ("true_count", "count") if "count" in row else ("truth", "label")
    if row.get(truth) is None:
        return None
    return not row["error"] and row.get(answer) == row[truth]


def classification(rows: Sequence[Row]) -> dict[str, object]:
    """Accuracy over the frames whose truth is known, an error counting as wrong."""
    known = [row for row in rows if row["truth"] is not None]
    if not known:
        return {"accuracy": None}
    right = Counter(row["truth"] for row in known if is_right(row))
    of = Counter(row["truth"] for row in known)
    confusion: dict[str, Counter[str]] = {label: Counter() for label in of}
    for row in known:
        confusion[row["truth"]][row.get("label") or "(error)"] += 1
    return {
        "accuracy": round(sum(right.values()) / len(known), 4),
        "class_accuracy": {label: round(right[label] / of[label], 4) for label in of},
        "confusion": {label: dict(answers) for label, answers in confusion.items()},
    }


def counting(rows: Sequence[Row]) -> dict[str, object]:
    """Counting error over the frames whose count is known and that were answered."""
    known = [row for row in rows if row["true_count"] is not None and "count" in row]
    if not known:
        return {"exact_share": None, "mean_absolute_error": None}
    errors = [row["count"] - row["true_count"] for row in known]
    return {
        "exact_share": round(sum(error == 0 for error in errors) / len(errors), 4),
        "mean_absolute_error": round(fmean(map(abs, errors)), 4),
        "mean_error": round(fmean(errors), 4),
        "by_true_count": {
            str(true): {
                "frames": len(group),
                "mean_absolute_error": round(fmean(map(abs, group)), 4),
                "mean_error": round(fmean(group), 4),
            }
            for true, group in sorted(_groups(known).items())
        },
    }


def _groups(rows: Sequence[Row]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(row["true_count"], []).append(row["count"] - row["true_count"])
    return groups


def along(
    rows: Sequence[Row], axis: str, score: Callable[[Row], float], bins: int = 4
) -> list[tuple[str, int, float]]:
    """The mean score along a difficulty axis: name of the bin, frames in it, mean.

    Numbers are cut into bins of about equal numbers of frames, equal numbers staying together;
    names are bins of their own.
    """
    known = [row for row in rows if axis in row["axes"] and is_right(row) is not None]
    if not known:
        return []
    if isinstance(known[0]["axes"][axis], str):
        names = sorted({row["axes"][axis] for row in known})
        groups = {name: [row for row in known if row["axes"][axis] == name] for name in names}
    else:
        groups = {}
        for part in _alike(sorted(known, key=lambda row: row["axes"][axis]), axis, bins):
            low, high = part[0]["axes"][axis], part[-1]["axes"][axis]
            groups[f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"] = part
    return [(name, len(part), fmean(map(score, part))) for name, part in groups.items()]


def _alike(rows: list[Row], axis: str, bins: int) -> Iterator[list[Row]]:
    """Rows in the order of an axis, cut into parts."""
    part: list[Row] = []
    for _, equal in itertools.groupby(rows, key=lambda row: row["axes"][axis]):
        part += equal
        if len(part) >= len(rows) / bins:
            yield part
            part = []
    if part:
        yield part
