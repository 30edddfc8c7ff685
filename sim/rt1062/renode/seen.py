"""What Renode's machine shows from outside: ports, pads, resets, faults, where the core is.

Ports and pads write what happens into files of the process's private folder (Console.cs, Taps.cs);
a line there is its virtual time, a tabulator, and what it was.
"""

import re
from collections.abc import Callable
from pathlib import Path

from rt1062.boards.board import Pin
from rt1062.chip.block_table import block_at
from rt1062.errors import SetupError
from rt1062.observations import (
    RESET_CAUSES,
    ConsoleLine,
    CoreState,
    Edge,
    Fault,
    Pad,
    Reset,
    States,
    Uart,
)
from rt1062.renode.monitor import Monitor
from rt1062.renode.process import Process

TYPED_BYTES = 512  # of one command
CFSR, MMFAR, ICSR = 0xE000_ED28, 0xE000_ED34, 0xE000_ED04
HARD_FAULT, USAGE_FAULT = 3, 6
WFI = b"\x30\xbf"
CORE_MHZ = 600  # PerformanceInMips in rt1062.repl
MODES = ("wfi", "wait", "stop", "")  # CCM_CLPCR.LPM; 3 is reserved
# CFSR's bit for what Renode's translator calls the exception (Taps.cs); a breakpoint has none.
IACCVIOL, DACCVIOL, UNDEFINSTR, INVSTATE, NOCP = 1 << 0, 1 << 1, 1 << 16, 1 << 17, 1 << 19
KINDS = {1: UNDEFINSTR, 3: IACCVIOL, 4: DACCVIOL, 7: 0, 17: NOCP, 18: INVSTATE}
HFSR_DEBUGEVT = 1 << 31


class Tapped:
    """A file that grows: whole lines of it, each read once."""

    def __init__(self, monitor: Monitor, path: Path) -> None:
        self._monitor = monitor
        self._path = path
        self._read = 0  # bytes

    def new(self) -> list[tuple[float, bytes]]:
        """Time, microseconds, and the rest of each line that has come since."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            lines = file.read().split(b"\n")
        found = []
        for line in lines[:-1]:
            self._read += len(line) + 1
            time, tabulator, text = line.partition(b"\t")
            if not tabulator or not re.fullmatch(rb"\d+\.\d+", time):
                raise self._monitor.nonsense(self._path.name, repr(line), "a time and a line")
            found.append((float(time), text))
        return found


class RenodeUart(Uart):
    """A port of the chip, its transcript from power on."""

    def __init__(self, name: str, on: Process) -> None:
        self.name = name
        self._port, self._monitor = name.lower(), on.monitor
        self._monitor.do(f"{self._port} CreateConsoleTap {on.token(self._port)}")
        self._tapped = Tapped(on.monitor, on.directory / self._port)
        self._lines: list[ConsoleLine] = []

    @property
    def lines(self) -> list[ConsoleLine]:
        self._lines += [ConsoleLine.of(time, text) for time, text in self._tapped.new()]
        return list(self._lines)

    def go_on(self, lines: list[ConsoleLine]) -> None:
        """These came before the state that was loaded."""
        self._lines = lines

    @property
    def unfinished(self) -> str:
        text = bytes.fromhex(self._monitor.ask(f"{self._port} UnfinishedBytes"))
        return ConsoleLine.of(0, text).text

    def send(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        for start in range(0, len(data), TYPED_BYTES):
            part = data[start : start + TYPED_BYTES].hex()
            self._monitor.do(f'{self._port} TypeBytes "{part}"')

    @property
    def typing(self) -> int:
        return self._monitor.ask_number(f"{self._port} TypingBytes")

    @property
    def bit_us(self) -> float:
        rate = self._monitor.ask_number(f"{self._port} BaudRate")
        return 1e6 / rate if rate else 0.0

    def watch(
        self, take: Callable[[int], None] | None, arrives: Callable[[int], None] | None = None
    ) -> None:
        raise SetupError("bytes of a port are watched on the unicorn machine, not on renode")


class PadFiles:
    """The taps of the GPIO ports, made when a pad of theirs is first asked for."""

    def __init__(self, on: Process) -> None:
        self._on = on
        self._taps: dict[int, Tapped] = {}
        self._edges: dict[tuple[int, int], list[Edge]] = {}

    def tap(self, pin: Pin) -> None:
        """Note the edges of a pad from now on."""
        if pin.port not in self._taps:
            name = f"gpio{pin.port}"
            self._on.monitor.do(f"{name} CreatePadTap {self._on.token(name)}")
            self._taps[pin.port] = Tapped(self._on.monitor, self._on.directory / name)
        self._read(pin.port)
        self._edges.setdefault((pin.port, pin.number), [])

    def _read(self, port: int) -> None:
        for time, text in self._taps[port].new():
            number, level = map(int, text.split(b"\t"))
            if (port, number) in self._edges:
                self._edges[port, number].append(Edge(time, bool(level)))

    def edges(self, pin: Pin) -> list[Edge]:
        """Of a pad that is tapped."""
        self._read(pin.port)
        return list(self._edges[pin.port, pin.number])


class RenodePad(Pad):
    """A pad whose edges are noted."""

    def __init__(self, pin: Pin, monitor: Monitor, files: PadFiles) -> None:
        self._pin, self._monitor, self._files = pin, monitor, files
        files.tap(pin)

    @property
    def level(self) -> bool:
        levels = self._monitor.ask_number(f"gpio{self._pin.port} Pads")
        return bool(levels >> self._pin.number & 1)

    @property
    def edges(self) -> list[Edge]:
        return self._files.edges(self._pin)

    def drive(self, level: bool) -> None:
        self._monitor.do(f"gpio{self._pin.port} OnGPIO {self._pin.number} {level}")


def resets(monitor: Monitor) -> list[Reset]:
    """Every reset of the chip, as SRC has noted them."""
    found = []
    for entry in filter(None, monitor.ask("src Resets").split(",")):
        time, causes = entry.split()
        names = [name for bit, name in RESET_CAUSES.items() if int(causes) >> bit & 1]
        found.append(Reset(float(time), " and ".join(names)))
    return found


def faults(monitor: Monitor) -> list[Fault]:
    """The faults that the core has met; only of the last one is the address known."""
    entries = [entry.split() for entry in filter(None, monitor.ask("cpu Faults").split(","))]
    found = []
    for place, (time, pc, lr, kind) in enumerate(entries, 1):
        bits = KINDS[int(kind)]
        address = None
        if bits == DACCVIOL and place == len(entries):
            address = monitor.ask_number(f"sysbus ReadDoubleWord 0x{MMFAR:X}")
        block = None if address is None else block_at(address)
        where = "" if address is None else "memory or nothing"
        if block is not None:
            where = f"{block.name} + 0x{address - block.base:X}"
        hard = 0 if bits else HFSR_DEBUGEVT
        found.append(Fault(float(time), int(pc), bits, hard, address, where, int(lr)))
    return found


def states(monitor: Monitor, camera: str) -> States:
    """How long core and camera have been in each state, from the ledgers of their models."""
    asleep: dict[str, float] = {}
    executed_us = polled_us = 0.0
    for name, (nanoseconds, executed, skipped) in zip(
        MODES, _rows(monitor, "ccm CoreTimes", len(MODES), 3), strict=True
    ):
        run = executed / CORE_MHZ + skipped / CORE_MHZ
        executed_us += executed / CORE_MHZ
        polled_us += skipped / CORE_MHZ
        asleep[name] = max(0.0, nanoseconds / 1000 - run)
    camera_times = (row[0] / 1000 for row in _rows(monitor, f"{camera} PowerTimes", 4, 1))
    run_us = executed_us + polled_us
    return States(
        {"run": run_us, "wfi": asleep["wfi"] + asleep[""], "wait": asleep["wait"],
         "stop": asleep["stop"], "halted": 0.0},
        polled_us,
        {int(CORE_MHZ * 1e6): run_us},
        dict(zip(("off", "low-power", "idle", "capturing"), camera_times, strict=True)),
    )  # fmt: skip


def _rows(monitor: Monitor, command: str, rows: int, columns: int) -> list[list[int]]:
    """Numbers that a model prints: rows between commas, columns between blanks."""
    answer = monitor.ask(command)
    found = [row.split() for row in answer.split(",")]
    if [len(row) for row in found] != [columns] * rows or not all(
        one.isdecimal() for row in found for one in row
    ):
        raise monitor.nonsense(command, answer, f"{rows} times {columns} numbers")
    return [[int(one) for one in row] for row in found]


def core_state(monitor: Monitor, code_before: Callable[[int], bytes]) -> CoreState:
    """Where the core is; `code_before(pc)` gives the two bytes in front of it."""
    pc = monitor.ask_number("cpu PC")
    exception = monitor.ask_number(f"sysbus ReadDoubleWord 0x{ICSR:X}") & 0x1FF
    if HARD_FAULT <= exception <= USAGE_FAULT:
        met = faults(monitor)
        return CoreState("fault", pc, str(met[-1]) if met else "")
    return CoreState("asleep" if code_before(pc) == WFI else "running", pc)
