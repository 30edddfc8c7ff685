"""The map that ARCHITECTURE.md prints is this test: who may know whom."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OWN = ("robot_tests", "models", "scripts", "rtbench", "rt1062", "tests")
SIMULATORS = re.compile(r"unicorn|renode|emulat|simulat|qemu", re.IGNORECASE)


@dataclass(frozen=True)
class Floors:
    """Rooms, the top floor first; the public ones of `rt1062` are what others may use of it."""

    height: dict[str, int]
    public: frozenset[str]

    def room(self, module: str) -> str | None:
        """The room that a module lies in, None for one that is on no floor."""
        parts = module.split(".")
        names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        return next((name for name in names if name in self.height), None)


def floors(text: str) -> Floors:
    """The fenced block `floors` of ARCHITECTURE.md: a floor a line, `*` behind a public room."""
    block = re.search(r"^```floors\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert block, "ARCHITECTURE.md prints no floors"
    height: dict[str, int] = {}
    public = set()
    lines = [line.partition("#")[0].split() for line in block[1].splitlines()]
    for floor, rooms in enumerate(reversed([line for line in lines if line])):
        for room in rooms:
            height[room.rstrip("*")] = floor
            if room.endswith("*"):
                public.add(room.rstrip("*"))
    return Floors(height, frozenset(public))


def modules(root: Path) -> dict[str, Path]:
    """Every Python module of the project by the name it is imported by, tests apart."""
    found = {}
    for folder in ("sim", "robot_tests", "models", "scripts"):
        base = root / folder if folder == "sim" else root
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(module: str, path: Path, known: dict[str, Path]) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, wherever in the file, with the line."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for name in node.names:  # `from rt1062 import machine` imports rt1062.machine
                deeper = f"{source}.{name.name}"
                yield (deeper if deeper in known else source), node.lineno


def own_imports(known: dict[str, Path]) -> Iterator[tuple[str, str, int]]:
    """Importer, imported and line, for all imports within the project."""
    for module, path in known.items():
        for imported, line in imports(module, path, known):
            if imported.split(".")[0] in OWN:
                yield module, imported, line


def offences(root: Path, plan: Floors) -> list[str]:
    """Everything in the tree that the map does not allow, one line each."""
    known = modules(root)
    wrong = [f"{name} is on no floor" for name in known if not homeless_is_fine(name, plan)]
    for module, imported, line in own_imports(known):
        here, there = plan.room(module), plan.room(imported)
        if here is None or here == there:
            continue
        if there is None:
            if imported in ("rt1062", "rtbench"):  # the package itself: its version, its folder
                continue
            wrong.append(f"{module}:{line} imports {imported}, which is on no floor")
        elif plan.height[here] <= plan.height[there]:
            wrong.append(f"{module}:{line} imports {imported}, which is not below it")
        elif is_private(here, there, plan):
            wrong.append(f"{module}:{line} imports {imported}, which rt1062 keeps to itself")
    return wrong + circles(known)


def homeless_is_fine(module: str, plan: Floors) -> bool:
    """A package's own `__init__` is its rooms' lobby; everything else needs a floor."""
    return plan.room(module) is not None or module in ("rt1062", "rtbench")


def is_private(here: str, there: str, plan: Floors) -> bool:
    """Whether a room of another package reaches into a room that rt1062 keeps to itself.

    Scripts may: scripts/bench.py sets the machine beside a bare core.
    """
    inside = here.startswith(("rt1062.", "scripts"))
    return there.startswith("rt1062.") and not inside and there not in plan.public


def circles(known: dict[str, Path]) -> list[str]:
    """Modules that import each other, by whatever way round."""
    below: dict[str, set[str]] = {module: set() for module in known}
    for module, imported, _ in own_imports(known):
        if imported in known and imported != module:
            below[module].add(imported)
    while free := {module for module, others in below.items() if not others}:
        below = {module: others - free for module, others in below.items() if module not in free}
    # What is left leads into a circle; what is in none of them leads out of nothing.
    while top := {module for module in below if not any(module in one for one in below.values())}:
        below = {module: others for module, others in below.items() if module not in top}
    return [f"{module} is in a circle of imports" for module in sorted(below)]


def firmware_words(root: Path) -> list[str]:
    """Words of simulators in the firmware's files, whatever their suffix; its tests apart."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
         "firmware"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    return [
        f"{name}:{number} {line.strip()}"
        for name in listed
        if name and not name.startswith("firmware/tests/") and (root / name).is_file()
        for number, line in enumerate((root / name).read_text().splitlines(), 1)
        if SIMULATORS.search(line)
    ]


@pytest.fixture(scope="module")
def plan() -> Floors:
    return floors((ROOT / "ARCHITECTURE.md").read_text())


def test_imports_point_down_and_every_module_is_on_a_floor(plan):
    assert offences(ROOT, plan) == []


def test_every_room_on_the_map_exists(plan):
    known = modules(ROOT)
    known["scripts"] = ROOT / "scripts"  # no package: nobody imports it
    assert [room for room in plan.height if room not in known] == []


def test_firmware_knows_no_simulator():
    assert firmware_words(ROOT) == []


def test_nobody_imports_scripts_and_only_tests_import_tests():
    found = [
        f"{module}:{line} imports {imported}"
        for module, imported, line in own_imports(modules(ROOT))
        if imported.split(".")[0] in ("scripts", "tests")
    ]
    assert found == []


def test_only_the_unicorn_machine_imports_the_emulator():
    found = [
        f"{module}:{line}"
        for module, path in modules(ROOT).items()
        for imported, line in imports(module, path, {})
        if imported.split(".")[0] == "unicorn" and not module.startswith("rt1062.unicorn")
    ]
    assert [line for line in found if not line.startswith("scripts.bench:")] == []


def test_tensorflow_is_imported_in_models_only():
    heavy = ("tensorflow", "keras")
    found = [
        f"{module}:{line} imports {imported}"
        for module, path in modules(ROOT).items()
        for imported, line in imports(module, path, {})
        if imported.split(".")[0] in heavy and not module.startswith("models")
    ]
    assert found == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    assert not [line for line in needed if line.startswith(heavy)]


def test_every_package_that_is_imported_is_asked_for_in_pyproject():
    spelling = {
        "vcd": "pyvcd",
        "serial": "pyserial",
        "PIL": "pillow",
        "elftools": "pyelftools",
        "markdown_it": "markdown-it-py",
        "robot": "robotframework",
        "yaml": "pyyaml",
        "ai_edge_litert": "ai-edge-litert",
        "tflite_micro": "tflite-micro",
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    def named(lines):
        return {re.match(r"[\w.-]+", line)[0] for line in lines}

    runtime = named(project["project"]["dependencies"])
    dev = named(project["dependency-groups"]["dev"])
    train = named(project["dependency-groups"]["train"])
    known = modules(ROOT)
    known |= {f"tests.{path.stem}": path for path in sorted((ROOT / "tests").rglob("*.py"))}
    found = []
    for module, path in known.items():
        allowed = runtime | {"tests": dev, "scripts": dev, "models": train | {"keras"}}.get(
            module.split(".")[0], set()
        )
        for imported, line in imports(module, path, {}):
            top = imported.split(".")[0]
            known_top = not top or top in {*OWN, *sys.stdlib_module_names}
            if not known_top and spelling.get(top, top) not in allowed:
                found.append(f"{module}:{line} imports {imported}")
    assert found == []


# The rules themselves: each wrong edit is found.

MAP = """
```floors
rtbench.top          # the upper floor
rtbench.low
rt1062.machine*
rt1062.inner rt1062.other
```
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "sim/rtbench/__init__.py": "",
        "sim/rtbench/top.py": "import rtbench.low\nfrom rt1062 import machine\n",
        "sim/rtbench/low.py": "import math\n",
        "sim/rt1062/__init__.py": "",
        "sim/rt1062/machine.py": "from rt1062.inner import deep\n",
        "sim/rt1062/inner/__init__.py": "",
        "sim/rt1062/inner/deep.py": "",
        "sim/rt1062/other.py": "",
        "firmware/main.cc": "int main() { return 0; }\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def test_a_tree_as_the_map_has_it_is_free_of_offences(tree):
    assert offences(tree, floors(MAP)) == []
    assert firmware_words(tree) == []


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("rtbench/low.py", "import rtbench.top", "rtbench.low:2 imports rtbench.top, which is not"),
        ("rtbench/low.py", "from rtbench.top import x", "imports rtbench.top, which is not below"),
        ("rtbench/low.py", "def f():\n    from . import top", "imports rtbench.top, which is not"),
        ("rt1062/other.py", "import rt1062.inner.deep", "imports rt1062.inner.deep, which is not"),
        ("rt1062/machine.py", "import rtbench.low", "imports rtbench.low, which is not below it"),
        ("rtbench/low.py", "import rt1062.inner", "imports rt1062.inner, which rt1062 keeps to"),
        ("rtbench/attic.py", "", "rtbench.attic is on no floor"),
        ("rtbench/low.py", "import rtbench.attic", "imports rtbench.attic, which is on no floor"),
        ("rt1062/inner/deep.py", "import rt1062.inner.wide", "rt1062.inner.deep is in a circle"),
    ],
)
def test_a_wrong_edit_is_found(tree, name, line, said):
    path = tree / "sim" / name
    (tree / "sim/rt1062/inner/wide.py").write_text("import rt1062.inner.deep\n")
    with path.open("a") as file:
        file.write(line + "\n")
    found = offences(tree, floors(MAP))
    assert any(said in one for one in found), found


@pytest.mark.parametrize("name", ["main.cc", "board.ld", "notes.txt", "CMakeLists.txt", "x"])
@pytest.mark.parametrize("word", ["unicorn", "Renode", "emulator", "#ifdef SIMULATION", "QEMU"])
def test_a_simulators_name_in_the_firmware_is_found(tree, name, word):
    (tree / "firmware" / name).write_text(f"one\n// {word}\n")
    assert [line.partition(" ")[0] for line in firmware_words(tree)] == [f"firmware/{name}:2"]
