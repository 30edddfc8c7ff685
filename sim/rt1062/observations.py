"""What can be seen of a board from outside, and of its core when something went wrong.

Times are virtual, microseconds since power on.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

# Configurable fault status register by bit: name, and what it means (ARMv7-M, B3.2.15).
CFSR_BITS = {
    0: ("IACCVIOL", "instruction fetch denied by the MPU, or from where nothing can be executed"),
    1: ("DACCVIOL", "access denied by the MPU"),
    3: ("MUNSTKERR", "unstacking denied by the MPU"),
    4: ("MSTKERR", "stacking denied by the MPU"),
    8: ("IBUSERR", "instruction fetch from where there is nothing"),
    9: ("PRECISERR", "access to where there is nothing"),
    11: ("UNSTKERR", "unstacking from where there is nothing"),
    12: ("STKERR", "stacking to where there is nothing"),
    16: ("UNDEFINSTR", "undefined instruction"),
    17: ("INVSTATE", "not Thumb code"),
    18: ("INVPC", "a wrong EXC_RETURN"),
    19: ("NOCP", "the FPU is off"),
    24: ("UNALIGNED", "unaligned access"),
    25: ("DIVBYZERO", "division by zero"),
}
# Bits of SRC_SRSR, and what they stand for here.
RESET_CAUSES = {
    0: "power on",
    1: "SYSRESETREQ",
    3: "reset pin",
    4: "watchdog WDOG1 or WDOG2",
    7: "watchdog RTWDOG",
}
# Those at which the pc says nothing: IACCVIOL, IBUSERR, INVSTATE.
JUMPED = 1 << 0 | 1 << 8 | 1 << 17


@dataclass(frozen=True)
class ConsoleLine:
    """One line the firmware printed; `time_us`: virtual time of its first byte, microseconds.

    `raw` is there where the text cannot be turned back into the bytes that it was.
    """

    time_us: float
    text: str
    raw: bytes | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, time_us: float, line: bytes) -> Self:
        """A line as it came, without its newline: decoded, a carriage return at its end left out;
        bytes that are not UTF-8 show as \\xNN.
        """
        text = line.removesuffix(b"\r").decode("utf-8", "backslashreplace")
        return cls(time_us, text, None if text.encode() == line else line)

    @property
    def data(self) -> bytes:
        """Its bytes as they came, without the newline."""
        return self.text.encode() if self.raw is None else self.raw


@dataclass(frozen=True)
class States:
    """Virtual time since power on in each state of core and camera, microseconds.

    `core`: "run", of which `polled` went by while a status was read over and over; asleep with all
    clocks on ("wfi") or in a mode of CCM_CLPCR.LPM ("wait", "stop", "suspend" where that takes its
    power); "snvs" with the board off, "halted" by a fault. `clocks` is "run" by the core's clock,
    Hz. `camera`: "off", "low-power", "idle" or "capturing"; empty where there is none.
    """

    core: Mapping[str, float]
    polled: float
    clocks: Mapping[int, float]
    camera: Mapping[str, float]

    def since(self, before: Self) -> Self:
        """What has been added since an earlier look."""
        return type(self)(
            _less(self.core, before.core),
            self.polled - before.polled,
            _less(self.clocks, before.clocks),
            _less(self.camera, before.camera),
        )


def _less(now: Mapping, before: Mapping) -> dict:
    return {state: time - before.get(state, 0.0) for state, time in now.items()}


@dataclass(frozen=True)
class Edge:
    """A pad got this level."""

    time_us: float
    level: bool


@dataclass(frozen=True)
class Reset:
    """The chip was reset, and by what."""

    time_us: float
    cause: str


@dataclass(frozen=True)
class Fault:
    """The core met a fault at `pc`; `cfsr` and `hfsr` are the bits of this one.

    `address` of the access where the core knows it; `place`: what lies there. `lr`: where a jump
    to no code may have come from.
    """

    time_us: float
    pc: int
    cfsr: int
    hfsr: int
    address: int | None = None
    place: str = ""
    lr: int = 0

    @property
    def names(self) -> str:
        """The set bits by the manual's names."""
        found = [name for bit, (name, _) in CFSR_BITS.items() if self.cfsr >> bit & 1]
        return " ".join(found) or f"HFSR 0x{self.hfsr:08X}"

    def __str__(self) -> str:
        meant = [text for bit, (_, text) in CFSR_BITS.items() if self.cfsr >> bit & 1]
        what = meant[0] if meant else "breakpoint without a debugger"
        at = "" if self.address is None else f" at 0x{self.address:08X} ({self.place})"
        jumped = f", lr 0x{self.lr:08X}" if self.cfsr & JUMPED else ""
        return f"{self.names}: {what}{at}, pc 0x{self.pc:08X}{jumped}"


@dataclass(frozen=True)
class CoreState:
    """Where the core is: `kind` is off, running, asleep, spinning, fault or locked up."""

    kind: str
    pc: int
    detail: str = ""


@dataclass(frozen=True)
class Block:
    """A straight piece of code and how often it was executed.

    `instructions`: in all its runs; `lowest_sp`: the least that the stack pointer was at its start;
    `misses`: how often a two-bit predictor of its own would have taken the wrong way behind it.
    """

    start: int
    length: int
    runs: int
    instructions: int
    lowest_sp: int
    misses: int = 0

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.start + self.length


@dataclass(frozen=True)
class Passage:
    """One block behind another, both as start and length, and how often."""

    before: tuple[int, int]
    after: tuple[int, int]
    times: int


@dataclass(frozen=True)
class CallPath:
    """A function by way of its callers, outermost first: what was executed in it alone."""

    functions: tuple[str, ...]
    instructions: int
    calls: int


@dataclass(frozen=True, eq=False)
class Trace:
    """Passages and accesses in their order, a word each (int64).

    A passage is its place in `Executed.passages`; an access of that block, behind it, is address,
    size in bytes from SIZE on, WRITES for a store, and ACCESS. `lost`: how many came after those.
    """

    events: np.ndarray
    lost: int = 0

    ACCESS = 1 << 48
    WRITES = 1 << 40
    SIZE = 32
    ADDRESS = 0xFFFF_FFFF


@dataclass(frozen=True)
class Executed:
    """What a core has executed; blocks by address, paths with callers in front of the called.

    `lost`: instructions of blocks beyond the 65,536 that are noted. `trace` where it was asked for.
    """

    blocks: tuple[Block, ...]
    paths: tuple[CallPath, ...]
    lost: int = 0
    passages: tuple[Passage, ...] = ()
    trace: Trace | None = None


class Recording(ABC):
    """What is noted of a core: called, all of it so far."""

    @abstractmethod
    def __call__(self) -> Executed:
        """Blocks, passages and call paths, and the trace where it was asked for."""

    @property
    @abstractmethod
    def position(self) -> int:
        """How many events the trace has by now."""


class Uart(ABC):
    """One serial port of the chip, as a terminal on it sees it."""

    name: str

    @property
    @abstractmethod
    def lines(self) -> list[ConsoleLine]:
        """All complete lines since power on."""

    @property
    @abstractmethod
    def unfinished(self) -> str:
        """What no newline has ended yet: a prompt."""

    @abstractmethod
    def send(self, text: str | bytes) -> None:
        """Type `text`, paced as the port's baud rate allows."""

    @property
    @abstractmethod
    def typing(self) -> int:
        """Bytes typed that have not arrived yet."""

    @property
    @abstractmethod
    def bit_us(self) -> float:
        """What a bit takes now, microseconds; 0.0 while the port has no rate."""

    @abstractmethod
    def watch(
        self, take: Callable[[int], None] | None, arrives: Callable[[int], None] | None = None
    ) -> None:
        """Have `take` called with every byte that the port sends from now on, at the end of its
        stop bit, and `arrives` with every one that is typed; None ends it.
        """


class Pad(ABC):
    """One pad of the chip."""

    @property
    @abstractmethod
    def level(self) -> bool:
        """What a voltmeter shows."""

    @property
    @abstractmethod
    def edges(self) -> list[Edge]:
        """Changes of the level since the pad was first asked for, or since power on."""

    @abstractmethod
    def drive(self, level: bool) -> None:
        """Drive the pad from outside; an output of the chip is the stronger."""


@dataclass(frozen=True)
class Halt:
    """Why a debugger has halted the core: breakpoint, step or watchpoint.

    Of a watchpoint: read, write or access, and the address that was watched. The core stands
    behind the instruction that made the access.
    """

    reason: str
    kind: str = ""
    address: int = 0


class Debugger(ABC):
    """Halts the core and looks into it; what is not changed goes on as without it."""

    @abstractmethod
    def set_breakpoint(self, address: int) -> None:
        """Halt in front of the instruction at an address."""

    @abstractmethod
    def clear_breakpoint(self, address: int) -> None:
        """No longer halt there."""

    @abstractmethod
    def set_watchpoint(self, kind: str, address: int, size: int) -> None:
        """Halt behind an instruction that does `kind` (read, write, access) to `size` bytes."""

    @abstractmethod
    def clear_watchpoint(self, kind: str, address: int, size: int) -> None:
        """No longer halt for that."""

    @abstractmethod
    def detach(self) -> None:
        """Nothing halts the core any more."""

    @abstractmethod
    def begin_step(self) -> None:
        """The next `run_until` ends behind one instruction, interrupts run through."""

    @abstractmethod
    def run_until(self, time_us: float) -> Halt | None:
        """Run up to a virtual time, microseconds since power on; None if nothing halted it."""

    @abstractmethod
    def read_device(self, address: int, length: int) -> bytes:
        """Registers of a block, read as the core would (FIFOs move on); ValueError if none."""

    @abstractmethod
    def write_device(self, address: int, data: bytes) -> None:
        """Registers of a block, written as the core would; ValueError where there is none."""

    @abstractmethod
    def read_register(self, name: str) -> int:
        """R0 to R12, SP, LR, PC, XPSR, MSP, PSP, PRIMASK, ..., D0 to D15, FPSCR."""

    @abstractmethod
    def write_register(self, name: str, value: int) -> None:
        """Set one of them."""
