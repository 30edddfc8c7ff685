"""Fills the page's template."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rtbench import __version__
from rtbench.report.content import Run
from rtbench.report.verdict import of_all

MOST_SHOWN = 100  # frames of a run, until somebody asks for the rest
FOLDER = Path(__file__).resolve().parent


def page(
    runs: Sequence[Run],
    recipe: Sequence[str],
    provenance: Sequence[tuple[str, str]],
    fidelity: str | None,
) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=PackageLoader("rtbench.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        runs=runs,
        standing=of_all([run.verdict for run in runs]),
        most_shown=MOST_SHOWN,
        recipe=recipe,
        provenance=provenance,
        fidelity=fidelity,
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        script=(FOLDER / "page.js").read_text(encoding="utf-8"),
        version=__version__,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )
