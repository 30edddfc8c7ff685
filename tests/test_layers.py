"""The dependencies between the rooms, as ARCHITECTURE.md states them."""

import ast
import functools
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Inside sim: a room may import itself and the rooms named here, nothing else of the project.
FACTS = {"sim", "sim.errors", "sim.chip"}
MODELS = FACTS | {"sim.registers", "sim.scheduler"}
ROOMS = {
    "sim.errors": set(),
    "sim.chip": FACTS,
    "sim.registers": FACTS | {"sim.scheduler"},
    "sim.scheduler": FACTS,
    "sim.devices": MODELS,
    "sim.peripherals": MODELS | {"sim.devices"},  # a bus controller names the type it drives
    "sim.boot_rom": FACTS,
    "sim.scenes": {"sim.errors", "sim.frames"},
    "sim.frames": {"sim.errors"},
    "sim.model": {"sim.errors"},
}
# The two machines do not know each other, nor anything above the interface they implement.
MACHINES = {"sim.unicorn_machine": "sim.renode", "sim.renode": "sim.unicorn_machine"}
ABOVE_THE_MACHINES = {"sim.cli", "sim.evaluation", "sim.report", "sim.firmware_link"}


def python_files(folder):
    """The Python files of a room, without what was generated or installed."""
    return sorted((ROOT / folder).rglob("*.py"))


def module_of(path):
    """`sim.devices.arducam` for sim/devices/arducam.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def imports(path):
    """Every module that a file imports, wherever in the file, with the line."""
    return tuple(read_imports(path))


def read_imports(path):
    """The same, read anew."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module_of(path).split(".")
            if path.name != "__init__.py":
                package = package[:-1]
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for name in node.names:  # `from sim import frames` imports sim.frames
                deeper = ROOT / module.replace(".", "/") / name.name
                is_module = deeper.is_dir() or deeper.with_suffix(".py").is_file()
                yield (f"{module}.{name.name}" if is_module else module), node.lineno


def belongs(module, room):
    """Whether a module is the room or inside it."""
    return module == room or module.startswith(room + ".")


def offences(folder, forbidden):
    """Imports in a folder for which `forbidden(module)` holds, as file:line module."""
    return [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in python_files(folder)
        for module, line in imports(path)
        if forbidden(module)
    ]


def room_files(room):
    """The Python files of a room, be it a package or a module."""
    path = ROOT / room.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_room_imports_only_what_is_below_it(room):
    def allowed(module):
        if not belongs(module, "sim"):
            return module.split(".")[0] not in ("models", "robot_tests", "scripts", "tests")
        return belongs(module, room) or any(
            module == other if other == "sim" else belongs(module, other) for other in ROOMS[room]
        )

    files = [path for path in room_files(room) if path.is_file()]
    assert files, f"{room} is named in this test and does not exist"
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in files
        for module, line in imports(path)
        if not allowed(module)
    ]
    assert found == []


def test_sim_imports_neither_models_nor_suites_nor_scripts():
    above = ("models", "robot_tests", "scripts", "tests")
    assert offences("sim", lambda module: module.split(".")[0] in above) == []


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_machines_know_neither_each_other_nor_what_uses_them(machine):
    strangers = {MACHINES[machine], *ABOVE_THE_MACHINES}
    folder = machine.replace(".", "/")
    found = offences(folder, lambda module: any(belongs(module, room) for room in strangers))
    assert found == []


def test_models_import_of_sim_only_scenes_and_model_tools():
    allowed = ("sim.scenes", "sim.model", "sim.frames", "sim.errors")
    found = offences(
        "models",
        lambda module: (
            belongs(module, "sim") and not any(belongs(module, room) for room in allowed)
        ),
    )
    assert found == []
    above = ("robot_tests", "scripts", "tests")
    assert offences("models", lambda module: module.split(".")[0] in above) == []


def test_suites_import_of_the_project_only_sim():
    above = ("models", "scripts", "tests")
    assert offences("robot_tests", lambda module: module.split(".")[0] in above) == []


def test_nobody_imports_scripts():
    for folder in ("sim", "models", "robot_tests", "tests"):
        assert offences(folder, lambda module: belongs(module, "scripts")) == []


def test_tensorflow_is_imported_in_models_only():
    heavy = ("tensorflow", "keras")
    for folder in ("sim", "robot_tests", "scripts", "tests"):
        assert offences(folder, lambda module: module.split(".")[0] in heavy) == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    assert not [line for line in needed if line.startswith(heavy)]


def test_every_package_that_is_imported_is_asked_for_in_pyproject():
    own = {"sim", "models", "robot_tests", "scripts", "tests"}
    spelling = {
        "PIL": "pillow",
        "elftools": "pyelftools",
        "markdown_it": "markdown-it-py",
        "robot": "robotframework",
        "yaml": "pyyaml",
        "ai_edge_litert": "ai-edge-litert",
        "tflite_micro": "tflite-micro",
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    runtime = {re.match(r"[\w.-]+", line)[0] for line in project["project"]["dependencies"]}
    allowed = {
        "sim": runtime,
        "robot_tests": runtime,
        "scripts": runtime,
        "tests": runtime | {re.match(r"[\w.-]+", line)[0] for line in groups["dev"]},
        "models": runtime | {re.match(r"[\w.-]+", line)[0] for line in groups["train"]} | {"keras"},
    }
    for folder, packages in allowed.items():
        neighbours = {path.stem for path in (ROOT / folder).glob("*.py")}
        found = offences(
            folder,
            lambda module, packages=packages, neighbours=neighbours: (
                (top := module.split(".")[0])
                and top not in sys.stdlib_module_names
                and top not in own | neighbours
                and spelling.get(top, top) not in packages
            ),
        )
        assert found == []


def test_only_the_unicorn_machine_imports_the_emulator():
    found = offences("sim", lambda module: belongs(module, "unicorn"))
    assert [line for line in found if not line.startswith("sim/unicorn_machine/")] == []


def test_firmware_knows_nothing_of_a_simulator():
    words = re.compile(r"unicorn|renode|emulat|simulat|qemu", re.IGNORECASE)
    sources = [
        path
        for path in sorted((ROOT / "firmware").rglob("*"))
        if path.suffix in (".cpp", ".hpp", ".c", ".h", ".S", ".ld", ".cmake", ".txt")
        and "tests" not in path.relative_to(ROOT / "firmware").parts
    ]
    found = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert sources
    assert found == []


def test_this_test_sees_an_import_however_it_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    room = tmp_path / "sim" / "room"
    (room / "inner").mkdir(parents=True)
    (room / "__init__.py").write_text("from .inner import deep\n")
    (room / "inner" / "deep.py").write_text(
        "import a.b\nfrom c import d\nfrom . import e\nfrom ..f import g\n"
        "def late():\n    import h\n"
    )
    assert [module for module, _ in imports(room / "__init__.py")] == ["sim.room.inner.deep"]
    assert [module for module, _ in imports(room / "inner" / "deep.py")] == [
        "a.b", "c", "sim.room.inner", "sim.room.f", "h",
    ]  # fmt: skip
