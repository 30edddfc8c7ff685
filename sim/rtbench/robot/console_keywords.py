"""Keywords about the UART protocol: commands typed, events expected."""

import json
from datetime import timedelta

from robot.api.deco import keyword, library

from rtbench.link.events import ErrorEvent, Event, Log, Profile, Result
from rtbench.robot.session import SESSION

ANSWER_LIMIT = timedelta(seconds=8)


@library(scope="GLOBAL")
class ConsoleKeywords:
    """Everything is asked and answered in virtual time."""

    @keyword
    def send_command(self, line: str) -> None:
        """Type one command line."""
        SESSION.firmware.command(line)

    @keyword
    def type_bytes(self, text: str, repeat: int = 1) -> None:
        """Type text as it is, without a newline at its end unless it has one."""
        SESSION.firmware.type_text(text * repeat)

    @keyword
    def console_should_report_error(
        self, code: str, detail: str | None = None, timeout: timedelta = ANSWER_LIMIT
    ) -> ErrorEvent:
        """The next error event has this code, and this detail if given."""
        event = SESSION.firmware.expect(ErrorEvent, timeout_s=timeout.total_seconds())
        SESSION.check(event.code == code, f"the error is {event.code}, expected {code}")
        if detail is not None:
            SESSION.check(
                event.detail == detail, f"the detail is {event.detail!r}, expected {detail!r}"
            )
        return event

    @keyword
    def console_should_log(self, message: str, timeout: timedelta = ANSWER_LIMIT) -> Log:
        """A log event with this message comes."""
        return SESSION.firmware.expect(
            Log, lambda log: log.message == message, timeout.total_seconds()
        )

    @keyword
    def console_should_stay_silent(self, duration: timedelta) -> None:
        """Nothing at all is printed for a span of virtual time."""
        SESSION.firmware.read()
        SESSION.machine.run_for(duration.total_seconds())
        heard = SESSION.firmware.read()
        SESSION.check(not heard, f"{len(heard)} lines were printed, expected none")

    @keyword
    def console_should_have_reported_errors(self, code: str, times: int) -> None:
        """Among the events since the last command, so many are errors with this code."""
        heard = self._since_last_command()
        found = sum(isinstance(event, ErrorEvent) and event.code == code for event in heard)
        SESSION.check(found == times, f"{found} errors {code}, expected {times}")

    @keyword
    def info_should_show(self, **expected: str) -> Log:
        """The answer to `info` has these values, compared as text."""
        info = SESSION.firmware.info()
        for key, value in expected.items():
            found = str(info.fields.get(key))
            SESSION.check(found == value, f"info says {key} {found}, expected {value}")
        return info

    @keyword
    def info_should_repeat_the_boot_event(self) -> None:
        """Every key of the boot event is in `info` again, with the same value."""
        info = SESSION.firmware.info().fields
        boot = json.loads(SESSION.boot.text)
        del boot["event"]
        wrong = {key: info.get(key) for key, value in boot.items() if info.get(key) != value}
        SESSION.check(not wrong, f"info differs from the boot event in {wrong}")
        more = set(info) - set(boot)
        SESSION.check({"uptime_ms", "frames", "errors"} <= more, f"info adds only {more}")

    @keyword
    def uptime_should_follow_virtual_time(self, duration: timedelta = timedelta(seconds=1)) -> None:
        """The firmware's own clock goes as fast as virtual time, to a tick of 1 ms or two."""
        first = SESSION.firmware.info()
        SESSION.machine.run_for(duration.total_seconds())
        second = SESSION.firmware.info()
        own_ms = int(second.fields["uptime_ms"]) - int(first.fields["uptime_ms"])
        virtual_ms = (second.time_us - first.time_us) / 1000
        SESSION.check(
            abs(own_ms - virtual_ms) <= 2,
            f"the firmware counted {own_ms} ms in {virtual_ms:.3f} ms of virtual time",
        )

    @keyword
    def console_should_count(self, message: str, first: int, last: int) -> None:
        """All log events with this message so far carry the counts `first` to `last`."""
        SESSION.firmware.read()
        counts = [
            event.fields.get("count")
            for event in SESSION.firmware.events
            if isinstance(event, Log) and event.message == message
        ]
        expected = list(range(first, last + 1))
        SESSION.check(counts == expected, f"{message} counted {counts}, expected {expected}")

    @keyword
    def let_the_console_come_to_rest(self, limit: timedelta = timedelta(minutes=2)) -> None:
        """Run until nothing has been printed for a second of virtual time."""
        end_us = SESSION.machine.time_us + limit.total_seconds() * 1_000_000
        while SESSION.machine.time_us < end_us:
            SESSION.machine.run_for(1.0)
            if not SESSION.firmware.read():
                return
        SESSION.check(False, f"the console did not come to rest within {limit}")

    @keyword
    def results_should_follow(
        self, count: int, first_frame: int | None = None, timeout: timedelta = ANSWER_LIMIT
    ) -> list[Result]:
        """So many results come, their frame numbers counting up by one."""
        results = [
            SESSION.firmware.expect(Result, timeout_s=timeout.total_seconds()) for _ in range(count)
        ]
        numbers = [result.frame for result in results]
        first = numbers[0] if first_frame is None else first_frame
        expected = list(range(first, first + count))
        SESSION.check(numbers == expected, f"frames are {numbers}, expected {expected}")
        return results

    @keyword
    def profile_should_follow(
        self, result: Result, at_least_percent: float, operators: int | None = None
    ) -> list[Profile]:
        """One profile event per operator follows; together they cost so much of what invoke did."""
        found = [SESSION.firmware.expect(Profile)]
        SESSION.machine.run_for(0.5)
        found += [event for event in SESSION.firmware.read() if isinstance(event, Profile)]
        layers = [event.layer for event in found]
        SESSION.check(layers == list(range(len(found))), f"layers are {layers}")
        SESSION.check(
            {event.frame for event in found} == {result.frame}, "profile of another frame"
        )
        if operators is not None:
            SESSION.check(len(found) == operators, f"{len(found)} operators, expected {operators}")
        total = sum(event.cycles for event in found)
        SESSION.check(
            at_least_percent / 100 * result.cycles.invoke <= total <= result.cycles.invoke,
            f"the operators took {total} cycles of {result.cycles.invoke} of the inference",
        )
        return found

    def _since_last_command(self) -> list[Event]:
        SESSION.firmware.read()
        return SESSION.firmware.events[SESSION.firmware.answers_from :]
