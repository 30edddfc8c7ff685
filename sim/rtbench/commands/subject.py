"""The firmware that a command is about, running, and what every report says about it."""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from rt1062.errors import SetupError
from rt1062.machine import ConsoleLine, Machine
from rtbench import host_inference
from rtbench.commands import diagnoses
from rtbench.link.events import Boot
from rtbench.link.firmware import Firmware, transcript_line


@dataclass(frozen=True)
class Subject:
    """The firmware under test and the head of its report."""

    firmware: Firmware
    head: dict[str, object]


@contextmanager
def running(create: Callable[[], Machine], app: str) -> Iterator[Subject]:
    """Boot the machine within the `with`; SetupError if another app than `app` is in it."""
    with create() as machine:
        firmware = Firmware(machine)
        firmware.on_text = _show
        with (
            host_inference.attached(machine) as service,
            diagnoses.told(machine, firmware.noticed),
        ):
            boot = firmware.boot()
            if boot.app != app:
                raise SetupError(f"{machine.image}: this is the firmware {boot.app!r}, not {app!r}")
            if boot.inference == "host":
                if service is None:
                    raise SetupError(
                        f"{machine.image}: built with INFERENCE=host, which needs the ELF too and "
                        "runs on an emulator only"
                    )
                print(host_inference.BANNER, file=sys.stderr)
            yield Subject(firmware, head_of(machine, boot.app, boot))


def _show(line: ConsoleLine) -> None:
    """A line that is no event of the protocol."""
    print(f"console: {transcript_line(line)}", file=sys.stderr)


def head_of(machine: Machine, app: str, boot: Boot | None) -> dict[str, object]:
    """The head of a report; `boot` is None for a firmware that does not speak the protocol."""
    about = {} if boot is None else asdict(boot)
    left_out = ("time_us", "text")
    if not machine.feeds_camera:
        left_out = (*left_out, "reset", "reset_count")  # of a board that was on before
    return {
        "app": app,
        "emulator": machine.name,
        "inference": about.get("inference"),
        "image": str(machine.image),
        "image_sha256": _digest(machine),
        "boot": {key: about[key] for key in about if key not in left_out},
    }


def _digest(machine: Machine) -> str:
    """Of the image; "" of a board, whose flash nobody sees."""
    if not machine.feeds_camera:
        return ""
    return hashlib.sha256(machine.image.read_bytes()).hexdigest()


def described(head: Mapping[str, object]) -> str:
    """Where a report comes from, in a few words."""
    where = (
        f"board at {head['image']}"
        if head["emulator"] == "board"
        else f"emulator {head['emulator']}"
    )
    return f"{where}, inference {head['inference']}"
