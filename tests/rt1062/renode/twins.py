"""One block twice: the C# model on a real Renode beside its Python twin, with the same accesses."""

from rt1062.block import Block
from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.scheduler import Scheduler
from tests.rt1062.renode.real import Chip


def offsets(block: Block) -> dict[str, int]:
    """Where each register of a Python block is, by name; all that these tests ask of its table."""
    return {slot.name: slot.offset for slot in block.slots}


class Twins:
    """A block in Python and in C#; every read is compared.

    `make(twins)` makes the Python one with the block's `scheduler`; `name` is the other in
    rt1062.repl. Time passes in both with `wait_us` only.
    """

    def __init__(self, chip: Chip, name: str, make, width: int = 32):
        self.chip, self.name, self.width = chip, name, width
        self.scheduler = Scheduler()
        self.lines: dict[str, bool] = {}
        self.python = make(self)
        self.python.reset(cold=True)

    def line(self, name: str):
        """A Python output of this name, to be compared by `compare_lines`."""
        self.lines[name] = False
        return lambda level=True: self.lines.__setitem__(name, level)

    def write(self, offset: int, value: int) -> None:
        self.python.write(offset, self.width // 8, value)
        self.chip.write(self.name, offset, value, self.width)

    def read(self, offset: int) -> int:
        value = self.python.read(offset, self.width // 8)
        other = self.chip.read(self.name, offset, self.width)
        assert other == value, f"+0x{offset:X}: C# 0x{other:X}, Python 0x{value:X}"
        return value

    def wait_us(self, microseconds: float) -> None:
        self.scheduler.advance(round(microseconds * TICKS_PER_MICROSECOND))
        self.chip.wait_us(microseconds)

    def compare_lines(self) -> None:
        for name, level in self.lines.items():
            assert self.chip.line(self.name, name) == level, name
