"""docs/protocol.md, made of the definitions that the bench itself reads lines by.

`python -m rtbench.link.protocol_page > docs/protocol.md` writes it anew; a test holds it to them.
"""

from collections.abc import Iterator
from inspect import getdoc

from rtbench.link import frame_record, record_line
from rtbench.link.commands import COMMANDS
from rtbench.link.events import KINDS, Event, FrameAnswer, Log
from rtbench.link.parser import MAX_LINE_BYTES, keys

HEAD = f"""\
# The UART protocol

How a firmware and the bench talk: `rtbench run`, `evaluate`, `diff`, `try` and the suites of this
project need it, `rtbench boot` and the keywords for any firmware do not. This page is made from
`sim/rtbench/link` by `python -m rtbench.link.protocol_page`; do not edit it.

The firmware prints one JSON object a line on the board's console (any baud rate), ASCII, at most
{MAX_LINE_BYTES} bytes with its newline. The first key is `event`. Lines that are none are shown and
let pass. An event that lacks keys, or has wrong ones, ends a run with the whole list of them; keys
that are not listed here are let pass. The bench types commands, a line each.

A firmware for `rtbench run --app classify` prints `boot` and `camera` (ready) after power on, and
one `result` for each `infer`. It may take more frames from the camera than it answers, or answer
the one before: which frame was answered is told by `crc32`, and the bench asks again.
"""


RECORDS = f"""\
## Records

A frame goes over the line as a record, in both directions. Numbers have their low byte first.

| at | bytes | what |
|---|---|---|
| 0 | 1 | version: {frame_record.VERSION} |
| 1 | 1 | format: {frame_record.RGB565} is RGB565, the high byte first |
| 2 | 1 | length of the label, {frame_record.MOST_LABEL} at most |
| 3 | 1 | zero |
| 4 | 4 | boot id of the sender, so that a reset between two records shows; 0 from a host |
| 8 | 4 | sequence number |
| 12 | 4 | time of the frame, milliseconds since the sender's boot; 0 from a host |
| 16 | 2 | width, pixels |
| 18 | 2 | height, pixels |
| 20 | 4 | bytes of the pixels |
| {frame_record.HEAD.size} | | label, printable ASCII |
| | | pixels |
| | 4 | CRC-32 (zlib's) of all that is before it |

A record is one line among the others: a newline, so that nothing before it can spoil it, the byte
0x{record_line.MARK:02X}, with which no text begins, the record in COBS (Cheshire and Baker, 1999:
no zero in it, one byte more for each 254), each byte of that exclusive-ored with
0x{record_line.NEWLINE:02X}, so that no newline is in it, and a newline. Whoever reads lines of text
sees a line that is no event. The firmware sends one for each frame of `log`, and takes one behind
the command `frame`.

`firmware/app/vision/frame_record.hpp` and `sim/rtbench/link/frame_record.py` are typed from this
table independently, and so are `record_line.hpp` and `record_line.py` beside them.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Events", "", *_events(), "## Commands", "", *_commands(), "", RECORDS]
    return "\n".join(parts)


def _events() -> Iterator[str]:
    for kind in KINDS:
        yield f"### {_title(kind)}"
        yield ""
        yield " ".join(getdoc(kind).split())
        yield ""
        yield "| key | form | unit | meaning |"
        yield "|---|---|---|---|"
        for key, value in kind.ALSO.items():
            yield f'| `{key}` | `"{value}"` | | tells it from its like |'
        for key in keys(kind):
            form = key.form.wanted + (", or left out" if key.optional else "")
            yield f"| `{key.name}` | {form} | {key.unit} | {key.meaning} |"
        if kind is Log:
            yield "| any other | any | | what the message is about |"
        yield ""


def _title(kind: type[Event]) -> str:
    also = "".join(f', `"{key}":"{value}"`' for key, value in kind.ALSO.items())
    return f'`"event":"{kind.KIND}"`{also}'


def _commands() -> Iterator[str]:
    yield "| command | of | answered by | what it does |"
    yield "|---|---|---|---|"
    for one in COMMANDS:
        typed = f"{one.name} {one.arguments}".strip().replace("|", "\\|")
        answers = ", ".join(dict.fromkeys(map(_short, one.answers)))
        yield f"| `{typed}` | {', '.join(one.apps)} | {answers} | {one.meaning} |"


def _short(kind: type[Event]) -> str:
    return "the frame's answer" if kind is FrameAnswer else f"`{kind.KIND}`"


if __name__ == "__main__":
    print(page(), end="")
