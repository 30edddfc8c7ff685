"""The one idiom in which every on-chip block is written: registers as data, side effects by name.

A block lists its registers as values, each with its fields, as the reference manual lists them.
Reading and writing is plain storage, field by field as its access kind says, unless the block has
a method `read_<register>()` or `write_<register>(value)` (lower case). A register of an array
(`register_array`) calls `read_<array>(index)` and `write_<array>(index, value)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rt1062.registers import Slot

# Access kinds, a closed set.
RW = "RW"  # plain storage
R = "R"  # only the block changes it
W1C = "W1C"  # writing one clears
W1S = "W1S"  # writing one sets, writing zero does nothing
W = "W"  # write only: a command, reads as zero and is not stored
ACCESS_KINDS = (RW, R, W1C, W1S, W)


@dataclass(frozen=True)
class Field:
    """Bits of a register: lsb and width in bits, value after reset."""

    name: str
    lsb: int
    width: int = 1
    access: str = RW
    reset: int = 0

    def __post_init__(self) -> None:
        if self.access not in ACCESS_KINDS:
            raise ValueError(f"access must be one of {ACCESS_KINDS}, not {self.access!r}")
        if self.width < 1 or self.lsb < 0:
            raise ValueError(f"field {self.name} must have width >= 1 and lsb >= 0, not {self!r}")
        if not 0 <= self.reset < (1 << self.width):
            raise ValueError(f"reset of {self.name} must fit {self.width} bits, not {self.reset!r}")

    @property
    def mask(self) -> int:
        """The bits of the field within its register."""
        return ((1 << self.width) - 1) << self.lsb

    def get(self, value: int) -> int:
        """The field's value within a register value."""
        return (value & self.mask) >> self.lsb

    def put(self, value: int) -> int:
        """`value` moved to the field's place, cut to its width."""
        return (value << self.lsb) & self.mask


@dataclass(frozen=True)
class Register:
    """One register: offset in its block, fields, and what is not in any field.

    `fields` empty means one RW (or `access`) field over the whole width. `reset` is the value of
    all fields together; it may be given instead of per field. `polled` marks a status register
    that firmware spins on while the block works (see Peripheral.next_event_time), `counter` one
    that counts by itself and is spun on for delays. `retained` survives a warm reset.
    `set_clear_toggle` adds the SET, CLR and TOG aliases at +4, +8, +C.
    """

    name: str
    offset: int
    fields: Sequence[Field] = ()
    reset: int | None = None
    access: str = RW
    width: int = 32
    polled: bool = False
    counter: bool = False
    retained: bool = False
    set_clear_toggle: bool = False
    array: str = ""
    index: int = 0
    masks: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.width not in (8, 16, 32):
            raise ValueError(f"width of {self.name} must be 8, 16 or 32, not {self.width!r}")
        if self.offset % (self.width // 8):
            raise ValueError(f"offset of {self.name} must be aligned, not 0x{self.offset:X}")
        fields = self.fields or (Field(self.name, 0, self.width, self.access),)
        masks = dict.fromkeys(ACCESS_KINDS, 0)
        seen = reset = 0
        for one in fields:
            if one.lsb + one.width > self.width:
                raise ValueError(f"field {self.name}.{one.name} must end by bit {self.width - 1}")
            if seen & one.mask:
                raise ValueError(f"field {self.name}.{one.name} must not overlap another field")
            seen |= one.mask
            masks[one.access] |= one.mask
            reset |= one.put(one.reset)
        if self.reset is None:
            object.__setattr__(self, "reset", reset)
        elif reset and reset != self.reset:
            raise ValueError(f"reset of {self.name} must be given once, not two ways")
        object.__setattr__(self, "masks", masks)

    def __getitem__(self, name: str) -> Field:
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(f"{self.name} has no field {name!r}")

    def merge(self, old: int, written: int) -> int:
        """What the register holds after `written`, each field by its access kind."""
        masks = self.masks
        keep = old & (masks[R] | masks[W1C] | masks[W1S])
        return ((written & masks[RW]) | keep | (written & masks[W1S])) & ~(written & masks[W1C])


def register_array(
    name: str, offset: int, count: int, step: int = 4, first: int = 0, **rest: object
) -> list[Register]:
    """`count` registers NAME<first>, NAME<first + 1>, ...; handlers get the index from 0."""
    return [
        Register(f"{name}{first + i}", offset + step * i, array=name, index=i, **rest)  # type: ignore[arg-type]
        for i in range(count)
    ]


def old_slots(registers: Sequence[Register]) -> list[Slot]:
    """Temporary: places of registers written in the old way."""
    return [Slot(one.name, one.offset, one, one.index if one.array else None) for one in registers]
