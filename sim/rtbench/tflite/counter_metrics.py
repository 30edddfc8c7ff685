"""metrics.json of a people counter, as far as the firmware and its reference go by it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from rtbench import foreign

WRITER = "must be a people counter's metrics.json, as `python -m models.people_counting` writes it"


@dataclass(frozen=True)
class Metrics:
    """Which model it is of, and the least score that counts, as its training chose it."""

    sha256: str
    score_threshold: Annotated[int, msgspec.Meta(ge=-128, le=127)]


def read_metrics(path: Path) -> Metrics:
    """SetupError, with file, key and value, for a file that is none."""
    return foreign.read_json(path, Metrics, WRITER)
