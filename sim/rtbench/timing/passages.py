"""When the core is in which stage of a firmware: calls of functions, ways between addresses.

A stage lasts from a function's first instruction to its return, with all that it calls and the
interrupts that come; within another it is taken out of that one. Where a function returns to is
learnt in a run before, so that nothing but single addresses has to be looked at. The operators of a
network are stages of their own: TFLM counts them in `MicroInterpreterGraph::InvokeSubgraph`
(tensorflow/lite/micro/micro_interpreter_graph.h), which is looked at while it runs.
"""

import difflib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.symbols import Function
from rtbench.cpp_names import readable

INVOKE_SUBGRAPH = "tflite::MicroInterpreterGraph::InvokeSubgraph"
# MicroInterpreterGraph: virtual table, context_, model_, allocator_, allocations, then these.
SUBGRAPH_INDEX, OPERATOR_INDEX = 0x14, 0x18
NETWORK, OPERATOR = "network", "operator "  # labels; behind the second its number


@dataclass(frozen=True)
class Stage:
    """What lasts from `first` to the return of the function that begins there, or to `last`."""

    label: str
    first: int
    last: int | None = None


def functions_called(machine: Machine, name: str) -> list[Function]:
    """The functions whose name, as people read it, is this or ends with it behind `::`."""
    return [
        one
        for one in machine.symbols.functions
        if (shown := readable(one.name)) == name or shown.endswith("::" + name)
    ]


def function_called(machine: Machine, name: str) -> Function:
    """The one function of this name; SetupError with the nearest names if there is none."""
    found = functions_called(machine, name)
    if len({one.start for one in found}) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted({readable(one.name) for one in found}))
        raise SetupError(f"{name!r} is several functions: {names}")
    names = sorted({readable(one.name) for one in machine.symbols.functions})
    near = difflib.get_close_matches(name, names, n=3)
    hint = f"; near it: {', '.join(near)}" if near else ""
    raise SetupError(f"{machine.elf}: there is no function {name!r}{hint}")


@dataclass(frozen=True)
class _Open:
    """A stage that has begun: its stack pointer then, and where it ends."""

    stage: Stage
    sp: int
    end: int

    def ends(self, address: int, sp: int) -> bool:
        """Whether it does with the instruction that comes; a call deeper down returns there, too,
        but with another stack pointer."""
        return address == self.end and (self.stage.last is not None or sp == self.sp)


class Passages:
    """Tells a machine's stages apart; a network's operators too, where TFLM is in the firmware.

    With `within`, one of the stages, nothing is told outside of it. SetupError where the core
    cannot be watched, or without symbols.
    """

    def __init__(
        self, machine: Machine, stages: Sequence[Stage], within: Stage | None = None
    ) -> None:
        self._machine = machine
        self._outermost = within
        graph = next(iter(functions_called(machine, INVOKE_SUBGRAPH)), None)
        self._within = range(graph.start, graph.end) if graph else range(0)
        self._network = Stage(NETWORK, graph.start) if graph else None
        self._stages = [*stages, *([self._network] if self._network else [])]
        self._returns: set[int] = set()
        self._operators = 0
        self._operator = -1  # the one that runs
        self._graph = 0
        self._open: list[_Open] = []
        self._begun = 0  # stages and operators
        self.first_us: float | None = None  # virtual time, once it is learnt

    @contextmanager
    def learnt(self, machine: Machine) -> Iterator[None]:
        """Within the `with`, it is noted where the functions return to, how many operators there
        are, and when the first stage began."""
        self._machine = machine
        with ExitStack() as stack:
            for stage in self._stages:
                self._watch(stack, range(stage.first, stage.first + 1), self._learn)
            if self._within:
                self._watch(stack, self._within, self._count)
            yield

    @contextmanager
    def told(self, machine: Machine, tell: Callable[[str, bool], None]) -> Iterator[None]:
        """Within the `with`, `tell(label, True)` is called when the core comes into a stage, and
        `tell(label, False)` with that of the one around it ("" for none) when it leaves; on a
        machine with the same firmware as the one that was learnt from."""
        self._machine, self._open, label = machine, [], ""

        def look(address: int) -> None:
            nonlocal label
            begun = self._begun
            self._pass(address)
            now = self._label()
            if now != label or (now and begun != self._begun):
                label = now
                tell(label, begun != self._begun)

        places = self._returns | {stage.first for stage in self._stages}
        places |= {stage.last for stage in self._stages if stage.last is not None}
        with ExitStack() as stack:
            if self._within:
                self._watch(stack, self._within, look)
            for address in sorted(places.difference(self._within)):
                self._watch(stack, range(address, address + 1), look)
            yield

    def _watch(self, stack: ExitStack, where: range, look: Callable[[int], None]) -> None:
        stack.enter_context(self._machine.watched(where[0], where[-1], look))

    def _learn(self, address: int) -> None:
        if self.first_us is None:
            self.first_us = self._machine.time_us
        self._returns.add(self._machine.register("LR") & ~1)

    def _count(self, address: int) -> None:
        self._follow(address)
        self._operators = max(self._operators, self._operator)  # behind the last at the end

    def _follow(self, address: int) -> None:
        """Within InvokeSubgraph: which operator of the main graph it is at."""
        register = self._machine.register
        if address == self._within[0] and register("R1") == 0:  # IF and WHILE have other graphs
            self._graph, self._operator = register("R0"), -1
        elif self._graph and self._word(SUBGRAPH_INDEX) == 0:
            now = self._word(OPERATOR_INDEX)
            if now > self._operator:  # at its end it gives back the number that it found
                self._operator = now
                self._begun += 1

    def _word(self, offset: int) -> int:
        return int.from_bytes(self._machine.read_memory(self._graph + offset, 4), "little")

    def _pass(self, address: int) -> None:
        sp = self._machine.register("SP")
        while self._open and self._open[-1].ends(address, sp):
            self._open.pop()
        for stage in self._stages:
            again = stage.last is not None and any(one.stage is stage for one in self._open)
            if stage.first == address and not again:
                end = self._machine.register("LR") & ~1 if stage.last is None else stage.last
                self._open.append(_Open(stage, sp, end))
                self._begun += 1
        if address in self._within:
            self._follow(address)

    def _label(self) -> str:
        stages = [one.stage for one in self._open]
        if not stages or (self._outermost and self._outermost not in stages):
            return ""
        stage = stages[-1]
        if stage is self._network and 0 <= self._operator < self._operators:
            return f"{OPERATOR}{self._operator}"
        return stage.label
