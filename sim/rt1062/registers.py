"""The one idiom in which every on-chip block is written: a register is a class, a field its mask.

    class SR(Register, at=0x14, polled=True):
        TDF = r(0, reset=1)
        RDF = r(1)
        WCF, FCF, TCF = (w1c(bit) for bit in range(8, 11))
        MBF = r(24)

    class FCR(Register, at=0x58):
        TXWATER, RXWATER = rw(0, 4), rw(16, 4)

    status |= SR.TDF                      # a field is an integer, the mask of its bits
    words = FCR.RXWATER.get(value)        # and moves values out of and into its place
    value = FCR.RXWATER.put(3)

Names are the reference manual's; a field is the only handle to its bits, and says how software may
access them. Registers are types, not objects: what they hold is in the block (rt1062.blocks.block).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

# Access kinds, a closed set.
RW = "RW"  # plain storage
R = "R"  # only the block changes it
W1C = "W1C"  # writing one clears
W1S = "W1S"  # writing one sets, writing zero does nothing
W = "W"  # write only: a command, reads as zero and is not stored
ACCESS_KINDS = (RW, R, W1C, W1S, W)


class Field(int):
    """Bits of a register: an integer, their mask. `reset` is the field's value after reset."""

    name: str
    lsb: int
    width: int
    access: str
    reset: int

    def __new__(cls, lsb: int, width: int = 1, access: str = RW, reset: int = 0) -> Self:
        if access not in ACCESS_KINDS:
            raise ValueError(f"access must be one of {ACCESS_KINDS}, not {access!r}")
        if width < 1 or lsb < 0:
            raise ValueError(f"field must have width >= 1 and lsb >= 0, not {width} and {lsb}")
        if not 0 <= reset < 1 << width:
            raise ValueError(f"reset of a field must fit its {width} bits, not {reset!r}")
        self = super().__new__(cls, ((1 << width) - 1) << lsb)
        self.name, self.lsb, self.width, self.access, self.reset = "", lsb, width, access, reset
        return self

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def get(self, value: int) -> int:
        """The field's value within a register value."""
        return (value & self) >> self.lsb

    def put(self, value: int) -> int:
        """`value` moved to the field's place, cut to its width."""
        return value << self.lsb & self


def rw(lsb: int, width: int = 1, reset: int = 0) -> Field:
    """A field that software reads and writes."""
    return Field(lsb, width, RW, reset)


def r(lsb: int, width: int = 1, reset: int = 0) -> Field:
    """A field that only the block changes."""
    return Field(lsb, width, R, reset)


def w(lsb: int, width: int = 1) -> Field:
    """A command: reads as zero."""
    return Field(lsb, width, W)


def w1c(lsb: int, width: int = 1, reset: int = 0) -> Field:
    """A field that writing ones clears."""
    return Field(lsb, width, W1C, reset)


def w1s(lsb: int, width: int = 1, reset: int = 0) -> Field:
    """A field that writing ones sets."""
    return Field(lsb, width, W1S, reset)


class Register:
    """One register, or `count` alike ones, `step` bytes apart, called NAME<first> and so on.

    `at`: offset in the block, bytes; without one the class is a layout for others to inherit.
    `width`: 8, 16 or 32 bits. A register without fields is one field of `access` over its whole
    width. `reset`: value after reset, where it is not said field by field. `polled` marks a status
    that firmware spins on while the block works (see Block.next_event_time), `counter` one that
    counts by itself and is spun on for delays. `retained` survives a warm reset.
    `set_clear_toggle` adds the SET, CLR and TOG aliases at +4, +8 and +C.
    """

    name: ClassVar[str]
    offset: ClassVar[int]
    width: ClassVar[int]
    polled: ClassVar[bool]
    counter: ClassVar[bool]
    retained: ClassVar[bool]
    set_clear_toggle: ClassVar[bool]
    count: ClassVar[int | None]
    step: ClassVar[int]
    first: ClassVar[int]
    reset: ClassVar[int]
    fields: ClassVar[dict[str, Field]]
    masks: ClassVar[dict[str, int]]  # by access kind

    def __init_subclass__(
        cls,
        *,
        at: int | None = None,
        width: int = 32,
        access: str = RW,
        reset: int | None = None,
        polled: bool = False,
        counter: bool = False,
        retained: bool = False,
        set_clear_toggle: bool = False,
        count: int | None = None,
        step: int | None = None,
        first: int = 0,
    ) -> None:
        cls.name = cls.__name__
        if width not in (8, 16, 32):
            raise ValueError(f"width of {cls.name} must be 8, 16 or 32, not {width!r}")
        if at is not None:
            if at % (width // 8):
                raise ValueError(f"offset of {cls.name} must be aligned, not 0x{at:X}")
            cls.offset = at
        cls.width, cls.polled, cls.counter, cls.retained = width, polled, counter, retained
        cls.set_clear_toggle = set_clear_toggle
        cls.count, cls.step, cls.first = count, step or width // 8, first
        cls.fields = {
            field.name: field
            for base in reversed(cls.__mro__)
            for field in vars(base).values()
            if isinstance(field, Field)
        }
        cls._add_up(access, reset)

    @classmethod
    def _add_up(cls, access: str, reset: int | None) -> None:
        """Masks by access kind and the reset value; ValueError where fields do not fit."""
        cls.masks = dict.fromkeys(ACCESS_KINDS, 0)
        seen = of_fields = 0
        for field in cls.fields.values() or (Field(0, cls.width, access),):
            if field >> cls.width:
                raise ValueError(f"field {cls.name}.{field.name} must end by bit {cls.width - 1}")
            if seen & field:
                raise ValueError(f"field {cls.name}.{field.name} must not overlap another field")
            seen |= field
            cls.masks[field.access] |= field
            of_fields |= field.put(field.reset)
        if reset is not None and of_fields and reset != of_fields:
            raise ValueError(f"reset of {cls.name} must be given once, not two ways")
        cls.reset = of_fields if reset is None else reset

    @classmethod
    def merge(cls, old: int, written: int) -> int:
        """What the register holds after `written`, each field by its access kind."""
        masks = cls.masks
        keep = old & (masks[R] | masks[W1C] | masks[W1S])
        return ((written & masks[RW]) | keep | (written & masks[W1S])) & ~(written & masks[W1C])


def register(
    name: str, at: int, layout: type[Register] = Register, **rest: object
) -> type[Register]:
    """A register out of a table: its name, its offset, the layout of its fields."""
    return type(name, (layout,), {}, at=at, **rest)


@dataclass(frozen=True)
class Slot:
    """A register at its place in a block; `index` counts from 0 in an array, else None."""

    name: str
    offset: int
    register: type[Register]
    index: int | None = None


def slots(registers: Iterable[type[Register]]) -> list[Slot]:
    """Every register of a block at its place, arrays one by one."""
    found = []
    for one in registers:
        if one.count is None:
            found.append(Slot(one.name, one.offset, one))
        else:
            found += [
                Slot(f"{one.name}{one.first + i}", one.offset + one.step * i, one, i)
                for i in range(one.count)
            ]
    return found
