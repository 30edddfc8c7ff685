"""A frame on its way over the serial line: one record, whichever way it goes (docs/board.md).

The firmware's side is firmware/app/vision/frame_record.hpp; the two are typed from the same table
independently, and the suites are where they meet.
"""

import base64
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from rtbench.frames import FRAME_HEIGHT, FRAME_WIDTH

VERSION = 1
RGB565 = 1  # high byte first
# Version, format, bytes of the label, zero, boot id, sequence, time (ms), width, height, bytes of
# the pixels; label, pixels and the CRC-32 of all before it follow.
HEAD = struct.Struct("<BBBBIIIHHI")
CRC32 = struct.Struct("<I")
MOST_LABEL = 32
COMMAND, MARK = "frame", ":"
LINE_BYTES = 90  # of the record in a line; with it no line is longer than the firmware takes


@dataclass(frozen=True)
class FrameRecord:
    """Pixels with what is known of them; `boot_id` and `time_ms` are the sender's, 0 from a host.

    ValueError, from the constructor, for a label that is too long or no printable ASCII.
    """

    pixels: bytes
    sequence: int = 0
    label: str = ""
    boot_id: int = 0
    time_ms: int = 0
    width: int = FRAME_WIDTH
    height: int = FRAME_HEIGHT

    def __post_init__(self) -> None:
        if len(self.label) > MOST_LABEL or not (self.label.isascii() and self.label.isprintable()):
            raise ValueError(
                f"label must be {MOST_LABEL} printable ASCII characters at most, not {self.label!r}"
            )

    def encode(self) -> bytes:
        """The record as it goes over a line, in whatever envelope."""
        head = HEAD.pack(
            VERSION, RGB565, len(self.label), 0, self.boot_id, self.sequence, self.time_ms,
            self.width, self.height, len(self.pixels),
        )  # fmt: skip
        body = head + self.label.encode("ascii") + self.pixels
        return body + CRC32.pack(zlib.crc32(body))

    @property
    def crc32(self) -> str:
        """Of the pixels alone, as events name a frame."""
        return f"{zlib.crc32(self.pixels):08x}"


def lines(record: bytes) -> Iterator[str]:
    """What is typed to hand a record to the firmware: the command, its data, their end."""
    yield COMMAND
    for start in range(0, len(record), LINE_BYTES):
        yield MARK + base64.b64encode(record[start : start + LINE_BYTES]).decode("ascii")
    yield MARK


def text(record: bytes) -> str:
    """The same as one text."""
    return "".join(f"{line}\n" for line in lines(record))
