"""The one board that anybody's suite works with, shared by the keyword libraries of board.resource.

It knows nothing of applications or their protocol; the project's own suites have session.py.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rt1062 import boards, emulators
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.observations import Uart

STEP_S = 0.001  # virtual, between two looks at what is waited for
WALL_LIMIT_S = 300.0  # of one keyword
SHOWN_LINES = 10


@dataclass(frozen=True)
class Started:
    """What a machine was made of."""

    image: Path
    elf: Path | None
    board: str
    emulator: str


class Bench:
    """A machine while it is on; `seen` counts the lines of each port that keywords have taken."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.forbidden: list[str] = []
        self.started: Started | None = None
        self._machine: Machine | None = None

    @property
    def machine(self) -> Machine:
        """The machine; AssertionError while none is on."""
        if self._machine is None:
            raise AssertionError("no board is on; use the keyword `Start Board` first")
        return self._machine

    @property
    def is_on(self) -> bool:
        """Whether a machine is on."""
        return self._machine is not None

    def start(self, started: Started) -> None:
        """Power on a new board, the one before goes away."""
        self.stop()
        board = boards.find(started.board)
        if not started.image.is_file():
            raise SetupError(f"{started.image.absolute()}: no such firmware")
        self._machine = emulators.create(started.image, started.elf, started.emulator, board)
        self.started = started
        self._machine.power_on()
        self.from_now_on()

    def stop(self) -> None:
        """Give the machine back; nothing happens without one."""
        if self._machine is not None:
            self._machine.close()
        self._machine = None
        self.forbidden.clear()
        self.seen.clear()

    def from_now_on(self) -> None:
        """What has been printed is not waited for again; edges of the LED are noted."""
        self.seen = {name: len(uart.lines) for name, uart in self.machine.uarts.items()}
        led = self.machine.board.led
        if led is not None:
            self.machine.pad(led)

    def uart(self, name: str | None) -> Uart:
        """A port by its name, the board's console without one."""
        uarts = self.machine.uarts
        wanted = (name or self.machine.board.console).upper()
        if wanted not in uarts:
            raise ValueError(f"uart must be one of {', '.join(uarts)}, not {name!r}")
        return uarts[wanted]

    def run_until(self, arrived: Callable[[], bool], seconds: float) -> bool:
        """Run until something has happened; False when so much virtual time has passed first.

        AssertionError as soon as a text is printed that the suite has forbidden, or when the
        host has worked on it for too long.
        """
        machine, begin = self.machine, time.monotonic()
        end = machine.time_us + seconds * 1e6
        while True:
            self._look_for_forbidden()
            if arrived():
                return True
            left = (end - machine.time_us) / 1e6
            if left <= 0:
                return False
            if time.monotonic() - begin > WALL_LIMIT_S:
                raise AssertionError(
                    f"{WALL_LIMIT_S:g} s of wall time are over, {left:g} s of virtual time are "
                    f"left\n{self.situation()}"
                )
            machine.run_for(min(STEP_S, left))

    def _look_for_forbidden(self) -> None:
        if not self.forbidden:
            return
        for name, uart in self.machine.uarts.items():
            for line in [*(one.text for one in uart.lines), uart.unfinished]:
                for text in self.forbidden:
                    if text in line:
                        raise AssertionError(f"{text!r} was printed on {name}: {line!r}")

    def check(self, claim: bool, message: str) -> None:
        """AssertionError with what the board has done last, unless the claim holds."""
        if not claim:
            raise AssertionError(f"{message}\n{self.situation()}")

    def situation(self) -> str:
        """What every port has printed last, where the core is, what is not modelled."""
        lines = [f"at {self.machine.time_us / 1e6:.6f} s of virtual time:"]
        for name, uart in self.machine.uarts.items():
            printed = [one.text for one in uart.lines] + [uart.unfinished] * bool(uart.unfinished)
            if printed or name == self.machine.board.console:
                lines.append(f"{name} has printed {len(printed)} lines" + ":" * bool(printed))
                lines += [f"  {text}" for text in printed[-SHOWN_LINES:]]
        return "\n".join([*lines, *self._core(), *self.machine.warnings[:SHOWN_LINES]])

    def _core(self) -> list[str]:
        try:
            state, faults = self.machine.core_state(), self.machine.faults
        except SetupError:  # an emulator that does not let it be seen
            return []
        place = self.machine.whereabouts(state.pc)
        text = f"core: {state.kind} at 0x{state.pc:08X}{place}"
        found = [f"{text}, {state.detail}" if state.detail else text]
        return found + [f"fault: {one}{self.machine.whereabouts(one.pc)}" for one in faults[-1:]]


BENCH = Bench()
