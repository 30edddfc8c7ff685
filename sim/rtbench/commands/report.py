"""`rtbench report`: one self-contained page from the runs of `rtbench evaluate`."""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rt1062 import checkout
from rt1062.errors import SetupError
from rt1062.files import cannot_write, write_whole
from rtbench import foreign, host_inference
from rtbench.commands.evaluate import DEFAULT_OUT
from rtbench.evaluation import baseline, forms, user_model
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.tflite.tflite_file import read_model

if TYPE_CHECKING:
    from rtbench.report.content import Run

DEFAULT_PAGE = Path("build/report/index.html")
BASELINES = Path(baseline.__file__).parent / "baselines"
MOST_FRAMES = 1000


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `report` with its options."""
    parser = subparsers.add_parser(
        "report",
        help="one self-contained page from the runs of `rtbench evaluate`",
        description="Writes one HTML file that needs no network: verdict, frames, confusion, "
        "costs, memory, difference from the baseline, and what is needed to make it again.",
        epilog="The verdict is passed where something was asked and held: a baseline, TFLM on the "
        "host (evaluate --reference, diff --json). Where nothing was asked it is answered, not "
        "judged. Exit codes: 0 one of these, 1 failed (the page is written either way), 2 the "
        "set-up is wrong. "
        "Example: rtbench report --run build/evaluation/classify --out build/report/index.html",
    )
    parser.add_argument(
        "--run", metavar="DIR", type=Path, nargs="+", default=[],
        help=f"folders of runs, and of `rtbench try` (default: the runs in {DEFAULT_OUT})",
    )  # fmt: skip
    parser.add_argument(
        "--baseline", metavar="JSON", type=Path, nargs="*",
        help="to compare the runs with (default: the project's, if of the same frames)",
    )  # fmt: skip
    parser.add_argument(
        "--diff", metavar="JSON", type=Path, nargs="*", default=[],
        help="what `rtbench diff --json` wrote",
    )  # fmt: skip
    parser.add_argument(
        "--profile", metavar="JSON", type=Path, nargs="*", default=[],
        help="what `rtbench profile --json` wrote",
    )  # fmt: skip
    parser.add_argument(
        "--out", metavar="HTML", type=Path, default=DEFAULT_PAGE, help="default: %(default)s"
    )
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench report`."""
    from rtbench.report import tried
    from rtbench.report.content import document, load, provenance, recipe
    from rtbench.report.page import page
    from rtbench.report.verdict import Standing, of_all

    folders = chosen.run or sorted(file.parent for file in DEFAULT_OUT.glob("*/summary.json"))
    if not folders:
        raise SetupError(
            f"no runs in {DEFAULT_OUT}: `rtbench evaluate` makes them, --run names one"
        )
    models = [read_model(path) for path in host_inference.networks()]
    differences = [_difference(path) for path in chosen.diff]
    profiles = [_profile(path) for path in chosen.profile]
    named = None if chosen.baseline is None else [baseline.read(one) for one in chosen.baseline]
    tries = [tried.load(folder) for folder in folders if tried.is_tried(folder)]
    folders = [folder for folder in folders if not tried.is_tried(folder)]
    runs = [
        load(folder, _baselines(named, folder), differences, models, MOST_FRAMES, profiles)
        for folder in folders
    ]
    _need_use(chosen, named, differences, runs)
    _need_image(chosen.profile, profiles, runs)
    text = page(
        runs,
        [*(one.recipe for one in tries), *recipe(runs, chosen.diff, chosen.profile, tries)],
        [*(fact for one in tries for fact in one.provenance), *provenance(runs, _tflm())],
        document(checkout.own("docs/fidelity.md")), tries, document(checkout.own("docs/timing.md")),
    )  # fmt: skip
    try:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(chosen.out, error) from error
    write_whole(chosen.out, text)
    standing = of_all([one.verdict for one in (*runs, *tries)])
    print(f"{chosen.out}: {standing}, {len(text) / 1e6:.1f} MB")
    for one in tries:
        for reason in one.verdict.failed:
            print(f"{one.name}: {reason}")
    for one in runs:
        for reason in (*one.verdict.failed, *one.verdict.not_asked):
            print(f"{one.task.app}: {reason}")
    return CLAIM_FAILED if standing is Standing.FAILED else PASSED


def _need_use(
    chosen: argparse.Namespace,
    baselines: list[dict[str, object]] | None,
    differences: list[dict[str, object]],
    runs: "Sequence[Run]",
) -> None:
    """SetupError for something to judge by that judges no run: it would seem to have held."""
    apps = {run.task.app for run in runs}
    for path, one in zip(chosen.baseline or (), baselines or (), strict=True):
        if one["app"] not in apps:
            raise SetupError(f"{path}: of {one['app']!r}, and no run is: it would judge nothing")
    _need_image(chosen.diff, differences, runs)


def _need_image(
    paths: Sequence[Path], found: Sequence[dict[str, object]], runs: "Sequence[Run]"
) -> None:
    """SetupError for what was measured of a firmware that no run is of."""
    images = {run.summary["image_sha256"] for run in runs}
    for path, one in zip(paths, found, strict=True):
        if one["image_sha256"] not in images:
            raise SetupError(f"{path}: of another firmware than any run's: make it again")


def _baselines(named: list[dict[str, object]] | None, folder: Path) -> dict[str, dict[str, object]]:
    """By app: those named, or the project's where it is of the run's frames."""
    if named is not None:
        return {str(one["app"]): one for one in named}
    found = [baseline.read(path) for path in sorted(BASELINES.glob("*.json"))]
    try:
        digest = foreign.read_json(folder / "summary.json", forms.Summary)["data"]["sha256"]
    except SetupError:
        return {}  # what is wrong with the run is said when it is loaded
    return {str(one["app"]): one for one in found if one["data"]["sha256"] == digest}


def _difference(path: Path) -> dict[str, object]:
    return foreign.read_json(path, forms.Difference, "not what `rtbench diff --json` writes")


def _profile(path: Path) -> dict[str, object]:
    return foreign.read_json(path, forms.Profile, "not what `rtbench profile --json` writes")


def _tflm() -> str | None:
    try:
        library = user_model.tflm_directory() / "lib/cm7/armgcc/libtflm.a"
    except SetupError:
        return None
    return hashlib.sha256(library.read_bytes()).hexdigest()
