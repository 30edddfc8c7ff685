"""What went over the line and what did not."""

from dataclasses import dataclass, field


@dataclass
class Account:
    """Counts of one session; `losses` names each thing that was lost and what became of it."""

    arrived: int = 0
    damaged: int = 0  # records
    asked_again: int = 0  # resends
    doubles: int = 0  # records that nobody waited for
    junk: int = 0  # lines that are neither events nor records
    restarts: int = 0  # of the board
    fallbacks: int = 0  # to the line's first rate
    overruns: int = 0  # periods without a frame
    gone: int = 0  # frames that could not be fetched again
    losses: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.arrived} frames arrived; {self.damaged} records damaged, {self.asked_again} "
            f"asked for again, {self.doubles} came twice, {self.gone} gone; {self.overruns} "
            f"overruns, {self.restarts} restarts, {self.fallbacks} fall-backs, {self.junk} lines "
            "of junk"
        )
