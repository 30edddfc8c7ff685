"""The Machine interface that both emulators implement."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property, partial
from pathlib import Path
from typing import Self

from rt1062 import boards, images
from rt1062.boards.board import Board, Pin
from rt1062.errors import ConsoleTimeoutError, MachineError, SetupError
from rt1062.images import FlashImage
from rt1062.line_faults import LineFaults
from rt1062.memory_system import MemorySystem
from rt1062.observations import (
    ConsoleLine,
    CoreState,
    Debugger,
    Fault,
    Pad,
    Recording,
    Reset,
    States,
    Uart,
)
from rt1062.patience import BESIDES, PER_SECOND, Patience
from rt1062.symbols import Symbols


class Machine(ABC):
    """A `board` with the firmware's flash image in it; a context manager, off until `power_on`.

    All times are virtual. `image` is the firmware in any form that rt1062.images reads; `elf`
    gives symbols only and may be None. Errors: BootImageError from power_on, MachineError when
    the emulator cannot go on, SetupError when it cannot be had.
    """

    name = ""  # what EMULATOR= calls it
    clock = "virtual time"  # what its times are
    feeds_camera = True  # whether feed_frame puts frames behind the camera, which must be there
    step_us = 1000  # how far wait_for runs between two looks at the console
    longest_step_us = 16_000  # of a longer run, between two looks at what it costs

    def __init__(self, image: Path, elf: Path | None = None, board: Board = boards.DEFAULT):
        self.board = board
        self.image = image
        self.elf = elf or (image if images.is_elf(image) else None)
        # The rate of the terminal on the console, from the next power on; None follows the UART.
        self.console_baud: int | None = None
        self.services: list[Callable[[], None]] = []  # called after each step (host inference)
        self.patience = Patience()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def cpu_seconds(self) -> float:
        """What processes of its own, besides this one, have used of the host's CPUs."""
        return 0.0

    @property
    def translating_seconds(self) -> float:
        """What it has used of them to translate code: of that the firmware is not to blame."""
        return 0.0

    # Life cycle.

    @cached_property
    def flash_image(self) -> FlashImage:
        """What is programmed into the flash; SetupError for a file that is no firmware."""
        return images.read(Path(self.image), self.board.flash, self.elf)

    @abstractmethod
    def power_on(self) -> None:
        """Check the image as the boot ROM does, clear RAM and start; BootImageError if refused."""

    @abstractmethod
    def reset(self) -> None:
        """Pull the reset pin: RAM and flash keep their contents."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back; may be called twice."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the whole state to a file."""

    @abstractmethod
    def load(self, path: Path) -> None:
        """Go on from a state that `save` wrote with the same image; SetupError if it is not one."""

    # Time.

    @property
    @abstractmethod
    def time_us(self) -> float:
        """Virtual time since power on, microseconds."""

    @property
    @abstractmethod
    def instructions(self) -> int:
        """Instructions the core has executed since power on."""

    @abstractmethod
    def _run(self, microseconds: int) -> None:
        """Run for so much virtual time."""

    def _run_steps(self, end_us: float, enough: Callable[[], bool]) -> float:
        """Run for `step_us`, and where nobody needs to look again and again: until `enough()`
        behind a step, or behind the one that reaches `end_us` or `longest_step_us`.

        The microseconds that passed.
        """
        self._run(self.step_us)
        return self.step_us

    def _run_patiently(self, run: Callable[[], float]) -> None:
        """Run for the microseconds that it returns."""
        self.patience.begin(self.cpu_seconds - self.translating_seconds)
        microseconds = run()
        others = self.cpu_seconds - self.translating_seconds
        if self.patience.end(others, microseconds / 1_000_000):
            raise MachineError(
                f"given up: the firmware costs more than {PER_SECOND:g} s of CPU for a second "
                f"of virtual time, {BESIDES:g} s above that by now{self._doing()}"
            )

    def run_for(self, seconds: float) -> None:
        """Run for a span of virtual time, seconds.

        MachineError for a firmware that costs the host out of all proportion (rt1062.patience).
        """
        left, longest = round(seconds * 1_000_000), self.step_us

        def run() -> float:
            self._run(step)
            return step

        while left > 0:
            step = min(left, longest)
            self._run_patiently(run)
            left -= step
            if not self.services:
                longest = min(2 * longest, self.longest_step_us)
            for service in self.services:
                service()

    def will_repeat(self, times: int) -> None:
        """What was run so far will be run `times` times, in forks of this process: a hint only."""
        return

    def _doing(self) -> str:
        """What the core does, in words, for an error; "" where it cannot be seen."""
        return ""

    def wait_for(
        self, match: Callable[[ConsoleLine], bool], timeout_s: float, start: int = 0
    ) -> ConsoleLine:
        """Run until a console line from index `start` on matches, and return it.

        ConsoleTimeoutError, with the last lines, when `timeout_s` virtual seconds pass first.
        """
        end = self.time_us + timeout_s * 1_000_000
        while True:
            console = self.console
            for line in console[start:]:
                if match(line):
                    return line
            start = len(console)
            if self.time_us >= end:
                last = "\n  ".join(line.text for line in self.console[-10:]) or "(nothing)"
                raise ConsoleTimeoutError(
                    f"not on the console within {timeout_s:g} s of {self.clock}; "
                    f"last lines:\n  {last}"
                )
            if self.services:
                self.run_for(self.step_us / 1_000_000)
            else:
                self._run_patiently(partial(self._run_steps, end, partial(self._has_more, start)))

    def _has_more(self, lines: int) -> bool:
        return len(self.console) > lines

    def wait_until(self, met: Callable[[], bool], timeout_s: float) -> bool:
        """Run until `met()`, which may ask anything: a port, a pad, memory, resets, faults.

        Whether it was met before `timeout_s` virtual seconds were over.
        """
        end = self.time_us + timeout_s * 1_000_000
        while not met():
            if self.time_us >= end:
                return False
            self.run_for(self.step_us / 1_000_000)
        return True

    @property
    def states(self) -> States:
        """How long core and camera have been in each of their states; SetupError where it cannot
        be seen."""
        raise SetupError(f"times of states are kept on an emulator, not on {self.name}")

    # Console.

    @property
    @abstractmethod
    def console(self) -> list[ConsoleLine]:
        """All complete lines printed since power on."""

    @abstractmethod
    def send(self, text: str | bytes) -> None:
        """Type `text` (a newline ends a line) at the console, paced as its baud rate allows."""

    def set_console_baud(self, baud: int | None) -> None:
        """Another rate of the terminal on the console, from now on where it matters."""
        self.console_baud = baud

    def set_line_faults(self, faults: LineFaults) -> None:
        """A bad line between board and terminal, both ways, from now on; rate 0 makes it good."""
        raise SetupError(f"the line's faults are made on an emulator, not on {self.name}")

    # Camera.

    @abstractmethod
    def feed_frame(self, frame: bytes, frame_id: str = "") -> None:
        """Queue one frame (96x96 RGB565 big-endian, 18,432 bytes); a capture takes the oldest.

        ValueError for an empty frame; other lengths are accepted, the firmware shall notice.
        """

    @property
    @abstractmethod
    def frames_queued(self) -> int:
        """Frames fed and not yet captured."""

    @property
    @abstractmethod
    def captured_ids(self) -> list[str]:
        """Ids of the frames captured so far, oldest first; "" for a repeated frame."""

    @abstractmethod
    def set_fault(self, name: str, value: int | None = None) -> None:
        """Switch on one of camera_faults.FAULTS; ValueError for any other name."""

    @abstractmethod
    def clear_faults(self) -> None:
        """The camera works again."""

    # Board.

    @property
    @abstractmethod
    def led(self) -> bool:
        """True while the user LED is lit; SetupError where the board has none."""

    @abstractmethod
    def press_button(self, pressed: bool) -> None:
        """Press or release the user button; SetupError where the board has none."""

    # Memory.

    @abstractmethod
    def read_memory(self, address: int, length: int) -> bytes:
        """Read memory (not registers) behind the core's back; ValueError where there is none."""

    @abstractmethod
    def write_memory(self, address: int, data: bytes) -> None:
        """Write memory, flash included, behind the core's back; ValueError where there is none."""

    @cached_property
    def symbols(self) -> Symbols:
        """The names in the firmware's ELF; SetupError where none was given or it has no symbols."""
        if self.elf is None:
            raise SetupError(
                "symbols are read from the firmware's ELF, and none was given: name it"
            )
        return Symbols(self.elf)

    def whereabouts(self, address: int) -> str:
        """` (symbol + offset, file:line)` of an address in the firmware's code, "" if unknown."""
        if self.elf is None:
            return ""
        try:
            symbols = self.symbols
        except SetupError:  # an ELF without symbols boots all the same
            return ""
        found = symbols.nearest(address)
        if found is None:
            return ""
        name, offset = found
        line = symbols.source_line(address)
        return f" ({name} + 0x{offset:X}{f', {line}' if line else ''})"

    def read_symbol(self, name: str, length: int | None = None) -> bytes:
        """The bytes of a variable, all of them without `length`.

        SetupError where the ELF does not know the name, or the name but no size (assembly without
        `.size`): then `length` is asked for.
        """
        size = self.symbols.size(name) if length is None else length
        if size == 0:
            raise SetupError(f"{self.elf}: symbol {name!r} has no size; say how many bytes to read")
        return self.read_memory(self.symbols.address(name), size)

    def write_symbol(self, name: str, data: bytes) -> None:
        """Write a variable; SetupError where the ELF does not know it, ValueError past its end."""
        size = self.symbols.size(name)
        if size and len(data) > size:
            raise ValueError(f"{name} must be at most {size} bytes, not {len(data)}")
        self.write_memory(self.symbols.address(name), data)

    # Every port and pad, and what the core has met.

    @property
    def uarts(self) -> dict[str, Uart]:
        """The serial ports by name, LPUART1 to LPUART8; SetupError where there is one only."""
        raise SetupError(f"ports are seen on the unicorn machine, not on {self.name}")

    def uart(self, which: int | str) -> Uart:
        """A serial port by its number or name; SetupError for one that the chip has not."""
        name = f"LPUART{which}" if isinstance(which, int) else which.upper()
        if name not in self.uarts:
            raise SetupError(f"the port must be one of {', '.join(self.uarts)}, not {which!r}")
        return self.uarts[name]

    def pad(self, place: Pin | str | int, number: int | None = None) -> Pad:
        """A pad, its edges noted from now on: by GPIO port and number (`pad(1, 9)`), as "GPIO1.9",
        by the chip's name for it ("GPIO_AD_B0_09"), or by the board's: "LED", "BUTTON", one of its
        named pins. SetupError for what is none.
        """
        if isinstance(place, int):
            place = f"GPIO{place}.{number}"
        return self._pad(self.board.find_pin(place) if isinstance(place, str) else place)

    def _pad(self, pin: Pin) -> Pad:
        raise SetupError(f"pads are seen on the unicorn machine, not on {self.name}")

    @property
    def resets(self) -> list[Reset]:
        """Every reset since power on, with its cause."""
        raise SetupError(f"resets are noted on the unicorn machine, not on {self.name}")

    @property
    def faults(self) -> list[Fault]:
        """The faults that the core has met since power on, the last hundred."""
        raise SetupError(f"faults are noted on the unicorn machine, not on {self.name}")

    def core_state(self) -> CoreState:
        """Where the core is now."""
        raise SetupError(f"the core is looked at on the unicorn machine, not on {self.name}")

    # The core.

    def register(self, name: str) -> int:
        """A register of the core ("R0", "SP", "PC"); SetupError where it cannot be read."""
        raise SetupError(f"core registers are read on the unicorn machine, not on {self.name}")

    def recorded(self, events: int = 0) -> AbstractContextManager[Recording]:
        """Within the `with`, what the core executes is noted; the value gives all of it so far.

        From the power on that was last; the next one ends it. Nothing that firmware can see is
        changed. SetupError without symbols, or where the core cannot be looked at. With `events`,
        the first so many blocks and accesses to memory are kept in their order, at a tenth of the
        speed.
        """
        raise SetupError(f"execution is noted on the unicorn machine, not on {self.name}")

    def memory_system(self) -> MemorySystem:
        """Clocks, caches and memories as the firmware has set them up by now."""
        raise SetupError(f"clocks and caches are read on the unicorn machine, not on {self.name}")

    def debugger(self) -> Debugger:
        """What halts the core and looks into it, for this power on; SetupError if there is none."""
        raise SetupError(f"a debugger is there on the unicorn machine, not on {self.name}")

    def watched(
        self, first: int, last: int, look: Callable[[int], None]
    ) -> AbstractContextManager[None]:
        """Within the `with`, `look(address)` is called before each instruction from `first` to
        `last`; neither the core nor time is changed. SetupError where the emulator cannot do it.
        """
        raise SetupError(f"code is watched on the unicorn machine, not on {self.name}")

    @property
    @abstractmethod
    def warnings(self) -> list[str]:
        """What firmware did that the emulator knows nothing of, each once: unmodelled registers."""
