"""The line to a board that logs: lines of bytes in, text out, at a rate; and the bench's own."""

from abc import ABC, abstractmethod

from rt1062.machine import Machine
from rtbench.link.firmware import BAUD


class Line(ABC):
    """Both directions. Times are seconds: the wall clock's for a port, virtual for the bench."""

    name = ""
    baud = BAUD  # of this end

    @property
    @abstractmethod
    def now(self) -> float:
        """Seconds since some beginning."""

    @abstractmethod
    def read(self, seconds: float) -> list[bytes]:
        """The lines that have come whole, without newlines; waits so long at most for one."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Send text as it is."""

    @abstractmethod
    def set_baud(self, baud: int) -> None:
        """Another rate from now on."""


class BenchLine(Line):
    """The console of an emulated board, which is on and runs while one waits here."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.name = machine.name
        self._seen = 0

    @property
    def now(self) -> float:
        return self.machine.time_us / 1e6

    def read(self, seconds: float) -> list[bytes]:
        end = self.machine.time_us + seconds * 1e6
        while True:
            self.machine.run_for(self.machine.step_us / 1e6)
            new = self.machine.console[self._seen :]
            if new or self.machine.time_us >= end:
                self._seen += len(new)
                return [line.data for line in new]

    def write(self, text: str) -> None:
        self.machine.send(text)

    def set_baud(self, baud: int) -> None:
        self.machine.set_console_baud(baud)
        self.baud = baud
