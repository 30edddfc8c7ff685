"""What every on-chip block is: registers, their side effects, interrupt lines, DMA requests, time.

A block lists its registers (rt1062.registers) in `REGISTERS`. Reading and writing is plain storage,
field by field as its access kind says, unless the block has a method `read_<register>()` or
`write_<register>(value)` (lower case); those of an array get the index first. Where registers share
a layout, methods of the layout's name serve them all and get the register first. The constructor is
the block's only view of the world: a scheduler, `clock_hz`, interrupt lines, callables.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rt1062.registers import W1C, W1S, Register, Slot, W, slots
from rt1062.scheduler import NEVER, Event

Line = Callable[[bool], None]
CLOCK_GATE_OPEN = 3  # in every mode but stop
# What a write to the places behind such a register does: old value, written one.
SET_CLEAR_TOGGLE = (lambda o, v: o | v, lambda o, v: o & ~v, lambda o, v: o ^ v)


@functools.cache
def _methods(block: type, register: type[Register]) -> list[tuple[str, bool]]:
    """A block's methods to read and to write a register: their names, "" where it has none, and
    whether they are its layout's. Kept, as there are thousands of registers but few kinds."""
    names = [register.name, *(layout.__name__ for layout in register.__mro__[1:])]
    found = []
    for kind in ("read", "write"):
        methods = [f"{kind}_{name.lower()}" for name in names]
        first = next((one for one in methods if hasattr(block, one)), "")
        found.append((first, first != methods[0]))
    return found


@dataclass(frozen=True)
class _Layout:
    """Where a block's registers are and what they hold after a reset."""

    slots: Sequence[Slot]
    resets: Mapping[str, int]
    by_offset: Mapping[int, Slot]
    polled_offsets: frozenset[int]
    counter_offsets: frozenset[int]


@functools.cache
def _layout(registers: tuple[type[Register], ...]) -> _Layout:
    """Kept, as each board has the same blocks; ValueError where two registers share a place."""
    by_offset: dict[int, Slot] = {}
    found = slots(registers)
    for slot in found:
        for number in range(4 if slot.register.set_clear_toggle else 1):
            offset = slot.offset + 4 * number
            if offset in by_offset:
                raise ValueError(f"{slot.name} must not share 0x{offset:X} with another register")
            by_offset[offset] = slot
    return _Layout(
        found,
        {slot.name: slot.register.reset for slot in found},
        by_offset,
        frozenset(slot.offset for slot in found if slot.register.polled),
        frozenset(slot.offset for slot in found if slot.register.counter),
    )


@dataclass(frozen=True)
class DmaRequest:
    """What a block may ask of DMA: whether it does, and when that next changes by itself (ticks).

    `served` is called after each minor loop that the request started.
    """

    asserted: Callable[[], bool]
    next_change: Callable[[], int]
    served: Callable[[], None] = lambda: None


class Block:
    """One on-chip block. Its subclass says what it does; see the module.

    `value[NAME]` holds what each register stores. `unmodelled(kind, offset, value)` is called on
    an access to an offset that is not in the table ("read" or "write"); it then reads 0 and is
    dropped, as the manual gives no better.
    """

    REGISTERS: Sequence[type[Register]] = ()
    # Polled registers that only accesses and events of the scheduler change, and that may be read
    # as often as one likes.
    QUIET: Sequence[type[Register]] = ()

    def __init__(self, *lines: Line) -> None:
        """`lines`: the block's interrupt lines, in the order of `raise_line`'s numbers."""
        self.unmodelled: Callable[[str, int, int], None] = lambda kind, offset, value: None
        # Told, in one line with register and value, what a board would punish or not do.
        self.diagnose: Callable[[str], None] = lambda text: None
        # Called when a DMA request may have changed; the DMA engine listens.
        self.request_changed: Callable[[], None] = lambda: None
        # False while the block's clock stands still: gate closed, or a low-power mode.
        self.clocked = True
        self._interrupt_lines = lines
        self._interrupt_levels = [False] * len(lines)
        layout = _layout(tuple(self.REGISTERS))
        self.slots = layout.slots
        self.value = dict(layout.resets)
        self.by_offset = dict(layout.by_offset)
        self.polled_offsets = set(layout.polled_offsets)
        self.counter_offsets = set(layout.counter_offsets)
        self.readers: dict[int, Callable[[], int]] = {}
        self.writers: dict[int, Callable[[int], None]] = {}
        self._connect()

    def _connect(self) -> None:
        """What reads and what writes each register."""
        kind, stored, write_plain = type(self), self.value.__getitem__, self._write_plain
        readers, writers = self.readers, self.writers
        for slot in self.slots:
            (reads, reads_layout), (writes, writes_layout) = _methods(kind, slot.register)
            read = self._method(slot, reads, reads_layout) or partial(stored, slot.name)
            write = self._method(slot, writes, writes_layout) or partial(write_plain, slot)
            readers[slot.offset], writers[slot.offset] = read, write
            if slot.register.set_clear_toggle:
                for offset, operation in enumerate(SET_CLEAR_TOGGLE, 1):
                    place = slot.offset + 4 * offset
                    readers[place] = read
                    writers[place] = lambda v, op=operation, r=read, w=write: w(op(r(), v))

    def _method(self, slot: Slot, name: str, of_layout: bool) -> Callable | None:
        """The block's own way to read or write a register, None where it has none."""
        if not name:
            return None
        method = getattr(self, name)
        if of_layout:
            return partial(method, slot.register)
        return method if slot.index is None else partial(method, slot.index)

    def _write_plain(self, slot: Slot, written: int) -> None:
        self.store(slot.register, written, slot.index)

    def store(self, register: type[Register], written: int, index: int | None = None) -> int:
        """Write a register by its fields' access kinds, without side effects; the new value."""
        name = register.name if index is None else f"{register.name}{register.first + index}"
        value = register.merge(self.value[name], written)
        self.value[name] = value
        return value

    def reset(self, cold: bool = True) -> None:
        """Registers to their reset values, lines low; a warm reset leaves `retained` registers."""
        self.clocked = True
        for slot in self.slots:
            if cold or not slot.register.retained:
                self.value[slot.name] = slot.register.reset
        for number in range(len(self._interrupt_lines)):
            self.raise_line(False, number)

    # The world: interrupts, DMA, time.

    def runs_asleep(self, gate: int, stop: bool) -> bool:
        """Whether its clock goes on while the core sleeps in WAIT mode, in STOP mode with `stop`;
        `gate` is its field in CCM_CCGR."""
        return gate == CLOCK_GATE_OPEN and not stop

    def stop_clock(self) -> str:
        """The block's clock stops: nothing happens until `start_clock`.

        What it was at, in words, "" for nothing.
        """
        self.clocked = False
        return ""

    def start_clock(self) -> None:
        """Go on where it stood."""
        self.clocked = True

    def raise_line(self, level: bool, number: int = 0) -> None:
        """Drive an interrupt line; whoever listens hears of changes only."""
        if level != self._interrupt_levels[number]:
            self._interrupt_levels[number] = level
            self._interrupt_lines[number](level)

    def requests(self) -> Mapping[str, DmaRequest]:
        """What the block may request of DMA, by the names in rt1062.chip.dma_requests."""
        return {}

    @staticmethod
    def next_event(*events: Event | None) -> int:
        """When the earliest of some pending events is due (ticks), NEVER without one."""
        return min((one.time for one in events if one is not None and one.pending), default=NEVER)

    def next_event_time(self) -> int:
        """When this block next changes by itself (ticks), NEVER if it waits for somebody else.

        The bus lets a repeated read of a `polled` register that finds nothing new carry virtual
        time to that moment: a spinning firmware costs nothing.
        """
        return NEVER

    def next_change(self, offset: int) -> int:
        """The same for one register, where the block knows it better."""
        return self.next_event_time()

    # Accesses.

    def read(self, offset: int, size: int = 4) -> int:
        """Read 1, 2 or 4 bytes at an offset, narrower or wider than the register alike."""
        slot = self.by_offset.get(offset)
        if slot is not None and slot.register.width == size * 8:
            return self.readers[offset]()
        if slot is not None and slot.register.width < size * 8:
            half = size // 2
            return self.read(offset, half) | self.read(offset + half, half) << (8 * half)
        base, slot = self._containing(offset)
        if slot is None:
            self.unmodelled("read", offset, 0)
            return 0
        return self.readers[base]() >> (8 * (offset - base)) & ((1 << 8 * size) - 1)

    def write(self, offset: int, size: int, value: int) -> None:
        """Write 1, 2 or 4 bytes at an offset; bytes not written keep what the register holds."""
        slot = self.by_offset.get(offset)
        if slot is not None and slot.register.width == size * 8:
            self.writers[offset](value)
            return
        if slot is not None and slot.register.width < size * 8:
            half = size // 2
            self.write(offset, half, value & ((1 << 8 * half) - 1))
            self.write(offset + half, half, value >> (8 * half))
            return
        base, slot = self._containing(offset)
        if slot is None:
            self.unmodelled("write", offset, value)
            return
        shift = 8 * (offset - base)
        lanes = ((1 << 8 * size) - 1) << shift
        # Bits that act on a one must not see the ones that are merely stored in other bytes.
        masks = slot.register.masks
        acting = masks[W1C] | masks[W1S] | masks[W]
        other = self.value[slot.name] & ~lanes & ~acting
        self.writers[base](other | (value << shift & lanes))

    def knows(self, offset: int) -> bool:
        """Whether an offset lies in one of the block's registers."""
        return self._containing(offset)[1] is not None

    def _containing(self, offset: int) -> tuple[int, Slot | None]:
        for base in (offset & ~1, offset & ~3):
            slot = self.by_offset.get(base)
            if slot is not None and offset - base < slot.register.width // 8:
                return base, slot
        return offset, None
