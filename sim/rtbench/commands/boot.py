"""`rtbench boot`: any firmware on the emulated board, and what it does, told as it happens."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rt1062 import emulators
from rt1062.errors import SetupError
from rt1062.files import write_whole
from rt1062.machine import Machine
from rt1062.observations import Executed
from rtbench.commands import board_options, boot_terminal, interruption
from rtbench.commands.boot_teller import Teller
from rtbench.commands.boot_waves import Waves
from rtbench.commands.diagnoses import SHOWN_FAULTS, explained, told
from rtbench.commands.firmware_files import EMULATORS
from rtbench.commands.outputs import need_folder
from rtbench.commands.positive import positive_number
from rtbench.commands.sources import positive
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED
from rtbench.gdb.stub import Stub
from rtbench.profile import lines

STEP_S, LONGEST_STEP_S = 0.001, 0.02  # virtual, between two looks: longer while nothing is said
SECONDS, TIMEOUT_S = 2.0, 60.0
GDB_PORT = 3333


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add `boot` with its options."""
    parser = subparsers.add_parser(
        "boot",
        help="any firmware: its consoles, LED and pads, resets, and where the core ends up",
        description="Boots a firmware (.bin, .hex, .s19 or .elf) on the emulated board and prints "
        "what it does with virtual times: the lines of every UART, LED and pads, resets; at the "
        "end where the core is, and what it touched that is not modelled.",
        epilog="Exit codes: 0 it ran (and printed every --expect), 1 it did not, printed a --fail "
        "text, locked up or restarts for ever, 2 the set-up is wrong, 130 interrupted. "
        "Example: rtbench boot firmware.elf --expect ready --type 'run 1' --seconds 5",
    )
    parser.add_argument("image", metavar="IMAGE", type=Path, help="the firmware")
    parser.add_argument("--elf", metavar="ELF", type=Path, help="symbols of an IMAGE without any")
    add_run_options(parser)
    parser.add_argument(
        "--baud", metavar="N", type=positive,
        help="the terminal on the console is set to this rate and 8N1 (default: it follows)",
    )  # fmt: skip
    parser.add_argument(
        "--pads", metavar="PIN", nargs="+", default=[],
        help="tell of changes of these pads too: GPIO1.9, GPIO_AD_B0_09, or the board's name",
    )  # fmt: skip
    parser.add_argument(
        "--interactive", action="store_true",
        help="the terminal is the port's (--uart) and nothing else is shown; Ctrl-] leaves",
    )  # fmt: skip
    parser.add_argument(
        "--gdb", metavar="PORT", type=port_number, nargs="?", const=GDB_PORT,
        help=f"wait at the reset for a GDB on 127.0.0.1 (default port: {GDB_PORT}); no end in time",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write what happened there")
    parser.add_argument(
        "--vcd", metavar="FILE", type=Path,
        help="write LED, button, camera's select, --pads and every port as waveforms there",
    )  # fmt: skip
    parser.add_argument(
        "--coverage", metavar="FILE", type=Path,
        help="write which lines of the source were executed there, for lcov and genhtml",
    )  # fmt: skip
    parser.set_defaults(handler=run)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The board, and what to wait for and to type on it."""
    board_options.add_options(parser)
    parser.add_argument(
        "--seconds", metavar="S", type=positive_number, default=SECONDS,
        help="how long to run, in virtual time (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--timeout", metavar="S", type=positive_number, default=TIMEOUT_S,
        help="the most wall time it may take, an error after that (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--expect", metavar="TEXT", action="append", default=[],
        help="a text that must come, on any UART; ends the run when all have come",
    )  # fmt: skip
    parser.add_argument(
        "--fail", metavar="TEXT", action="append", default=[], help="a text that must not come"
    )
    parser.add_argument(
        "--type", metavar="TEXT", action="append", default=[],
        help="a line to type: at once, or each after one more --expect has come",
    )  # fmt: skip
    parser.add_argument(
        "--uart", metavar="NAME", type=str.upper,
        help="where to type (default: the board's console)",
    )  # fmt: skip
    parser.add_argument(
        "--emulator", choices=EMULATORS, default=os.environ.get("EMULATOR") or "auto",
        help="auto is unicorn (default: EMULATOR, or auto)",
    )  # fmt: skip


def port_number(text: str) -> int:
    """A TCP port, 0 for any that is free; ArgumentTypeError for what is none."""
    if not text.isdecimal() or int(text) > 0xFFFF:
        raise argparse.ArgumentTypeError(f"must be a port from 0 to 65535, not {text!r}")
    return int(text)


class Script:
    """What was asked of the run: texts that must and must not come, lines to type."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.missing = list(chosen.expect)
        self.forbidden = list(chosen.fail)
        self.to_type = list(chosen.type)
        self.asked = bool(chosen.expect)
        self.failed = ""

    def see(self, texts: list[str]) -> int:
        """Look at new texts; how many lines may be typed now."""
        before = len(self.missing)
        for text in texts:
            self.failed = self.failed or next((one for one in self.forbidden if one in text), "")
            if self.missing and self.missing[0] in text:
                del self.missing[0]
        return before - len(self.missing)

    @property
    def done(self) -> bool:
        """Nothing more to wait for."""
        return bool(self.failed) or (self.asked and not self.missing and not self.to_type)


def run(chosen: argparse.Namespace) -> int:
    """The exit code of `rtbench boot`."""
    need_folder("--json", chosen.json)
    need_folder("--vcd", chosen.vcd)
    need_folder("--coverage", chosen.coverage)
    board = board_options.find(chosen)
    pins = [board.find_pin(name) for name in chosen.pads]
    with (
        interruption.noticed() as stop,
        emulators.create(chosen.image, chosen.elf, chosen.emulator, board) as machine,
        told(machine),
        ExitStack() as terminal,
    ):
        if chosen.coverage:
            lines.need_lines(machine.symbols.elf)
        keys = terminal.enter_context(boot_terminal.keyboard()) if chosen.interactive else None
        machine.console_baud = chosen.baud
        machine.power_on()
        name = port(machine, chosen.uart)
        teller = Teller(machine, pins, quiet=keys is not None)
        executed = chosen.coverage and terminal.enter_context(machine.recorded())
        waves = chosen.vcd and Waves(machine, dict(zip(chosen.pads, pins, strict=True)))
        gdb = terminal.enter_context(gdb_stub(machine, chosen.gdb, stop))
        session = Session(machine, teller, Script(chosen), name, chosen, stop, keys, gdb)
        try:
            end = session.play()
        finally:
            done = executed and executed()
            terminal.close()  # not raw any more for what comes now
            teller.tell()
            teller.close()
            if waves:
                waves.write(chosen.vcd)
            if done:
                _write_coverage(machine, done, chosen.coverage)
        _print_end(machine, end)
        if chosen.json is not None:
            write_json(chosen.json, _report(machine, teller, chosen, end))
    if stop:
        return INTERRUPTED
    return CLAIM_FAILED if end else PASSED


def port(machine: Machine, name: str | None) -> str:
    """The port that `--uart` names, without it the board's console; SetupError if it is none."""
    name = name or machine.board.console
    if name not in machine.uarts:
        raise SetupError(f"--uart must be one of {', '.join(machine.uarts)}, not {name!r}")
    return name


def _report(
    machine: Machine, teller: Teller, chosen: argparse.Namespace, end: str
) -> dict[str, object]:
    return {
        "image": str(chosen.image),
        "board": machine.board.name,
        "emulator": machine.name,
        "events": teller.events,
        "unfinished": teller.unfinished(),
        "faults": [asdict(fault) for fault in machine.faults],
        "state": asdict(machine.core_state()),
        "warnings": machine.warnings,
        "verdict": end or "ran",
    }


@contextmanager
def gdb_stub(
    machine: Machine, port: int | None, stop: interruption.Interruption
) -> Iterator[Stub | None]:
    """The stub for `--gdb`, which says where it waits; None without a port."""
    if port is None:
        yield None
        return
    with Stub(machine, port, lambda: bool(stop)) as stub:
        elf = machine.elf or "FIRMWARE.elf"
        print(f"waiting for GDB: gdb-multiarch {elf} -ex 'target remote :{stub.port}'", flush=True)
        yield stub


@dataclass
class Session:
    """One run of a machine, as the options ask for it."""

    machine: Machine
    teller: Teller
    script: Script
    uart: str
    chosen: argparse.Namespace
    stop: interruption.Interruption
    keys: boot_terminal.Keyboard | None
    gdb: Stub | None = None

    def play(self, run_for: Callable[[float], None] | None = None) -> str:
        """Run to the end, by the machine's `run_for` or another; what was wrong, "" if nothing."""
        begin, step = time.monotonic(), STEP_S
        run_for = run_for or (self.gdb.run_for if self.gdb else self.machine.run_for)
        endless = self.keys is not None or self.gdb is not None
        screen = self.keys and boot_terminal.Screen(self.machine.uart(self.uart), _write)
        self._type(1 if not self.script.asked else 0)
        while not (self.stop or self.script.done or (self.gdb and self.gdb.ended)):
            left = self.chosen.seconds - self.machine.time_us / 1e6
            if not endless and round(left * 1e6) <= 0:  # less than run_for's microsecond
                break
            run_for(step if endless else min(step, left))
            if screen:
                screen.show()
                typed = self.keys.typed(self.machine.time_us / 1e6)
                if typed:
                    self.machine.uart(self.uart).send(typed)
                if self.keys.left:
                    return ""
            seen = self.teller.tell()
            # Not by the host's clock: where a run is cut moves its end, and what is typed when.
            step = STEP_S if seen else min(2 * step, LONGEST_STEP_S)
            self._type(self.script.see(seen + list(self.teller.unfinished().values())))
            if self.machine.core_state().kind in ("locked up", "off"):
                break
            if not endless and time.monotonic() - begin > self.chosen.timeout:
                return (
                    f"{self.chosen.timeout:g} s of wall time are over after "
                    f"{self.machine.time_us / 1e6:.6f} s of virtual time (--timeout)"
                )
        return self._verdict()

    def _type(self, count: int) -> None:
        """The next lines of the script: all where nothing is waited for, else `count`."""
        script = self.script
        for text in script.to_type[: None if count and not script.asked else count]:
            self.machine.uart(self.uart).send(text + "\n")
            script.to_type.remove(text)

    def _verdict(self) -> str:
        script = self.script
        if script.failed:
            return f"{script.failed!r} was printed"
        if script.missing and not self.stop:
            return f"{script.missing[0]!r} did not come within {self.chosen.seconds:g} s"
        return "the core locked up" if self.machine.core_state().kind == "locked up" else ""


def _write_coverage(machine: Machine, executed: Executed, path: Path) -> None:
    found = lines.coverage(machine.symbols.elf, machine.symbols.functions, executed)
    write_whole(path, lines.tracefile(found))
    total = sum(len(one.lines) for one in found.values())
    hit = sum(one.hit for one in found.values())
    print(f"coverage: {hit / max(1, total):.1%} of {total:,} lines in {len(found)} files, {path}")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _print_end(machine: Machine, verdict: str) -> None:
    """Where the core is, with its place in the source."""
    for fault in machine.faults[-SHOWN_FAULTS:]:
        text = explained(machine, str(fault))
        print(f"{fault.time_us / 1e6:12.6f}  fault     {text}")
    state = machine.core_state()
    place = machine.whereabouts(state.pc)
    detail = f", {explained(machine, state.detail)}" if state.detail else ""
    print(f"core: {state.kind} at 0x{state.pc:08X}{place}{detail}")
    if verdict:
        print(f"rtbench boot: {verdict}", file=sys.stderr)
