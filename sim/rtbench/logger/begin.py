"""The beginning of a session: the board boots, says what it is, and has its camera ready."""

from dataclasses import dataclass

from rt1062.errors import SetupError
from rtbench.link import record_line
from rtbench.link.events import Boot, CameraReady, ErrorEvent, Event, NotAnEvent, ProtocolError
from rtbench.link.firmware import BAUD, OTHER_BAUDS
from rtbench.link.parser import parse
from rtbench.logger.line import Line

BOOT_LIMIT_S = 6.0  # a board that was left at another rate falls back after 2 s of silence
RESET_EVERY_S = 1.5
ON_ITS_WAY_S = 0.1  # a command, before the rate is another
CAMERA_LIMIT_S = 5.0
STEP_S = 0.02
SHOWN = 60  # characters of a line that an error quotes


@dataclass(frozen=True)
class Started:
    """What is at the end of the line."""

    boot: Boot
    camera: CameraReady


class _Listener:
    """Reads a line as events, and remembers what else came."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.bytes = 0
        self.last_text = ""

    def events(self) -> list[Event]:
        found = []
        for data in self.line.read(STEP_S):
            self.bytes += len(data) + 1
            if record_line.is_record(data):
                continue
            text = data.decode("ascii", "backslashreplace").strip()
            text = text[max(text.rfind('{"event":"boot"'), 0) :]  # behind what a reset has cut
            try:
                found.append(parse(text))
            except (NotAnEvent, ProtocolError):
                continue
            finally:
                if data.isascii() and text.isprintable() and text:
                    self.last_text = text
        return found


def begin(line: Line, reset: bool) -> Started:
    """Wait for the boot, which `reset` asks for by its command, and for the camera.

    SetupError, in words, for a line at whose end there is no such board.
    """
    listener = _Listener(line)
    boot, events = _boot(line, listener, reset)
    end = line.now + CAMERA_LIMIT_S
    while line.now < end:
        for event in events:
            if isinstance(event, CameraReady):
                return Started(boot, event)
            if isinstance(event, ErrorEvent) and event.code.startswith("camera_"):
                raise SetupError(f"{line.name}: no camera: {event.code} ({event.detail})")
        events = listener.events()
    raise SetupError(f"{line.name}: no word on the camera within {CAMERA_LIMIT_S:g} s")


def _boot(line: Line, listener: _Listener, reset: bool) -> tuple[Boot, list[Event]]:
    """The boot event, and what has come behind it already."""
    end, begun, again = line.now + BOOT_LIMIT_S, line.now, line.now
    while line.now < end:
        if reset and line.now >= again:
            if again > begun:
                _call_back(line)
            line.write("\nreset\n")  # what may be left of somebody's line is ended first
            again = line.now + RESET_EVERY_S
        events = listener.events()
        boots = [index for index, event in enumerate(events) if isinstance(event, Boot)]
        if boots:
            return events[boots[-1]], events[boots[-1] + 1 :]
    raise SetupError(f"{line.name}: {_silence(listener)}")


def _call_back(line: Line) -> None:
    """To our rate, a board that a logger which was killed has left at work at another."""
    own = line.baud
    for baud in OTHER_BAUDS:
        line.set_baud(baud)
        line.write(f"\nlog stop\nbaud {own}\n")
        line.read(ON_ITS_WAY_S)
    line.set_baud(own)


def _silence(listener: _Listener) -> str:
    if listener.bytes == 0:
        return (
            f"no answer within {BOOT_LIMIT_S:g} s at {BAUD} baud: is this the board's port, is it "
            "on, is log, classify or count in its flash?"
        )
    if not listener.last_text:
        return (
            f"{listener.bytes} bytes came within {BOOT_LIMIT_S:g} s and no line of text: does the "
            "firmware speak another baud rate?"
        )
    return (
        f"text came within {BOOT_LIMIT_S:g} s and no boot event; is this our firmware? The last: "
        f"{listener.last_text[:SHOWN]!r}"
    )
