"""The peripheral bus: Unicorn's memory callbacks onto the blocks' registers.

Most of a run's wall time outside the core passes here, so the callbacks do little: one look-up in
the block's table of register handlers.
"""

import ctypes
from collections.abc import Callable

from unicorn import UcError
from unicorn.unicorn_py3.unicorn import uclib

from rt1062.block import Block
from rt1062.blocks.lpspi import Lpspi
from rt1062.blocks.lpspi_registers import RDR, SR, TDR
from rt1062.registers import W1C
from rt1062.scheduler import NEVER, Scheduler
from rt1062.unicorn import native, spin
from rt1062.unicorn.access_log import AccessLog
from rt1062.unicorn.core import Core
from rt1062.unicorn.fifo_lane import FifoLane
from rt1062.unicorn.hooks import library
from rt1062.unicorn.spin import SAME_READS, SPIN_REGISTERS, TIGHT_TICKS
from rt1062.unicorn.status_lane import StatusLane
from rt1062.unicorn.windows import Read, Window, Write

LONGEST_STEP = 8192  # ticks, 14 us: a spin of a virtual second costs 0.1 s of wall time
# A spin on a counter: so many reads by the same code with at most so many ticks in between.
# Measurements do not look like that, so what firmware measures with a counter stays exact.
SPIN_READS, SPIN_TICKS = 32, 256
# Steps of a spin on a counter: 1/128 of the time waited so far, at most 1 us.
COUNTER_SHARE, LONGEST_COUNTER_STEP = 128, 600
# Kinds of reads: of a register that spins are not made of, and RDR of an LPSPI, which opens its
# lane; of a counter; of a status, and SR, which opens the lane, too; and of what no block has.
_PLAIN, _RECEIVED, _COUNTER, _POLLED, _SHIFTING, _UNKNOWN = range(6)


class Bus:
    """Blocks at their addresses. `error` holds what a block raised; the machine raises it anew."""

    lanes = True  # False: every access comes to Python, for whoever wants to see them all

    def __init__(self, core: Core, scheduler: Scheduler, log: AccessLog):
        self._core = core
        self._scheduler = scheduler
        self._log = log
        # What each polled register, read by this or that block of instructions, gave since there
        # was anything else on the bus; and how many reads in a row gave it again.
        self._seen: dict[tuple[int, int], int] = {}
        self._repeated = 0
        self._looked = 0  # when such a register was last read
        # Of a counter read over and over: address, time of the first read, repetitions.
        self._counting = [-1, 0, 0]
        self._counted = 0, 0  # by which block of instructions and when a counter was last read
        self.windows: list[tuple[int, int]] = []  # (base, end) of all blocks
        self._mapped: dict[str, tuple[int, int, tuple[str, str], Window]] = {}  # by name
        self.closed: frozenset[str] = frozenset()
        self._lanes: list[tuple[Lpspi, FifoLane]] = []
        self._open_status: StatusLane | None = None
        self._blocks: list[tuple[int, int, Block]] = []  # (base, end, block)
        self._spun_on: dict[int, Block] = {}  # by address of a register
        # The status that firmware spins on: block, address, ticks of the third equal read.
        self.spin: tuple[Block, int, int] | None = None
        self.error: BaseException | None = None
        self.on_nap_over: Callable[[], None] = lambda: None

    @property
    def skipped(self) -> int:
        """Ticks that polling let pass."""
        return self._core.words[native.SKIPPED]

    def attach(self, name: str, base: int, block: Block, size: int) -> None:
        """Map a block's registers at `base`."""
        self._blocks.append((base, base + size, block))
        block.unmodelled = self._log.unmodelled(name, base)
        block.diagnose = self._log.diagnose(name)
        window, hooks = Window(), ("window_read", "window_write")
        if isinstance(block, Lpspi) and self.lanes:
            window, hooks = FifoLane(self._core.state, base), ("lane_read", "lane_write")
            self._core.words[native.FIFO_LANES + len(self._lanes)] = window.address
            self._lanes.append((block, window))
        elif block.QUIET and self.lanes:
            window, hooks = StatusLane(self._core.state, base), ("status_read", "window_write")
        window.connect(self._reader(base, block, window), self._writer(block, window))
        self._mapped[name] = base, size, hooks, window
        self._open(name)

    def _open(self, name: str) -> None:
        base, size, hooks, window = self._mapped[name]
        read, write = (ctypes.c_void_p(library.address(hook)) for hook in hooks)
        user = ctypes.c_void_p(window.address)
        error = uclib.uc_mmio_map(
            self._core.handle, ctypes.c_uint64(base), ctypes.c_size_t(size), read, user, write, user
        )
        if error:
            raise UcError(error)
        self.windows.append((base, base + size))

    def close(self, names: frozenset[str]) -> bool:
        """Take these blocks off the bus, and only these: nothing answers there. False if so before.

        Not while the core runs.
        """
        if names == self.closed:
            return False
        self.settle()
        for name in names - self.closed:
            base, size, *_ = self._mapped[name]
            self._core.uc.mem_unmap(base, size)
            self.windows.remove((base, base + size))
        for name in self.closed - names:
            self._open(name)
        self.closed = names
        return True

    def find(self, address: int) -> tuple[Block, int]:
        """The block and the offset in it, settled; ValueError where no block has a register."""
        for base, end, block in self._blocks:
            if base <= address < end and block.knows(address - base):
                self.settle()
                return block, address - base
        raise ValueError(f"address must be that of a register, not 0x{address:08X}")

    def settle(self) -> None:
        """Tell every block what has passed its lane; whoever looks at blocks calls this first."""
        passed = self._core.words[native.PASSED]
        if not passed:
            return
        self._core.words[native.PASSED] = 0
        if passed & native.NAPPING:
            self.on_nap_over()
        if not passed & native.LANES:
            return
        self._take_over_spin()
        if self._open_status is not None:
            self._open_status.close()
            self._open_status = None
        for block, lane in self._lanes:
            if lane.is_open:
                block.passed(lane.close())

    def _reader(self, base: int, block: Block, lane: Window) -> Read:
        seen, counting, words = self._seen, self._counting, self._core.words
        passed, code_at, now_at = native.PASSED, native.BLOCK, native.NOW
        is_status, has_fifo = isinstance(lane, StatusLane), isinstance(lane, FifoLane)
        # Places of whole registers.
        quiet = {one.offset << 4 | 4 for one in block.QUIET} if is_status else ()
        registers = {
            place: (reader, base + (place >> 4), _kind(block, place >> 4, has_fifo))
            for place, reader in _by_place(block, block.readers).items()
        }

        def read(place: int) -> int:
            try:
                if words[passed]:
                    self.settle()
                register = registers.get(place)
                if register is not None:
                    reader, address, kind = register
                    value = reader()
                else:
                    offset = place >> 4
                    address, value = base + offset, block.read(offset, place & 15)
                    unknown = isinstance(block, Storage) or not block.knows(offset)
                    kind = _UNKNOWN if unknown else _kind(block, offset, has_fifo)
                if kind < _COUNTER:
                    if seen:
                        seen.clear()
                    counting[0] = -1
                    if kind and block.event is not None:
                        self._open_lane(block, lane)
                    return value
                if kind == _COUNTER:
                    seen.clear()
                    self._count(address)
                    return value
                if kind != _UNKNOWN:
                    counting[0] = -1
                key = address, words[code_at]
                if not seen:
                    seen[key] = value
                    self._repeated = 0
                    self._looked = words[now_at]
                elif seen.get(key) == value:
                    now = words[now_at]
                    if now - self._looked <= TIGHT_TICKS:
                        self._repeated += 1
                        if self._repeated >= SAME_READS:
                            self._carry(block, base, place >> 4)
                            now = words[now_at]
                    else:
                        self._repeated = 0
                    self._looked = now
                    if place in quiet:
                        offset = place >> 4
                        lane.open(offset, value, block.next_change(offset))
                        self._open_status = lane
                        self._hand_over_spin()
                elif len(seen) < SPIN_REGISTERS or kind != _UNKNOWN:
                    if len(seen) == SPIN_REGISTERS:
                        seen.clear()
                    seen[key] = value
                    self._repeated = 0
                    self._looked = words[now_at]
                if kind == _SHIFTING and block.event is not None:
                    self._open_lane(block, lane)
                return value
            except BaseException as error:
                self._keep(error)
                return 0

        return read

    def _writer(self, block: Block, lane: Window) -> Write:
        writers = _by_place(block, block.writers)
        seen, counting, state = self._seen, self._counting, self._core.words
        inert, passed = isinstance(block, Storage), native.PASSED
        readers = _of_flags(block)
        fifo = TDR.offset if isinstance(lane, FifoLane) else -1

        def write(place: int, value: int) -> None:
            try:
                if state[passed]:
                    self.settle()
                offset = place >> 4
                writer = writers.get(place)
                if seen and place in readers:
                    # Flags that are cleared and were clear leave a spin what it is.
                    status = readers[place]
                    before = status()
                    writer(value)
                    if status() != before:
                        seen.clear()
                        counting[0] = -1
                    return
                if not inert:
                    seen.clear()
                    counting[0] = -1
                if writer is not None:
                    writer(value)
                else:
                    block.write(offset, place & 15, value)
                if offset == fifo:
                    self._open_lane(block, lane)
            except BaseException as error:
                self._keep(error)

        return write

    @property
    def spins(self) -> bool:
        """Whether the last accesses were such a spin."""
        self.settle()
        return self.spin is not None and self._repeated >= SAME_READS and bool(self._seen)

    def _keep(self, error: BaseException) -> None:
        # An exception cannot pass through Unicorn's C code.
        if self.error is None:
            self.error = error
        self._core.stop_soon()

    def _open_lane(self, block: Lpspi, lane: FifoLane) -> None:
        ahead = block.ahead()
        if ahead is None:
            return
        lane.open(ahead, block.watermarks)
        self._hand_over_spin()

    def _hand_over_spin(self) -> None:
        """What was seen of a spin, to a lane."""
        words, entry = self._core.words, spin.ENTRIES
        for (address, code), value in self._seen.items():
            words[entry], words[entry + 1], words[entry + 2] = address, code, value
            entry += 3
        words[spin.SEEN] = len(self._seen)
        words[spin.REPEATED], words[spin.LOOKED] = self._repeated, self._looked
        words[spin.EVENT] = self._scheduler.next_time
        words[native.PASSED] |= native.LANES

    def look_ahead(self) -> None:
        """Another event is the next one: lanes that are open pass no time beyond it."""
        self._core.words[spin.EVENT] = self._scheduler.next_time

    def _take_over_spin(self) -> None:
        """What was seen of a spin since a lane was opened."""
        words = self._core.words
        self._seen.clear()
        self._counting[0] = -1
        for entry in range(spin.ENTRIES, spin.ENTRIES + 3 * words[spin.SEEN], 3):
            self._seen[words[entry], words[entry + 1]] = words[entry + 2]
        self._repeated, self._looked = words[spin.REPEATED], words[spin.LOOKED]
        if address := words[spin.SPUN_ON]:
            self.spin = self._block_at(address), address, words[spin.SINCE]
            words[spin.SPUN_ON] = 0

    def _block_at(self, address: int) -> Block:
        block = self._spun_on.get(address)
        if block is None:
            block = next(one for base, end, one in self._blocks if base <= address < end)
            self._spun_on[address] = block
        return block

    def _carry(self, block: Block, base: int, offset: int) -> None:
        """The firmware spins on a status that only time changes: let that time pass.

        If the block waits for somebody else, a spin may be one that counts its rounds to find a
        time-out: then time passes in steps that grow with the rounds, up to LONGEST_STEP.
        """
        words = self._core.words
        if self._repeated == SAME_READS or self.spin is None:
            self.spin = block, base + offset, words[native.NOW]
        coming = block.next_change(offset)
        if coming == NEVER:
            coming = words[native.NOW] + min(1 << min(self._repeated, 13), LONGEST_STEP)
        before = self.skipped
        self._pass(coming)
        if not block.knows(offset):
            self._log.spun(base + offset, self.skipped - before)

    def _count(self, address: int) -> None:
        """The firmware may spin on a counter until so much time has passed."""
        counting, words = self._counting, self._core.words
        now, code = words[native.NOW], words[native.BLOCK]
        last_code, last = self._counted
        if counting[0] != address or code != last_code or now - last > SPIN_TICKS:
            counting[:] = address, now, 0
        else:
            counting[2] += 1
            if counting[2] >= SPIN_READS:
                step = (now - counting[1]) // COUNTER_SHARE
                self._pass(now + min(step, LONGEST_COUNTER_STEP))
        self._counted = code, words[native.NOW]

    def _pass(self, target: int) -> None:
        """Let time pass up to `target` or the next event."""
        words = self._core.words
        target = min(target, self._scheduler.next_time)
        ahead = target - words[native.NOW]
        if ahead > 0:
            words[native.NOW] = target
            words[native.SKIPPED] += ahead


def _kind(block: Block, offset: int, has_lane: bool) -> int:
    """What a read of a register is to spins and lanes."""
    if offset in block.polled_offsets:
        return _SHIFTING if has_lane and offset == SR.offset else _POLLED
    if offset in block.counter_offsets:
        return _COUNTER
    return _RECEIVED if has_lane and offset == RDR.offset else _PLAIN


def _by_place(block: Block, handlers: dict[int, Callable]) -> dict[int, Callable]:
    """A block's handlers by offset and size, as the callbacks look them up."""
    return {
        offset << 4 | slot.register.width // 8: handlers[offset]
        for offset, slot in block.by_offset.items()
    }


def _of_flags(block: Block) -> dict[int, Callable]:
    """By place, what reads polled registers whose flags a write clears; to read one changes
    nothing, as to read a FIFO would."""
    slots = ((offset, block.by_offset[offset]) for offset in block.polled_offsets)
    return {
        offset << 4 | slot.register.width // 8: block.readers[offset]
        for offset, slot in slots
        if slot.register.masks[W1C]
    }


class Storage(Block):
    """A block of the chip that is not modelled: reads zero, drops writes, notes each offset."""
