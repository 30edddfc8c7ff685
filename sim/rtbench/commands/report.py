"""`rtbench report`: one self-contained page from the runs of `rtbench evaluate`."""

import argparse
import hashlib
import json
from pathlib import Path

from rt1062 import checkout
from rt1062.errors import SetupError
from rt1062.files import cannot_write, write_whole
from rtbench import host_inference
from rtbench.commands.evaluate import DEFAULT_OUT
from rtbench.evaluation import baseline, user_model
from rtbench.exit_codes import CLAIM_FAILED, PASSED
from rtbench.tflite.tflite_file import read_model

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
        epilog="Exit codes: 0 the verdict is passed, 1 failed (the page is written either way), "
        "2 the set-up is wrong.",
    )
    parser.add_argument(
        "--run", metavar="DIR", type=Path, nargs="+", default=[],
        help=f"folders of runs (default: those in {DEFAULT_OUT})",
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
        "--out", metavar="HTML", type=Path, default=DEFAULT_PAGE, help="default: %(default)s"
    )
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench report`."""
    from rtbench.report.content import fidelity, load, provenance
    from rtbench.report.page import page

    folders = chosen.run or sorted(file.parent for file in DEFAULT_OUT.glob("*/summary.json"))
    if not folders:
        raise SetupError(
            f"no runs in {DEFAULT_OUT}: `rtbench evaluate` makes them, --run names one"
        )
    models = [read_model(path) for path in host_inference.networks()]
    differences = [_difference(path) for path in chosen.diff]
    runs = [
        load(folder, _baselines(chosen.baseline, folder), differences, models, MOST_FRAMES)
        for folder in folders
    ]
    text = page(runs, provenance(runs, _tflm()), fidelity(checkout.own("docs/fidelity.md")))
    try:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(chosen.out, error) from error
    write_whole(chosen.out, text)
    reasons = [f"{one.task.app}: {reason}" for one in runs for reason in one.reasons]
    print(f"{chosen.out}: {'failed' if reasons else 'passed'}, {len(text) / 1e6:.1f} MB")
    for reason in reasons:
        print(reason)
    return CLAIM_FAILED if reasons else PASSED


def _baselines(named: list[Path] | None, folder: Path) -> dict[str, dict[str, object]]:
    """By app: those named, or the project's where it is of the run's frames."""
    if named is not None:
        found = [baseline.read(path) for path in named]
        return {str(one["app"]): one for one in found}
    found = [baseline.read(path) for path in sorted(BASELINES.glob("*.json"))]
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        digest = summary["data"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # what is wrong with the run is said when it is loaded
    return {str(one["app"]): one for one in found if one["data"]["sha256"] == digest}


def _difference(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"{path}: cannot be read ({error})") from error
    if not isinstance(found, dict) or "layers" not in found or "image_sha256" not in found:
        raise SetupError(f"{path}: not what `rtbench diff --json` writes")
    return found


def _tflm() -> str | None:
    try:
        library = user_model.tflm_directory() / "lib/cm7/armgcc/libtflm.a"
    except SetupError:
        return None
    return hashlib.sha256(library.read_bytes()).hexdigest()
