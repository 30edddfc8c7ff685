"""What the bench types: the commands of the UART protocol, one a line, ended by a newline."""

from typing import NamedTuple

from rtbench.link.events import Boot, Capture, ErrorEvent, Event, FrameAnswer, Log, Profile

VISION = ("classify", "count")


class Command(NamedTuple):
    """`name` and its arguments as they are typed, the events that answer it, what it does."""

    name: str
    arguments: str
    answers: tuple[type[Event], ...]
    meaning: str
    apps: tuple[str, ...] = VISION


COMMANDS = (
    Command("info", "", (Log,), "message `info`: the keys of `boot`, uptime and counters"),
    Command("capture", "", (Capture, ErrorEvent), "takes one frame from the camera"),
    Command("infer", "", (FrameAnswer, ErrorEvent), "takes one frame and answers it"),
    Command(
        "run", "[FRAMES [PERIOD_MS]]", (FrameAnswer, Log, ErrorEvent),
        "as `infer`, so many times (0: without end), one each period; message `run done` ends it",
    ),
    Command("stop", "", (Log,), "message `stopped`, then `run done`: ends a `run`"),
    Command("profile", "on|off", (Log, Profile), "whether each operator tells its cycles"),
    Command("reset", "", (Log, Boot), "message `reset`: the chip starts anew"),
    Command(
        "frame", "", (Log, ErrorEvent),
        "a frame comes over the line instead of the camera: lines of `:` and base64, `:` ends it; "
        "message `frame received`",
    ),
    Command("line", "X0 Y0 X1 Y1", (Log,), "whose crossings are counted, pixels", ("count",)),
    Command(
        "invoke", "", (Log,), "message `invoked`: runs the network on its input tensors",
        ("tensors",),
    ),
    Command("forget", "", (Log,), "message `forgotten`: variable tensors anew", ("tensors",)),
    Command("reset counts", "", (Log,), "counts and identities begin anew", ("count",)),
)  # fmt: skip
