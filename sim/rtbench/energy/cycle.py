"""One duty cycle of a firmware: run, and looked at from one answer to the next."""

from dataclasses import dataclass, replace

from rt1062.observations import States
from rtbench.link.events import FrameAnswer, Log
from rtbench.link.firmware import Firmware

MODES = ("wait", "stop")  # that the firmware can be asked for
CAMERAS = ("on", "low-power", "gated")  # what it lets the camera do meanwhile
RUN_S = 3.0  # the period that is run: of a longer one, there is more of the same sleep


@dataclass(frozen=True)
class Cycle:
    """Seconds of a period in which something is done; for the rest of it the core sleeps in its
    mode and the camera rests.

    `polled_s` is of `run_s`: waits that a slower clock makes no longer.
    """

    run_s: float
    polled_s: float
    wfi_s: float
    capturing_s: float
    idle_s: float

    @property
    def awake_s(self) -> float:
        """Until the core sleeps again."""
        return self.run_s + self.wfi_s

    def slower(self, factor: float) -> "Cycle":
        """The same work where the core takes so many times as long for an instruction."""
        more = (self.run_s - self.polled_s) * (factor - 1)
        return replace(self, run_s=self.run_s + more, idle_s=self.idle_s + more)


def measure(firmware: Firmware, mode: str, camera: str) -> Cycle:
    """What is done from one frame's answer to the next, with sleep of this mode between them.

    Not from the first, before which nothing has slept.
    """
    firmware.command(f"run 3 {round(1000 * RUN_S)} sleep {mode} camera {camera}")
    firmware.expect(FrameAnswer)
    firmware.expect(FrameAnswer, timeout_s=2 * RUN_S)
    before = firmware.machine.states
    firmware.expect(FrameAnswer, timeout_s=2 * RUN_S)
    found = firmware.machine.states.since(before)
    firmware.expect(Log, lambda log: log.message == "run done")
    return cycle_of(found, camera)


def cycle_of(found: States, camera: str) -> Cycle:
    """The awake part of a period; a camera that is left on is idle while the core sleeps, too."""
    run, wfi = found.core["run"], found.core["wfi"]
    capturing, idle = (found.camera.get(state, 0.0) for state in ("capturing", "idle"))
    if camera == "on":
        idle = run + wfi - capturing
    return Cycle(*(time / 1e6 for time in (run, found.polled, wfi, capturing, idle)))
