"""The one idiom in which every on-chip block is written: registers as data, side effects by name.

A block lists its registers as values, each with its fields, as the reference manual lists them.
Reading and writing is plain storage, field by field as its access kind says, unless the block has
a method `read_<register>()` or `write_<register>(value)` (lower case). A register of an array
(`register_array`) calls `read_<array>(index)` and `write_<array>(index, value)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from rt1062.scheduler import NEVER

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


class FifoLane(Protocol):
    """What lets the next accesses to a FIFO pass without the block being asked."""

    is_open: bool  # something may have passed

    def offer(self, values: list[int]) -> None:
        """Let these be read, in this order."""

    def accept(self, room: int, until: int) -> None:
        """Let so many values be written before a moment in ticks."""

    def close(self) -> tuple[int, list[int]]:
        """How many values were read and which were written since."""


class Peripheral:
    """One on-chip block: `REGISTERS` and `SIZE` as data, handlers found by name.

    `value[NAME]` holds what each register stores. `unmodelled(kind, offset, value)` is called on
    an access to an offset that is not in the table ("read" or "write"); it then reads 0 and is
    dropped, as the manual gives no better.
    """

    REGISTERS: Sequence[Register] = ()
    SIZE = 0x4000
    # Offsets of a receive and a transmit FIFO that may bypass Python; see FifoLane and `settle`.
    FIFOS: tuple[int, int] | None = None

    def __init__(self) -> None:
        self.unmodelled: Callable[[str, int, int], None] = lambda kind, offset, value: None
        self.lane: FifoLane | None = None  # given by a bus to a block with FIFOS
        self.value: dict[str, int] = {}
        self.by_offset: dict[int, Register] = {}
        self.readers: dict[int, Callable[[], int]] = {}
        self.writers: dict[int, Callable[[int], None]] = {}
        self.polled_offsets: set[int] = set()
        self.counter_offsets: set[int] = set()
        for register in self.REGISTERS:
            self._add(register)
            self.value[register.name] = register.reset or 0
            if register.polled:
                self.polled_offsets.add(register.offset)
            if register.counter:
                self.counter_offsets.add(register.offset)

    def _add(self, register: Register) -> None:
        read, write = self._handlers(register)
        self._place(register, register.offset, read, write)
        if register.set_clear_toggle:
            operations = (lambda o, v: o | v, lambda o, v: o & ~v, lambda o, v: o ^ v)
            for i, operation in enumerate(operations, 1):
                self._place(
                    register,
                    register.offset + 4 * i,
                    read,
                    lambda v, op=operation, r=read, w=write: w(op(r(), v)),
                )

    def _place(
        self,
        register: Register,
        offset: int,
        read: Callable[[], int],
        write: Callable[[int], None],
    ) -> None:
        if offset in self.by_offset:
            raise ValueError(f"{register.name} must not share 0x{offset:X} with another register")
        self.by_offset[offset] = (
            replace(register, offset=offset) if offset != register.offset else register
        )
        self.readers[offset] = read
        self.writers[offset] = write

    def _handlers(self, register: Register) -> tuple[Callable[[], int], Callable[[int], None]]:
        name = (register.array or register.name).lower()
        read = getattr(self, f"read_{name}", None)
        write = getattr(self, f"write_{name}", None)
        if register.array:
            read = read and partial(read, register.index)
            write = write and partial(write, register.index)
        values = self.value
        return (
            read or (lambda key=register.name: values[key]),
            write or partial(self.store, register),
        )

    def store(self, register: Register, written: int) -> int:
        """Write a register by its fields' access kinds, without side effects; the new value."""
        value = register.merge(self.value[register.name], written)
        self.value[register.name] = value
        return value

    def reset(self, cold: bool = True) -> None:
        """Registers to their reset values; a warm reset leaves `retained` ones."""
        for register in self.REGISTERS:
            if cold or not register.retained:
                self.value[register.name] = register.reset or 0

    def next_event_time(self) -> int:
        """When this block next changes by itself (ticks), NEVER if it waits for somebody else.

        The bus lets a repeated read of a `polled` register that finds nothing new carry virtual
        time to that moment: a spinning firmware costs nothing.
        """
        return NEVER

    def next_change(self, offset: int) -> int:
        """The same for one register, where the block knows it better."""
        return self.next_event_time()

    def settle(self) -> None:
        """Make up for what passed the lane; the bus calls this before any other access."""

    def read(self, offset: int, size: int = 4) -> int:
        """Read 1, 2 or 4 bytes at an offset, narrower or wider than the register alike."""
        register = self.by_offset.get(offset)
        if register is not None and register.width == size * 8:
            return self.readers[offset]()
        if register is not None and register.width < size * 8:
            half = size // 2
            return self.read(offset, half) | self.read(offset + half, half) << (8 * half)
        base, register = self._containing(offset)
        if register is None:
            self.unmodelled("read", offset, 0)
            return 0
        return self.readers[base]() >> (8 * (offset - base)) & ((1 << 8 * size) - 1)

    def write(self, offset: int, size: int, value: int) -> None:
        """Write 1, 2 or 4 bytes at an offset; bytes not written keep what the register holds."""
        register = self.by_offset.get(offset)
        if register is not None and register.width == size * 8:
            self.writers[offset](value)
            return
        if register is not None and register.width < size * 8:
            half = size // 2
            self.write(offset, half, value & ((1 << 8 * half) - 1))
            self.write(offset + half, half, value >> (8 * half))
            return
        base, register = self._containing(offset)
        if register is None:
            self.unmodelled("write", offset, value)
            return
        shift = 8 * (offset - base)
        lanes = ((1 << 8 * size) - 1) << shift
        # Bits that act on a one must not see the ones that are merely stored in other bytes.
        acting = register.masks[W1C] | register.masks[W1S] | register.masks[W]
        other = self.value[register.name] & ~lanes & ~acting
        self.writers[base](other | (value << shift & lanes))

    def _containing(self, offset: int) -> tuple[int, Register | None]:
        for base in (offset & ~1, offset & ~3):
            register = self.by_offset.get(base)
            if register is not None and offset - base < register.width // 8:
                return base, register
        return offset, None
