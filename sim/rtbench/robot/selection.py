"""Which suites there are below some paths, and which of their cases are asked for."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rt1062.errors import SetupError

SUFFIX = ".robot"
INIT = f"__init__{SUFFIX}"


@dataclass(frozen=True)
class Choice:
    """What is asked for, as Robot Framework's options of these names understand it."""

    tests: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """A suite that runs in a process of its own; `cases` of it are asked for."""

    path: Path
    name: str
    cases: int


def find(paths: Sequence[Path]) -> list[Path]:
    """The suite files, in order; a folder with an `__init__.robot` stays in one piece.

    SetupError for a path that is not there or has no suites.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise SetupError(f"{path}: no such suite or folder of suites")
        below = _below(path) if path.is_dir() else [path]
        if not below:
            raise SetupError(f"{path}: no suite in it (a suite is a file *{SUFFIX})")
        found += [one for one in below if one not in found]
    return found


def _below(folder: Path) -> list[Path]:
    if (folder / INIT).is_file():
        return [folder]
    found: list[Path] = []
    for one in sorted(folder.iterdir()):
        if one.is_dir():
            found += _below(one) if not one.name.startswith((".", "_")) else []
        elif one.suffix == SUFFIX:
            found.append(one)
    return found


def select(paths: Sequence[Path], choice: Choice) -> list[Suite]:
    """The suites that have cases to run; SetupError where a name or the tags match nothing."""
    # Here: the process that suites are forked off imports Robot Framework at the same time.
    from robot.api import TestSuite
    from robot.errors import DataError
    from robot.utils import Matcher

    chosen, cases, tags = [], [], set()
    for path in paths:
        try:
            suite = TestSuite.from_file_system(path, allow_empty_suite=True)
        except DataError as error:
            raise SetupError(f"{path}: not a suite ({error})") from error
        for case in suite.all_tests:
            cases.append(case)
            tags |= set(case.tags)
        suite.filter(
            included_tests=choice.tests or None,
            included_tags=choice.include or None,
            excluded_tags=choice.exclude or None,
        )
        if suite.test_count:
            chosen.append(Suite(path, suite.name, suite.test_count))
    for pattern in choice.tests:
        matcher = Matcher(pattern, ignore="_")
        if not any(matcher.match_any((case.name, case.full_name)) for case in cases):
            raise SetupError(f"--test {pattern!r} matches no case{_near(pattern, cases)}")
    if not chosen:
        raise SetupError(
            f"no case is left to run (--include {_words(choice.include)}, --exclude "
            f"{_words(choice.exclude)}); the suites have the tags {_words(sorted(tags))}"
        )
    return chosen


def _near(pattern: str, cases: list) -> str:
    names = {case.name.lower(): case.name for case in cases}
    near = difflib.get_close_matches(pattern.lower(), names, n=3)
    if near:
        return "; near it: " + ", ".join(repr(names[one]) for one in near)
    return f" of the {len(cases)} there are"


def _words(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"
