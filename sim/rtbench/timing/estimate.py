"""Cycles of what was executed, edge by edge: the model over two blocks less the first alone.

The core alone: memory that never waits, no unaligned access. Stalls of flash, OCRAM and SDRAM come
on top of it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rt1062.observations import Executed
from rtbench.timing.decode import decode
from rtbench.timing.instruction import Instruction
from rtbench.timing.pipeline import Pipeline, followed, issued

Place = tuple[int, int]  # start and length of a block
Spent = tuple[int, int]  # cycles, and pairs of loads whose banks are not known


@dataclass(frozen=True)
class Parameters:
    """What the sources leave open; in cycles. Their ranges are those of docs/timing.md."""

    bubble: float = -0.25  # of a branch that is taken as predicted
    misprediction: float = 6.0
    bank_conflict: float = 0.5  # of two loads side by side whose banks are not known


LOW = Parameters(bubble=-0.5, misprediction=6.0, bank_conflict=0.0)
MIDDLE = Parameters()
HIGH = Parameters(bubble=0.0, misprediction=8.0, bank_conflict=1.0)


@dataclass(frozen=True)
class Estimate:
    """Cycles of a run: by block, and what of them is mispredictions and not in the table."""

    blocks: Mapping[Place, float]
    mispredictions: float
    unknown: float
    mnemonics: Mapping[str, int]  # those that the table does not know, and how often

    @property
    def cycles(self) -> float:
        """All of them."""
        return sum(self.blocks.values())


class Estimator:
    """Decodes each block once; `read(address, length)` gives code as the core sees it."""

    def __init__(self, executed: Executed, read: Callable[[int, int], bytes]) -> None:
        self._executed = executed
        self._code: dict[Place, list[Instruction]] = {}
        for block in executed.blocks:
            place = (block.start, block.length)
            self._code[place] = decode(read(*place), block.start)
        self._alone = {place: _spent(issued(code)) for place, code in self._code.items()}
        self._behind = {
            (one.before, one.after): self._added(one.before, one.after) for one in executed.passages
        }

    def estimate(self, parameters: Parameters = MIDDLE) -> Estimate:
        """The cycles with these parameters."""
        cycles: Counter[Place] = Counter()
        entered: Counter[Place] = Counter()
        for edge in self._executed.passages:
            before, after = edge.before, edge.after
            cost = _cost(self._behind[before, after], parameters)
            cost += _is_taken(before, after) * parameters.bubble
            cycles[after] += edge.times * cost
            entered[after] += edge.times
        missed, unknown = 0.0, 0.0
        mnemonics: Counter[str] = Counter()
        for block in self._executed.blocks:
            place = (block.start, block.length)
            # Where nothing came before it: the first block of all.
            first = max(0, block.runs - entered[place])
            cycles[place] += first * _cost(self._alone[place], parameters)
            entered[place] += first
            code = self._code[place]
            if code and code[-1].branch and code[-1].conditional:
                cycles[place] += block.misses * parameters.misprediction
                missed += block.misses * parameters.misprediction
            for one in code:
                if not one.known:
                    unknown += block.runs * one.alone
                    mnemonics[one.mnemonic] += block.runs
        return Estimate(dict(cycles), missed, unknown, mnemonics)

    def _added(self, before: Place, after: Place) -> Spent:
        """What a block costs behind another, whatever the parameters."""
        pipeline = issued(self._code[before])
        if _is_taken(before, after):
            pipeline.branch_away()
        both = _spent(followed(pipeline, self._code[after]))
        return tuple(now - then for now, then in zip(both, self._alone[before], strict=True))


def _is_taken(before: Place, after: Place) -> bool:
    return sum(before) != after[0]


def _spent(pipeline: Pipeline) -> Spent:
    return pipeline.cycles, pipeline.open_banks


def _cost(spent: Spent, parameters: Parameters) -> float:
    cycles, open_banks = spent
    return cycles + open_banks * parameters.bank_conflict
