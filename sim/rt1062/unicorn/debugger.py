"""What a debugger can do to the machine: halt it, step it, look at it; time stays as it is."""

from collections.abc import Iterator

from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.observations import Debugger, Halt
from rt1062.unicorn.core import MASK_32, register_id
from rt1062.unicorn.halting import READ, WATCH_HIT, WRITE, Halts
from rt1062.unicorn.processor import Processor

KINDS = {"write": WRITE, "read": READ, "access": READ | WRITE}
FRAME_PC = 0x18  # of the return address in an exception's frame (B1.5.6)
EXC_RETURN_PSP = 1 << 2


class CoreDebugger(Debugger):
    """Halts in front of instructions, between which nothing is lost.

    A step that an interrupt comes into runs the handler through, unless it has a breakpoint; a
    step over WFI sleeps as long as the firmware does.
    """

    def __init__(self, processor: Processor) -> None:
        self._processor = processor
        self._core = processor.core
        self._halts = processor.halts = Halts(self._core)
        self._depth: int | None = None  # of exceptions, where the step began
        self._kept = False
        self._landing: int | None = None  # where a handler that came into a step returns to
        self._watched: dict[tuple[int, int, int], str] = {}

    # Where to halt.

    def set_breakpoint(self, address: int) -> None:
        self._halts.set_break(address & ~1)

    def clear_breakpoint(self, address: int) -> None:
        self._halts.clear_break(address & ~1)

    def set_watchpoint(self, kind: str, address: int, size: int) -> None:
        self._halts.set_watch(KINDS[kind], address, size)
        self._watched[KINDS[kind], address, size] = kind

    def clear_watchpoint(self, kind: str, address: int, size: int) -> None:
        self._halts.clear_watch(KINDS[kind], address, size)
        self._watched.pop((KINDS[kind], address, size), None)

    def detach(self) -> None:
        self._end_step()
        self._halts.clear()
        self._watched.clear()

    # Running.

    def begin_step(self) -> None:
        self._depth = len(self._processor.exceptions.active)
        self._halts.step(True)

    def run_until(self, time_us: float) -> Halt | None:
        end = round(time_us * TICKS_PER_MICROSECOND)
        while True:
            self._halts.resume()
            self._processor.run_until(end)
            if not self._halts.halted:
                return None
            if self._halts.words[WATCH_HIT]:
                return self._watch_hit()
            pc = self._core.pc
            if self._depth is None:
                return Halt("breakpoint")
            deeper = len(self._processor.exceptions.active) > self._depth
            if not deeper and self._landing in (None, pc):
                self._end_step()
                return Halt("breakpoint" if self._halts.has_break(pc) else "step")
            if deeper and self._landing is None:
                self._run_handler_through()
                if self._own_break(pc):
                    self._end_step()
                    return Halt("breakpoint")
            elif self._own_break(pc):
                self._end_step()
                return Halt("breakpoint")

    def _own_break(self, pc: int) -> bool:
        """Whether the halt at `pc` is somebody's breakpoint, not the end of our handler."""
        return self._halts.has_break(pc) and pc != self._landing

    def _run_handler_through(self) -> None:
        """The core stands at a handler's first instruction: halt again where it returns to."""
        link = self._core.get("LR")
        stack = self._core.get("PSP" if link & EXC_RETURN_PSP else "MSP")
        frame = self._processor.memory.read(stack + FRAME_PC, 4)
        self._landing = int.from_bytes(frame, "little") & ~1
        self._kept = self._halts.has_break(self._landing)
        self._halts.step(False)
        self._halts.set_break(self._landing)

    def _end_step(self) -> None:
        if self._landing is not None and not self._kept:
            self._halts.clear_break(self._landing)
        self._landing = self._depth = None
        self._halts.step(False)

    def _watch_hit(self) -> Halt:
        self._end_step()
        at = self._halts.accessed
        for (_, address, size), kind in self._watched.items():
            if address - 7 <= at < address + size:
                return Halt("watchpoint", kind, address)
        return Halt("step")

    # Registers.

    def read_device(self, address: int, length: int) -> bytes:
        return b"".join(
            self._register(at, size).to_bytes(size, "little")
            for at, size in _words(address, length)
        )

    def _register(self, address: int, size: int) -> int:
        block, offset = self._processor.bus.find(address)
        return block.read(offset, size)

    def write_device(self, address: int, data: bytes) -> None:
        for at, size in _words(address, len(data)):
            block, offset = self._processor.bus.find(at)
            value = int.from_bytes(data[at - address : at - address + size], "little")
            block.write(offset, size, value)

    def read_register(self, name: str) -> int:
        if name == "PC":
            return self._core.pc
        if name.startswith("D"):
            return self._core.uc.reg_read(register_id(name))
        return self._core.get(name)

    def write_register(self, name: str, value: int) -> None:
        if name == "PC":
            self._core.pc = value & MASK_32 & ~1
        elif name.startswith("D"):
            self._core.uc.reg_write(register_id(name), value)
        else:
            self._core.set(name, value & MASK_32)


def _words(address: int, length: int) -> Iterator[tuple[int, int]]:
    """Aligned accesses, as large as can be, that cover a span: address and size."""
    end = address + length
    while address < end:
        size = next(n for n in (4, 2, 1) if address % n == 0 and address + n <= end)
        yield address, size
        address += size
