"""`rtbench boot`: any firmware on the emulated board, and what it does, told as it happens."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rt1062 import boards, emulators
from rt1062.boards.board import Pin
from rt1062.chip.pads import GPIO_OF
from rt1062.errors import SetupError
from rt1062.machine import Machine
from rtbench.commands import interruption
from rtbench.commands.firmware_files import EMULATORS
from rtbench.commands.positive import positive_number
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import CLAIM_FAILED, INTERRUPTED, PASSED

STEP_S = 0.001  # virtual, between two looks; longer while the machine is fast
LONGEST_STEP_S, QUICK_S = 0.1, 0.02  # virtual; wall time of a step below which the next is longer
SECONDS, TIMEOUT_S = 2.0, 60.0
SHOWN_FAULTS = 3  # the last


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
    parser.add_argument(
        "--board", metavar="BOARD", default=boards.DEFAULT.name,
        help=f"{', '.join(boards.BOARDS)}, or a TOML file of your own (default: %(default)s)",
    )  # fmt: skip
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
        "--pads", metavar="PIN", type=pin, nargs="+", default=[],
        help="tell of changes of these pads too: GPIO1.9, or a pad as GPIO_AD_B0_09",
    )  # fmt: skip
    parser.add_argument("--json", metavar="OUT", type=Path, help="write what happened there")
    parser.add_argument(
        "--emulator", choices=EMULATORS, default=os.environ.get("EMULATOR") or "auto",
        help="auto is unicorn (default: EMULATOR, or auto)",
    )  # fmt: skip
    parser.set_defaults(handler=run)


def pin(text: str) -> Pin:
    """A pad by GPIO or by its own name; ArgumentTypeError for what is none."""
    port, dot, number = text.upper().removeprefix("GPIO").partition(".")
    place = GPIO_OF.get(text.upper())
    if dot and port.isdecimal() and number.isdecimal():
        place = int(port), int(number)
    try:
        return Pin(*place)
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(
            f"must be a pad of the chip such as GPIO1.9 or GPIO_AD_B0_09, not {text!r}"
        ) from error


class Teller:
    """Prints what is new on a machine, and remembers it for --json."""

    def __init__(self, machine: Machine, pins: list[Pin]) -> None:
        self.machine = machine
        self.events: list[dict[str, object]] = []
        self._lines = dict.fromkeys(machine.uarts, 0)
        self._pads = {str(one): machine.pad(one) for one in pins}
        self._idle = machine.board.led and machine.board.led.idle
        if machine.board.led is not None:
            self._pads["LED"] = machine.pad(machine.board.led)
        self._edges = dict.fromkeys(self._pads, 0)
        self._resets = 0

    def tell(self) -> list[str]:
        """Print what has come since, in the order of time; the texts of new lines."""
        new = sorted(self._new(), key=lambda one: one[0])
        for time_us, source, text, event in new:
            print(f"{time_us / 1e6:12.6f}  {source:8}  {text}", flush=True)
            self.events.append({"time_us": time_us, **event})
        return [str(event["text"]) for *_, event in new if "text" in event]

    def _new(self) -> Iterator[tuple[float, str, str, dict[str, object]]]:
        for name, uart in self.machine.uarts.items():
            lines = uart.lines
            for line in lines[self._lines[name] :]:
                yield line.time_us, name, line.text, {"uart": name, "text": line.text}
            self._lines[name] = len(lines)
        for name, pad in self._pads.items():
            edges = pad.edges
            for edge in edges[self._edges[name] :]:
                text = "high" if edge.level else "low"
                if name == "LED":
                    text = "off" if edge.level == self._idle else "on"
                yield edge.time_us, name, text, {"pad": name, "level": edge.level}
            self._edges[name] = len(edges)
        resets = self.machine.resets
        for reset in resets[self._resets :]:
            yield reset.time_us, "reset", reset.cause, {"reset": reset.cause}
        self._resets = len(resets)

    def unfinished(self) -> dict[str, str]:
        """Prompts: what no newline has ended, by port."""
        found = {name: uart.unfinished for name, uart in self.machine.uarts.items()}
        return {name: text for name, text in found.items() if text}


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
    if chosen.json is not None and not chosen.json.resolve().parent.is_dir():
        raise SetupError(f"{chosen.json}: the directory for --json does not exist")
    board = boards.find(chosen.board)
    with (
        interruption.noticed() as stop,
        emulators.create(chosen.image, chosen.elf, chosen.emulator, board) as machine,
    ):
        uart = chosen.uart or board.console
        if uart not in machine.uarts:
            raise SetupError(f"--uart must be one of {', '.join(machine.uarts)}, not {uart!r}")
        machine.power_on()
        teller, script = Teller(machine, chosen.pads), Script(chosen)
        end = _play(machine, teller, script, uart, chosen, stop)
        state = machine.core_state()
        for name, text in teller.unfinished().items():
            print(f"{machine.time_us / 1e6:12.6f}  {name:8}  {text} (no end of line)")
        _print_end(machine, end)
        if chosen.json is not None:
            write_json(
                chosen.json,
                {
                    "image": str(chosen.image),
                    "board": board.name,
                    "emulator": machine.name,
                    "events": teller.events,
                    "unfinished": teller.unfinished(),
                    "faults": [asdict(fault) for fault in machine.faults],
                    "state": asdict(state),
                    "warnings": machine.warnings,
                    "verdict": end or "ran",
                },
            )
    if stop:
        return INTERRUPTED
    return CLAIM_FAILED if end else PASSED


def _play(
    machine: Machine,
    teller: Teller,
    script: Script,
    uart: str,
    chosen: argparse.Namespace,
    stop: interruption.Interruption,
) -> str:
    """Run to the end; what was wrong, "" if nothing."""
    begin, step = time.monotonic(), STEP_S
    may_type = 1 if not script.asked else 0
    while True:
        if script.to_type and may_type:
            for text in script.to_type[: None if not script.asked else may_type]:
                machine.uarts[uart].send(text + "\n")
                script.to_type.remove(text)
            may_type = 0
        left = chosen.seconds - machine.time_us / 1e6
        if left <= 1e-9 or stop or script.done:
            break
        before = time.monotonic()
        machine.run_for(min(step, left))
        took = time.monotonic() - before
        step = min(LONGEST_STEP_S, 2 * step) if took < QUICK_S else max(STEP_S, step / 2)
        may_type += script.see(teller.tell() + list(teller.unfinished().values()))
        state = machine.core_state()
        if state.kind in ("locked up", "off"):
            break
        if time.monotonic() - begin > chosen.timeout:
            return (
                f"{chosen.timeout:g} s of wall time are over after {machine.time_us / 1e6:.6f} s "
                f"of virtual time (--timeout)"
            )
    if script.failed:
        return f"{script.failed!r} was printed"
    if script.missing and not stop:
        return f"{script.missing[0]!r} did not come within {chosen.seconds:g} s"
    return "the core locked up" if machine.core_state().kind == "locked up" else ""


def _print_end(machine: Machine, verdict: str) -> None:
    """Where the core is, with its place in the source, and what is not modelled."""
    faults = machine.faults
    for fault in faults[-SHOWN_FAULTS:]:
        print(f"{fault.time_us / 1e6:12.6f}  fault     {fault}{machine.whereabouts(fault.pc)}")
    state = machine.core_state()
    place = machine.whereabouts(state.pc)
    detail = f", {state.detail}" if state.detail else ""
    print(f"core: {state.kind} at 0x{state.pc:08X}{place}{detail}")
    for line in machine.warnings:
        print(line, file=sys.stderr)
    if verdict:
        print(f"rtbench boot: {verdict}", file=sys.stderr)
