"""Keywords about frames that the firmware logs: records between its lines of text."""

from datetime import timedelta

from robot.api.deco import keyword, library

from rtbench import items
from rtbench.link.events import Baud, Boot, Logging
from rtbench.link.frame_record import FrameRecord
from rtbench.link.logged_frame import LoggedFrame
from rtbench.robot.session import SESSION
from rtbench.tasks import TASKS

RECORD_LIMIT = timedelta(seconds=6)  # a record takes 1.6 s at 115200 baud
SWITCH_S = 0.05  # from the firmware's word on another rate to the rate


@library(scope="GLOBAL")
class LoggingKeywords:
    """The frames of `Feed Scenes To Log` are what the records are held to."""

    def __init__(self) -> None:
        self._fed: list[bytes] = []
        self._last: LoggedFrame | None = None

    @keyword
    def feed_scenes_to_log(self, count: int, seed: int = 0) -> None:
        """Put so many different scenes before the camera."""
        drawn = items.draw_scenes(TASKS["classify"].scene, count, seed, "test")
        self._fed = [item.draw().data for item in drawn]
        for item, frame in zip(drawn, self._fed, strict=True):
            SESSION.machine.feed_frame(frame, item.id)

    @keyword
    def records_should_follow(self, count: int, label: str = "", first: int | None = None) -> None:
        """So many records in a row, each of the next fed scene, with `label`; the first has the
        number `first`, by default the one behind the last record's."""
        for offset in range(count):
            record = self._next_record()
            SESSION.check(record.label == label, f"labelled {record.label!r}, expected {label!r}")
            if first is not None:
                wanted = first + offset
                SESSION.check(record.sequence == wanted, f"frame {record.sequence}, not {wanted}")
            fed = self._fed.pop(0)
            SESSION.check(record.pixels == fed, f"frame {record.sequence} has other pixels")

    @keyword
    def record_should_come_again(self, sequence: int) -> None:
        """The record with this number, which is the last that came, once more."""
        before = self._last.record
        again = self._next_record()
        SESSION.check(again.sequence == sequence, f"frame {again.sequence}, not {sequence}")
        SESSION.check(again == before, "the record is not the same")

    def _next_record(self) -> FrameRecord:
        self._last = SESSION.firmware.expect(LoggedFrame, timeout_s=RECORD_LIMIT.total_seconds())
        return self._last.record

    @keyword
    def logging_should_say(
        self, status: str, timeout: timedelta = RECORD_LIMIT, **keys: int
    ) -> None:
        """The next `logging` event with this status, and what it must say besides."""
        event = SESSION.firmware.expect(
            Logging, lambda one: one.status == status, timeout.total_seconds()
        )
        for key, value in keys.items():
            found = getattr(event, key)
            SESSION.check(found == int(value), f"{key} is {found}, expected {value}: {event.text}")

    @keyword
    def change_the_rate(self, rate: int) -> None:
        """By the command `baud`, and then the terminal's."""
        SESSION.firmware.command(f"baud {rate}")
        event = SESSION.firmware.expect(Baud)
        SESSION.check((event.status, event.rate) == ("changing", rate), event.text)
        SESSION.machine.run_for(SWITCH_S)
        SESSION.machine.set_console_baud(rate)

    @keyword
    def rate_should_fall_back(self, rate: int) -> None:
        """After two seconds without a command, which is told at the first rate again."""
        SESSION.machine.run_for(1.8)
        SESSION.machine.set_console_baud(rate)
        event = SESSION.firmware.expect(Baud, timeout_s=0.5)
        SESSION.check((event.status, event.rate) == ("fallen_back", rate), event.text)

    @keyword
    def reset_within_a_record(self) -> Boot:
        """Pull the reset pin while a record is on its way; the next has another boot id."""
        SESSION.machine.run_for(0.3)
        return SESSION.firmware.pull_reset()

    @keyword
    def boot_id_should_be_another(self) -> None:
        """That of the next record."""
        before = self._last.record.boot_id
        record = self._next_record()
        SESSION.check(record.boot_id != before, "it is the same boot id")
        SESSION.check(record.sequence == 1, f"it is number {record.sequence}, not 1")
