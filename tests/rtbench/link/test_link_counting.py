"""The counter's events: read strictly, and boxes on several lines put together."""

import json

import pytest

from rtbench.link.events import Box, Boxes, Count, Crossing, Cycles, Milliseconds, ProtocolError
from rtbench.link.firmware import Firmware
from rtbench.link.parser import parse
from tests.rtbench.fake_machine import FakeMachine

MS = {"capture": 1, "total": 10}
CYCLES = {"preprocess": 2, "invoke": 3, "postprocess": 4}
COUNT = {
    "event": "count",
    "frame": 1,
    "count": 1,
    "boxes": [[16, 0, 25, 1536, -3, 7]],
    "output_crc32": "0000000f",
    "crc32": "0123abcd",
    "ms": MS,
    "cycles": CYCLES,
    "inference": "tflm",
}
CROSSING = {
    "event": "crossing",
    "frame": 4,
    "identity": 2,
    "direction": "right_to_left",
    "left_to_right": 0,
    "right_to_left": 1,
}


def line(values: dict) -> str:
    return json.dumps(values, separators=(",", ":"))


def test_boxes_are_read_in_pixels():
    event = parse(line(COUNT))
    assert event == Count(
        1,
        1,
        (Box(1.0, 0.0, 1.5625, 96.0, -3, 7),),
        "0123abcd",
        "0000000f",
        Milliseconds(1, 10),
        Cycles(2, 3, 4),
        "tflm",
    )
    assert event.boxes[0].edges == (1.0, 0.0, 1.5625, 96.0)
    assert event.boxes[0].probability == 125 / 256


def test_a_crossing_says_who_and_in_which_direction():
    assert parse(line(CROSSING)) == Crossing(4, 2, "right_to_left", 0, 1)


@pytest.mark.parametrize(
    "box",
    [
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, 5, 6, 7],
        [1, 2, 1, 4, 5, 6],
        [1, 2, 3, 2, 5, 6],
        [-1, 2, 3, 4, 5, 6],
        [1, 2, 1537, 4, 5, 6],
        [1, 2, 3, 4, 128, 6],
        [1, 2, 3, 4, 5, -1],
        [1, 2, 3, 4.5, 5, 6],
        "1",
    ],
)
def test_a_wrong_box_is_refused(box: object):
    with pytest.raises(ProtocolError, match="boxes must be a list of"):
        parse(line(COUNT | {"boxes": [box]}))


def test_count_and_boxes_must_agree():
    with pytest.raises(ProtocolError, match="count and boxes do not fit each other"):
        parse(line(COUNT | {"count": 2}))


def test_a_crossing_has_one_of_two_directions():
    with pytest.raises(ProtocolError, match="direction must be left_to_right or right_to_left"):
        parse(line(CROSSING | {"direction": "up"}))


def crowd(count: int) -> list[list[int]]:
    return [[16 * i, 0, 16 * i + 16, 16, 100 - i, i + 1] for i in range(count)]


def test_boxes_of_a_crowd_are_put_together():
    machine = FakeMachine()
    more = {"event": "boxes", "frame": 1, "first": 8, "boxes": crowd(10)[8:]}
    machine.answers["infer"] = [line(more), line(COUNT | {"count": 10, "boxes": crowd(10)[:8]})]
    firmware = Firmware(machine)
    firmware.boot()
    event = firmware.infer()
    assert [box.identity for box in event.boxes] == list(range(1, 11))
    assert isinstance(firmware.events[-2], Boxes)


def test_a_crowd_without_its_other_line_is_a_violation():
    machine = FakeMachine()
    machine.answers["infer"] = [line(COUNT | {"count": 10, "boxes": crowd(10)[:8]})]
    firmware = Firmware(machine)
    firmware.boot()
    with pytest.raises(ProtocolError, match="2 boxes are missing"):
        firmware.infer()
