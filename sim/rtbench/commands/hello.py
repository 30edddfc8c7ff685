"""`rtbench run --app hello`: the console with virtual times, as it comes."""

from dataclasses import asdict
from pathlib import Path

from rtbench.commands import interruption
from rtbench.commands.subject import running
from rtbench.evaluation.run_folder import write_json
from rtbench.exit_codes import INTERRUPTED, PASSED
from rtbench.link.firmware import transcript_line

STEP_S = 0.1  # virtual, between two looks at the console


def run(image: Path, elf: Path | None, emulator: str, seconds: float, json: Path | None) -> int:
    """Run for `seconds` of virtual time; the exit code."""
    with interruption.noticed() as stop, running(image, elf, "hello", emulator) as subject:
        machine = subject.firmware.machine
        shown = 0
        while True:
            for line in machine.console[shown:]:
                print(transcript_line(line), flush=True)
                shown += 1
            left_s = seconds - machine.time_us / 1_000_000
            if stop or left_s <= 1e-6:
                break
            machine.run_for(min(STEP_S, left_s))
        subject.firmware.read()  # every line must be an event
        if json is not None:
            console = [asdict(line) for line in machine.console]
            write_json(json, {**subject.head, "interrupted": bool(stop), "console": console})
    return INTERRUPTED if stop else PASSED
