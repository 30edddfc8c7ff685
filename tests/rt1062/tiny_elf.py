"""Writes the smallest ELF file that has symbols; for unit tests that need no compiler."""

import struct
from pathlib import Path

FORMS = "16sHHIIIIIHHHHHH", "10I", "8I", "IIIBBH"  # header, section, segment, symbol
ARM, EXECUTABLE, ABSOLUTE = 40, 2, 0xFFF1
OBJECT, FUNCTION = 1, 2


def write_elf(
    path: Path,
    symbols: dict[str, tuple[int, int, int]],
    segments: tuple[tuple[int, int, int], ...] = (),
    order: str = "<",
) -> Path:
    """`symbols`: name -> (value, size, OBJECT or FUNCTION); `segments`: (run, load, bytes).

    `order` is that of the bytes, as `struct` writes it.
    """
    header, section, segment, symbol = (struct.Struct(order + form) for form in FORMS)
    names, table = b"\0", symbol.pack(0, 0, 0, 0, 0, 0)
    for name, (value, size, kind) in symbols.items():
        table += symbol.pack(len(names), value, size, 1 << 4 | kind, 0, ABSOLUTE)
        names += name.encode() + b"\0"
    section_names = b"\0.symtab\0.strtab\0.shstrtab\0"
    programs_at = header.size
    table_at = programs_at + segment.size * len(segments)
    names_at = table_at + len(table)
    section_names_at = names_at + len(names)
    sections_at = section_names_at + len(section_names)
    identity = b"\x7fELF\x01" + (b"\x01" if order == "<" else b"\x02") + b"\x01" + bytes(9)
    head = header.pack(
        identity, EXECUTABLE, ARM, 1, 0, programs_at, sections_at,
        0, header.size, segment.size, len(segments), section.size, 4, 3,
    )  # fmt: skip
    programs = b"".join(
        segment.pack(1, 0, run, load, size, size, 5, 4) for run, load, size in segments
    )
    sections = bytes(section.size)
    sections += section.pack(1, 2, 0, 0, table_at, len(table), 2, 1, 4, symbol.size)
    sections += section.pack(9, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    sections += section.pack(17, 3, 0, 0, section_names_at, len(section_names), 0, 0, 1, 0)
    path.write_bytes(head + programs + table + names + section_names + sections)
    return path
