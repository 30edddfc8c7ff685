"""The waterfall of `rtbench time` as a table."""

from rich.console import Console

from rtbench.commands import tables
from rtbench.timing.waterfall import CAUSES, Part, Waterfall

LEAST_MS = 0.0005  # less of a share is not shown
TITLES = {
    "core": "core",
    "mispredictions": "mispredicted",
    "unaligned": "unaligned",
    "flash": "flash",
    "ram": "RAM",
    "devices": "devices",
}


def print_waterfall(fall: Waterfall, per: str) -> None:
    """All stages with their shares, the sum, frames a second."""
    console = Console(highlight=False, markup=False)
    whole = fall.whole
    mean = f" (mean of {fall.runs})" if fall.runs > 1 else ""
    told = f"{fall.title}: {whole.ms.shown()} ms {per}{mean} at {fall.hz / 1e6:g} MHz"
    if whole.waiting >= LEAST_MS:
        told += f", and {whole.waiting:.3f} ms of waiting for devices"
    console.print(told, soft_wrap=True)
    table = tables.new_table(
        "stage", "ms", "low", "high", *TITLES.values(), "waiting", right=range(1, 11)
    )
    for part in fall.shown:
        table.add_row(*_row(part))
    if len(fall.parts) > 1:
        table.add_row(*_row(whole))
    tables.show(console, table)
    told = f"cycles that the table does not know: {fall.unknown:.1%}"
    if fall.mnemonics:
        told += f" ({', '.join(fall.mnemonics)})"
    console.print(told, soft_wrap=True)
    for doubt in fall.doubts:
        console.print(f"doubt: {doubt}", soft_wrap=True)
    rate = fall.frames_a_second
    console.print(f"at most {rate.shown('.2f')} a second, one behind the other", soft_wrap=True)


def _row(part: Part) -> list[str]:
    shares = (*(getattr(part, name) for name in CAUSES), part.waiting)
    return [
        part.label,
        *(f"{ms:.3f}" for ms in (part.ms.mid, part.ms.low, part.ms.high)),
        *(f"{ms:.3f}" if ms >= LEAST_MS else "" for ms in shares),
    ]
