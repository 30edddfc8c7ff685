"""Text of others, names of files above all, as a terminal may show it."""

import sys

# Of a name that is no UTF-8 Python keeps each byte as one of these (PEP 383).
_BYTES = range(0xDC80, 0xDD00)


def printable(text: str) -> str:
    """The text with control characters, line ends included, and lone bytes as escapes."""
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(one: str) -> str:
    if ord(one) in _BYTES:
        return f"\\x{ord(one) - 0xDC00:02x}"
    return one.encode("unicode_escape").decode()


def prepare_streams() -> None:
    """Nothing that is printed can fail for want of a character."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test's capture has none
            stream.reconfigure(errors="backslashreplace")
