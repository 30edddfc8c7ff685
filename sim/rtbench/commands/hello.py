"""`rtbench run --app hello`: the console with virtual times, as it comes, of any firmware."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rt1062.errors import SetupError
from rt1062.machine import Machine
from rtbench.commands import diagnoses, interruption
from rtbench.commands.subject import head_of
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import INTERRUPTED, PASSED
from rtbench.link.events import Boot
from rtbench.link.firmware import Firmware, transcript_line

APP = "hello"
STEP_S = 0.1  # virtual, between two looks at the console


def run(create: Callable[[], Machine], seconds: float, json: Path | None) -> int:
    """Run for `seconds` of virtual time; the exit code.

    A firmware that prints plain text is shown as it is; one that says that it is another
    application is refused.
    """
    with (
        interruption.noticed() as stop,
        create() as machine,
        diagnoses.told(machine),
    ):
        firmware = Firmware(machine)
        machine.power_on()
        shown = 0
        while True:
            for line in machine.console[shown:]:
                print(transcript_line(line), flush=True)
                shown += 1
            boot = next((one for one in firmware.read() if isinstance(one, Boot)), None)
            if boot is not None and boot.app != APP:
                raise SetupError(f"{machine.image}: this is the firmware {boot.app!r}, not {APP!r}")
            left_s = seconds - machine.time_us / 1_000_000
            if stop or left_s <= 1e-6:
                break
            machine.run_for(min(STEP_S, left_s))
        if json is not None:
            boots = [event for event in firmware.events if isinstance(event, Boot)]
            head = head_of(machine, APP, boots[0] if boots else None)
            console = [asdict(line) for line in machine.console]
            write_json(json, {**head, "interrupted": bool(stop), "console": console})
    return INTERRUPTED if stop else PASSED
