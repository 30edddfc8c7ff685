"""Fills the page's template."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rt1062.errors import SetupError
from rtbench import __version__
from rtbench.report.content import Run
from rtbench.report.tried import Tried
from rtbench.report.verdict import of_all
from rtbench.timing.plot import waterfall_picture

MOST_SHOWN = 100  # frames of a run, until somebody asks for the rest
FOLDER = Path(__file__).resolve().parent


def page(
    runs: Sequence[Run],
    recipe: Sequence[str],
    provenance: Sequence[tuple[str, str]],
    fidelity: str | None,
    tries: Sequence[Tried] = (),
    timing: str | None = None,
) -> str:
    """The whole page as text."""
    environment = Environment(
        loader=PackageLoader("rtbench.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["edge"] = "{:g}".format
    environment.filters["waterfall"] = lambda fall: waterfall_picture(fall, "").svg(inline=True)
    return environment.get_template("page.html.j2").render(
        runs=runs,
        tries=tries,
        standing=of_all([one.verdict for one in (*runs, *tries)]),
        most_shown=MOST_SHOWN,
        recipe=recipe,
        provenance=provenance,
        fidelity=fidelity,
        timing=timing,
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        script=(FOLDER / "page.js").read_text(encoding="utf-8"),
        version=__version__,
        made=_made().strftime("%Y-%m-%d %H:%M UTC"),
    )


def _made() -> datetime:
    """Now, or the time of SOURCE_DATE_EPOCH (seconds since 1970), for pages that are compared."""
    asked = os.environ.get("SOURCE_DATE_EPOCH")
    if not asked:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(asked), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SetupError(f"SOURCE_DATE_EPOCH must be seconds since 1970, not {asked!r}") from error
