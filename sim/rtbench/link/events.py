"""What the firmware can say on its console, as typed values; `parser` makes them from lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rt1062.errors import SimError

BOXES_PER_LINE = 8
DIRECTIONS = ("left_to_right", "right_to_left")
SHOWN = 100  # characters of an offending line that an error quotes


class ProtocolError(SimError):
    """The firmware printed a line that the UART protocol does not allow; `line` is that line."""

    def __init__(self, problem: str, line: str):
        quoted = line if len(line) <= SHOWN else line[:SHOWN] + "..."
        super().__init__(f"protocol violation: {problem}: {quoted!r}")
        self.problem, self.line = problem, line


@dataclass(frozen=True)
class Event:
    """What one console line said; `time_us` is the virtual time of its first byte."""

    time_us: float = field(compare=False, kw_only=True, default=0.0)
    text: str = field(compare=False, repr=False, kw_only=True, default="")


@dataclass(frozen=True)
class Cycles:
    """Core cycles that the stages of one frame took (instructions until a timing model lands).

    The counter stands still while the core sleeps, so what waits is in `Milliseconds`.
    """

    preprocess: int
    invoke: int
    postprocess: int


@dataclass(frozen=True)
class Milliseconds:
    """Whole milliseconds that a frame took: its capture, and all of it up to the answer."""

    capture: int
    total: int


@dataclass(frozen=True)
class MemoryUse:
    """Bytes of one memory that the firmware takes, and how many there are."""

    used: int
    size: int


@dataclass(frozen=True)
class Boot(Event):
    """The firmware has started; model and arena are None where no model is in it."""

    app: str
    version: str
    board: str
    chip_id: str
    reset: str
    reset_count: int
    core_hz: int
    inference: str
    memory: Mapping[str, MemoryUse]
    model: str | None = None
    arena_reserved: int | None = None
    arena_used: int | None = None


@dataclass(frozen=True)
class CameraReady(Event):
    """The camera answered and is set up."""

    revision: str
    sensor: str
    width: int
    height: int


@dataclass(frozen=True)
class Capture(Event):
    """A frame has been read from the camera's FIFO."""

    frame: int
    bytes: int
    crc32: str
    ms: int


class FrameAnswer(Event):
    """A frame has been answered: its last event. What each application's answer has.

    `crc32` is of the frame as the firmware read it, `inference` where its inference ran.
    """

    frame: int
    crc32: str
    ms: Milliseconds
    cycles: Cycles
    inference: str


@dataclass(frozen=True)
class Result(FrameAnswer):
    """A frame has been classified; `output` is the model's int8 output, `scores` dequantised."""

    frame: int
    label: str
    index: int
    output: tuple[int, ...]
    scores: tuple[float, ...]
    crc32: str
    ms: Milliseconds
    cycles: Cycles
    inference: str


class Box(NamedTuple):
    """A person in a picture: edges in pixels, int8 score, identity (0: not known yet).

    The firmware prints edges in sixteenths of a pixel, which a float holds exactly.
    """

    left: float
    top: float
    right: float
    bottom: float
    score: int
    identity: int

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self[:4]

    @property
    def probability(self) -> float:
        """The score from 0 to 1."""
        return (self.score + 128) / 256


@dataclass(frozen=True)
class Count(FrameAnswer):
    """A frame has been counted.

    One line has room for the first BOXES_PER_LINE boxes; others came in Boxes events before it.
    `Firmware` puts them together.
    """

    frame: int
    count: int
    boxes: tuple[Box, ...]
    crc32: str
    output_crc32: str
    ms: Milliseconds
    cycles: Cycles
    inference: str


@dataclass(frozen=True)
class Boxes(Event):
    """Boxes of a frame that its count event has no room for; `first` is the first one's index."""

    frame: int
    first: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Crossing(Event):
    """A person has crossed the line; the totals are since boot or `reset counts`."""

    frame: int
    identity: int
    direction: str
    left_to_right: int
    right_to_left: int


@dataclass(frozen=True)
class Profile(Event):
    """What one operator of the frame's inference cost."""

    frame: int
    layer: int
    op: str
    cycles: int


@dataclass(frozen=True)
class Log(Event):
    """Anything else worth saying; `fields` holds what the message is about."""

    level: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ErrorEvent(Event):
    """A command was refused or a frame failed; `frame` is the number it would have had."""

    code: str
    detail: str
    frame: int | None = None


@dataclass(frozen=True)
class Fatal(Event):
    """A fault handler's last words before the reset: the core's fault registers."""

    fault: str
    pc: int
    lr: int
    cfsr: int
    hfsr: int
    mmfar: int
    bfar: int
    reset_count: int
