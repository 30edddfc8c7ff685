"""The processes that suites run in: started one by one, or forked off a template that is ready."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Self

from rt1062.errors import SetupError

LOOK_S = 0.002  # wall time, between two looks whether a suite has ended


class Started:
    """A process for each suite, with an interpreter of its own.

    `lock` is a descriptor that the suites hold as well; `parent` is the process that they end with.
    """

    def __init__(self, lock: int) -> None:
        self._lock = lock
        self.parent = os.getpid()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, arguments: Sequence[str]) -> subprocess.Popen:
        """Robot with these arguments; `stdout` has all that is printed."""
        return subprocess.Popen(
            [sys.executable, "-m", "robot", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            **({} if sys.platform == "win32" else {"pass_fds": (self._lock,)}),
        )


class Template:
    """The same in forks of one process that has imported `modules`; on Linux."""

    def __init__(self, lock: int, modules: Sequence[str]) -> None:
        self._link, link = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = (os.getpid(), link.fileno(), *modules)
        with link:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rtbench.robot.template", *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(lock, link.fileno()),
            )
        self.parent = self._process.pid
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()
        self._process.wait()

    def start(self, arguments: Sequence[str]) -> "Forked":
        """Robot with these arguments; `stdout` has all that is printed."""
        read, write = os.pipe()
        try:
            pid = self.ask("run", list(arguments), write)
        except EOFError as error:
            os.close(read)
            raise SetupError(
                "the process that suites are forked off has ended (exit code "
                f"{self._process.wait()}); what it printed says why"
            ) from error
        finally:
            os.close(write)
        return Forked(self, pid, read)

    def ask(self, what: str, subject: object, *descriptors: int) -> int | None:
        """The template's answer (template.py); EOFError if it has ended."""
        self._asked += 1
        message = json.dumps([self._asked, what, subject]).encode()
        number = 0
        try:
            socket.send_fds(self._link, [message], descriptors)
            while number != self._asked:  # the last question may have been broken off by Ctrl-C
                received = self._link.recv(100)
                if not received:
                    raise EOFError
                number, answer = json.loads(received)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EOFError from error
        return answer


class Forked:
    """A suite's process, as far as subprocess.Popen is needed."""

    def __init__(self, template: Template, pid: int, output: int) -> None:
        self._template = template
        self.pid = pid
        self.stdout = os.fdopen(output, encoding="utf-8", errors="replace")
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, minus the signal that has ended it; None while it runs."""
        if self.returncode is None:
            try:
                self.returncode = self._template.ask("ended", self.pid)
            except EOFError:  # the kernel has ended it with the template
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self, timeout: float = float("inf")) -> int:
        """Its exit code; subprocess.TimeoutExpired when it still runs after so many seconds."""
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("robot", timeout)
            time.sleep(LOOK_S)
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.poll() is None:  # who has been waited for may be somebody else by now
            os.kill(self.pid, number)


def can_fork() -> bool:
    """Whether suites may be forked off a template: its end is theirs on Linux only."""
    return sys.platform == "linux"
