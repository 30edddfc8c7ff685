"""The milliseconds on the chip that a run or a trial was estimated to take."""

from collections.abc import Mapping

from rtbench.timing.waterfall import Waterfall


def estimate_of(summary: Mapping[str, object], where: object) -> Waterfall | None:
    """The stages in a summary.json, which stands at `where`; None where nothing was estimated,
    SetupError for what is none.
    """
    told = summary.get("estimate", {})
    return Waterfall.from_json(told, f"{where}: estimate") if "stages" in told else None
