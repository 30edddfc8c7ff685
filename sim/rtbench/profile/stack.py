"""How deep the stack has been: the high-water mark, to the byte.

The stack pointer is noted at the start of each block of code; how far the block itself takes it
down (PUSH, SUB SP) is in its instructions. What it takes by a register (alloca) shows in the next.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.observations import Block, Executed
from rt1062.symbols import Symbols

# What linker scripts call the ends of the main stack: this project's, CMSIS and the SDK, Teensy's.
ENDS = (("stack_bottom", "stack_top"), ("__StackLimit", "__StackTop"), ("_ebss", "_estack"))
_NUMBER = re.compile(r"#(-?(?:0x[0-9a-f]+|\d+))")


@dataclass(frozen=True)
class StackUse:
    """The main stack from its top down to `lowest`; `bottom` is None where no symbol says it."""

    top: int
    lowest: int
    bottom: int | None = None

    @property
    def used(self) -> int:
        """Bytes."""
        return self.top - self.lowest

    @property
    def size(self) -> int | None:
        """Bytes there are, if that is known."""
        return None if self.bottom is None else self.top - self.bottom

    def __str__(self) -> str:
        of = "" if self.size is None else f" of {self.size:,} ({self.used / self.size:.0%})"
        return f"{self.used:,} bytes{of}, 0x{self.top:08X} down to 0x{self.lowest:08X}"


def stack_use(machine: Machine, executed: Executed) -> StackUse | None:
    """Of the main stack; None if nothing was executed on it.

    Without symbols for its ends the top is the highest that the stack pointer was, and one stack
    is taken for all.
    """
    bottom, top = _ends(machine)
    blocks = [
        one for one in executed.blocks if bottom is None or bottom - MARGIN <= one.lowest_sp <= top
    ]
    if not blocks:
        return None
    lowest = min(one.lowest_sp - descent(code) for one, code in _with_code(machine, blocks))
    return StackUse(top or max(one.lowest_sp for one in blocks), lowest, bottom)


MARGIN = 0x400  # below the bottom: an overflow is of this stack, too


def _ends(machine: Machine) -> tuple[int | None, int | None]:
    try:
        symbols: Symbols = machine.symbols
    except SetupError:
        return None, None
    for bottom, top in ENDS:
        if bottom in symbols and top in symbols:
            return symbols.address(bottom), symbols.address(top)
    return None, None


def _with_code(machine: Machine, blocks: Iterable[Block]) -> Iterator[tuple[Block, bytes]]:
    for one in blocks:
        try:
            yield one, machine.read_memory(one.start, one.length)
        except ValueError:  # memory that is no longer there
            yield one, b""


def descent(code: bytes) -> int:
    """How far a straight piece of Thumb code takes the stack pointer below where it was."""
    down = deepest = 0
    for mnemonic, operands in _instructions()(code):
        change = _change(mnemonic, operands)
        if change is None:
            break
        down += change
        deepest = max(deepest, down)
    return deepest


def _instructions() -> Callable[[bytes], Iterator[tuple[str, str]]]:
    from capstone import CS_ARCH_ARM, CS_MODE_MCLASS, CS_MODE_THUMB, Cs

    decoder = Cs(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS)
    return lambda code: ((one[2], one[3]) for one in decoder.disasm_lite(code, 0))


def _change(mnemonic: str, operands: str) -> int | None:
    """What an instruction takes off the stack pointer, bytes; None if it does not say."""
    name = mnemonic.split(".")[0]
    if name in ("push", "pop", "vpush", "vpop"):
        wide = 8 if name.startswith("v") and "d" in operands else 4
        count = wide * _registers(operands)
        return count if "push" in name else -count
    if operands.startswith("sp!,"):
        count = 4 * _registers(operands)
        return {"stmdb": count, "ldm": -count, "ldmia": -count}.get(name)
    if re.match(r"(add|sub)w?$", name) and re.match(r"sp, (sp, )?#", operands):
        number = int(_NUMBER.search(operands)[1], 0)
        return number if name.startswith("sub") else -number
    if re.search(r"\[sp, #-\w+\]!$|\[sp\], #\w+$", operands):
        return -int(_NUMBER.search(operands)[1], 0)
    if re.match(r"(mov|add|sub|and|bic|ldr)", name) and operands.startswith("sp,"):
        return None
    return 0


def _registers(operands: str) -> int:
    """Registers in braces."""
    count = 0
    for one in operands[operands.index("{") + 1 : operands.index("}")].split(","):
        first, dash, last = one.strip().partition("-")
        count += int(last[1:]) - int(first[1:]) + 1 if dash else 1
    return count
