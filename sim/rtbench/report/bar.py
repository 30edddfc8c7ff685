"""What the page draws as a bar."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A named share of something: `part` from 0 to 1 is the bar's length."""

    name: str
    text: str
    part: float
    note: str = ""
