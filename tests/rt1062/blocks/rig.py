"""A block by itself, for its tests: time, a clock, interrupt lines, registers by their offsets.

Tests type offsets and bits from the manual once more, so that they do not repeat a mistake of the
block's own table.
"""

from typing import TypeVar

from rt1062.block import Block, Line
from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.scheduler import NEVER, Scheduler

BlockType = TypeVar("BlockType", bound=Block)


class Rig:
    """Give `scheduler`, `clock_hz` and `line(...)` to a block and put it here by `hold`."""

    def __init__(self, hz: int = 100_000_000) -> None:
        self.scheduler = Scheduler()
        self.hz = hz
        self.levels: dict[str, bool] = {}  # of the interrupt lines, by name
        self.edges: list[tuple[int, str, bool]] = []  # ticks, line, level
        self.block: Block | None = None

    def hold(self, block: BlockType) -> BlockType:
        """The block under test."""
        self.block = block
        return block

    def clock_hz(self) -> int:
        """The block's clock."""
        return self.hz

    def line(self, name: str = "irq") -> Line:
        """An interrupt line; it is an error to be told what is known."""
        self.levels[name] = False

        def drive(level: bool) -> None:
            assert level != self.levels[name], f"{name} is only told of changes"
            self.levels[name] = level
            self.edges.append((self.now, name, level))

        return drive

    @property
    def irq(self) -> bool:
        """The level of the one line of a block that has one."""
        return self.levels["irq"]

    # Registers.

    def read(self, offset: int, size: int = 4) -> int:
        """As the core reads."""
        return self.block.read(offset, size)

    def write(self, offset: int, value: int, size: int = 4) -> None:
        """As the core writes."""
        self.block.write(offset, size, value)

    # Time.

    @property
    def now(self) -> int:
        """The present, ticks."""
        return self.scheduler.now

    @property
    def seconds(self) -> float:
        """The present, seconds."""
        return self.now / TICKS_PER_SECOND

    def pass_time(self, ticks: int) -> None:
        """Let so many ticks go by."""
        self.scheduler.advance(ticks)

    def pass_seconds(self, seconds: float) -> None:
        """Let so much time go by."""
        self.scheduler.advance(round(seconds * TICKS_PER_SECOND))

    def wait_for(self, offset: int, mask: int) -> None:
        """Poll as the bus of the machine lets firmware poll: from change to change."""
        for _ in range(1000):
            if self.read(offset) & mask:
                return
            coming = self.block.next_event_time()
            assert coming < NEVER, f"+{offset:X} & {mask:X} never comes"
            self.pass_time(max(1, coming - self.now))
        raise AssertionError(f"+{offset:X} & {mask:X} does not come")
