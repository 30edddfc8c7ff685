"""The UART protocol is read strictly, and the firmware's answers are told from its troubles."""

import json

import pytest

from rt1062.errors import ConsoleTimeoutError
from rt1062.machine import ConsoleLine
from rtbench.link.events import (
    Boot,
    CameraReady,
    Capture,
    Cycles,
    ErrorEvent,
    Fatal,
    Log,
    MemoryUse,
    Milliseconds,
    Profile,
    ProtocolError,
    Result,
)
from rtbench.link.firmware import Firmware, FirmwareError, transcript_line
from rtbench.link.parser import parse
from tests.rtbench.fake_machine import BOOT, READY, FakeMachine

MS = {"capture": 1, "total": 10}
CYCLES = {"preprocess": 2, "invoke": 3, "postprocess": 4}
RESULT = {
    "event": "result",
    "frame": 3,
    "label": "person",
    "index": 1,
    "output": [-128, 127],
    "scores": [0.0, 0.9961],
    "crc32": "0123abcd",
    "ms": MS,
    "cycles": CYCLES,
    "inference": "tflm",
}
FATAL = {
    "event": "fatal",
    "fault": "usage",
    "pc": "0x60002400",
    "lr": "0xfffffff9",
    "cfsr": "0x00010000",
    "hfsr": "0x0",
    "mmfar": "0x0",
    "bfar": "0x0",
    "reset_count": 2,
}


def line(event: dict) -> str:
    return json.dumps(event)


# The parser.


def test_boot_is_read_with_its_memory():
    boot = parse(line(BOOT), 12.5)
    assert isinstance(boot, Boot)
    assert boot.memory["dtcm"] == MemoryUse(2, 393216)
    assert (boot.arena_reserved, boot.arena_used, boot.model) == (200_000, 150_000, "0123456789ab")
    assert boot.time_us == 12.5


def test_hello_boots_without_a_model():
    left_out = ("model", "arena_reserved", "arena_used")
    boot = parse(line({key: value for key, value in BOOT.items() if key not in left_out}))
    assert (boot.model, boot.arena_reserved, boot.arena_used) == (None, None, None)


def test_result_is_read():
    result = parse(line(RESULT))
    assert isinstance(result, Result)
    assert result.output == (-128, 127)
    assert result.ms == Milliseconds(1, 10)
    assert result.cycles == Cycles(2, 3, 4)


def test_every_other_event_is_read():
    captured = '{"event":"camera","status":"captured","frame":1,"bytes":2,"crc32":"00000000",'
    assert parse(captured + '"ms":9}') == Capture(1, 2, "00000000", 9)
    assert parse(line(READY)) == CameraReady("0x73", "0x2642", 96, 96)
    assert parse('{"event":"profile","frame":1,"layer":0,"op":"CONV_2D","cycles":8}') == Profile(
        1, 0, "CONV_2D", 8
    )
    assert parse('{"event":"log","level":"info","message":"hello","led":1}') == Log(
        "info", "hello", {"led": 1}
    )
    assert parse('{"event":"error","code":"a","detail":"b"}') == ErrorEvent("a", "b", None)
    assert parse('{"event":"error","code":"a","detail":"b","frame":4}') == ErrorEvent("a", "b", 4)
    assert parse(line(FATAL)) == Fatal(
        "usage", 0x60002400, 0xFFFFFFF9, 0x10000, 0, 0, 0, reset_count=2
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello", "not a JSON object"),
        ("[1]", "not a JSON object"),
        ("{}", "first key is not 'event'"),
        ('{"level":"info","event":"log"}', "first key is not 'event'"),
        ('{"event":7}', "event must be text, not 7"),
        ('{"event":"song"}', "unknown event 'song'"),
        ('{"event":"log","level":"info"}', "key 'message' is missing"),
        ('{"event":"log","level":"info","message":1}', "message must be text, not 1"),
        ('{"event":"log","level":"info","message":"a","message":"b"}', "a key is given twice"),
        ('{"event":"log","level":"info","message":"a","x":NaN}', "NaN is no JSON number"),
        ('{"event":"log","level":"info","message":"' + "a" * 512 + '"}', "longer than 512 bytes"),
        ('{"event":"log","level":"info","message":"\u00e4"}', "not ASCII"),
        ('{"event":"camera","status":"asleep"}', "status must be ready or captured"),
        ('{"event":"log","level":"info"', "not a JSON object"),
    ],
)
def test_violations_are_told_apart(text: str, problem: str):
    with pytest.raises(ProtocolError, match=problem):
        parse(text)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("frame", -1, "frame must be a whole number, not negative"),
        ("frame", True, "frame must be a whole number"),
        ("frame", 1.5, "frame must be a whole number"),
        ("output", [0, 128], "output must be a list of int8"),
        ("output", [0, "1"], "output must be a list of int8"),
        ("output", 5, "output must be a list of int8"),
        ("scores", [0.5, None], "scores must be a list of numbers"),
        ("scores", [0.5], "output, scores and index do not fit each other"),
        ("index", 2, "output, scores and index do not fit each other"),
        ("crc32", "123", "crc32 must be eight lower-case hexadecimal digits"),
        ("crc32", "0123ABCD", "crc32 must be eight lower-case hexadecimal digits"),
        ("cycles", {"invoke": 1}, "cycles must be an object of whole numbers preprocess, "),
        ("ms", {"capture": 1}, "ms must be an object of whole numbers capture, total"),
    ],
)
def test_a_result_with_one_wrong_value_is_refused(key: str, value: object, problem: str):
    with pytest.raises(ProtocolError, match=problem):
        parse(line({**RESULT, key: value}))


@pytest.mark.parametrize("value", ["60002400", "0xzz", 7, None])
def test_fault_registers_are_hexadecimal(value: object):
    with pytest.raises(ProtocolError, match="pc must be a hexadecimal number"):
        parse(line({**FATAL, "pc": value}))


@pytest.mark.parametrize("memory", [5, {"itcm": 5}, {"itcm": [1]}, {"itcm": [1, -1]}])
def test_memory_is_used_and_size(memory: object):
    with pytest.raises(ProtocolError, match=r"memory must be an object of \[used, size\]"):
        parse(line({**BOOT, "memory": memory}))


def test_a_line_of_512_bytes_with_its_newline_is_allowed():
    text = line({"event": "log", "level": "info", "message": ""})
    text = text.replace('""', '"' + "a" * (511 - len(text)) + '"')
    assert len(text) == 511
    parse(text)
    with pytest.raises(ProtocolError, match="longer than 512 bytes"):
        parse(text.replace("aa", "aaa", 1))


def test_a_long_offending_line_is_quoted_in_part():
    with pytest.raises(ProtocolError) as caught:
        parse("x" * 300)
    assert len(str(caught.value)) < 200
    assert caught.value.line == "x" * 300


# The firmware on a machine.


@pytest.fixture
def machine() -> FakeMachine:
    return FakeMachine()


@pytest.fixture
def firmware(machine: FakeMachine) -> Firmware:
    firmware = Firmware(machine)
    firmware.boot()
    firmware.camera_ready()
    return firmware


def test_boot_powers_on_and_returns_the_event(machine: FakeMachine):
    firmware = Firmware(machine)
    assert firmware.boot().app == "classify"
    assert firmware.camera_ready().sensor == "0x2642"
    assert len(firmware.events) == 2


def test_infer_feeds_asks_and_returns_the_result(firmware: Firmware):
    result = firmware.infer(bytes(18432), "black")
    assert (result.frame, result.label) == (1, "person")
    assert firmware.machine.captured_ids == ["black"]


def test_an_error_event_is_an_answer(machine: FakeMachine, firmware: Firmware):
    machine.answers["infer"] = [
        {"event": "error", "code": "camera_timeout", "detail": "", "frame": 1}
    ]
    with pytest.raises(FirmwareError, match="'infer' ended in camera_timeout") as caught:
        firmware.infer(bytes(18432))
    assert caught.value.event.frame == 1


def test_what_was_printed_before_a_command_is_not_its_answer(
    machine: FakeMachine, firmware: Firmware
):
    machine.say({**RESULT, "frame": 99})
    assert firmware.infer(bytes(18432)).frame == 1


def test_events_are_read_in_order_and_each_once(machine: FakeMachine, firmware: Firmware):
    for number in range(3):
        machine.say({"event": "log", "level": "info", "message": f"{number}"})
    assert firmware.expect(Log, lambda log: log.message == "1").message == "1"
    assert firmware.expect(Log).message == "2"
    with pytest.raises(ConsoleTimeoutError):
        firmware.expect(Log, timeout_s=0.01)


def test_a_missing_answer_shows_the_last_lines(machine: FakeMachine, firmware: Firmware):
    machine.answers["infer"] = []
    with pytest.raises(ConsoleTimeoutError) as caught:
        firmware.infer(bytes(18432))
    assert "after 'infer' within 8 s of virtual time" in str(caught.value)
    assert '"status":"ready"' in str(caught.value)


def test_a_crash_on_the_way_is_told_at_once(machine: FakeMachine, firmware: Firmware):
    machine.answers["infer"] = [FATAL, BOOT]
    with pytest.raises(FirmwareError, match="crashed: usage fault at pc 0x60002400"):
        firmware.infer(bytes(18432))
    assert machine.time_us < 1_000_000


def test_a_restart_on_the_way_is_told(machine: FakeMachine, firmware: Firmware):
    machine.answers["infer"] = [{**BOOT, "reset": "watchdog"}]
    with pytest.raises(FirmwareError, match=r"restarted unasked \(reset cause watchdog\)"):
        firmware.infer(bytes(18432))


def test_a_line_that_is_no_event_is_a_violation_where_the_firmware_is_held_to_it(
    machine: FakeMachine,
):
    firmware = Firmware(machine, strict=True)
    firmware.boot()
    machine.answers["infer"] = ["Hello, world"]
    with pytest.raises(ProtocolError, match="Hello, world"):
        firmware.infer(bytes(18432))


def test_lines_that_are_no_events_are_shown_and_pass(machine: FakeMachine, firmware: Firmware):
    shown = []
    firmware.on_text = lambda line: shown.append(line.text)
    plain = ["Hello, world", '{"event":"song"}', '{"temperature":23.5}', "{cut sh", "t\u00e4glich"]
    machine.answers["infer"] = [*plain, RESULT]
    assert firmware.infer(bytes(18432)).frame == 3
    assert shown == plain


def test_a_firmware_that_speaks_it_partly_hears_at_once_all_that_is_missing(
    machine: FakeMachine,
):
    machine.at_boot = ["my firmware 1.0", {"event": "boot", "app": "classify", "core_hz": "fast"}]
    with pytest.raises(ProtocolError) as caught:
        Firmware(machine).boot()
    assert caught.value.problem == (
        "keys 'version', 'board', 'chip_id', 'reset', 'reset_count', 'inference', 'memory' are "
        "missing; core_hz must be a whole number, not negative, not 'fast'"
    )


def test_a_firmware_without_any_event_is_told_where_to_read(machine: FakeMachine):
    machine.at_boot = ["my firmware 1.0"]
    with pytest.raises(ConsoleTimeoutError, match=r"docs/protocol.md says what to print"):
        Firmware(machine).boot()


def test_empty_lines_pass(machine: FakeMachine, firmware: Firmware):
    machine.say("", "  ")
    assert firmware.infer(bytes(18432)).frame == 1


def test_a_line_cut_short_by_the_reset_pin_passes(machine: FakeMachine, firmware: Firmware):
    boot = line({**BOOT, "reset": "pin"})
    machine.reset = lambda: machine.say('{"event":"log","lev' + boot)
    assert firmware.pull_reset().reset == "pin"
    machine.reset = lambda: machine.say('{"event":"log","lev', boot)
    assert firmware.pull_reset().reset == "pin"


def test_info_skips_other_logs(machine: FakeMachine, firmware: Firmware):
    other = {"event": "log", "level": "info", "message": "other"}
    machine.answers["info"] = [other, {**other, "message": "info", "frames": 7}]
    assert firmware.info().fields["frames"] == 7


def test_transcript_lines_carry_virtual_seconds():
    assert transcript_line(ConsoleLine(1_500_000.25, "x")) == "    1.500000 x"
