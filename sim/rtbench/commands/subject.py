"""The firmware that a command is about, running, and what every report says about it."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rt1062 import emulators
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
def running(image: Path, elf: Path | None, app: str, emulator: str) -> Iterator[Subject]:
    """Boot `image` within the `with`; SetupError if another app than `app` is in it."""
    with emulators.create(image, elf, emulator) as machine:
        firmware = Firmware(machine)
        firmware.on_text = _show
        with (
            host_inference.attached(machine) as service,
            diagnoses.told(machine, firmware.noticed),
        ):
            boot = firmware.boot()
            if boot.app != app:
                raise SetupError(f"{image}: this is the firmware {boot.app!r}, not {app!r}")
            if boot.inference == "host":
                if service is None:
                    raise SetupError(f"{image}: built with INFERENCE=host, which needs the ELF too")
                print(host_inference.BANNER, file=sys.stderr)
            yield Subject(firmware, head_of(machine, boot.app, boot))


def _show(line: ConsoleLine) -> None:
    """A line that is no event of the protocol."""
    print(f"console: {transcript_line(line)}", file=sys.stderr)


def head_of(machine: Machine, app: str, boot: Boot | None) -> dict[str, object]:
    """The head of a report; `boot` is None for a firmware that does not speak the protocol."""
    about = {} if boot is None else asdict(boot)
    return {
        "app": app,
        "emulator": machine.name,
        "inference": about.get("inference"),
        "image": str(machine.image),
        "image_sha256": hashlib.sha256(machine.image.read_bytes()).hexdigest(),
        "boot": {key: about[key] for key in about if key not in ("time_us", "text")},
    }
