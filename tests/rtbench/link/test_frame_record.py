"""Frames as records, and as what is typed."""

import zlib

import pytest

from rtbench.frames import FRAME_BYTES
from rtbench.link import record_line
from rtbench.link.frame_record import FrameRecord, typed

PIXELS = bytes(range(256)) * (FRAME_BYTES // 256)


def test_a_record_is_laid_out_as_docs_protocol_says():
    record = FrameRecord(PIXELS, sequence=0x345678, label="dog", boot_id=0xAABBCCDD, time_ms=1000)
    data = record.encode()
    assert data[:4] == b"\x01\x01\x03\x00"
    assert data[4:8] == b"\xdd\xcc\xbb\xaa"
    assert data[8:12] == b"\x78\x56\x34\x00"
    assert data[12:16] == b"\xe8\x03\x00\x00"
    assert data[16:24] == b"\x60\x00\x60\x00\x00\x48\x00\x00"
    assert data[24:27] == b"dog"
    assert data[27:-4] == PIXELS
    assert data[-4:] == zlib.crc32(data[:-4]).to_bytes(4, "little")
    assert record.crc32 == f"{zlib.crc32(PIXELS):08x}"


def test_what_is_typed_is_the_command_and_the_line_that_the_firmware_would_send():
    data = FrameRecord(PIXELS, label="x" * 32).encode()
    command, empty, line, end = typed(data).split(b"\n")
    assert (command, empty, end) == (b"frame", b"", b"")
    assert record_line.decode(line) == data


@pytest.mark.parametrize("label", ["x" * 33, "zwölf", "a\nb"])
def test_a_label_must_be_short_text(label):
    with pytest.raises(ValueError, match="label must be 32 printable ASCII characters at most"):
        FrameRecord(PIXELS, label=label)


def test_a_record_is_read_back():
    record = FrameRecord(PIXELS, sequence=7, label="dog", boot_id=0xAABBCCDD, time_ms=1000)
    assert FrameRecord.decode(record.encode()) == record


def test_every_flipped_bit_and_every_length_but_the_right_one_is_refused():
    data = FrameRecord(bytes(24), sequence=7, label="dog", width=4, height=3).encode()
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match=r"CRC-32|bytes are no record"):
            FrameRecord.decode(bytes(flipped))
    for size in range(len(data)):
        with pytest.raises(ValueError, match=r"CRC-32|bytes are no record"):
            FrameRecord.decode(data[:size])
