"""A serial terminal: collects what the UART sends into lines and types what the bench says."""

from collections import deque
from collections.abc import Callable

from rt1062.chip.clock import TICKS_PER_SECOND
from rt1062.line_faults import FaultyWay, LineFaults
from rt1062.scheduler import NEVER, Event, Scheduler

# While the UART has no baud rate of its own yet: 10 bits at 115200 baud.
DEFAULT_BYTE_TICKS = 10 * TICKS_PER_SECOND // 115_200


class Terminal:
    """Both directions of a serial line.

    `transmit` takes bytes from the UART. `receive` is the UART's, `byte_ticks` how long one of its
    characters takes: typed text arrives at that pace. `lines` are (ticks of the first byte, text);
    `on_line`, where set, is called with the ticks and the bytes, and `on_byte` with every byte.
    Bytes that are not UTF-8 show as \\xNN.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        receive: Callable[[int], None] | None = None,
        byte_ticks: Callable[[], int] | None = None,
    ) -> None:
        self.scheduler = scheduler
        self.receive = receive
        self.byte_ticks = byte_ticks
        self.on_line: Callable[[int, bytes], None] | None = None
        self.on_byte: Callable[[int], None] | None = None
        self.on_arrival: Callable[[int], None] | None = None
        self.lines: list[tuple[int, str]] = []
        self._line = bytearray()
        self._line_time = 0
        self._out: FaultyWay | None = None  # what the UART sends, where the line is bad
        self._in: FaultyWay | None = None
        self._typed: deque[int] = deque()
        self._event: Event | None = None

    def reset(self, cold: bool = True) -> None:
        """Power on: an empty screen. A warm reset of the chip does not reach the terminal."""
        if not cold:
            return
        self.scheduler.cancel(self._event)
        self._event = None
        self._typed.clear()
        self._line.clear()
        self.lines.clear()

    def set_faults(self, faults: LineFaults) -> None:
        """A bad line from now on, in both directions; at rate 0 a good one."""
        bad = faults.rate > 0
        self._out, self._in = (faults.of_board(), faults.of_terminal()) if bad else (None, None)

    def transmit(self, byte: int) -> None:
        """A byte from the UART, its stop bit just sent."""
        if self._out is None:
            self._take(byte)
            return
        for carried in self._out.carry(byte):
            self._take(carried)

    def _take(self, byte: int) -> None:
        if self.on_byte is not None:
            self.on_byte(byte)
        if not self._line:
            self._line_time = self.scheduler.now
        if byte != 0x0A:
            self._line.append(byte)
            return
        line = bytes(self._line)
        self._line.clear()
        self.lines.append((self._line_time, decode(line)))
        if self.on_line is not None:
            self.on_line(self._line_time, line)

    @property
    def unfinished(self) -> str:
        """The line that no newline has ended yet."""
        return decode(self._line)

    def type(self, text: str | bytes) -> None:
        """Queue text for the UART, one character time a byte, behind what is still queued."""
        self._typed.extend(text.encode() if isinstance(text, str) else text)
        if self._event is None:
            self._type_next()

    @property
    def typing(self) -> int:
        """Bytes typed and not yet arrived."""
        return len(self._typed)

    def _type_next(self) -> None:
        if self._typed:
            ticks = NEVER if self.byte_ticks is None else self.byte_ticks()
            delay = DEFAULT_BYTE_TICKS if ticks == NEVER else ticks
            self._event = self.scheduler.after(delay, self._arrive)

    def _arrive(self) -> None:
        self._event = None
        byte = self._typed.popleft()
        # The next start bit follows at once, so its time is set before the UART looks at the line.
        self._type_next()
        for carried in bytes([byte]) if self._in is None else self._in.carry(byte):
            if self.on_arrival is not None:
                self.on_arrival(carried)
            if self.receive is not None:
                self.receive(carried)


def decode(line: bytes | bytearray) -> str:
    """A line as text, without a carriage return at its end."""
    return bytes(line).removesuffix(b"\r").decode("utf-8", "backslashreplace")
