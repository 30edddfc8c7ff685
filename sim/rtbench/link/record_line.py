"""A record of bytes as one line of the console, beside the lines of text (docs/protocol.md).

A newline, MARK, COBS (Cheshire and Baker, 1999) with the newline in the place of zero, a newline.
The firmware's side is firmware/app/vision/record_line.hpp.
"""

NEWLINE = 0x0A
MARK = 0x02  # what no line of text begins with
LONGEST_RUN = 254
_SWAP = bytes(value ^ NEWLINE for value in range(256))


def encode(record: bytes) -> bytes:
    """The line, with both of its newlines."""
    line = bytearray()
    runs = record.split(b"\0")
    for number, run in enumerate(runs):
        while len(run) >= LONGEST_RUN:
            line.append(LONGEST_RUN + 1)
            line += run[:LONGEST_RUN]
            run = run[LONGEST_RUN:]
            if not run and number == len(runs) - 1:
                break
        else:
            line.append(len(run) + 1)
            line += run
    return bytes([NEWLINE, MARK]) + line.translate(_SWAP) + bytes([NEWLINE])


def is_record(line: bytes) -> bool:
    """Whether a line of the console, without its newline, is a record's."""
    return line[:1] == bytes([MARK])


def decode(line: bytes) -> bytes:
    """The record of a line without its newlines; ValueError for one that is damaged."""
    if not is_record(line):
        raise ValueError("the line has no record's mark")
    coded = line[1:].translate(_SWAP)
    if not coded:
        raise ValueError("there is nothing behind the mark")
    runs = bytearray()
    at = 0
    while at < len(coded):
        code = coded[at]
        run = coded[at + 1 : at + code]
        if code == 0 or len(run) != code - 1 or 0 in run:
            raise ValueError("the runs do not fit the line")
        runs += run
        at += code
        if code <= LONGEST_RUN and at < len(coded):
            runs.append(0)
    return bytes(runs)
