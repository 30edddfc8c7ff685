"""What firmware did that the models know nothing of, or that a board punishes: told once each."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rt1062.chip.block_table import block_at
from rt1062.chip.clock import TICKS_PER_SECOND

SHOWN_OFFSETS = 4
SPIN_READS = 100  # so many make a spin worth a word


@dataclass
class Unmodelled:
    """The registers of one block that firmware used and nobody models: one line of the log."""

    block: str
    first: str
    offsets: list[int] = field(default_factory=list)
    spun: dict[int, tuple[int, int]] = field(default_factory=dict)  # offset: reads, ticks

    def __str__(self) -> str:
        count = len(self.offsets)
        shown = ", ".join(f"+ 0x{offset:X}" for offset in self.offsets[:SHOWN_OFFSETS])
        more = f" and {count - SHOWN_OFFSETS} more" if count > SHOWN_OFFSETS else ""
        registers = "1 register" if count == 1 else f"{count} registers"
        spins = "".join(
            f"; spun on + 0x{offset:X}, {reads} times for {ticks / TICKS_PER_SECOND:.6f} s"
            for offset, (reads, ticks) in self.spun.items()
            if reads >= SPIN_READS
        )
        return f"{self.block}: {registers} not modelled ({shown}{more}), first {self.first}{spins}"


class AccessLog:
    """The lines of `Machine.warnings`.

    `now` gives the time in ticks, `place` the first address of the straight piece of code that the
    core is in.
    """

    def __init__(self, now: Callable[[], int], place: Callable[[], int] = lambda: 0) -> None:
        self._entries: list[str | Unmodelled] = []
        self._now = now
        self._place = place
        self._seen: set[str] = set()
        self._blocks: dict[str, Unmodelled] = {}
        self._known: set[tuple[str, int]] = set()

    @property
    def lines(self) -> list[str]:
        """Everything so far, in the order in which it began."""
        return [str(entry) for entry in self._entries]

    def note(self, text: str, key: str = "") -> None:
        """Add a line unless one with the same key (by default the line) is there."""
        key = key or text
        if key not in self._seen:
            self._seen.add(key)
            self._entries.append(text)

    def unmodelled(self, block: str, base: int) -> Callable[[str, int, int], None]:
        """The `unmodelled` hook of the block at `base`; a window of several names each."""

        def note(kind: str, offset: int, value: int) -> None:
            if (block, offset) not in self._known:
                self._known.add((block, offset))
                name, inside = self._owner(block, base, offset)
                self._entry(name, kind, inside).offsets.append(inside)

        return note

    def spun(self, address: int, ticks: int) -> None:
        """Firmware spins on a register that is not modelled, and waited so long for it just now."""
        name, inside = self._owner("", address, 0)
        if name in self._blocks:
            reads, waited = self._blocks[name].spun.get(inside, (0, 0))
            self._blocks[name].spun[inside] = reads + 1, waited + ticks

    @staticmethod
    def _owner(block: str, base: int, offset: int) -> tuple[str, int]:
        found = block_at(base + offset)
        return (block, offset) if found is None else (found.name, base + offset - found.base)

    def _entry(self, name: str, kind: str, offset: int) -> Unmodelled:
        if name not in self._blocks:
            first = f"a {kind} of + 0x{offset:X} at pc 0x{self._place():08X}"
            self._blocks[name] = Unmodelled(name, first)
            self._entries.append(self._blocks[name])
        return self._blocks[name]

    def diagnose(self, block: str) -> Callable[[str], None]:
        """The `diagnose` hook of one block; the line ends with the time of the first such."""

        def note(text: str) -> None:
            seconds = self._now() / TICKS_PER_SECOND
            self.note(f"{block}: {text}, since {seconds:.6f} s", f"{block}: {text}")

        return note
