"""Keywords about a duty cycle: how long core and camera are in each of their states."""

import zlib
from datetime import timedelta

from robot.api.deco import keyword, library

from rtbench.link.events import FrameAnswer, Log
from rtbench.robot.patterns import pattern
from rtbench.robot.session import SESSION

PATTERN = "noise"
ANSWER_S = 3.0  # beside the period


@library(scope="GLOBAL")
class DutyKeywords:
    """Times are virtual, from the answer to the second frame to that of the last: whole periods."""

    def __init__(self) -> None:
        self._answers: list[FrameAnswer] = []
        self._core: dict[str, float] = {}  # seconds
        self._camera: dict[str, float] = {}

    @keyword
    def run_duty_cycle(self, periods: int, period: timedelta, how: str = "") -> None:
        """Have frames answered, one a period, with what is between them: ``sleep stop``.

        A frame more comes first: nothing has slept or rested before it.
        """
        period_ms = round(period.total_seconds() * 1000)
        for number in range(periods + 2):
            SESSION.machine.feed_frame(pattern(PATTERN), f"{PATTERN} {number}")
        SESSION.firmware.command(f"run {periods + 2} {period_ms} {how}")
        limit_s = period.total_seconds() + ANSWER_S
        SESSION.firmware.expect(FrameAnswer, timeout_s=limit_s)
        self._answers = [SESSION.firmware.expect(FrameAnswer, timeout_s=limit_s)]
        before = SESSION.machine.states
        self._answers += [
            SESSION.firmware.expect(FrameAnswer, timeout_s=limit_s) for _ in range(periods)
        ]
        found = SESSION.machine.states.since(before)
        SESSION.firmware.expect(Log, lambda log: log.message == "run done")
        self._core = {state: time / 1e6 for state, time in found.core.items()}
        self._camera = {state: time / 1e6 for state, time in found.camera.items()}

    @keyword
    def core_should_have_spent(
        self, state: str, at_least: timedelta = timedelta(), at_most: timedelta | None = None
    ) -> None:
        """Of each period, so long in a state: ``run``, ``wfi``, ``wait``, ``stop``, ``halted``."""
        self._check("core", self._core, state, at_least, at_most)

    @keyword
    def camera_should_have_spent(
        self, state: str, at_least: timedelta = timedelta(), at_most: timedelta | None = None
    ) -> None:
        """Of each period: ``off``, ``low-power``, ``idle`` or ``capturing``."""
        self._check("camera", self._camera, state, at_least, at_most)

    def _check(
        self,
        what: str,
        spent: dict[str, float],
        state: str,
        at_least: timedelta,
        at_most: timedelta | None,
    ) -> None:
        least = at_least.total_seconds()
        most = least if at_most is None else at_most.total_seconds()
        found = spent.get(state, 0.0) / (len(self._answers) - 1)
        told = ", ".join(f"{name} {time:.4f} s" for name, time in spent.items())
        SESSION.check(
            (at_most is None or found <= most) and found >= least,
            f"of each period the {what} was {found:.4f} s in {state}, expected {least:g} s"
            + (" at least" if at_most is None else f" to {most:g} s")
            + f"; in all: {told}",
        )

    @keyword
    def frames_should_have_kept_their_period(self, period: timedelta, within: timedelta) -> None:
        """Each answer came a period behind the one before, so exactly."""
        for first, second in zip(self._answers, self._answers[1:], strict=False):
            apart = (second.time_us - first.time_us) / 1e6
            SESSION.check(
                abs(apart - period.total_seconds()) <= within.total_seconds(),
                f"frames {first.frame} and {second.frame} are {apart:.4f} s apart, expected "
                f"{period.total_seconds():g} s",
            )

    @keyword
    def frames_should_be_as_fed(self) -> None:
        """Every frame was read whole, and none before the exposure had settled."""
        fed = f"{zlib.crc32(pattern(PATTERN)):08x}"
        wrong = [one.frame for one in self._answers if one.crc32 != fed]
        SESSION.check(not wrong, f"frames {wrong} are not as they were fed")
