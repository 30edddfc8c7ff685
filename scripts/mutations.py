"""Does a wrong edit turn a test red? Tries one after the other on a copy of the tree.

Kinds that a review overlooks: the names of two register fields are swapped, the firmware reads a
register's field from another one, a block's name is misspelt on the board, a simulator's name gets
into the firmware, an import runs up the map or a module is on no floor, a figure gets better the
wrong way, an option does nothing, an application is forgotten, the second tier forgets an exit, a
hook a case, the estimate of cycles a rule.
Prints the test that found each. Exit codes: 0 all are found, 1 one is not, 2 the copy's tests are
red to begin with.
"""

import argparse
import ast
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rt1062 import checkout
from rt1062.chip.block_table import BLOCKS
from rt1062.errors import SetupError
from rtbench.exit_codes import CLAIM_FAILED, PASSED, SETUP_WRONG

FIELDS = "tests/rt1062/test_fields.py"
FLOORS = ("tests/test_floors.py",)
BOARDS = ("tests/rt1062/test_fidelity.py", "tests/rt1062/unicorn/test_machine.py")
TASKS = ("tests/rtbench/tasks", "tests/rtbench/evaluation/test_evaluation.py")
RUN = ("tests/rtbench/commands/test_run.py",)
SLIPS = (
    (
        "translate", "sim/rt1062/unicorn/translator",
        "tests/rt1062/unicorn/translator/slips.json",
    ),
    ("hook", "sim/rt1062/unicorn", "tests/rt1062/unicorn/slips.json"),
    ("timing", "sim/rtbench/timing", "tests/rtbench/timing/slips.json"),
)  # fmt: skip
LIMIT_S = 300  # of the tests of one mutation


@dataclass(frozen=True)
class Mutation:
    """A file's wrong text (the file may be new), and the tests that should find it."""

    kind: str
    said: str
    path: Path
    text: str
    tests: tuple[str, ...]


# Registers: two names change places, so that each stands for the other's bits.


def register_fields(text: str) -> Iterator[tuple[str, list[ast.Name]]]:
    """Each register class of a module with the names of its fields, where they are set."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and is_register(node):
            names = []
            for line in node.body:
                for target in line.targets if isinstance(line, ast.Assign) else ():
                    names += target.elts if isinstance(target, ast.Tuple) else [target]
            yield node.name, [name for name in names if isinstance(name, ast.Name)]


def is_register(node: ast.ClassDef) -> bool:
    """A register has an offset; a layout, for others to inherit, only its base."""
    return any(word.arg == "at" for word in node.keywords) or any(
        isinstance(base, ast.Name) and base.id == "Register" for base in node.bases
    )


def swapped(text: str, one: ast.Name, other: ast.Name) -> str:
    """The text with two names in each other's place, the later one first."""
    lines = text.splitlines(keepends=True)
    for old, new in sorted(((one, other), (other, one)), key=_place, reverse=True):
        line = lines[old.lineno - 1]
        lines[old.lineno - 1] = line[: old.col_offset] + new.id + line[old.end_col_offset :]
    return "".join(lines)


def _place(pair: tuple[ast.Name, ast.Name]) -> tuple[int, int]:
    return pair[0].lineno, pair[0].col_offset


def pairs(
    fields: list[ast.Name], used: set[str], alike: Callable[[str, str], bool]
) -> Iterator[tuple[ast.Name, ast.Name]]:
    """Each field that code reads with another one, best a neighbour that is read as well.

    Two that are only ever read together (`alike`) are none: nothing could tell them apart.
    """
    read = [field for field in fields if field.id in used]
    rest = [field for field in fields if field.id not in used]
    done: set[str] = set()
    for place, field in enumerate(read):
        if field.id in done:
            continue
        for other in (*read[place + 1 :], *rest, *read[:place]):
            if not alike(field.id, other.id):
                yield field, other
                done.add(other.id)
                break


class Sorted(ast.NodeTransformer):
    """Puts the operands of `a | b | c` into one order."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if not isinstance(node.op, ast.BitOr):
            return self.generic_visit(node)
        chain = [node.left, node.right]
        while isinstance(chain[0], ast.BinOp) and isinstance(chain[0].op, ast.BitOr):
            chain[:1] = [chain[0].left, chain[0].right]
        return ast.Tuple(sorted(map(self.visit, chain), key=ast.dump), ast.Load())


def read_alike(texts: Iterable[str], register: str, one: str, other: str) -> bool:
    """Whether code would be the same with two fields of a register in each other's place."""
    names = {one: other, other: one}
    word = re.compile(rf"\b{register}\.({one}|{other})\b")
    for text in texts:
        changed = word.sub(lambda match: f"{register}.{names[match[1]]}", text)
        before, after = (Sorted().visit(ast.parse(code)) for code in (text, changed))
        if ast.dump(before) != ast.dump(after):
            return False
    return True


def register_swaps(root: Path) -> Iterator[Mutation]:
    """One mutation a pair of fields, in every module that has registers.

    Another block of the same room may read them too (the clock tree those of CCM): its tests count.
    """
    sources = {path: path.read_text() for path in sorted((root / "sim/rt1062").rglob("*.py"))}
    for path, text in sources.items():
        module = ".".join(path.relative_to(root / "sim").with_suffix("").parts)
        near = {p: t for p, t in sources.items() if p == path or f"from {module} " in t}
        room = [reader for reader in near if reader.parent == path.parent]
        tests = tuple(sorted({test for reader in room for test in block_tests(root, reader)}))
        for register, fields in register_fields(text):
            used = set(re.findall(rf"\b{register}\.(\w+)", "".join(near.values())))
            for one, other in pairs(fields, used, partial(read_alike, near.values(), register)):
                yield Mutation(
                    "register", f"{path.stem}: {register}.{one.id} <-> {other.id}",
                    path.relative_to(root), swapped(text, one, other), tests,
                )  # fmt: skip


def block_tests(root: Path, path: Path) -> tuple[str, ...]:
    """The tests of the block that a module is part of (lpspi_registers: lpspi), then the table.

    Behaviour first: the table of all fields finds what a block only stores.
    """
    name = path.stem
    while name:
        found = sorted((root / "tests/rt1062").rglob(f"test_{name}*.py"))
        if found:
            return (*(str(one.relative_to(root)) for one in found), FIELDS)
        name = name.rpartition("_")[0]
    return ("tests/rt1062/unicorn", FIELDS)


# The board: two letters of a block's name change places.


def misspelt_blocks(root: Path) -> Iterator[Mutation]:
    """One mutation for each time that a board says the name of a block of the chip."""
    for path in sorted((root / "sim/rt1062").rglob("*.py")):
        text = path.read_text()
        if path.parent.name == "blocks" or "rt1062.blocks" not in text:
            continue
        for match in re.finditer(r'"(\w+)"', text):
            name = match[1]
            named = name in BLOCKS or f"{name}1" in BLOCKS  # "LPUART" for all of its instances
            if named and name[-1] != name[-2]:
                wrong = name[:-2] + name[-1] + name[-2]
                changed = text[: match.start(1)] + wrong + text[match.end(1) :]
                line = text.count("\n", 0, match.start()) + 1
                yield Mutation(
                    "board", f"{path.stem}:{line}: {wrong} for {name}",
                    path.relative_to(root), changed, BOARDS,
                )  # fmt: skip


# The firmware, and the map.


def foreign_fields(root: Path) -> Iterator[Mutation]:
    """In each driver a field read from another register of its block: it must not compile."""
    for path in sorted((root / "firmware/drivers").glob("*.cc")):
        text = path.read_text()
        for match in re.finditer(r"\w+::Get\((\w+)\.([A-Z]\w*)\)", text):
            others = set(re.findall(rf"\b{match[1]}\.([A-Z]\w*)", text)) - {match[2]}
            if others:
                wrong = min(others)
                name = path.relative_to(root)
                changed = text[: match.start(2)] + wrong + text[match.end(2) :]
                said = f"{name}: {match[0]} from {wrong}"
                yield Mutation("foreign", said, name, changed, (str(name),))
                break


def simulators_in_firmware(root: Path) -> Iterator[Mutation]:
    """A simulator's name at the end of one file of each suffix."""
    suffixes: dict[str, Path] = {}
    for path in sorted((root / "firmware").rglob("*.*")):
        if "tests" not in path.parts and path.is_file():
            suffixes.setdefault(path.suffix, path)
    for path, word in zip(
        suffixes.values(), itertools.cycle(("Unicorn", "renode", "QEMU", "emulator", "simulated"))
    ):
        yield Mutation(
            "firmware", f"{path.relative_to(root)}: the word {word}",
            path.relative_to(root), f"{path.read_text()}\n// {word}\n", FLOORS,
        )  # fmt: skip


def imports_up(root: Path) -> Iterator[Mutation]:
    """From a module of each room an import of the floor above it, and one of no floor at all."""
    block = re.search(r"^```floors\n(.*?)^```", (root / "ARCHITECTURE.md").read_text(), re.M | re.S)
    floors = [line.partition("#")[0].replace("*", "").split() for line in block[1].splitlines()]
    for above, floor in itertools.pairwise(line for line in floors if line):
        for room in floor:
            path = next(iter(room_files(root, room)))
            text = f"{path.read_text()}\nimport {above[0]}\n"
            name = f"{path.relative_to(root)}: import {above[0]}"
            yield Mutation("map", name, path.relative_to(root), text, FLOORS)
    for package in ("rt1062", "rtbench"):
        path = Path("sim", package, "attic.py")
        yield Mutation("map", f"{path}: a module on no floor", path, '"""Things."""\n', FLOORS)
    path = Path("sim/rtbench/frames.py")
    text = f"{(root / path).read_text()}\nimport rt1062.blocks.lpspi\n"
    yield Mutation("map", f"{path}: import rt1062.blocks.lpspi", path, text, FLOORS)


def turned_figures(root: Path) -> Iterator[Mutation]:
    """Each figure of a task that gets better the other way."""
    other = {"MORE": "LESS", "LESS": "MORE"}
    for path in sorted((root / "sim/rtbench/tasks").glob("*.py")):
        text = path.read_text()
        for match in re.finditer(r"Figure\(\s*\"(\w+)\"[^)]*?Better\.(MORE|LESS)", text):
            changed = text[: match.start(2)] + other[match[2]] + text[match.end(2) :]
            name = path.relative_to(root)
            said = f"{path.stem}: {match[1]} is better {other[match[2]].lower()}"
            yield Mutation("figure", said, name, changed, TASKS)


def ignored_options(root: Path) -> Iterator[Mutation]:
    """In `rtbench run` each line that gives an option its effect, or refuses it, left out."""
    effect = re.compile(
        r"^( +)(?:_refuse|outputs(?:\.of\(chosen\))?\.check|outputs\.keep_picture|write_table"
        r"|write_json|subject\.firmware\.command)\(.*\)$",
        re.M,
    )
    for stem in ("run", "show_frames", "outputs"):
        path = root / f"sim/rtbench/commands/{stem}.py"
        text = path.read_text()
        for match in effect.finditer(text):
            changed = f"{text[: match.start()]}{match[1]}pass{text[match.end() :]}"
            said = f"{stem}: without {match[0].strip()}"
            yield Mutation("option", said, path.relative_to(root), changed, RUN)


def forgotten_applications(root: Path) -> Iterator[Mutation]:
    """The table of tasks without one of them."""
    path = root / "sim/rtbench/tasks/__init__.py"
    text = path.read_text()
    (names,) = re.findall(r"for task in \((.*)\)\}", text)
    for name in names.split(", "):
        rest = "".join(f"{one}, " for one in names.split(", ") if one != name)
        changed = text.replace(f"({names})}}", f"({rest})}}")
        said = f"the table of tasks without {name}"
        yield Mutation("table", said, path.relative_to(root), changed, TASKS)


# The second tier: a wrong flag, a count off by one, an exit that is forgotten. The hooks: a mask,
# an event, a look at what has changed. The estimate of cycles: a rule of the pipeline, a cache, a
# wait that is left out.


def slips(root: Path) -> Iterator[Mutation]:
    """The slips of each slips.json: what, file, right text, wrong text, tests beside it."""
    for kind, room, table in SLIPS:
        for said, name, right, wrong, tests in json.loads(checkout.needed(table).read_text()):
            path = Path(room, name)
            text = (root / path).read_text()
            if text.count(right) != 1:
                raise SetupError(f"{table}: {right!r} must be in {path} once")
            found_by = tuple(f"{Path(table).parent}/test_{test}.py" for test in tests.split())
            yield Mutation(kind, said, path, text.replace(right, wrong), found_by)


def room_files(root: Path, room: str) -> Iterable[Path]:
    """The modules of a room of the map."""
    base = root / ("sim" if room.startswith("rt") else ".") / room.replace(".", "/")
    return [base.with_suffix(".py")] if base.with_suffix(".py").is_file() else base.glob("*.py")


# Trying them.


def copy_tree(to: Path) -> None:
    """What git knows of, and what it would take, into a repository of its own."""
    here = checkout.needed(".")
    listed = subprocess.run(
        ["git", "-C", here, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in listed:
        if name and (here / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(here / name, to / name)
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", "-C", to, *command], check=True)


def first_red(root: Path, tests: Iterable[str]) -> str | None:
    """The first test that fails, None if all pass; SetupError if pytest does not get that far.

    The test of a C++ file is whether the host's compiler takes it.
    """
    (*tests,) = tests
    for name in [test for test in tests if test.endswith(".cc")]:
        tests.remove(name)
        command = ["g++", "-std=c++17", "-fsyntax-only", "-Ifirmware", name]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            return re.search(r"error: .*", done.stderr)[0] if "error: " in done.stderr else "g++"
    if not tests:
        return None
    # No compiled files: a swap keeps a source's size, and perhaps its second.
    environment = os.environ | {"PYTHONPATH": str(root / "sim"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=LIMIT_S,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{' '.join(tests)} (does not end)"
    if done.returncode == 0:
        return None
    if done.returncode < 0:  # machine code that is wrong may end the process
        return f"{' '.join(tests)} (ends by {signal.Signals(-done.returncode).name})"
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    if not found:
        raise SetupError(f"pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr}")
    return found[1]


def tried(root: Path, mutation: Mutation) -> str | None:
    """The test that finds a mutation; the tree is afterwards as it was."""
    path = root / mutation.path
    before = path.read_text() if path.exists() else None
    path.write_text(mutation.text)
    try:
        return first_red(root, mutation.tests)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)


def main() -> int:
    """Try all mutations, or those that are named; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--only", metavar="WORD", default="", help="mutations whose line has this in it"
    )
    parser.add_argument("--list", action="store_true", help="name the mutations, try none")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        root = Path(folder)
        copy_tree(root)
        makers = (
            foreign_fields,
            simulators_in_firmware,
            imports_up,
            misspelt_blocks,
            turned_figures,
            ignored_options,
            forgotten_applications,
            slips,
            register_swaps,
        )
        wanted = [
            one
            for maker in makers
            for one in maker(root)
            if chosen.only in f"{one.kind} {one.said}"
        ]
        if chosen.list:
            print("\n".join(f"{one.kind:8}  {one.said}" for one in wanted))
            return PASSED
        red = first_red(root, sorted({test for one in wanted for test in one.tests}))
        if red:
            raise SetupError(f"{red} is red without any mutation")
        return try_all(root, wanted)


def try_all(root: Path, wanted: list[Mutation]) -> int:
    """Try one after the other and tell each; the exit code."""
    begin, survivors = time.perf_counter(), []
    for number, mutation in enumerate(wanted, 1):
        red = tried(root, mutation)
        if red is None:
            survivors.append(mutation)
        found = red or "SURVIVED: no test of " + " ".join(mutation.tests)
        print(
            f"[{number}/{len(wanted)}] {mutation.kind:8}  {mutation.said}  ->  {found}", flush=True
        )
    seconds = time.perf_counter() - begin
    print(f"{len(wanted)} mutations, {len(survivors)} survived, {seconds:.0f} s")
    for mutation in survivors:
        print(f"survived: {mutation.kind}  {mutation.said}")
    return CLAIM_FAILED if survivors else PASSED


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        print(f"mutations: {error}", file=sys.stderr)
        sys.exit(SETUP_WRONG)
