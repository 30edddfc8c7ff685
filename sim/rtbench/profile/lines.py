"""Which lines of the source were executed, as lcov's tracefile (geninfo(1), FILES).

The ELF's line table says which addresses each line was made into (DWARF, 6.2). A line counts as
often as the most executed block of any of them; a line that was made into nothing is not there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rt1062.errors import SetupError
from rt1062.observations import Executed
from rt1062.symbols import Function
from rtbench.cpp_names import readable

if TYPE_CHECKING:
    from elftools.construct import Container
    from elftools.dwarf.compileunit import CompileUnit
    from elftools.dwarf.dwarfinfo import DWARFInfo
    from elftools.elf.elffile import ELFFile

Row = tuple[int, int, str, int]  # first address, first one behind it, file, line


@dataclass
class FileCoverage:
    """Executions by line; functions by name: their line, and how often they were entered."""

    lines: dict[int, int] = field(default_factory=dict)
    functions: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def hit(self) -> int:
        """Lines that were executed."""
        return sum(map(bool, self.lines.values()))


def coverage(
    elf: Path, functions: Sequence[Function], executed: Executed
) -> dict[str, FileCoverage]:
    """By file, as the compiler has named it; SetupError for an ELF without a line table."""
    runs = _Runs(executed)
    known = sorted({one.start: one.name for one in functions}.items())
    starts = [start for start, _ in known]
    found: dict[str, FileCoverage] = {}
    for first, behind, file, line in rows(elf, starts):
        one = found.setdefault(file, FileCoverage())
        one.lines[line] = max(one.lines.get(line, 0), runs.most(first, behind))
        for start, name in known[bisect_left(starts, first) : bisect_left(starts, behind)]:
            one.functions[readable(name)] = line, runs.of(start)
    return found


class _Runs:
    """How often code was executed. Blocks overlap where a branch leads into one: their runs add."""

    def __init__(self, executed: Executed) -> None:
        self._blocks = executed.blocks  # by address
        self._starts = [block.start for block in self._blocks]
        self._longest = max((block.length for block in self._blocks), default=0)

    def most(self, first: int, behind: int) -> int:
        """Of the instruction in a piece of code that was executed most often."""
        within = self._starts[bisect_right(self._starts, first) : bisect_left(self._starts, behind)]
        return max(map(self._at, (first, *within)))

    def _at(self, address: int) -> int:
        begin = bisect_right(self._starts, address - self._longest)
        end = bisect_right(self._starts, address)
        return sum(one.runs for one in self._blocks[begin:end] if one.end > address)

    def of(self, start: int) -> int:
        """Of the blocks that begin there."""
        begin, end = bisect_left(self._starts, start), bisect_right(self._starts, start)
        return sum(one.runs for one in self._blocks[begin:end])


def need_lines(elf: Path) -> None:
    """SetupError, before a run, for an ELF without a line table."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    with elf.open("rb") as stream:
        try:
            _dwarf(elf, ELFFile(stream))
        except ELFError as error:
            raise SetupError(f"{elf}: not an ELF file that can be read ({error})") from error


def _dwarf(elf: Path, file: "ELFFile") -> "DWARFInfo":
    if not file.has_dwarf_info():
        raise SetupError(f"{elf}: no line table in it; compile with -g")
    return file.get_dwarf_info()


def rows(elf: Path, starts: Sequence[int]) -> Iterator[Row]:
    """The line table, but for code that the linker has dropped.

    Of that the sequences stay in the table, at address 0: one is taken only where a function of
    the symbol table starts in it. SetupError without a line table.
    """
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile

    with elf.open("rb") as stream:
        try:
            dwarf = _dwarf(elf, ELFFile(stream))
            for unit in dwarf.iter_CUs():
                yield from _of_unit(dwarf, unit, starts)
        except (ELFError, KeyError, ValueError, IndexError) as error:
            raise SetupError(f"{elf}: the line table cannot be read ({error})") from error


def _of_unit(dwarf: "DWARFInfo", unit: "CompileUnit", starts: Sequence[int]) -> Iterator[Row]:
    program = dwarf.line_program_for_CU(unit)
    if program is None:
        return
    names = _names(unit, program.header)
    sequence: list[Row] = []
    before = None
    for entry in program.get_entries():
        state = entry.state
        if state is None:
            continue
        if before is not None and before.line and state.address > before.address:
            sequence.append((before.address, state.address, names(before.file), before.line))
        before = state
        if state.end_sequence:
            if sequence and _is_there(sequence[0][0], state.address, starts):
                yield from sequence
            sequence, before = [], None


def _is_there(first: int, behind: int, starts: Sequence[int]) -> bool:
    place = bisect_left(starts, first)
    return place < len(starts) and starts[place] < behind and (first > 0 or starts[place] == 0)


def _names(unit: "CompileUnit", header: "Container") -> Callable[[int], str]:
    """The name of a file by its number in the line table."""
    directory = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
    compiled_in = PurePosixPath(_text(directory.value) if directory else "")
    old = header.version < 5  # files and directories count from 1, the latter behind `compiled_in`

    @cache
    def name(number: int) -> str:
        entry = header.file_entry[number - old]
        path = PurePosixPath(_text(entry.name))
        if entry.dir_index or not old:
            path = PurePosixPath(_text(header.include_directory[entry.dir_index - old])) / path
        # A relative one that is not there was made so by -ffile-prefix-map.
        return str(compiled_in / path if Path(compiled_in / path).is_file() else path)

    return name


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def tracefile(found: Mapping[str, FileCoverage]) -> str:
    """All of it as genhtml, and the services that show coverage, read it."""
    return "".join(_record(name, found[name]) for name in sorted(found))


def _record(name: str, one: FileCoverage) -> str:
    functions = sorted(one.functions.items(), key=lambda item: item[1])
    lines = [
        "TN:",
        f"SF:{name}",
        *(f"FN:{line},{function}" for function, (line, _) in functions),
        *(f"FNDA:{count},{function}" for function, (_, count) in functions),
        f"FNF:{len(functions)}",
        f"FNH:{sum(bool(count) for _, (_, count) in functions)}",
        *(f"DA:{line},{count}" for line, count in sorted(one.lines.items())),
        f"LF:{len(one.lines)}",
        f"LH:{one.hit}",
        "end_of_record",
    ]
    return "\n".join(lines) + "\n"
