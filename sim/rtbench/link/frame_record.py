"""A frame on its way over the serial line: one record, whichever way it goes (docs/protocol.md).

The firmware's side is firmware/app/vision/frame_record.hpp; the two are typed from the same table
independently, and the suites are where they meet.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Self

from rtbench.frames import FRAME_HEIGHT, FRAME_WIDTH
from rtbench.link import record_line

VERSION = 1
RGB565 = 1  # high byte first
# Version, format, bytes of the label, zero, boot id, sequence, time (ms), width, height, bytes of
# the pixels; label, pixels and the CRC-32 of all before it follow.
HEAD = struct.Struct("<BBBBIIIHHI")
CRC32 = struct.Struct("<I")
MOST_LABEL = 32
COMMAND = b"frame\n"  # the record that follows is a frame for the firmware


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

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The record that `encode` has made; ValueError, in words, for one that is damaged."""
        if len(data) < HEAD.size + CRC32.size:
            raise ValueError(f"{len(data)} bytes are no record")
        body, (crc32,) = data[: -CRC32.size], CRC32.unpack(data[-CRC32.size :])
        if zlib.crc32(body) != crc32:
            raise ValueError(f"CRC-32 {zlib.crc32(body):08x}, and not the {crc32:08x} that it says")
        version, kind, label_bytes, _, boot_id, sequence, time_ms, width, height, length = (
            HEAD.unpack_from(body)
        )
        if (version, kind) != (VERSION, RGB565):
            raise ValueError(f"version {version} and format {kind} are not ours")
        if len(body) != HEAD.size + label_bytes + length or length != 2 * width * height:
            raise ValueError("label and pixels are not as long as its head says")
        label, pixels = body[HEAD.size :][:label_bytes], body[HEAD.size + label_bytes :]
        return cls(pixels, sequence, label.decode("ascii"), boot_id, time_ms, width, height)

    @property
    def crc32(self) -> str:
        """Of the pixels alone, as events name a frame."""
        return f"{zlib.crc32(self.pixels):08x}"


def typed(record: bytes) -> bytes:
    """What is typed to hand a record to the firmware: the command and the record's line."""
    return COMMAND + record_line.encode(record)
