"""`rtbench boot --gdb`: GDB halts, steps and looks at the machine while a run goes on.

The stub stands between a run and its machine: `run_for` runs as the machine's does, and while GDB
has halted the core it answers GDB instead. Virtual time stands still meanwhile.
"""

import socket
from collections.abc import Callable
from contextlib import suppress

from rt1062.errors import SetupError
from rt1062.machine import Machine
from rt1062.observations import Halt
from rtbench.gdb import registers
from rtbench.gdb.connection import INTERRUPT, Connection

HOST = "127.0.0.1"
POLL_S = 0.2  # wall time between two looks at whether the user wants to stop
TRAP, INTERRUPTED = 5, 2  # signals, as GDB numbers them
ERROR = "E01"
KINDS = {"2": "write", "3": "read", "4": "access"}
STOPS = {"write": "watch", "read": "rwatch", "access": "awatch"}
MOST_BYTES = 0x1000  # of a packet
FEATURES = (
    f"PacketSize={MOST_BYTES:x};QStartNoAckMode+;qXfer:features:read+;vContSupported+;"
    "hwbreak+;swbreak-"
)
HELP = "monitor reset: pull the reset pin\nmonitor time: virtual time\nmonitor warnings\n"


class Stub:
    """One GDB at a time on 127.0.0.1; a context manager.

    SetupError where the port is taken or the emulator has no debugger. `stopped` says that the
    user has had enough; `ended` that GDB has (`kill`).
    """

    def __init__(self, machine: Machine, port: int, stopped: Callable[[], object]) -> None:
        self._machine = machine
        self._debugger = machine.debugger()
        self._stopped = stopped
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listening.bind((HOST, port))
        except OSError as error:
            self._listening.close()
            raise SetupError(
                f"--gdb: {HOST}:{port} cannot be listened on ({error.strerror}); name another port"
            ) from error
        self._listening.listen(1)
        self.port = self._listening.getsockname()[1]
        self.ended = False
        self._gdb: Connection | None = None
        self._halted = True  # at the reset, for GDB to come
        self._resumed = False

    def __enter__(self) -> "Stub":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Tell GDB that the program has ended, and hang up."""
        if self._gdb is not None:
            with suppress(OSError):
                self._gdb.send("W00")
            self._gdb.close()
            self._gdb = None
        self._listening.close()

    def run_for(self, seconds: float) -> None:
        """Run for a span of virtual time, with as many halts as GDB wants."""
        end = self._machine.time_us + seconds * 1e6
        while not self.ended and not self._stopped():
            if self._halted and not self._serve():
                continue
            if self._gdb is not None and self._gdb.ready(0):
                self._interrupted()
                continue
            halt = self._debugger.run_until(end)
            if halt is None:
                return
            self._halted = True
            self._send(_stop_reply(halt))

    def _interrupted(self) -> None:
        """Something from GDB while the core runs: Ctrl-C, or it has gone."""
        try:
            if self._gdb.receive() == INTERRUPT:
                self._halted = True
                self._send(f"S{INTERRUPTED:02x}")
        except OSError:
            self._gone()

    def _gone(self) -> None:
        """GDB has left: the firmware runs on by itself."""
        if self._gdb is not None:
            self._gdb.close()
        self._gdb = None
        self._debugger.detach()
        self._halted = False

    def _send(self, text: str | bytes) -> None:
        if self._gdb is not None:
            try:
                self._gdb.send(text)
            except OSError:
                self._gone()

    def _serve(self) -> bool:
        """Answer one packet; True when the core is to run."""
        if self._gdb is None:
            self._listening.settimeout(POLL_S)
            with suppress(TimeoutError):
                self._gdb = Connection(self._listening.accept()[0])
            return False
        if not self._gdb.ready(POLL_S):
            return False
        self._resumed = False
        try:
            packet = self._gdb.receive()
            if packet != INTERRUPT:
                answer = self._answer(packet.decode("latin-1"))
                if answer is not None:
                    self._gdb.send(answer)
        except OSError:
            self._gone()
            return True
        if self._resumed:
            self._halted = False
        return self._resumed

    # Packets.

    def _answer(self, packet: str) -> str | bytes | None:
        """What GDB gets for a packet, None where it waits for the next halt ("": not known)."""
        handlers = {
            "q": self._query, "Q": self._set, "g": self._read_all, "G": self._write_all,
            "p": self._read_one, "P": self._write_one, "m": self._read, "M": self._write,
            "X": self._write_binary, "Z": self._insert, "z": self._remove, "v": self._resume_all,
        }  # fmt: skip
        kind, rest = packet[:1], packet[1:]
        try:
            if kind in handlers:
                return handlers[kind](rest)
            return self._other(kind)
        except (ValueError, IndexError, KeyError):
            return ERROR

    def _other(self, kind: str) -> str | None:
        if kind == "?":
            return f"S{TRAP:02x}"
        if kind in ("H", "T"):
            return "OK"
        if kind in ("c", "s"):
            return self._resume(step=kind == "s")
        if kind == "D":
            self._gdb.send("OK")
            self._gone()
            self._resumed = True
            return None
        if kind == "k":
            self.ended = True
            return None
        return ""

    def _resume(self, step: bool) -> None:
        if step:
            self._debugger.begin_step()
        self._resumed = True

    def _resume_all(self, rest: str) -> str | None:
        if rest == "Cont?":
            return "vCont;c;C;s;S"
        if rest.startswith("Cont;"):
            return self._resume(step=rest[5:6] in ("s", "S"))
        return ""

    def _query(self, rest: str) -> str | bytes:
        if rest.startswith("Supported"):
            return FEATURES
        if rest.startswith("Xfer:features:read:target.xml:"):
            return _part(registers.description(), rest.rpartition(":")[2])
        if rest.startswith("Rcmd,"):
            return self._monitor(bytes.fromhex(rest[5:]).decode("latin-1")).encode().hex()
        return {"Attached": "1", "C": "QC1", "fThreadInfo": "m1", "sThreadInfo": "l"}.get(rest, "")

    def _set(self, rest: str) -> str:
        if rest != "StartNoAckMode":
            return ""
        self._gdb.acknowledges = False
        return "OK"

    def _monitor(self, command: str) -> str:
        word = command.split()[0] if command.split() else ""
        if word == "reset":
            self._machine.reset()
            return f"reset, pc 0x{self._debugger.read_register('PC'):08x}\n"
        if word == "time":
            return (
                f"{self._machine.time_us / 1e6:.9f} s, {self._machine.instructions} instructions\n"
            )
        if word == "warnings":
            return "\n".join([*self._machine.warnings, ""]) or "none\n"
        return HELP

    # Registers and memory.

    def _register(self, name: str) -> str:
        value = self._debugger.read_register(name)
        return value.to_bytes(registers.size(name), "little").hex()

    def _read_all(self, rest: str) -> str:
        return "".join(map(self._register, registers.NAMES))

    def _write_all(self, rest: str) -> str:
        data = bytes.fromhex(rest)
        for name in registers.NAMES:
            piece, data = data[: registers.size(name)], data[registers.size(name) :]
            if piece:
                self._debugger.write_register(name, int.from_bytes(piece, "little"))
        return "OK"

    def _read_one(self, rest: str) -> str:
        return self._register(registers.NAMES[int(rest, 16)])

    def _write_one(self, rest: str) -> str:
        number, _, value = rest.partition("=")
        name = registers.NAMES[int(number, 16)]
        self._debugger.write_register(name, int.from_bytes(bytes.fromhex(value), "little"))
        return "OK"

    def _read(self, rest: str) -> str:
        address, _, length = rest.partition(",")
        start, count = int(address, 16), int(length, 16)
        try:
            return self._machine.read_memory(start, count).hex()
        except ValueError:
            return self._debugger.read_device(start, count).hex()

    def _write(self, rest: str) -> str:
        place, _, data = rest.partition(":")
        return self._store(place, bytes.fromhex(data))

    def _write_binary(self, rest: str) -> str:
        place, _, data = rest.partition(":")
        return self._store(place, data.encode("latin-1"))

    def _store(self, place: str, data: bytes) -> str:
        address, _, length = place.partition(",")
        if int(length, 16) != len(data):
            return ERROR
        if not data:
            return "OK"
        try:
            self._machine.write_memory(int(address, 16), data)
        except ValueError:
            self._debugger.write_device(int(address, 16), data)
        return "OK"

    # Break- and watchpoints.

    def _insert(self, rest: str) -> str:
        kind, address, size = rest.split(";")[0].split(",")
        if kind in ("0", "1"):
            self._debugger.set_breakpoint(int(address, 16))
        else:
            self._debugger.set_watchpoint(KINDS[kind], int(address, 16), int(size, 16))
        return "OK"

    def _remove(self, rest: str) -> str:
        kind, address, size = rest.split(",")
        if kind in ("0", "1"):
            self._debugger.clear_breakpoint(int(address, 16))
        else:
            self._debugger.clear_watchpoint(KINDS[kind], int(address, 16), int(size, 16))
        return "OK"


def _stop_reply(halt: Halt) -> str:
    if halt.reason == "watchpoint":
        return f"T{TRAP:02x}{STOPS[halt.kind]}:{halt.address:x};"
    return f"T{TRAP:02x}hwbreak:;" if halt.reason == "breakpoint" else f"S{TRAP:02x}"


def _part(text: str, span: str) -> str:
    offset, length = (int(one, 16) for one in span.split(","))
    piece = text[offset : offset + length]
    return ("m" if offset + length < len(text) else "l") + piece
