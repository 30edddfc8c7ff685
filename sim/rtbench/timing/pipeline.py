"""Two issue slots, in order: when each instruction of a sequence issues.

An instruction that issues in cycle t has a result with offset p at t + p; a consumer with operand
offset c may issue in u where t + p <= u + c. See rtbench.timing.rules for the offsets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rtbench.timing.instruction import Instruction
from rtbench.timing.rules import MULTIPLIER, SHIFTER, STORE

LOADED_WORD = 2  # offset of a word from memory; where it is used late, it is one stage later still


@dataclass
class Pipeline:
    """The state between instructions; `cycle` is that of the group that is open."""

    cycle: int = -1
    group: list[Instruction] = field(default_factory=list)
    ready: dict[str, int] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    vector_free: int = 0
    open_banks: int = 0  # pairs of loads that may have the same bank
    holds_longer: int = 0  # cycles, by a multiply-accumulate (Parameters.vector_holds_longer)

    @property
    def cycles(self) -> int:
        """From the first issue to the end of the last group."""
        return self.cycle + 1

    def issue(self, one: Instruction) -> None:
        """Let an instruction issue as soon as it may."""
        if self._pairs(one) and self._earliest(one, one.needs) <= self.cycle:
            self._give(one, self.cycle, one.gives)
            self.open_banks += _bank_unknown(self.group[0], one)
            self.group.append(one)
            self._hold(one, self.cycle)
            return
        early = one.early
        at = max(self.cycle + 1, self._earliest(one, one.needs))
        # Early where that costs no wait.
        if early is not None and self._earliest(one, early[0]) <= at:
            self._give(one, at, early[1])
        else:
            self._give(one, at, one.gives)
        self.cycle = at + max(1, one.alone) - 1
        self.group = [one]
        self._hold(one, at)

    def _hold(self, one: Instruction, at: int) -> None:
        if one.holds_vector:
            self.vector_free = at + one.holds_vector + self.holds_longer

    def branch_away(self) -> None:
        """A branch that is taken ends its group."""
        self.group = []

    def _earliest(self, one: Instruction, needs: dict[str, int]) -> int:
        found = self.vector_free if one.held_by_vector else 0
        for name, stage in needs.items():
            at = self.ready.get(name)
            if at is not None:
                later = name in one.late_loads and name in self.loaded
                found = max(found, at - stage + later)
        return found

    def _give(self, one: Instruction, at: int, gives: dict[str, int]) -> None:
        for name, stage in gives.items():
            self.ready[name] = at + stage
            if one.loads and stage >= LOADED_WORD:
                self.loaded.add(name)
            else:
                self.loaded.discard(name)

    def _pairs(self, one: Instruction) -> bool:
        """Whether it may issue beside what is in the open group."""
        if len(self.group) != 1:
            return False
        first = self.group[0]
        if first.alone or one.alone or one.older_only or first.units & one.units:
            return False
        both = first.units | one.units
        if {STORE, MULTIPLIER} <= both or (first.shifts and SHIFTER in one.units):
            return False
        if one.moves_vector and (first.holds_vector or self.cycle < self.vector_free):
            return False
        if first.moves_vector and one.holds_vector:
            return False
        if first.branch and not first.conditional:
            return False
        if first.loads and one.loads:
            return first.bank is None or first.bank != one.bank
        return True


def _bank_unknown(first: Instruction, second: Instruction) -> bool:
    """Whether two loads side by side may be of one bank: only a base that both have tells."""
    if not (first.loads and second.loads):
        return False
    return first.bank is None or second.bank is None or first.bank[0] != second.bank[0]


def issued(instructions: Sequence[Instruction], holds_longer: int = 0) -> Pipeline:
    """A pipeline that was empty, behind these."""
    return followed(Pipeline(holds_longer=holds_longer), instructions)


def followed(pipeline: Pipeline, instructions: Sequence[Instruction]) -> Pipeline:
    """The same pipeline, behind these."""
    for one in instructions:
        pipeline.issue(one)
    return pipeline
