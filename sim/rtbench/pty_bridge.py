"""The emulated board behind a pseudo-terminal, in step with the wall clock.

Whatever talks to a serial port can talk to it. As with the adapter of a real board, what the board
prints while nobody has the port open is lost, and so is what a program does not read in time. The
rate that a program sets is that of its end of the line.
"""

import errno
import os
import select
import time
from collections.abc import Callable
from functools import cache

from rt1062.errors import MachineError, SetupError
from rt1062.machine import Machine
from rtbench.link.firmware import BAUD

STEP_S = 0.001  # virtual; what the board is behind the clock at most
LONGEST_STEP_S = 0.005  # virtual, between two looks at the line
MOST_BEHIND_S = 0.2  # a host too slow for real time is not run after
MOST_WAITING = 1 << 16  # bytes for a program that does not read
MOST_TYPED = 1024  # bytes on their way to the chip; further ones stay in the kernel's buffer
READ_BYTES = 4096


class PtyBridge:
    """Both directions between `machine`, which is on, and whoever opens `path`.

    `lost` counts bytes that a program had the port open for and did not read.
    """

    def __init__(self, machine: Machine) -> None:
        try:
            import tty
        except ImportError as error:
            raise SetupError("a pseudo-terminal needs Linux or macOS") from error
        self.machine = machine
        self.uart = machine.uarts[machine.board.console]
        self._master, slave = os.openpty()
        self.path = os.ttyname(slave)
        tty.setraw(slave)  # no echo, no translation, whoever opens it
        _set_rate(slave, BAUD)
        os.close(slave)  # from now on a hang-up shows that nobody is there
        os.set_blocking(self._master, False)
        self._waiting = bytearray()
        self._is_open = False
        self._rate = BAUD
        machine.set_console_baud(BAUD)
        self.lost = 0
        self.uart.watch(self._take)

    def close(self) -> None:
        """The port is gone."""
        self.uart.watch(None)
        os.close(self._master)

    def serve(self, stop: Callable[[], bool]) -> None:
        """Run the board until `stop` is true; MachineError if it cannot go on."""
        origin = time.monotonic() - self.machine.time_us / 1e6
        while not stop():
            self._notice_who_is_there()
            self._follow_rate()
            self._read()
            behind = time.monotonic() - origin - self.machine.time_us / 1e6
            if behind > MOST_BEHIND_S:
                origin += behind - MOST_BEHIND_S
            if behind >= STEP_S:
                self.machine.run_for(min(behind, LONGEST_STEP_S))
                self._write()
            else:
                self._wait(STEP_S - behind)
            if self.machine.core_state().kind == "off":
                raise MachineError("the firmware has switched the board off")

    def _take(self, byte: int) -> None:
        if not self._is_open:
            return
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(byte)
        else:
            self.lost += 1

    def _notice_who_is_there(self) -> None:
        poll = select.poll()
        poll.register(self._master, 0)
        is_open = not any(events & select.POLLHUP for _, events in poll.poll(0))
        if is_open == self._is_open:
            return
        self._is_open = is_open
        self._waiting.clear()
        if not is_open:
            # What is still in the kernel was for who has left.
            import termios

            termios.tcflush(self._master, termios.TCIOFLUSH)

    def _follow_rate(self) -> None:
        rate = _rate_of(self._master)
        if rate != self._rate:
            self._rate = rate
            self.machine.set_console_baud(rate)

    def _wait(self, seconds: float) -> None:
        if not self._is_open or self.uart.typing >= MOST_TYPED:
            time.sleep(seconds)  # select would return at once
        else:
            select.select([self._master], [], [], seconds)

    def _read(self) -> None:
        if not self._is_open or self.uart.typing >= MOST_TYPED:
            return
        try:
            data = os.read(self._master, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:  # it has just been closed
                raise
            return
        self.uart.send(data)

    def _write(self) -> None:
        if not self._waiting:
            return
        try:
            written = os.write(self._master, self._waiting)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return
        del self._waiting[:written]


def _set_rate(descriptor: int, rate: int) -> None:
    import termios

    settings = termios.tcgetattr(descriptor)
    settings[4] = settings[5] = getattr(termios, f"B{rate}")
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def _rate_of(descriptor: int) -> int:
    """What the program on the other side has set, bits a second."""
    import termios

    code = termios.tcgetattr(descriptor)[5]
    return _rates().get(code, BAUD)


@cache
def _rates() -> dict[int, int]:
    """Rates by what termios calls them."""
    import termios

    names = [name for name in dir(termios) if name[0] == "B" and name[1:].isdecimal()]
    return {getattr(termios, name): int(name[1:]) for name in names if name != "B0"}
