"""Writes the smallest ELF file that has symbols; for unit tests that need no compiler."""

import struct
from pathlib import Path

HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
SECTION = struct.Struct("<10I")
SEGMENT = struct.Struct("<8I")
SYMBOL = struct.Struct("<IIIBBH")
ARM, EXECUTABLE, ABSOLUTE = 40, 2, 0xFFF1
OBJECT, FUNCTION = 1, 2


def write_elf(
    path: Path,
    symbols: dict[str, tuple[int, int, int]],
    segments: tuple[tuple[int, int, int], ...] = (),
) -> Path:
    """`symbols`: name -> (value, size, OBJECT or FUNCTION); `segments`: (run, load, bytes)."""
    names, table = b"\0", SYMBOL.pack(0, 0, 0, 0, 0, 0)
    for name, (value, size, kind) in symbols.items():
        table += SYMBOL.pack(len(names), value, size, 1 << 4 | kind, 0, ABSOLUTE)
        names += name.encode() + b"\0"
    section_names = b"\0.symtab\0.strtab\0.shstrtab\0"
    programs_at = HEADER.size
    table_at = programs_at + SEGMENT.size * len(segments)
    names_at = table_at + len(table)
    section_names_at = names_at + len(names)
    sections_at = section_names_at + len(section_names)
    header = HEADER.pack(
        b"\x7fELF\x01\x01\x01" + bytes(9), EXECUTABLE, ARM, 1, 0, programs_at, sections_at,
        0, HEADER.size, SEGMENT.size, len(segments), SECTION.size, 4, 3,
    )  # fmt: skip
    programs = b"".join(
        SEGMENT.pack(1, 0, run, load, size, size, 5, 4) for run, load, size in segments
    )
    sections = bytes(SECTION.size)
    sections += SECTION.pack(1, 2, 0, 0, table_at, len(table), 2, 1, 4, SYMBOL.size)
    sections += SECTION.pack(9, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    sections += SECTION.pack(17, 3, 0, 0, section_names_at, len(section_names), 0, 0, 1, 0)
    path.write_bytes(header + programs + table + names + section_names + sections)
    return path
