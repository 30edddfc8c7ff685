"""The line to a board at a serial port."""

import select
import time

from rt1062.errors import MachineError
from rtbench.link.firmware import BAUD
from rtbench.logger.line import Line
from rtbench.serial_port import LOST, opened, reason

LONGEST_LINE = 40_000  # bytes without a newline are cut there: they are neither text nor a record
READ_BYTES = 65_536


class SerialLine(Line):
    """The port `name`, open; SetupError if it cannot be had, MachineError once it goes away."""

    def __init__(self, name: str, baud: int = BAUD) -> None:
        self.name, self.baud = name, baud
        self._port = opened(name, baud)
        self._rest = b""

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    @property
    def now(self) -> float:
        return time.monotonic()

    def read(self, seconds: float) -> list[bytes]:
        end = time.monotonic() + seconds
        while True:
            try:
                select.select([self._port], [], [], max(end - time.monotonic(), 0))
                data = self._port.read(READ_BYTES)
            except LOST as error:
                raise self._gone(error) from error
            *lines, self._rest = (self._rest + data).split(b"\n")
            if len(self._rest) > LONGEST_LINE:
                lines.append(self._rest)
                self._rest = b""
            if lines or time.monotonic() >= end:
                return lines

    def write(self, text: str) -> None:
        import serial

        try:
            self._port.write(text.encode())
        except serial.SerialTimeoutException as error:
            raise MachineError(f"{self.name}: nothing is taken off the line") from error
        except LOST as error:
            raise self._gone(error) from error

    def set_baud(self, baud: int) -> None:
        try:
            self._port.flush()
            self._port.baudrate = self.baud = baud
        except (ValueError, *LOST) as error:
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> MachineError:
        return MachineError(f"{self.name}: the line is gone ({reason(error)})")
