"""One block twice: the C# model under mono beside its Python twin, with the same accesses."""

from rt1062.chip.clock import TICKS_PER_MICROSECOND
from rt1062.scheduler import Scheduler
from tests.rt1062.renode.model_shell import ModelShell

RATES = {"perclk": 24_000_000, "osc24": 24_000_000, "lpo32k": 32_768, "ipg": 150_000_000}


class Clocks:
    """A clock tree that stands still: the crystal for all, 150 MHz for the bus, 32 kHz."""

    def __init__(self):
        self.listeners = []

    def hz(self, name: str) -> int:
        return RATES[name]


class Twins:
    """One block twice, in Python and in C#; every read is compared."""

    def __init__(self, shell: ModelShell, kind: str, make, width: int = 32, **parameters):
        self.shell = shell
        self.scheduler = Scheduler()
        self.lines: dict[str, bool] = {}
        self.python = make(self)
        self.python.reset(cold=True)
        self.width = width
        shell.new("twin", kind, **parameters)

    def line(self, name: str):
        self.lines[name] = False
        return lambda level=True: self.lines.__setitem__(name, level)

    def write(self, offset: int, value: int) -> None:
        self.python.write(offset, self.width // 8, value)
        self.shell.write("twin", offset, value, self.width)

    def read(self, offset: int) -> int:
        value = self.python.read(offset, self.width // 8)
        other = self.shell.read("twin", offset, self.width)
        assert other == value, f"+0x{offset:X}: C# 0x{other:X}, Python 0x{value:X}"
        return value

    def wait_us(self, microseconds: float) -> None:
        self.scheduler.advance(round(microseconds * TICKS_PER_MICROSECOND))
        self.shell.wait_us(microseconds)

    def compare_lines(self) -> None:
        for name, level in self.lines.items():
            assert self.shell.line("twin", name) == level, name

    def reset(self) -> None:
        self.python.reset(cold=False)
        self.shell.ask("reset")
