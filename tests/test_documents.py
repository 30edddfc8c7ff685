"""Documents name only what is there: files and folders in backticks, links, pages in docstrings."""

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# What the name of a file that stands alone ends with if the project has it; others are results of a
# run, or Renode's own sources.
WRITTEN = ("md", "py", "cc", "hpp", "ld", "cmake", "repl", "resc", "robot", "resource", "toml")
# Files whose comments are read as well; of Python the docstrings, too.
COMMENTED = (".py", ".cc", ".hpp", ".cs", ".repl", ".resc", ".robot", ".resource", ".sh", ".ld")
MADE = ("build", ".cache", ".venv", ".venv-train")


@functools.cache
def listed() -> frozenset[str]:
    """Every file of the project, and every folder that has one, from the root."""
    names = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    files = [Path(name) for name in names if name and (ROOT / name).is_file()]
    folders = {folder for file in files for folder in file.parents}
    return frozenset(str(path) for path in (*files, *folders))


def is_there(name: str, document: str) -> bool:
    """Whether a path is that of a file or folder, from the root or beside the document."""
    pattern = name.rstrip("/")
    beside = str(Path(document).parent / pattern)
    if "/" in pattern:
        return any(Path(one).match(which) for which in (pattern, beside) for one in listed())
    return any(Path(one).name == pattern for one in listed())


def paths(text: str) -> Iterator[str]:
    """What is a path of the project in a document: rooms with a slash, names of written files."""
    tops = {name.partition("/")[0] for name in listed()}
    for word in re.findall(r"`([^`\n]+)`", text):
        for name in re.findall(r"(?<![\w./<{*-])[\w.*-]+(?:/[\w.*-]+)*/?", word):
            top = name.partition("/")[0]
            is_path = "/" in name and top in tops and top not in MADE
            if is_path or (name == word and re.fullmatch(rf"[^.].*\.({'|'.join(WRITTEN)})", name)):
                yield name
    for link in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in link:
            yield link


@functools.cache
def documents() -> list[str]:
    return sorted(name for name in listed() if name.endswith(".md"))


def docstrings(path: Path) -> str:
    """All docstrings and comments of a Python file; another's text as it is."""
    text = path.read_text()
    if path.suffix != ".py":
        return text
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    found = [
        ast.get_docstring(one) or "" for one in ast.walk(ast.parse(text)) if isinstance(one, kinds)
    ]
    return "\n".join([*found, *re.findall(r"# (.*)", text)])


@pytest.mark.parametrize("document", documents())
def test_every_path_in_a_document_is_there(document):
    found = list(paths((ROOT / document).read_text()))
    assert [name for name in found if not is_there(name, document)] == []


def test_documents_are_read_for_paths():
    found = [name for document in documents() for name in paths((ROOT / document).read_text())]
    assert {"docs/rt1062.md", "sim/rt1062/machine.py", "fidelity.md", "config.py"} <= set(found)
    assert not is_there("sim/rt1062/attic.py", "README.md")
    assert not is_there("design.md", "README.md")


@pytest.mark.parametrize("suffix", COMMENTED)
def test_every_path_that_a_comment_cites_is_there(suffix):
    rooms = "|".join(sorted(name for name in listed() if "/" not in name and "." not in name))
    path = re.compile(rf"(?<![\w./<{{*$-])(?:{rooms})/[\w./*-]+|(?<![\w./-])[\w./-]+\.md\b")
    cited = [
        f"{name} cites {one.rstrip('.')}"
        for name in sorted(listed())
        if name.endswith(suffix) and name != "tests/test_documents.py"
        for one in path.findall(docstrings(ROOT / name))
        if not is_there(one.rstrip("."), name)
    ]
    assert cited == []
