"""Keywords about a board as a whole, for any firmware: on and off, time, resets, saved states."""

import re
from datetime import timedelta
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn

from rt1062 import boards
from rtbench.robot.bench import BENCH, Started

SECOND = timedelta(seconds=1)


@library(scope="GLOBAL", listener="SELF")
class BoardKeywords:
    """Boot any firmware on an emulated board, let virtual time pass, go back to a saved state.

    All times are virtual: a suite finds the same at the same time in every run, however busy the
    host is. `Resource    rtbench/robot/board.resource` imports all libraries of this kind.
    """

    def __init__(self) -> None:
        self._states: dict[str, tuple[Path, Started]] = {}

    # The listener.

    def end_test(self, data: object, result: object) -> None:
        """What the firmware has printed is in the log of a failed case."""
        if result.failed and BENCH.started is not None:
            try:
                logger.info(BENCH.situation())
            except AssertionError:
                return  # nothing is on

    def end_suite(self, data: object, result: object) -> None:
        """A board that a suite leaves on goes away with it."""
        BENCH.stop()

    # On and off.

    @keyword
    def start_board(
        self,
        image: Path,
        elf: Path | None = None,
        board: str | None = None,
        emulator: str | None = None,
    ) -> None:
        """Put ``image`` (.bin, .hex, .s19 or .elf) into the flash of a new board and power it on.

        ``elf`` gives the symbols of an image without any. ``board`` is one of ``rtbench board`` or
        a TOML file. A board that is on already goes away. What is left out are the variables
        ``${ELF}``, ``${BOARD}`` and ``${EMULATOR}``, where they are set.
        """
        value = BuiltIn().get_variable_value
        elf = elf or value("${ELF}")
        board = board or value("${BOARD}", boards.DEFAULT.name)
        emulator = emulator or value("${EMULATOR}", "auto")
        BENCH.start(Started(Path(image), elf and Path(elf), board, emulator))

    @keyword
    def stop_board(self) -> None:
        """Give the board back. A suite that ends does it, too."""
        BENCH.stop()

    @keyword
    def reset_board(self) -> None:
        """Pull the reset pin: RAM and flash keep their contents."""
        BENCH.machine.reset()

    @keyword
    def run_for(self, duration: timedelta) -> None:
        """Let virtual time pass; fails as soon as a forbidden text is printed."""
        BENCH.run_until(lambda: False, duration.total_seconds())

    # Saved states.

    @keyword
    def save_board(self, name: str) -> None:
        """Keep the whole state of the board under a name, for `Restore Board`."""
        folder = Path(BuiltIn().get_variable_value("${OUTPUT_DIR}")) / "states"
        folder.mkdir(parents=True, exist_ok=True)
        suite = BuiltIn().get_variable_value("${SUITE_NAME}")
        path = folder / (re.sub(r"\W+", "_", f"{suite}.{name}") + ".state")
        BENCH.machine.save(path)
        self._states[name] = path, BENCH.started

    @keyword
    def restore_board(self, name: str) -> None:
        """Go on from a state that `Save Board` kept; also while the board is off."""
        if name not in self._states:
            raise AssertionError(f"no state {name!r}, there are: {', '.join(self._states) or '-'}")
        path, started = self._states[name]
        if BENCH.started != started or not BENCH.is_on:
            BENCH.start(started)
        BENCH.machine.load(path)
        BENCH.from_now_on()

    # What has happened.

    @keyword
    def board_should_restart(self, cause: str | None = None, timeout: timedelta = SECOND) -> str:
        """A reset comes; ``cause`` is a part of its name (``watchdog``, ``SYSRESETREQ``)."""
        before = len(BENCH.machine.resets)
        arrived = BENCH.run_until(
            lambda: len(BENCH.machine.resets) > before, timeout.total_seconds()
        )
        BENCH.check(arrived, f"no reset came within {timeout.total_seconds():g} s")
        found = BENCH.machine.resets[before].cause
        BENCH.check(
            cause is None or cause.lower() in found.lower(),
            f"the cause of the reset is {found}, expected {cause}",
        )
        return found

    @keyword
    def resets_should_be(self, count: int) -> None:
        """So many resets have happened since power on."""
        found = BENCH.machine.resets
        told = "".join(f"\n  {one.time_us / 1e6:.6f} s: {one.cause}" for one in found)
        BENCH.check(len(found) == count, f"there were {len(found)} resets, expected {count}{told}")

    @keyword
    def core_should_be(self, state: str) -> None:
        """Now ``running``, ``asleep``, ``spinning``, ``fault``, ``locked up`` or ``off``."""
        found = BENCH.machine.core_state().kind
        BENCH.check(found == state, f"the core is {found}, expected {state}")

    @keyword
    def faults_should_be_none(self) -> None:
        """The core has met no fault since power on."""
        faults = [str(one) for one in BENCH.machine.faults]
        BENCH.check(not faults, "faults:\n  " + "\n  ".join(faults))

    @keyword
    def warnings_should_be_none(self) -> None:
        """The firmware has done nothing that is not modelled, or that a real board would refuse."""
        warnings = BENCH.machine.warnings
        BENCH.check(not warnings, f"there are {len(warnings)} warnings")
