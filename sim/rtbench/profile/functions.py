"""Instructions by function, alone and with what it calls, and the stacks of a flame graph."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rt1062.observations import Executed
from rtbench.cpp_names import readable


@dataclass(frozen=True)
class FunctionCost:
    """Instructions of a function alone, and with all it called; how often it was entered."""

    name: str
    instructions: int
    with_callees: int
    calls: int


def costs(executed: Executed) -> list[FunctionCost]:
    """By function, the dearest first."""
    alone: Counter[str] = Counter()
    within: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for path in executed.paths:
        name = path.functions[-1]
        alone[name] += path.instructions
        calls[name] += path.calls
        for one in set(path.functions):  # once, also where a function calls itself
            within[one] += path.instructions
    found = [FunctionCost(readable(name), alone[name], within[name], calls[name]) for name in alone]
    return sorted(found, key=lambda one: (-one.instructions, one.name))


def total(found: Sequence[FunctionCost]) -> int:
    """Instructions of all functions."""
    return sum(one.instructions for one in found)


def folded(executed: Executed) -> str:
    """A line a path, `caller;called instructions`: what flamegraph.pl, inferno, speedscope read."""
    lines: Counter[str] = Counter()
    for path in executed.paths:
        if path.instructions:
            lines[";".join(map(readable, path.functions))] += path.instructions
    return "".join(f"{path} {count}\n" for path, count in sorted(lines.items()))
