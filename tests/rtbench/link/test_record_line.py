"""Records as lines of the console."""

import random

import pytest

from rtbench.link import record_line

NEWLINE = b"\n"


def cases() -> list[bytes]:
    random.seed(7)
    every = bytes(range(256))
    lengths = (0, 1, 253, 254, 255, 256, 508, 509, 1000)
    return [
        *(random.randbytes(length) for length in lengths),
        *(bytes(length) for length in lengths),
        *(b"\x0a" * length for length in lengths),
        *(b"\x01" * length for length in lengths),
        *(b"\x01" * length + b"\0" for length in lengths),
        every,
        every[::-1] * 3,
        b"\0" + b"\xff" * 254 + b"\0",
    ]


@pytest.mark.parametrize("record", cases())
def test_a_record_comes_back_and_its_line_has_no_newline_within(record):
    line = record_line.encode(record)
    assert line[:1] == line[-1:] == NEWLINE
    assert NEWLINE not in line[1:-1]
    assert len(line) <= len(record) + len(record) // 254 + 4
    assert record_line.is_record(line[1:-1])
    assert record_line.decode(line[1:-1]) == record


def test_a_known_line():
    # COBS of 11 22 00 33 is 03 11 22 02 33, each exclusive-ored with 0A.
    line = record_line.encode(b"\x11\x22\x00\x33")
    assert line == b"\n\x02" + bytes(v ^ 10 for v in b"\x03\x11\x22\x02\x33") + b"\n"


@pytest.mark.parametrize("line", [b"", b"\x02", b'{"event":1}', b"\x02\x0f", b"\x02\x0a\x0b"])
def test_what_is_no_record_is_refused(line):
    with pytest.raises(ValueError, match=r"mark|runs"):
        record_line.decode(line)
