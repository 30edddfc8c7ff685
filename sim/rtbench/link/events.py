"""What the firmware can say on its console, as typed values; `parser` makes them from lines.

This is the one definition of the protocol: the parser reads lines by it, docs/protocol.md is made
from it. The docstring of an event says when it comes, `said` what each of its keys is.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from rt1062.errors import SimError
from rtbench.link import forms
from rtbench.link.forms import Form
from rtbench.link.values import Box, Cycles, MemoryUse, Milliseconds

BOXES_PER_LINE = 8
DIRECTIONS = ("left_to_right", "right_to_left")
LOGGING = ("asked", "state", "overrun", "done", "failed", "stopped")
CYCLES = forms.whole_numbers(Cycles)
MILLISECONDS = forms.whole_numbers(Milliseconds)
SHOWN = 100  # characters of an offending line that an error quotes


class ProtocolError(SimError):
    """The firmware printed a line that the UART protocol does not allow; `line` is that line."""

    def __init__(self, problem: str, line: str):
        quoted = line if len(line) <= SHOWN else line[:SHOWN] + "..."
        super().__init__(f"protocol violation: {problem}: {quoted!r}")
        self.problem, self.line = problem, line


class NotAnEvent(ProtocolError):
    """The line is no event at all: a print of the firmware's own."""


def said(meaning: str, form: Form, *, unit: str = "", optional: bool = False) -> Any:
    """A key of an event: what it means, its form on the line, its unit; None where it may lack."""
    metadata = {"meaning": meaning, "form": form, "unit": unit}
    if optional:
        return field(default=None, metadata=metadata)
    return field(metadata=metadata)


@dataclass(frozen=True)
class Event:
    """What one console line said; `time_us` is the virtual time of its first byte."""

    KIND: ClassVar[str] = ""  # the value of the key "event"
    ALSO: ClassVar[Mapping[str, str]] = {}  # other keys that tell it from its like

    time_us: float = field(compare=False, kw_only=True, default=0.0)
    text: str = field(compare=False, repr=False, kw_only=True, default="")

    def problem(self) -> str:
        """What does not fit between its keys, "" if all does."""
        return ""


@dataclass(frozen=True)
class PlainText(Event):
    """A line that is no event of this protocol: shown, and otherwise let pass."""


@dataclass(frozen=True)
class Boot(Event):
    """Once after each reset, before anything else."""

    KIND = "boot"
    app: str = said("which program this is: `classify`, `count`, `hello`, ...", forms.TEXT)
    version: str = said("its version", forms.TEXT)
    board: str = said("the board it is built for", forms.TEXT)
    chip_id: str = said("the chip's unique id", forms.TEXT)
    reset: str = said("what caused the reset: `power_on`, `pin`, `watchdog`, ...", forms.TEXT)
    reset_count: int = said("resets since power on", forms.NATURAL)
    core_hz: int = said("clock of the core", forms.NATURAL, unit="Hz")
    inference: str = said("where inference runs: `tflm`, `host`, `none`", forms.TEXT)
    memory: Mapping[str, MemoryUse] = said(
        "of each memory, by name, what the program takes and what there is", forms.MEMORY,
        unit="bytes",
    )  # fmt: skip
    model: str | None = said("first 12 digits of the network's SHA-256", forms.TEXT, optional=True)
    arena_reserved: int | None = said(
        "size of the tensor arena", forms.NATURAL, unit="bytes", optional=True
    )
    arena_used: int | None = said("taken of it", forms.NATURAL, unit="bytes", optional=True)

    def problem(self) -> str:
        """A network's three keys come together."""
        missing = [key for key in ("arena_reserved", "arena_used") if getattr(self, key) is None]
        return f"key {missing[0]!r} is missing" if self.model is not None and missing else ""


@dataclass(frozen=True)
class CameraReady(Event):
    """Once after boot, when the camera has answered and is set up; an `error` event otherwise."""

    KIND = "camera"
    ALSO: ClassVar[Mapping[str, str]] = {"status": "ready"}
    revision: str = said("of the camera's SPI logic, as `0x73`", forms.TEXT)
    sensor: str = said("id of the image sensor, as `0x2642`", forms.TEXT)
    width: int = said("of a frame", forms.NATURAL, unit="pixels")
    height: int = said("of a frame", forms.NATURAL, unit="pixels")


@dataclass(frozen=True)
class Capture(Event):
    """The answer to `capture`: a frame has been read from the camera's FIFO."""

    KIND = "camera"
    ALSO: ClassVar[Mapping[str, str]] = {"status": "captured"}
    frame: int = said("number of the frame since boot, from 1", forms.NATURAL)
    bytes: int = said("of the frame", forms.NATURAL, unit="bytes")
    crc32: str = said("of the frame's bytes as they were read (zlib's CRC-32)", forms.CRC32)
    ms: int = said("what it took", forms.NATURAL, unit="ms")


class FrameAnswer(Event):
    """A frame has been answered: its last event. What each application's answer has.

    `crc32` is of the frame as the firmware read it, by which the bench tells which frame was
    answered; `inference` where its inference ran.
    """

    frame: int
    crc32: str
    ms: Milliseconds
    cycles: Cycles
    inference: str


@dataclass(frozen=True)
class Result(FrameAnswer):
    """The answer of `classify` to `infer`, and to each frame of `run`."""

    KIND = "result"
    frame: int = said("number of the frame since boot, from 1", forms.NATURAL)
    label: str = said("name of the class with the highest score", forms.TEXT)
    index: int = said("its place in `output` and `scores`", forms.NATURAL)
    output: tuple[int, ...] = said("the network's output as it is", forms.INT8S)
    scores: tuple[float, ...] = said("the output, dequantised", forms.NUMBERS)
    crc32: str = said("of the frame's bytes as they were read (zlib's CRC-32)", forms.CRC32)
    ms: Milliseconds = said("its capture, and all of it", MILLISECONDS, unit="ms")  # noqa: RUF009
    cycles: Cycles = said("what its stages took", CYCLES, unit="core cycles")  # noqa: RUF009
    inference: str = said("where its inference ran: `tflm` or `host`", forms.TEXT)

    def problem(self) -> str:
        """One score a class, and the label among them."""
        fits = len(self.scores) == len(self.output) and self.index < len(self.output)
        return "" if fits else "output, scores and index do not fit each other"


@dataclass(frozen=True)
class Count(FrameAnswer):
    """The answer of `count` to `infer`, and to each frame of `run`.

    One line has room for the first 8 boxes; others came in `boxes` events before it. `Firmware`
    puts them together.
    """

    KIND = "count"
    frame: int = said("number of the frame since boot, from 1", forms.NATURAL)
    count: int = said("persons in the frame", forms.NATURAL)
    boxes: tuple[Box, ...] = said(
        "one a person, the first 8; identity 0: not known yet", forms.BOXES, unit="1/16 pixel"
    )
    crc32: str = said("of the frame's bytes as they were read (zlib's CRC-32)", forms.CRC32)
    output_crc32: str = said("of the network's output tensors, one after the other", forms.CRC32)
    ms: Milliseconds = said("its capture, and all of it", MILLISECONDS, unit="ms")  # noqa: RUF009
    cycles: Cycles = said("what its stages took", CYCLES, unit="core cycles")  # noqa: RUF009
    inference: str = said("where its inference ran: `tflm` or `host`", forms.TEXT)

    def problem(self) -> str:
        """As many boxes as the line has room for."""
        fits = len(self.boxes) == min(self.count, BOXES_PER_LINE)
        return "" if fits else "count and boxes do not fit each other"


@dataclass(frozen=True)
class Boxes(Event):
    """Before a `count` event, for each further 8 boxes that it has no room for."""

    KIND = "boxes"
    frame: int = said("number of the frame", forms.NATURAL)
    first: int = said("index of the first of these boxes", forms.NATURAL)
    boxes: tuple[Box, ...] = said("one a person", forms.BOXES, unit="1/16 pixel")


@dataclass(frozen=True)
class Crossing(Event):
    """Before the `count` event of the frame in which a person has crossed the line."""

    KIND = "crossing"
    frame: int = said("number of the frame", forms.NATURAL)
    identity: int = said("whose", forms.NATURAL)
    direction: str = said("which way", forms.one_of(*DIRECTIONS))
    left_to_right: int = said("crossings since boot or `reset counts`", forms.NATURAL)
    right_to_left: int = said("the other way", forms.NATURAL)


@dataclass(frozen=True)
class Profile(Event):
    """Behind the answer to a frame while `profile on` holds: one for each operator."""

    KIND = "profile"
    frame: int = said("number of the frame", forms.NATURAL)
    layer: int = said("the operator's place, from 0", forms.NATURAL)
    op: str = said("its name, as TFLM has it: `CONV_2D`", forms.TEXT)
    cycles: int = said("what it took", forms.NATURAL, unit="core cycles")


@dataclass(frozen=True)
class Logging(Event):
    """How far the logging of frames is: the answer to each `log`, and whenever something ends.

    `asked`: `log` was taken; `state`: `log state`; `overrun`: frames were due while the line was
    not ready for them; `done`: all that was asked for is there; `failed`: the camera gave none, and
    what was left is forgotten; `stopped`: by `log stop`.
    """

    KIND = "logging"
    status: str = said("what has happened", forms.one_of(*LOGGING))
    sequence: int = said("number of the last frame that was logged, from 1", forms.NATURAL)
    left: int = said("frames asked for and not there yet; 0 also without end", forms.NATURAL)
    overruns: int = said("periods since boot that got no frame", forms.NATURAL)
    boot_id: str = said("tells records of one boot from those of another", forms.CRC32)
    crc32: str = said('of all that is before `,"crc32"` in the line', forms.CRC32)

    def problem(self) -> str:
        """It is acted upon, so it must be what was sent."""
        said_before = self.text.partition(',"crc32"')[0].encode()
        fits = f"{zlib.crc32(said_before):08x}" == self.crc32
        return "" if fits else "the line is not what its crc32 says"


@dataclass(frozen=True)
class Baud(Event):
    """The line's rate changes behind this event, or has fallen back before it."""

    KIND = "baud"
    status: str = said("why", forms.one_of("changing", "fallen_back"))
    rate: int = said("the new rate", forms.NATURAL, unit="bits a second")


@dataclass(frozen=True)
class Log(Event):
    """Anything else worth saying, among it the answers to commands; any further key may follow."""

    KIND = "log"
    level: str = said("`info`, `warning`, ...", forms.TEXT)
    message: str = said("what is said", forms.TEXT)
    fields: Mapping[str, object] = field(default_factory=dict)  # all other keys


@dataclass(frozen=True)
class ErrorEvent(Event):
    """The answer to a command that was refused, or in place of a frame's answer that failed."""

    KIND = "error"
    code: str = said("what went wrong, for programs: `unknown_command`", forms.TEXT)
    detail: str = said("more about it, for people; may be empty", forms.TEXT)
    frame: int | None = said(
        "the number that the frame would have had", forms.NATURAL, optional=True
    )


@dataclass(frozen=True)
class Fatal(Event):
    """A fault handler's last words before the reset: the core's fault registers."""

    KIND = "fatal"
    fault: str = said("`hard`, `memory`, `bus` or `usage`", forms.TEXT)
    pc: int = said("where", forms.HEXADECIMAL)
    lr: int = said("link register", forms.HEXADECIMAL)
    cfsr: int = said("configurable fault status", forms.HEXADECIMAL)
    hfsr: int = said("HardFault status", forms.HEXADECIMAL)
    mmfar: int = said("address of a MemManage fault", forms.HEXADECIMAL)
    bfar: int = said("address of a BusFault", forms.HEXADECIMAL)
    reset_count: int = said("resets since power on", forms.NATURAL)


KINDS = (
    Boot, CameraReady, Capture, Result, Count, Boxes, Crossing, Profile, Logging, Baud, Log,
    ErrorEvent, Fatal,
)  # fmt: skip
