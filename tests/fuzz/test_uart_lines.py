"""The console: whatever noise comes between, an event that was sent is read, once and as sent."""

import json

from hypothesis import given
from hypothesis import strategies as st

from rtbench.link.events import Log, NotAnEvent, PlainText, ProtocolError
from rtbench.link.firmware import Firmware
from rtbench.link.parser import MAX_LINE_BYTES, parse
from tests.fuzz.mutated import WORDS, changed, mutated, nested
from tests.rtbench.fake_machine import READY, FakeMachine

GOOD = [
    {"event": "log", "level": "info", "message": "led on", "led": 1},
    {"event": "error", "code": "camera_timeout", "detail": "", "frame": 1},
    {"event": "profile", "frame": 1, "layer": 0, "op": "CONV_2D", "cycles": 8},
    READY,
]


def line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


@given(st.sampled_from(GOOD).flatmap(changed))
def test_an_edited_event_is_refused_in_a_line_or_reads_as_what_it_says(value):
    text = line(value)
    try:
        event = parse(text)
    except ProtocolError as error:  # NotAnEvent is one
        assert str(error)
        return
    assert value["event"] == type(event).KIND
    if isinstance(event, Log):
        assert (event.level, event.message) == (value["level"], value["message"])
        assert event.fields == {
            key: value[key] for key in value.keys() - {"event", "level", "message"}
        }
    assert len(text) < MAX_LINE_BYTES
    assert text.isascii()


@given(st.sampled_from(GOOD).flatmap(lambda value: mutated(line(value).encode())))
def test_an_edited_line_is_an_event_only_as_json_has_it(data):
    text = data.decode("latin-1")
    try:
        parse(text)
    except ProtocolError:
        return
    assert isinstance(json.loads(text), dict)


@given(st.lists(st.one_of(st.sampled_from(GOOD).map(line), WORDS), max_size=12))
def test_events_between_other_lines_come_all_and_in_order(lines):
    sent = [text for text in lines if text in map(line, GOOD)]
    # A text of several lines is several; one that begins like an event is judged as one.
    noise = [text for text in lines if text not in sent and not text.startswith('{"event"')]
    machine = FakeMachine()
    firmware = Firmware(machine)
    for text in lines:
        if text in sent or text in noise:
            machine.say(text)
    read = firmware.read()
    assert [event.text for event in read if not isinstance(event, PlainText)] == sent


def test_deep_nesting_is_no_event():
    for text in (nested(100_000), '{"a":' * 100_000):
        try:
            parse(text)
        except NotAnEvent:
            continue
        raise AssertionError("taken for an event")
