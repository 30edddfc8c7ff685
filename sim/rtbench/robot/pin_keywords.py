"""Keywords about pads, LED and button, for any firmware; told from edges, not from samples."""

from datetime import timedelta
from itertools import pairwise
from typing import Literal

from robot.api import logger
from robot.api.deco import keyword, library

from rt1062.boards.board import Pin
from rt1062.errors import SetupError
from rt1062.observations import Pad
from rtbench.robot.bench import BENCH

Level = Literal["high", "low"]
SECOND = timedelta(seconds=1)


@library(scope="GLOBAL")
class PinKeywords:
    """The user LED, the user button, and any pad: ``GPIO1.9``, or a name of the board's pins.

    Edges are noted by the emulator when they happen, so no blinking is too fast to be seen.
    """

    @keyword
    def press_button(self) -> None:
        """Press the user button and hold it."""
        BENCH.machine.press_button(True)

    @keyword
    def release_button(self) -> None:
        """Let the user button go."""
        BENCH.machine.press_button(False)

    @keyword
    def push_button(self, duration: timedelta = timedelta(milliseconds=50)) -> None:
        """Press the user button for a span of virtual time."""
        self.press_button()
        BENCH.run_until(lambda: False, duration.total_seconds())
        self.release_button()

    @keyword
    def drive_pad(self, pin: str, level: Level) -> None:
        """Drive a pad from outside; an output of the chip is the stronger."""
        self._pad(pin).drive(level == "high")

    @keyword
    def pad_should_be(self, pin: str, level: Level) -> None:
        """What a voltmeter shows now."""
        found = _name(self._pad(pin).level)
        BENCH.check(found == level, f"{pin} is {found}, expected {level}")

    @keyword
    def wait_for_pad(self, pin: str, level: Level, timeout: timedelta = SECOND) -> None:
        """The pad is, or gets, this level."""
        pad, seconds = self._pad(pin), timeout.total_seconds()
        before = len(pad.edges)

        def arrived() -> bool:
            wanted = level == "high"
            return pad.level == wanted or any(one.level == wanted for one in pad.edges[before:])

        came = BENCH.run_until(arrived, seconds)
        BENCH.check(came, f"{pin} did not get {level} within {seconds:g} s")

    @keyword
    def pad_should_not_change(self, pin: str, duration: timedelta) -> None:
        """No edge within a span of virtual time, however short."""
        pad = self._pad(pin)
        before = len(pad.edges)
        changed = BENCH.run_until(lambda: len(pad.edges) > before, duration.total_seconds())
        BENCH.check(not changed, f"{pin} got {_name(pad.level)}")

    @keyword
    def led_should_be(self, state: Literal["on", "off"]) -> None:
        """The user LED now."""
        found = "on" if BENCH.machine.led else "off"
        BENCH.check(found == state, f"the LED is {found}, expected {state}")

    @keyword
    def led_should_blink(
        self, period: timedelta, tolerance_percent: float = 5.0, times: int = 3
    ) -> None:
        """So many periods in a row, each from switching on to switching on, are of this length."""
        led = BENCH.machine.board.led
        if led is None:
            raise SetupError(f"{BENCH.machine.board.title} has no user LED")
        pad, wanted = BENCH.machine.pad(led), period.total_seconds()
        before = len(pad.edges)

        def begins() -> list[float]:
            return [one.time_us / 1e6 for one in pad.edges[before:] if one.level != led.idle]

        # The first may be just over; two more, so that too slow a LED shows how slow it is.
        enough = BENCH.run_until(lambda: len(begins()) > times, wanted * (times + 3))
        found = begins()
        periods = [after - start for start, after in pairwise(found)]
        told = ", ".join(f"{one * 1000:.3f}" for one in periods[:times]) or "none"
        logger.info(f"periods of the LED: {told} ms")
        BENCH.check(
            enough or bool(periods),
            f"the LED does not blink: {len(pad.edges) - before} changes in "
            f"{wanted * (times + 3):g} s, expected a period of {wanted * 1000:g} ms",
        )
        room = wanted * tolerance_percent / 100
        wrong = [one for one in periods[:times] if abs(one - wanted) > room]
        BENCH.check(
            enough and not wrong,
            f"the LED's periods are {told} ms, expected {times} of {wanted * 1000:g} ms "
            f"within {tolerance_percent:g} %",
        )

    def _pad(self, text: str) -> Pad:
        pins = BENCH.machine.board.pins
        if text in pins:
            return BENCH.machine.pad(pins[text])
        port, dot, number = text.upper().removeprefix("GPIO").partition(".")
        if not (dot and port.isdecimal() and number.isdecimal()):
            names = f" or one of {', '.join(pins)}" if pins else ""
            raise ValueError(f"pin must be a pad such as GPIO1.9{names}, not {text!r}")
        return BENCH.machine.pad(Pin(int(port), int(number)))


def _name(level: bool) -> str:
    return "high" if level else "low"
