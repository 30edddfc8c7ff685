"""`rtbench time --what-if`: the same frame in other settings, as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console

from rtbench.commands import tables
from rtbench.commands.timed import Timed
from rtbench.timing.estimate import Estimator
from rtbench.timing.setting import Setting
from rtbench.timing.waterfall import Waterfall, waterfall
from rtbench.timing.what_if import Case, cases, find_arena, find_weights, kernels_of


@dataclass(frozen=True)
class Outcome:
    """A case, what it comes to, and by which factor that is longer than the machine's own."""

    case: Case
    fall: Waterfall
    factor: float


def outcomes(
    found: Timed, estimator: Estimator, setting: Setting, arena: str | None, weights: str | None
) -> tuple[list[Outcome], list[str]]:
    """All cases for what was run, and a word on what was not found in it."""
    recording, machine = found.recording, found.machine
    pieces = find_arena(machine, arena), find_weights(machine, weights)
    notes = [
        f"{what} not found: --{what} names the variable"
        for what, piece in zip(("arena", "weights"), pieces, strict=True)
        if piece is None
    ]
    kernels = kernels_of(estimator.estimate(setting), setting)
    all_of_them = cases(setting, *pieces, kernels)
    falls = {
        case.setting: waterfall(found.title, estimator, case.setting, recording.windows, found.runs)
        for case in all_of_them
    }
    own = falls[setting].whole.ms.mid
    return [
        Outcome(case, fall := falls[case.setting], fall.whole.ms.mid / own) for case in all_of_them
    ], notes


def print_outcomes(found: Sequence[Outcome]) -> None:
    """A row each; the machine's own settings are marked."""
    table = tables.new_table(
        "what if", "", "ms", "low", "high", "", "flash", "RAM", right=range(2, 8)
    )
    what = ""
    for one in found:
        whole = one.fall.whole
        table.add_row(
            one.case.what if one.case.what != what else "",
            one.case.name,
            *(f"{ms:.3f}" for ms in (whole.ms.mid, whole.ms.low, whole.ms.high)),
            "as it is" if one.case.is_own else f"{one.factor - 1:+.1%}",
            f"{whole.flash:.3f}", f"{whole.ram:.3f}",
        )  # fmt: skip
        what = one.case.what
    tables.show(Console(highlight=False, markup=False), table)


def to_json(found: Sequence[Outcome]) -> list[dict[str, object]]:
    """For a file."""
    return [
        {
            "what": one.case.what, "name": one.case.name, "as_it_is": one.case.is_own,
            "whole": asdict(one.fall.whole), "factor": one.factor,
        }
        for one in found
    ]  # fmt: skip
