"""Plots beside the numbers: where does a model break, and how did it learn."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot

from rtbench.scenes.axes import Axis, bins


def plot_axes(
    path: Path,
    title: str,
    truths: Sequence[Mapping[str, float | str]],
    figures: Mapping[str, np.ndarray],
    axes: Sequence[Axis],
) -> dict[str, dict[str, dict[str, float]]]:
    """One panel an axis: each figure's mean in each bin. Returns the numbers with the counts."""
    table = {axis.name: _rows(truths, figures, axis) for axis in axes}
    limits = _limits(table, figures)
    columns = 3
    lines = -(-len(axes) // columns)
    sheet, panels = pyplot.subplots(lines, columns, figsize=(12, 2.9 * lines), squeeze=False)
    for panel, axis in zip(panels.flat, axes, strict=False):
        rows = table[axis.name].values()
        # How many scenes stand behind a point is as telling as the point.
        labels = [f"{label}\nn={row['scenes']}" for label, row in table[axis.name].items()]
        for name in figures:
            panel.plot(labels, [row[name] for row in rows], "o-", label=name)
        panel.set_ylim(*limits)
        panel.set_title(axis.name)
        panel.grid(alpha=0.3)
        panel.tick_params(labelsize=7)
    for panel in panels.flat[len(axes) :]:
        panel.axis("off")
    panels.flat[0].legend(fontsize=7)
    sheet.suptitle(title)
    sheet.tight_layout()
    sheet.savefig(path, dpi=80)
    pyplot.close(sheet)
    return table


def _rows(
    truths: Sequence[Mapping[str, float | str]], figures: Mapping[str, np.ndarray], axis: Axis
) -> dict[str, dict[str, float]]:
    """The figures of each bin of an axis, and how many scenes are in it."""
    return {
        label: {
            "scenes": int(chosen.sum()),
            **{name: round(float(values[chosen].mean()), 4) for name, values in figures.items()},
        }
        for label, chosen in bins(axis, [truth[axis.name] for truth in truths]).items()
        if chosen.any()
    }


def _limits(
    table: Mapping[str, Mapping[str, Mapping[str, float]]], figures: Iterable[str]
) -> tuple[float, float]:
    """The same height for every panel: a small difference must not look like a large one."""
    names = list(figures)
    means = [row[name] for rows in table.values() for row in rows.values() for name in names]
    return max(0.0, min(means) - 0.1), max(means) + 0.05


def plot_curve(path: Path, history: Mapping[str, Sequence[float]], names: Sequence[str]) -> None:
    """The learning curve."""
    sheet, panel = pyplot.subplots(figsize=(6, 4))
    for name in names:
        if name in history:
            panel.plot(np.arange(1, len(history[name]) + 1), history[name], label=name)
    panel.set_xlabel("epoch")
    panel.grid(alpha=0.3)
    panel.legend()
    sheet.tight_layout()
    sheet.savefig(path, dpi=80)
    pyplot.close(sheet)
