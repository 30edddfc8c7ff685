"""Tables as all commands print them: plain, so that 80 columns hold them, and nothing folded."""

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

_UNLIMITED = 10_000  # columns


def new_table(*columns: str, right: range | None = None, narrow: bool = False) -> Table:
    """Without lines around cells; the columns in `right` are of numbers, `narrow` saves space."""
    table = Table(*columns, box=None, pad_edge=False, collapse_padding=narrow, header_style="bold")
    for place in right or ():
        table.columns[place].justify = "right"
    return table


def show(console: Console, table: Table) -> None:
    """Print it as wide as it is: a narrow terminal wraps lines rather than columns, and a file's
    name that is longer than all expected can still be copied."""
    options = console.options.update(max_width=_UNLIMITED)
    before = console.width
    console.width = max(before, Measurement.get(console, options, table).maximum)
    console.print(table, soft_wrap=False)
    console.width = before
