"""The firmware on a machine, spoken to in commands and answered in typed events."""

from collections.abc import Callable
from dataclasses import replace
from types import UnionType
from typing import TypeVar, get_args

from rt1062.errors import ConsoleTimeoutError, SimError
from rt1062.machine import ConsoleLine, Machine
from rtbench.link import frame_record, record_line
from rtbench.link.events import (
    BOXES_PER_LINE,
    Boot,
    Boxes,
    CameraReady,
    Capture,
    Count,
    ErrorEvent,
    Event,
    Fatal,
    FrameAnswer,
    Log,
    NotAnEvent,
    PlainText,
    ProtocolError,
)
from rtbench.link.logged_frame import LoggedFrame
from rtbench.link.parser import parse

BOOT_TIMEOUT_S = 3.0  # virtual, from power on to the boot event
ANSWER_TIMEOUT_S = 8.0  # virtual; longer than any limit that the firmware itself has
BAUD = 115_200  # of the console; who opens it as a board's user does sets his terminal so
OTHER_BAUDS = (921_600, 3_000_000)  # that the command `baud` knows
LAST_LINES = 10  # how many console lines a failure shows
SHOWN = 40  # characters of a command that a failure shows

E = TypeVar("E", bound=Event)


class FirmwareError(SimError):
    """The firmware answered with something else than was asked for; `event` is its answer."""

    def __init__(self, message: str, event: Event):
        super().__init__(message)
        self.event = event


class Firmware:
    """Reads a machine's console as events, in order and each once.

    `events` holds everything read since power on. `expect` goes through the events that come
    after the last one read; a crash or a restart on the way is an error, unless expected.
    A line that is no event is told to `on_text` and lets the rest go on, or is a ProtocolError
    where the firmware is held to the protocol (`strict`).
    """

    def __init__(self, machine: Machine, strict: bool = False):
        self.machine = machine
        machine.console_baud = BAUD
        self.strict = strict
        self.on_text: Callable[[ConsoleLine], None] = lambda line: None
        self.fed: set[str] = set()  # CRC-32 of frames that were shown
        self.events: list[Event] = []
        self.noticed: list[str] = []  # warnings of machines that were forked off this one
        self.last_command = ""
        self.answers_from = 0  # where in `events` the answers to the last command begin
        self._seen = 0  # console lines read
        self._reset_time_us = -1.0

    # Life cycle.

    def boot(self, timeout_s: float = BOOT_TIMEOUT_S) -> Boot:
        """Power on, and wait for the boot event."""
        self.machine.power_on()
        self.events, self._seen, self.answers_from, self._reset_time_us = [], 0, 0, -1.0
        self.last_command = "power on"
        return self.expect(Boot, timeout_s=timeout_s)

    def camera_ready(self, timeout_s: float = ANSWER_TIMEOUT_S) -> CameraReady:
        """Wait until the firmware has set up its camera; FirmwareError if it cannot."""
        return self._answer(CameraReady, None, timeout_s)

    def ready_for_frames(self) -> None:
        """Wait for the camera where frames come from there; FirmwareError if it cannot be had."""
        if self.machine.feeds_camera:
            self.camera_ready()

    def pull_reset(self, timeout_s: float = BOOT_TIMEOUT_S) -> Boot:
        """Pull the reset pin, and wait for the boot event."""
        self.read()
        self._reset_time_us = self.machine.time_us
        self.machine.reset()
        self.last_command = "the reset pin"
        return self.expect(Boot, timeout_s=timeout_s)

    # Commands.

    def command(self, line: str) -> None:
        """Type one command."""
        self.type_text(line + "\n")

    def type_text(self, text: str) -> None:
        """Type anything; what was printed before it is not its answer."""
        self._type(text, text[:SHOWN].rstrip("\n"))

    def type_record(self, record: bytes) -> None:
        """Hand the firmware a frame, or whatever `record` has become of one."""
        self._type(frame_record.typed(record), "frame, and a record")

    def type_bytes(self, data: bytes) -> None:
        """As `type_text`, of bytes that need not be text."""
        self._type(data, f"{len(data)} bytes")

    def _type(self, text: str | bytes, name: str) -> None:
        self.read()
        self.last_command = name
        self.answers_from = len(self.events)
        self.machine.send(text)

    def capture(self, frame: bytes | None = None, frame_id: str = "") -> Capture:
        """Have one frame captured, after feeding it if given; FirmwareError if that fails."""
        if frame is not None:
            self.machine.feed_frame(frame, frame_id)
        self.command("capture")
        return self._answer(Capture, None, ANSWER_TIMEOUT_S)

    def infer(self, frame: bytes | None = None, frame_id: str = "") -> FrameAnswer:
        """Have one frame answered, after feeding it if given; FirmwareError if that fails."""
        if frame is not None:
            self.machine.feed_frame(frame, frame_id)
        self.command("infer")
        return self._answer(FrameAnswer, None, ANSWER_TIMEOUT_S)

    def info(self) -> Log:
        """Ask for the boot event's content, the uptime and the counters."""
        self.command("info")
        return self._answer(Log, lambda log: log.message == "info", ANSWER_TIMEOUT_S)

    # Events.

    def read(self) -> list[Event]:
        """The events that are on the console already, without running the machine."""
        new = self.machine.console[self._seen :]
        before = len(self.events)
        for line in new:
            self._take(line)
        return self.events[before:]

    def expect(
        self,
        kind: type[E] | UnionType,
        where: Callable[[E], bool] | None = None,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> E:
        """Run until an event of `kind`, for which `where` is true, has been read; return it.

        ConsoleTimeoutError, with the last console lines, when it does not come; FirmwareError
        when the firmware crashes or restarts instead; ProtocolError for an event that lacks
        something.
        """
        found: list[Event] = []

        def match(line: ConsoleLine) -> bool:
            event = self._take(line)
            if event is None:
                return False
            if isinstance(event, kind) and (where is None or where(event)):
                found.append(event)
                return True
            if isinstance(event, Fatal | Boot):
                raise FirmwareError(self._surprise(event), event)
            return False

        try:
            self.machine.wait_for(match, timeout_s, start=self._seen)
        except ConsoleTimeoutError as error:
            wanted = " or ".join(one.__name__ for one in get_args(kind) or (kind,))
            raise ConsoleTimeoutError(
                f"no {wanted} event after {self.last_command!r} within {timeout_s:g} s "
                f"of {self.machine.clock}{self._hint()}; last console lines:\n{self.last_lines()}"
            ) from error
        return found[0]

    def _hint(self) -> str:
        """What to do with a firmware that does not speak the protocol at all."""
        if all(isinstance(event, PlainText) for event in self.events):
            return " (docs/protocol.md says what to print; `rtbench boot` takes any firmware)"
        return ""

    def last_lines(self) -> str:
        """The end of the console, with virtual times, for failure messages."""
        lines = self.machine.console[-LAST_LINES:]
        return "\n".join(f"  {transcript_line(line)}" for line in lines) or "  (nothing)"

    def _answer(
        self, kind: type[E] | UnionType, where: Callable[[E], bool] | None, timeout_s: float
    ) -> E:
        """Like expect, but an error event is an answer too: a FirmwareError."""

        def either(event: Event) -> bool:
            return isinstance(event, ErrorEvent) or where is None or where(event)

        event = self.expect(kind | ErrorEvent, either, timeout_s)
        if isinstance(event, ErrorEvent):
            detail = f": {event.detail}" if event.detail else ""
            raise FirmwareError(f"{self.last_command!r} ended in {event.code}{detail}", event)
        return event

    def _surprise(self, event: Fatal | Boot) -> str:
        if isinstance(event, Fatal):
            return f"the firmware crashed: {event.fault} fault at pc 0x{event.pc:08x}"
        return f"the firmware restarted unasked (reset cause {event.reset})"

    def _take(self, line: ConsoleLine) -> Event | None:
        """Read the console's next line; None for one that the protocol lets pass."""
        self._seen += 1
        if not line.text.strip():
            return None
        event: Event | None = None
        cut_short = line.time_us <= self._reset_time_us
        if record_line.is_record(line.data) and not cut_short:
            self.events.append(LoggedFrame.read(line))
            return self.events[-1]
        try:
            event = parse(line.text, line.time_us)
        except NotAnEvent:
            if self.strict and not cut_short:
                raise
            if not cut_short:
                self.on_text(line)
                event = PlainText(time_us=line.time_us, text=line.text)
        if event is None:
            # The reset pin cut this line short; a whole one may follow it on the same line.
            rest = line.text.rfind('{"event":')
            if rest <= 0:
                return None
            event = parse(line.text[rest:], line.time_us)
        if isinstance(event, Count) and len(event.boxes) < event.count:
            event = self._whole(event)
        self.events.append(event)
        return event

    def _whole(self, count: Count) -> Count:
        """The count with the boxes that came in lines of their own before it."""
        boxes = list(count.boxes)
        for event in reversed(self.events):
            if not isinstance(event, Boxes) or event.frame != count.frame:
                break
            boxes[BOXES_PER_LINE:BOXES_PER_LINE] = event.boxes
        if len(boxes) != count.count:
            raise ProtocolError(f"{count.count - len(boxes)} boxes are missing", count.text)
        return replace(count, boxes=tuple(boxes))


def transcript_line(line: ConsoleLine) -> str:
    """A console line with its virtual time, as transcripts and failure messages show it."""
    text = f"(a record, {len(line.data)} bytes)" if record_line.is_record(line.data) else line.text
    return f"{line.time_us / 1_000_000:12.6f} {text}"
