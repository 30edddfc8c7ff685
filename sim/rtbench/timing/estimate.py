"""Cycles of what was executed: the core edge by edge, and from a trace what it waits for.

An edge costs the pipeline's model over two blocks less the first alone. A trace (`recorded(events)`
of a machine) adds mispredictions in their order, unaligned accesses, and caches and memories as a
Setting has them; without one there is the core alone, with memory that never waits.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from rt1062.observations import Executed, Trace
from rtbench.timing.compiled import passes
from rtbench.timing.costs import costs_of
from rtbench.timing.decode import decode
from rtbench.timing.instruction import FLAGS, Instruction
from rtbench.timing.interval import Interval
from rtbench.timing.parameters import CORNERS, Parameters
from rtbench.timing.pipeline import Pipeline, followed, issued
from rtbench.timing.placement import placement_of
from rtbench.timing.setting import Setting

Place = tuple[int, int]  # start and length of a block
Spent = tuple[int, int]  # cycles, and pairs of loads whose banks are not known
LOW, MID, HIGH = range(3)
FLAGS_EARLY = 3  # cycles before its branch


class Cause(IntEnum):
    """Where cycles go; UNALIGNED with the waits of byte and half-word stores for one another."""

    CORE, MISPREDICTED, UNALIGNED, FLASH, RAM, DEVICE = range(6)


# How far published figures were from such a model at most, for four of five (docs/timing.md): what
# an interval is wider than its corners. Of lines that are read again out of the stream's order,
# which is the largest doubt, so much more.
WIDER = np.array([0.15, 0.15, 0.15, 0.05, 0.15, 0.15])
AGAIN_WIDER = 0.6
MUCH = 0.2  # a share of the time that is worth a word


@dataclass(frozen=True, eq=False)
class Estimate:
    """Cycles by corner (LOW, MID, HIGH), part, cause and block, the last in the order of `places`.

    By corner and part besides: `again`, waits for flash lines that were there before and came by a
    new command; `bare`, waits for what no cache holds. `unknown`: cycles of instructions that the
    table does not have, by mnemonic `mnemonics` how often they ran.
    """

    cycles: np.ndarray
    places: Sequence[Place]
    again: np.ndarray
    bare: np.ndarray
    unknown: float
    mnemonics: Mapping[str, int]
    traced: float = 1.0  # which part of the run the trace has

    @property
    def parts(self) -> int:
        """How many the cuts made of it."""
        return self.cycles.shape[1]

    def of(self, part: int | None = None, cause: Cause | None = None) -> Interval:
        """Of a part or all, for a cause or all."""
        parts = slice(None) if part is None else slice(part, part + 1)
        causes = slice(None) if cause is None else slice(cause, cause + 1)
        by_cause = self.cycles[:, parts, causes].sum(axis=(1, 3))
        found = _widened(by_cause, WIDER[causes])
        if cause in (None, Cause.FLASH):
            found = found + Interval(0, 0, AGAIN_WIDER * float(self.again[HIGH, parts].sum()))
        return found

    @property
    def total(self) -> Interval:
        """All of it."""
        return self.of()

    def by_block(self, cause: Cause | None = None) -> dict[Place, Interval]:
        """Each block's, all parts together."""
        causes = slice(None) if cause is None else slice(cause, cause + 1)
        by_cause = self.cycles[:, :, causes].sum(axis=1)
        return {
            place: _widened(by_cause[:, :, block], WIDER[causes])
            for block, place in enumerate(self.places)
        }

    def share(self, cause: Cause) -> float:
        """Of the most likely cycles."""
        return float(self.cycles[MID, :, cause].sum() / max(1.0, self.cycles[MID].sum()))

    def doubts(self) -> list[str]:
        """Why this estimate deserves less trust than its interval says: a line each."""
        whole = max(1.0, self.cycles[MID].sum())
        again, bare = self.again[MID].sum() / whole, self.bare[MID].sum() / whole
        found = []
        if again > MUCH:
            found.append(
                f"{again:.0%} of the time is flash that is read again, out of its order: how the "
                "controller goes on is not known, and it may take 60 % longer"
            )
        if bare > MUCH:
            found.append(f"{bare:.0%} of the time is devices and memory without a cache: no claim")
        if self.unknown / whole > MUCH:
            found.append(f"{self.unknown / whole:.0%} are instructions that the table has not")
        if self.traced < 1:
            found.append(f"the trace has {self.traced:.0%} of the run; the rest is taken as alike")
        return found


def _widened(by_cause: np.ndarray, wider: np.ndarray) -> Interval:
    low, mid, high = by_cause
    return Interval(
        float((low * (1 - wider)).sum()), float(mid.sum()), float((high * (1 + wider)).sum())
    )


@dataclass(frozen=True)
class _Tables:
    """What the compiled passes know of passages and blocks."""

    before: np.ndarray
    after: np.ndarray
    taken: np.ndarray
    first: np.ndarray
    end: np.ndarray
    cost: np.ndarray  # by corner and passage
    mispredicted: np.ndarray  # cycles by corner and block, 0 without a conditional branch


@dataclass
class Estimator:
    """Decodes each block once; `read(address, length)` gives code as the core sees it."""

    executed: Executed
    read: Callable[[int, int], bytes]
    # What was worked out before: by cuts, and by what the caches see of a setting besides.
    _tallies: dict[object, tuple[np.ndarray, ...]] = field(default_factory=dict, repr=False)
    _requests: dict[object, tuple[np.ndarray, ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.places: list[Place] = [(one.start, one.length) for one in self.executed.blocks]
        self._code = {place: decode(self.read(*place), place[0]) for place in self.places}
        # By corner, those whose pipeline is the same once.
        self._alone = {
            one.vector_holds_longer: {
                place: _spent(issued(code, one.vector_holds_longer))
                for place, code in self._code.items()
            }
            for one in CORNERS
        }
        self._tables = self._tabled()

    def _tabled(self) -> _Tables:
        number = {place: at for at, place in enumerate(self.places)}
        pairs = [(one.before, one.after) for one in self.executed.passages]
        taken = np.array([_is_taken(*pair) for pair in pairs], bool)
        spent = {
            longer: np.array([self._added(*pair, longer) for pair in pairs]).reshape(-1, 2)
            for longer in self._alone
        }
        return _Tables(
            np.array([number[before] for before, _ in pairs], np.int64),
            np.array([number[after] for _, after in pairs], np.int64),
            taken,
            np.array([start for start, _ in self.places], np.int64),
            np.array([sum(place) for place in self.places], np.int64),
            np.array(
                [_cost(spent[one.vector_holds_longer], one) + taken * one.bubble for one in CORNERS]
            ),
            np.array([_mispredicted(self._code[place]) for place in self.places]).reshape(-1, 3).T,
        )

    def estimate(
        self, setting: Setting | None = None, cuts: Iterable[int] = (), warm: bool = True
    ) -> Estimate:
        """The cycles in a setting; parts begin at the trace's events `cuts`, the first at 0.

        `warm`: caches as the same code leaves them, else empty. Without a trace neither counts.
        """
        trace = self.executed.trace
        if trace is None:
            return self._untraced()
        cuts = np.array(sorted({0, *cuts}), np.int64)
        key = tuple(cuts.tolist())
        if key not in self._tallies:
            self._tallies[key] = self._tally(trace, cuts)
        passed, missed, unaligned, narrow = self._tallies[key]
        reckoned = float((passed.sum(axis=0) * self._tables.cost[MID]).sum())
        shape = (len(CORNERS), len(cuts), len(Cause), len(self.places))
        cycles = np.zeros(shape)
        again, bare = np.zeros(shape[:2]), np.zeros(shape[:2])
        tables = self._tables
        for corner, one in enumerate(CORNERS):
            found = cycles[corner]
            for part in range(len(cuts)):
                np.add.at(found[part, Cause.CORE], tables.after, passed[part] * tables.cost[corner])
            found[:, Cause.MISPREDICTED] = missed * tables.mispredicted[corner]
            found[:, Cause.UNALIGNED] = unaligned * one.unaligned_load + narrow[corner]
            if setting is not None:
                waited, again[corner], bare[corner] = self._waits(
                    trace,
                    cuts,
                    setting,
                    warm,
                    one,
                    found[:, : Cause.FLASH].sum() / max(1.0, reckoned),
                )
                found[:, Cause.FLASH :] = waited
        scale, traced = self._untold(trace, passed)
        unknown, mnemonics = self._unknown()
        return Estimate(
            cycles * scale, self.places, again / traced, bare / traced, unknown, mnemonics, traced
        )

    def _tally(self, trace: Trace, cuts: np.ndarray) -> tuple[np.ndarray, ...]:
        tables = self._tables
        stores = [
            [
                one.unaligned_store, one.narrow_beside, one.narrow_same_bank,
                one.narrow_other_bank, one.stores_waiting,
            ]
            for one in CORNERS
        ]  # fmt: skip
        return passes().tally(
            trace.events, cuts, tables.before, tables.after, tables.taken, tables.cost[MID],
            len(self.places), np.array(stores, float),
        )  # fmt: skip

    def _waits(
        self, trace: Trace, cuts: np.ndarray, setting: Setting, warm: bool, corner: Parameters,
        scale: float,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
        """By part, cause from FLASH on and block; `scale`: the corner's core time by MID's."""
        tables = self._tables
        key = (setting.areas, setting.moves, setting.icache, setting.dcache, warm, tuple(cuts))
        if key not in self._requests:
            place = placement_of(setting)
            pieces = (place.starts, place.kinds, place.policies, place.offsets)
            self._requests[key] = passes().requests(
                trace.events, cuts, tables.after, tables.cost[MID], tables.first, tables.end,
                pieces, place.icache, place.dcache, 2 if warm else 1,
            )  # fmt: skip
        costs = costs_of(setting, corner)
        return passes().waits(
            *self._requests[key], scale, costs.streams, costs.ocram,
            costs.sdram, costs.device, costs.buffered, costs.waits, (len(cuts), len(self.places)),
        )  # fmt: skip

    def _untold(self, trace: Trace, passed: np.ndarray) -> tuple[np.ndarray | float, float]:
        """What to multiply blocks with, as the trace ended before the run, and its share."""
        if not trace.lost:
            return 1.0, 1.0
        entered = np.bincount(self._tables.after, passed.sum(axis=0), len(self.places))
        runs = np.array([one.runs for one in self.executed.blocks])
        return runs / np.maximum(entered, 1), len(trace.events) / (len(trace.events) + trace.lost)

    def _untraced(self) -> Estimate:
        """The core alone, from how often each passage was taken."""
        tables, blocks = self._tables, self.executed.blocks
        times = np.array([one.times for one in self.executed.passages])
        misses = np.array([one.misses for one in blocks])
        runs = np.array([one.runs for one in blocks])
        first = np.maximum(0, runs - np.bincount(tables.after, times, len(blocks)))
        cycles = np.zeros((len(CORNERS), 1, len(Cause), len(blocks)))
        for corner, one in enumerate(CORNERS):
            core = cycles[corner, 0, Cause.CORE]
            np.add.at(core, tables.after, times * tables.cost[corner])
            alone = self._alone[one.vector_holds_longer]
            spent = np.array([alone[place] for place in self.places]).reshape(-1, 2)
            core += first * _cost(spent, one)
            cycles[corner, 0, Cause.MISPREDICTED] = misses * tables.mispredicted[corner]
        unknown, mnemonics = self._unknown()
        none = np.zeros((len(CORNERS), 1))
        return Estimate(cycles, self.places, none, none, unknown, mnemonics)

    def _unknown(self) -> tuple[float, Counter[str]]:
        cycles, mnemonics = 0.0, Counter()
        for block, place in zip(self.executed.blocks, self.places, strict=True):
            for one in self._code[place]:
                if not one.known:
                    cycles += block.runs * one.alone
                    mnemonics[one.mnemonic] += block.runs
        return cycles, mnemonics

    def _added(self, before: Place, after: Place, longer: int) -> Spent:
        """What a block costs behind another."""
        pipeline = issued(self._code[before], longer)
        if _is_taken(before, after):
            pipeline.branch_away()
        both, alone = _spent(followed(pipeline, self._code[after])), self._alone[longer][before]
        return tuple(now - then for now, then in zip(both, alone, strict=True))


def calls(executed: Executed, address: int) -> list[tuple[int, int]]:
    """Where in the trace a function is entered and has returned: events from, and to before.

    For `cuts`. Its address is that of its first block; a call that has not returned is left out.
    """
    events = executed.trace.events if executed.trace else np.zeros(0, np.int64)
    passages = executed.passages
    enters = [at for at, one in enumerate(passages) if one.after[0] == address]
    found, behind = [], 0
    for place in np.flatnonzero(np.isin(events, enters)).tolist():
        back = sum(passages[int(events[place])].before)
        returns = [at for at, one in enumerate(passages) if one.after[0] == back]
        ends = np.flatnonzero(np.isin(events[place:], returns))
        if place >= behind and len(ends):
            behind = place + int(ends[0])
            found.append((place, behind))
    return found


def _is_taken(before: Place, after: Place) -> bool:
    return sum(before) != after[0]


def _mispredicted(code: Sequence[Instruction]) -> list[float]:
    """What a wrong prediction behind a block costs, by corner."""
    if not code or not (code[-1].branch and code[-1].conditional):
        return [0.0 for _ in CORNERS]
    pipeline, flags = Pipeline(), -FLAGS_EARLY
    for one in code[:-1]:
        pipeline.issue(one)
        if FLAGS in one.gives:
            flags = pipeline.cycle
    pipeline.issue(code[-1])
    early = FLAGS in code[-1].needs and pipeline.cycle - flags >= FLAGS_EARLY
    return [one.misprediction if early else one.misprediction_late for one in CORNERS]


def _spent(pipeline: Pipeline) -> Spent:
    return pipeline.cycles, pipeline.open_banks


def _cost(spent: np.ndarray, parameters: Parameters) -> np.ndarray:
    return spent[:, 0] + spent[:, 1] * parameters.bank_conflict
