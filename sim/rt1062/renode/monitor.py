"""Renode's monitor over its standard input and output: no network port, so nothing to protect.

The monitor echoes what is typed, gives no status and ends its answer with a prompt; so each command
is followed by an `echo` of a mark of our own, and known error texts are looked for (read in Renode
1.16.1: Monitor.cs, MonitorCommands.cs; recorded in tests/rt1062/renode/monitor-1.16.1.raw.jsonl).
"""

import os
import re
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rt1062.errors import MachineError, SetupError
from rt1062.guard import Guarded

PINNED_VERSION = "1.16.1"
ARGUMENTS = ("--console", "--disable-xwt", "--plain", "--hide-log")

START_LIMIT_S = 120.0  # Renode starts in 1.2 s; a busy or cold machine may take long
COMMAND_LIMIT_S = 120.0
QUIT_LIMIT_S = 2.0
LOOK_S = 0.5  # how often a wait looks at the log
MEMBERS_S = 1.0  # how long the processes of Renode are taken to be the same ones

BANNER = re.compile(r"Renode, version (\d+\.\d+\.\d+)")
PROMPT = b"(monitor) "
FAILURES = re.compile(
    r"There was an error executing command|No such command or device|Could not |Errors during "
    r"|Bad parameters for command|No such variable|Machine .* not found|does not provide a field"
)
CPU_ABORT = re.compile(r".*CPU abort.*")
LAST_LINES = 12


class RenodeError(MachineError, SetupError):
    """Renode is not usable or cannot go on; its last output is in the message (exit code 2)."""


class Monitor:
    """One Renode process. `log` is the file that Renode was told to log to, if any; `folder` is
    removed with the process should this one be killed.

    Whatever goes wrong ends the process with all its children; the error carries its last output.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        start_limit_s: float = START_LIMIT_S,
        command_limit_s: float = COMMAND_LIMIT_S,
        folder: Path | None = None,
    ):
        self.log = log
        self.command_limit_s = command_limit_s
        self.version = ""
        self._what = command[0]
        self._pending = bytearray()
        self._last = bytearray()  # everything read, cut to its end
        self._marks = 0
        self._ended = ""
        self._members: list[Path] = []  # /proc/PID/stat of the processes of Renode
        self._members_at = -MEMBERS_S
        try:
            self._process = Guarded(
                command,
                folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                env=None if environment is None else dict(environment),
            )
        except OSError as error:
            raise RenodeError(f"cannot start {self._what}: {error.strerror}") from error
        self._greet(start_limit_s)

    def _greet(self, limit_s: float) -> None:
        text = self._read_until(PROMPT, "its prompt", limit_s)
        found = BANNER.search(text)
        if found is None:
            raise self._fail(f"{self._what} is no Renode: it greets with something else")
        self.version = found[1]
        if self.version != PINNED_VERSION:
            raise self._fail(
                f"{self._what} is Renode {self.version}, this platform needs {PINNED_VERSION} "
                "(`make renode` installs it, RENODE= names one)"
            )

    # Commands.

    def do(self, command: str, limit_s: float | None = None) -> None:
        """Run a command that has nothing to say; RenodeError if it says something."""
        answer = self._send(command, limit_s)
        if answer:
            raise self._fail(f"Renode refuses {command!r}: {_one_line(answer)}")

    def ask(self, command: str, limit_s: float | None = None) -> str:
        """Run a command and return what it prints; RenodeError if that is an error."""
        answer = self._send(command, limit_s)
        if FAILURES.search(answer):
            raise self._fail(f"Renode refuses {command!r}: {_one_line(answer)}")
        return answer

    def ask_number(self, command: str) -> int:
        """The number that a command prints; RenodeError if it is none."""
        answer = self.ask(command)
        try:
            return int(answer, 0)
        except ValueError:
            raise self.nonsense(command, answer, "a number") from None

    def nonsense(self, command: str, answer: str, expected: str) -> RenodeError:
        """The error for an answer that is not what the command gives; ends Renode."""
        return self._fail(f"Renode answered {answer!r} to {command!r}, expected {expected}")

    def attempt(self, command: str, limit_s: float | None = None) -> str:
        """Run a command that may well be refused: what it printed, error or not."""
        return self._send(command, limit_s)

    def _send(self, command: str, limit_s: float | None) -> str:
        if "\n" in command or not command.isascii():
            raise ValueError(f"command must be one line of ASCII, not {command!r}")
        if self._ended:
            raise RenodeError(self._ended)
        self._marks += 1
        mark = f"<<{self._marks}>>"
        try:
            self._process.stdin.write(f'{command}\necho "{mark}"\n'.encode())
        except BrokenPipeError:
            raise self._died(f"while {command!r} was sent") from None
        limit_s = self.command_limit_s if limit_s is None else limit_s
        text = self._read_until(f"\r{mark}\r".encode(), repr(command), limit_s)
        return _answer(text, command, f'echo "{mark}"')

    def _read_until(self, end: bytes, waiting_for: str, limit_s: float) -> str:
        deadline = time.monotonic() + limit_s
        searched = 0
        while (place := self._pending.find(end, searched)) < 0:
            searched = max(0, len(self._pending) - len(end))
            left = deadline - time.monotonic()
            if left <= 0:
                abort = self._cpu_abort()
                reason = f": {abort}" if abort else ""
                raise self._fail(f"Renode hangs, {waiting_for} not done in {limit_s:g} s{reason}")
            ready, _, _ = select.select([self._process.stdout], [], [], min(left, LOOK_S))
            if ready:
                data = os.read(self._process.stdout.fileno(), 65536)
                if not data:
                    raise self._died(f"before {waiting_for} was done")
                self._pending += data
                self._last = (self._last + data)[-8192:]
            elif abort := self._cpu_abort():
                # RunFor does not come back from it.
                raise self._fail(f"the core stopped for good: {abort}")
            elif self._process.poll() is not None:
                raise self._died(f"before {waiting_for} was done")
        text = self._pending[:place].decode("utf-8", "replace")
        del self._pending[: place + len(end)]
        return text

    @property
    def cpu_seconds(self) -> float:
        """What the processes of Renode have used so far (/proc/PID/stat: utime and stime)."""
        now = time.monotonic()
        if now - self._members_at >= MEMBERS_S:
            # To look through all processes of the host takes milliseconds.
            self._members_at = now
            self._members = [
                path
                for path in Path("/proc").glob("[0-9]*/stat")
                if (fields := _stat(path)) and int(fields[2]) == self._process.pid
            ]
        used = (fields[11:13] for path in self._members if (fields := _stat(path)))
        return sum(int(user) + int(system) for user, system in used) / os.sysconf("SC_CLK_TCK")

    # The end.

    def _died(self, when: str) -> RenodeError:
        try:
            code = self._process.wait(QUIT_LIMIT_S)
        except subprocess.TimeoutExpired:
            code = None
        ending = "closed its output" if code is None else f"ended with exit code {code}"
        return self._fail(f"Renode ({self._what}) {ending} {when}")

    def _fail(self, message: str) -> RenodeError:
        abort = self._cpu_abort()
        if abort and abort not in message:
            message += f" ({abort})"
        text = bytes(self._last).decode("utf-8", "replace").replace("\r", "")
        last = [line.rstrip() for line in text.split("\n") if line.strip()][-LAST_LINES:]
        if last:
            message += "; last output:\n  " + "\n  ".join(last)
        self._ended = message
        self._process.end()
        return RenodeError(message)

    def _cpu_abort(self) -> str:
        if self.log is None or not self.log.exists():
            return ""
        found = CPU_ABORT.search(self.log.read_text("utf-8", "replace"))
        return found[0].strip() if found else ""

    @property
    def alive(self) -> bool:
        """False once it was closed or has failed."""
        return not self._ended

    def close(self) -> None:
        """Quit, or kill what does not; may be called twice."""
        if not self._ended:
            self._ended = "Renode has been closed"
            try:
                self._process.stdin.write(b"quit\n")
                self._process.stdin.close()
                self._process.wait(QUIT_LIMIT_S)
            except (OSError, subprocess.TimeoutExpired):
                pass  # it is killed below
        self._process.end()


def _answer(text: str, command: str, echo: str) -> str:
    """What a command printed, from all that came before the mark: echo, answer, prompt, echo."""
    text = text.replace("\r", "")
    text = text.rpartition(echo)[0]
    text = text.rpartition("\n")[0] if "\n" in text else text  # the prompt
    _, found, answer = text.partition(command)
    return (answer if found else text).strip()


def _stat(path: Path) -> list[str]:
    """The fields of a process behind its name, none of one that has ended (proc(5))."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _one_line(text: str) -> str:
    return " ".join(text.split())
