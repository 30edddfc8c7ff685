"""What the bench types: the commands of the UART protocol, one a line, ended by a newline."""

from typing import NamedTuple

from rtbench.link.events import (
    Baud,
    Boot,
    Capture,
    ErrorEvent,
    Event,
    FrameAnswer,
    Log,
    Logging,
    Profile,
)

VISION = ("classify", "count")
CAMERA = ("log", *VISION)


class Command(NamedTuple):
    """`name` and its arguments as they are typed, the events that answer it, what it does."""

    name: str
    arguments: str
    answers: tuple[type[Event], ...]
    meaning: str
    apps: tuple[str, ...] = VISION


COMMANDS = (
    Command("info", "", (Log,), "message `info`: the keys of `boot`, uptime and counters", CAMERA),
    Command("capture", "", (Capture, ErrorEvent), "takes one frame from the camera", CAMERA),
    Command("infer", "", (FrameAnswer, ErrorEvent), "takes one frame and answers it"),
    Command(
        "run", "FRAMES [PERIOD_MS [sleep MODE [camera on|low-power|gated]]]",
        (FrameAnswer, Log, ErrorEvent),
        "as `infer`, so many times (0: without end), one each period; message `run done` ends it. "
        "Between the frames the core waits with its clocks on, or sleeps: MODE is `wait`, `stop`, "
        "`suspend` or `snvs`, the camera meanwhile in its low-power mode unless another is named. "
        "Only in `wait` the console is heard meanwhile. `suspend` and `snvs` end in a boot without "
        "its event, in which `count` forgets whom it knew; their period has whole seconds, 2 at "
        "least; refused (`sleep_clock`) where the real-time counter of SNVS stands still",
    ),
    Command("stop", "", (Log,), "message `stopped`, then `run done`: ends a `run`"),
    Command("profile", "on|off", (Log, Profile), "whether each operator tells its cycles"),
    Command("reset", "", (Log, Boot), "message `reset`: the chip starts anew", CAMERA),
    Command(
        "frame", "", (Log, ErrorEvent),
        "a frame comes over the line instead of the camera, in the record that follows; message "
        "`frame received`", CAMERA,
    ),
    Command(
        "log", "FRAMES [from SEQUENCE] [period MS] [label TEXT]", (Logging, ErrorEvent),
        "sends so many frames (0: without end) as records, one each period, behind those that were "
        "asked for before; refused (`log_order`) if the first would get another number than "
        "SEQUENCE; the label is all that is left of the line, 32 characters at most", CAMERA,
    ),
    Command("log state", "", (Logging,), "how far it is", CAMERA),
    Command("log stop", "", (Logging,), "forgets what was asked for", CAMERA),
    Command(
        "resend", "SEQUENCE", (ErrorEvent,),
        "sends a record once more, of the last 8; `resend_gone` if it is none of them", CAMERA,
    ),
    Command(
        "baud", "RATE", (Baud,),
        "115200, 921600 or 3000000, once all that was queued has left; back to 115200 when no "
        "command is understood for 2 s", CAMERA,
    ),
    Command("ack", "", (), "nothing: the line is still there", CAMERA),
    Command("line", "X0 Y0 X1 Y1", (Log,), "whose crossings are counted, pixels", ("count",)),
    Command(
        "invoke", "", (Log,), "message `invoked`: runs the network on its input tensors",
        ("tensors",),
    ),
    Command("forget", "", (Log,), "message `forgotten`: variable tensors anew", ("tensors",)),
    Command("reset counts", "", (Log,), "counts and identities begin anew", ("count",)),
)  # fmt: skip
