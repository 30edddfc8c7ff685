"""A serial port by its name: opened, or in one line why not; and what it raises when it goes."""

import os
from typing import TYPE_CHECKING

from rt1062.errors import SetupError

if TYPE_CHECKING:
    import serial

WRITE_LIMIT_S = 30.0  # for a frame to leave this computer; 1.6 s at 115200 baud


def _lost() -> tuple[type[Exception], ...]:
    """What a port that goes away raises: pyserial's errors are OSErrors, those of POSIX are not."""
    try:
        import termios
    except ImportError:
        return (OSError,)
    return OSError, termios.error


LOST = _lost()


def opened(name: str, baud: int) -> "serial.Serial":
    """The port, for this process alone, nothing in its buffer; SetupError if it cannot be had."""
    import serial

    try:
        port = serial.Serial(name, baud, timeout=0, write_timeout=WRITE_LIMIT_S, exclusive=True)
        port.reset_input_buffer()
    except ValueError as error:
        raise SetupError(f"{name}: not a baud rate: {baud}") from error
    except LOST as error:
        why = "another program has it open" if _is_in_use(error) else reason(error)
        raise SetupError(f"{name}: cannot be opened as a serial port ({why})") from error
    return port


def _is_in_use(error: Exception) -> bool:
    return "exclusively lock" in str(error)


def reason(error: Exception) -> str:
    """Why, in a few words."""
    number = getattr(error, "errno", None)
    if number:
        return os.strerror(number)
    return str(error).splitlines()[0] if str(error) else type(error).__name__
