"""What a translation is of and what it comes to, as it is kept on disk."""

from dataclasses import dataclass, field

from rt1062.unicorn import alignment, native

_LEFT_TO_UNICORN = native.WRITES_CONTROL | native.FLOATS | native.DIVIDES


@dataclass(frozen=True)
class Code:
    """A block: address, bytes, and what native.decode says: instructions, marks and needs.

    `device`: it was seen to access a FIFO, which is about speed only.
    """

    start: int
    code: bytes
    facts: int
    device: bool = field(default=False, compare=False)

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.start + len(self.code)

    @property
    def tag(self) -> int:
        """Its tag in the block hook."""
        return self.start | len(self.code) << 32

    @property
    def count(self) -> int:
        """Instructions in it."""
        return self.facts & native.COUNTED

    @property
    def needs(self) -> int:
        """What its registers must be (alignment.py)."""
        return self.facts >> native.NEEDS_BIT if self.facts & native.MULTIPLE else 0

    @property
    def is_translatable(self) -> bool:
        """Whether the block hook has no more to do with it than to count, and look at needs."""
        return not self.facts & _LEFT_TO_UNICORN and not self.needs & alignment.IMPOSSIBLE


@dataclass(frozen=True)
class Program:
    """Machine code as an object file, the blocks in it, and where it can be entered."""

    blocks: dict[int, Code]
    entries: list[int]
    machine_code: bytes
