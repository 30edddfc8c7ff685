"""A stand-in for Renode: its monitor's manners on standard input and output, and its misfortunes.

`python standin.py MODE [Renode's own arguments]`. The manners are those of the recording beside
this file (1.16.1): a banner, the input echoed, the answer, a prompt. `replay` plays the recording
itself; the other modes have a small machine behind them that boots, types back and captures.
"""

import json
import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

RECORDING = Path(__file__).with_name("monitor-1.16.1.raw.jsonl")
BANNER = "Renode, version {} (d66b0c2a-202611211036)\n\r\n\r(monitor) "
REFUSED = "There was an error executing command '{}'\r\n{}\r\n"


class Board:
    """What the driver can see of a machine; its firmware prints, answers lines and captures."""

    def __init__(self):
        self.now_us = 0.0
        self.instructions = 0
        self.memory: dict[int, int] = {}
        self.queue: list[tuple[bytes, str]] = []
        self.captured: list[str] = []
        self.faults: dict[str, int | None] = {}
        self.pressed = False
        self.typed = b""
        self.printed: list[tuple[float, bytes]] = [(1000.0, b"boot power_on")]
        self.pin = False

    def run(self, microseconds: float) -> list[tuple[float, bytes]]:
        end = self.now_us + microseconds
        while b"\n" in self.typed:
            line, _, self.typed = self.typed.partition(b"\n")
            self.printed.append((self.now_us + 10.5, self.answer(line)))
        out = [entry for entry in self.printed if entry[0] <= end]
        self.printed = [entry for entry in self.printed if entry[0] > end]
        self.now_us = end
        self.instructions += round(microseconds * 600)
        return out

    def answer(self, line: bytes) -> bytes:
        if line != b"capture":
            return b"you typed " + line
        frame, frame_id = self.queue.pop(0) if self.queue else (b"", "")
        self.captured.append(frame_id)
        return b"captured %d bytes" % len(frame)

    def reset(self) -> None:
        cause = b"pin" if self.pin else b"system"
        self.pin = False
        self.printed.append((self.now_us + 1000, b"boot " + cause))

    @property
    def led(self) -> bool:
        return int(self.now_us / 500_000) % 2 == 1


class Refused(Exception):
    """What a RecoverableException is to the monitor."""


class Monitor:
    """Parses commands as far as the driver's need goes; anything else is refused as Renode does."""

    def __init__(self, mode: str):
        self.mode = mode
        self.prompt = "monitor"
        self.board: Board | None = None
        self.tap = None
        self.log = None
        self.macros: dict[str, str] = {}

    def run(self, line: str) -> str:
        for pattern, method in COMMANDS:
            if match := re.fullmatch(pattern, line):
                try:
                    answer = method(self, *match.groups()) or ""
                except Refused as error:
                    return REFUSED.format(line, error)
                return f"{answer}\r\r\n" if answer else ""
        return f"No such command or device: {line.split()[0]}\r\n"

    def need_file(self, path: str) -> Path:
        if not Path(path).is_file():
            raise Refused(f"File does not exist: {path}")
        return Path(path)

    def echo(self, text):
        return text

    def log_file(self, path):
        self.log = Path(path)
        self.log.write_text("")

    def log_level(self, level):
        pass

    def mach_create(self, name):
        self.prompt, self.board = name, Board()

    def mach_set(self, name):
        self.prompt = name

    def clear(self):
        if self.mode == "will-not-clear":
            raise Refused("something holds on to the machine")
        self.prompt, self.board, self.macros = "monitor", None, {}

    def include(self, paths):
        for path in paths.split(" @"):
            self.need_file(path)
        if self.mode == "does-not-compile":
            raise Refused("Errors during compilation or loading: Gpio.cs(1,1): error CS1002")

    def platform(self, path):
        self.need_file(path)

    def load_binary(self, path, address):
        for i, byte in enumerate(self.need_file(path).read_bytes()):
            self.board.memory[int(address, 16) + i] = byte

    def save_bytes(self, address, count, path):
        start = int(address, 16)
        data = bytes(self.board.memory.get(start + i, 0) for i in range(int(count)))
        Path(path).write_bytes(data[:-1] if self.mode == "short-memory" else data)

    def macro(self, name, text):
        self.macros[name] = text

    def run_macro(self, name):
        self.log_warning("cpu: macro " + self.macros[name])

    def setting(self, *words):
        pass

    def create_tap(self, path):
        self.tap = Path(path)
        self.tap.write_bytes(b"")

    def run_for(self, seconds):
        if self.mode == "dies":
            print("Fatal error: something in Renode broke", flush=True)
            os._exit(134)
        if self.mode == "hangs":
            time.sleep(3600)
        if self.mode == "aborts":
            self.log_line(
                "ERROR", "cpu: CPU abort [PC=0x10000000]: Trying to execute code outside RAM."
            )
            time.sleep(3600)
        with self.tap.open("ab") as tap:
            for when, text in self.board.run(float(seconds) * 1_000_000):
                tap.write(b"%.3f\t%s\n" % (when, text))
            if self.mode == "bad-console":
                tap.write(b"no time at all\n")
        if self.mode == "warns":
            for pc in ("0x60003000", "0x60003004"):
                stray = "ReadDoubleWord from non existing peripheral at 0x40300000."
                self.log_warning(f"sysbus: [cpu: {pc}] {stray}")
            self.log_warning("lpspi1: Unhandled write to offset 0x44, value 0x1.")
            self.log_warning("nvic: Unhandled write to offset 0xF50, value 0x0.")
            self.log_warning("dwt: Unhandled write to offset 0xFB0, value 0xC5ACCE55.")
            self.log_warning("lpuart1: Trying to read form an empty fifo")

    def log_warning(self, text):
        self.log_line("WARNING", text)

    def log_line(self, level, text):
        with self.log.open("a") as log:
            log.write(f"12:00:00.0000 [{level}] {text}\n")

    def type_bytes(self, text):
        self.board.typed += bytes.fromhex(text)

    def executed(self):
        return "banana" if self.mode == "nonsense" else f"0x{self.board.instructions:016X}"

    def feed(self, path, frame_id):
        self.board.queue.append((self.need_file(path).read_bytes(), frame_id))

    def queued(self):
        return f"0x{len(self.board.queue):08X}"

    def captured_ids(self, start):
        return "".join("," + one for one in self.board.captured[int(start) :])

    def set_fault(self, name, value=None):
        self.board.faults[name] = value

    def clear_faults(self):
        self.board.faults.clear()

    def led_state(self):
        return str(self.board.led)

    def button(self, action):
        self.board.printed.append((self.board.now_us + 1, b"button " + action.encode()))

    def pull_pin(self):
        self.board.pin = True

    def machine_reset(self):
        self.board.reset()

    def save(self, path):
        with Path(path).open("wb") as file:
            pickle.dump(self.board, file)

    def load(self, path):
        try:
            with Path(path).open("rb") as file:
                self.board = pickle.load(file)
        except pickle.UnpicklingError:
            raise Refused(
                "This snapshot is incompatible or the emulation's state is corrupted."
            ) from None
        self.prompt, self.macros = "monitor", {}

    def read_word(self, address):
        data = bytes(self.board.memory.get(int(address, 16) + i, 0) for i in range(4))
        return f"0x{int.from_bytes(data, 'little'):08X}"


CAMERA = r"sysbus\.lpspi1\.camera"
COMMANDS = [
    (r'echo "(.*)"', Monitor.echo),
    (r"logFile @(\S+) true", Monitor.log_file),
    (r"logLevel (\d)", Monitor.log_level),
    (r'mach create "(\w+)"', Monitor.mach_create),
    (r'mach set "(\w+)"', Monitor.mach_set),
    (r"Clear", Monitor.clear),
    (r"include @(.+)", Monitor.include),
    (r"machine LoadPlatformDescription @(\S+)", Monitor.platform),
    (r"iomuxc LoadRoutes @(\S+)", Monitor.platform),
    (r"lpi2c1 PulledUp (?:True|False)", Monitor.setting),
    (r"sysbus LoadBinary @(\S+) (0x[0-9A-F]+)", Monitor.load_binary),
    (r"sysbus SaveBytes (0x[0-9A-F]+) (\d+) @(\S+)", Monitor.save_bytes),
    (r"sysbus ReadDoubleWord (0x[0-9A-F]+)", Monitor.read_word),
    (r'macro (\w+) "(.*)"', Monitor.macro),
    (r"runMacro \$(\w+)", Monitor.run_macro),
    (r"emulation SetAdvanceImmediately true", Monitor.setting),
    (r'emulation SetGlobalQuantum "0\.01"', Monitor.setting),
    (r"machine RunMacroAfterReset", Monitor.setting),
    (r"lpuart1 CreateConsoleTap @(\S+)", Monitor.create_tap),
    (r"lpuart([2-8]) CreateConsoleTap @(\S+)", Monitor.setting),
    (r"lpuart1 TerminalBaud \d+", Monitor.setting),
    (r"cpu WatchFaults", Monitor.setting),
    (r'lpuart1 TypeBytes "([0-9a-f]*)"', Monitor.type_bytes),
    (r'emulation RunFor "([0-9.]+)"', Monitor.run_for),
    (r"cpu ExecutedInstructions", Monitor.executed),
    (CAMERA + r' FeedFrame @(\S+) "(\w*)"', Monitor.feed),
    (CAMERA + r" QueuedFrames", Monitor.queued),
    (CAMERA + r" CapturedIds (\d+)", Monitor.captured_ids),
    (CAMERA + r' SetFault "(\w+)"(?: (\d+))?', Monitor.set_fault),
    (CAMERA + r" ClearFaults", Monitor.clear_faults),
    (r"sysbus\.gpio1\.led State", Monitor.led_state),
    (r"sysbus\.gpio5\.button (Press|Release)", Monitor.button),
    (r"src PullResetPin", Monitor.pull_pin),
    (r"machine Reset", Monitor.machine_reset),
    (r"Save @(\S+)", Monitor.save),
    (r"Load @(\S+)", Monitor.load),
]


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def replay() -> None:
    """Each line of the recording must come in its place; marks of a driver come between."""
    records = [json.loads(line) for line in RECORDING.read_text().splitlines() if line.strip()]
    say(records.pop(0)["receive"])
    prompt = "monitor"
    for line in sys.stdin:
        if re.fullmatch(r'echo "<<\d+>>"\n', line) and records[0]["send"] != line:
            text = line.split('"')[1]
            say(f"{line[:-1]}\n\r{text}\r\r\n({prompt}) ")
            continue
        record = records.pop(0)
        if line != record["send"]:
            say(f"expected {record['send']!r}, not {line!r}\n")
            sys.exit(3)
        say(record["receive"])
        if found := re.search(r"\((\w+)\) $", record["receive"]):
            prompt = found[1]
        if line == "quit\n":
            return


def main() -> None:
    mode, *arguments = sys.argv[1:]
    if "--version" in arguments:
        print("Renode v1.15.3.0" if mode == "old" else "Renode v1.16.1.27811")
        return
    if mode == "dies-at-start":
        print("Unhandled exception. System.DllNotFoundException: libc.so.6")
        sys.exit(134)
    if mode == "silent":
        time.sleep(3600)
    if mode == "not-renode":
        say("Welcome to something else\n(monitor) ")
        time.sleep(3600)
    if mode == "replay":
        replay()
        return
    if mode == "orphan":
        # A child of its own that nobody tells to end.
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        Path(os.environ["STANDIN_CHILD"]).write_text(str(child.pid))
    monitor = Monitor(mode)
    say(BANNER.format("1.15.3" if mode == "old" else "1.16.1"))
    for line in sys.stdin:
        line = line.rstrip("\n")
        say(f"{line}\n\r")
        if line == "quit":
            say("Renode is quitting\r\n\r")
            return
        answer = monitor.run(line)
        say(f"{answer}({monitor.prompt}) ")
    # Renode outlives the end of its input.
    time.sleep(3600)


if __name__ == "__main__":
    main()
